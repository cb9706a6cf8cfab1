//! SQLatte's own data in SQLite behind the store ports of the core
