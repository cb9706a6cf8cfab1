//! The contract that every database adapter keeps, here for MySQL and for MariaDB.

mod harness;

/// A real MySQL.
mod mysql {
    use sqlatte_testkit::database_contract;

    use crate::harness::{Harness, MySqlServer};

    database_contract!(Harness<MySqlServer>);
}

/// A real MariaDB.
mod mariadb {
    use sqlatte_testkit::database_contract;

    use crate::harness::{Harness, MariaDbServer};

    database_contract!(Harness<MariaDbServer>);
}
