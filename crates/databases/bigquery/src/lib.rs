//! BigQuery as the database that is asked.
