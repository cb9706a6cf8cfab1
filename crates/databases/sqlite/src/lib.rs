//! SQLite as the database that is asked, and the demo database.

pub mod demo;
