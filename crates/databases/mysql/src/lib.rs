//! MySQL and MariaDB as the database that is asked.
