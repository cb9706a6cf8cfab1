//! Trino and Presto as the database that is asked.
