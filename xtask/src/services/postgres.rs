//! PostgreSQL, as installed.

use std::{fs, path::PathBuf};

use super::{
    Environment, Server,
    debian::{Package, find},
    server::Launch,
    session::{Session, random},
    watcher::Signal,
};
use crate::process::Outcome;

pub(super) const SERVER: Server = Server {
    name: "postgres",
    title: "PostgreSQL",
    address: "SQLATTE_TEST_POSTGRES_URL",
    packages: &[Package { name: "postgresql", installed: |_| programs().is_some() }],
    start,
};

/// Small, and careless with its files: they are thrown away.
const SETTINGS: [&str; 9] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "shared_buffers=64MB",
    "max_connections=200",
];

fn start(session: &Session) -> Outcome<Environment> {
    session.install()?;
    let programs = programs().ok_or(
        "PostgreSQL is not installed: `sudo apt install postgresql`, on macOS `brew install postgresql`",
    )?;
    let folder = session.folder("postgres")?;
    let (data, secret, password) = (folder.join("data"), folder.join("password"), random()?);
    session.write(&secret, &password)?;
    let mut initdb = session.command(programs.join("initdb"), &folder);
    initdb.args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]);
    initdb.arg("--no-sync").arg("--pgdata").arg(&data).arg("--pwfile").arg(&secret);
    session.run(&mut initdb, &folder.join("initdb.log"))?;

    let launch = Launch {
        folder: &folder,
        ready: "database system is ready to accept connections",
        signal: Signal::Interrupt,
    };
    let port = launch.start(session, |port| {
        let mut postgres = session.command(programs.join("postgres"), &folder);
        postgres.arg("-D").arg(&data).arg("-p").arg(port.to_string());
        for setting in SETTINGS {
            postgres.args(["-c", setting]);
        }
        Ok(postgres)
    })?;
    Ok(Environment::from([
        (SERVER.address.to_owned(), format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres")),
        ("SQLATTE_TEST_POSTGRES_BIN".to_owned(), programs.display().to_string()),
    ]))
}

/// The folder of `initdb` and `postgres`, of the newest version where there are several.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").is_file() && bin.join("postgres").is_file())
        .max_by_key(|(version, _)| *version);
    if let Some((_, bin)) = newest {
        return Some(bin);
    }
    let bin = fs::canonicalize(find("initdb")?).ok()?.parent()?.to_owned();
    bin.join("postgres").is_file().then_some(bin)
}
