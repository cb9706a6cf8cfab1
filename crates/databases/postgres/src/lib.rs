//! PostgreSQL as the database that is asked.
