//! MariaDB, as installed.

use std::path::PathBuf;

use super::{
    Environment, Server,
    debian::{Package, find},
    server::Launch,
    session::{Session, random},
    watcher::Signal,
};
use crate::process::Outcome;

pub(super) const SERVER: Server = Server {
    name: "mariadb",
    title: "MariaDB",
    address: "SQLATTE_TEST_MARIADB_URL",
    // The cores bring the programs without the system's service; the client's has what the installer calls.
    packages: &[
        Package { name: "mariadb-server-core", installed: |_| programs().is_some() },
        Package { name: "mariadb-client-core", installed: |_| find("my_print_defaults").is_some() },
    ],
    start,
};

/// Small, and careless with its files: they are thrown away.
const SETTINGS: [&str; 9] = [
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--character-set-server=utf8mb4",
    "--max-connections=200",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=32M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
];

fn start(session: &Session) -> Outcome<Environment> {
    session.install()?;
    let (mariadbd, install) = programs().ok_or(
        "MariaDB is not installed: `sudo apt install mariadb-server`, on macOS `brew install mariadb`",
    )?;
    let folder = session.folder("mariadb")?;
    let (data, secret, password) = (folder.join("data"), folder.join("password.sql"), random()?);
    session.write(&secret, &root_password(&password))?;
    let mut install = session.command(install, &folder);
    install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    install.arg(format!("--datadir={}", data.display())).args(&SETTINGS[1..]);
    session.run(&mut install, &folder.join("install.log"))?;

    let launch = Launch { folder: &folder, ready: "ready for connections", signal: Signal::Terminate };
    let port = launch.start(session, |port| {
        let mut server = session.command(&mariadbd, &folder);
        server.arg("--no-defaults").arg(format!("--datadir={}", data.display())).args(SETTINGS);
        server.arg(format!("--port={port}")).arg(format!("--socket={}", folder.join("socket").display()));
        server.arg(format!("--pid-file={}", folder.join("pid").display()));
        server.arg(format!("--init-file={}", secret.display()));
        Ok(server)
    })?;
    let url = format!("mysql://root:{password}@127.0.0.1:{port}/mysql");
    Ok(Environment::from([(SERVER.address.to_owned(), url)]))
}

/// Statements that give root a password, and a name for connections by address.
pub(super) fn root_password(password: &str) -> String {
    format!(
        "ALTER USER root@localhost IDENTIFIED BY '{password}';\n\
         CREATE USER IF NOT EXISTS root@'127.0.0.1';\n\
         ALTER USER root@'127.0.0.1' IDENTIFIED BY '{password}';\n\
         GRANT ALL PRIVILEGES ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n"
    )
}

/// The server and what makes its first files.
fn programs() -> Option<(PathBuf, PathBuf)> {
    Some((find("mariadbd")?, find("mariadb-install-db")?))
}
