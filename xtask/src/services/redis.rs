//! Redis, as installed.

use super::{
    Environment, Server,
    debian::{Package, find},
    server::Launch,
    session::Session,
    watcher::Signal,
};
use crate::process::Outcome;

pub(super) const SERVER: Server = Server {
    name: "redis",
    title: "Redis",
    address: "SQLATTE_TEST_REDIS_URL",
    packages: &[Package { name: "redis-server", installed: |_| find("redis-server").is_some() }],
    start,
};

fn start(session: &Session) -> Outcome<Environment> {
    session.install()?;
    let program = find("redis-server")
        .ok_or("Redis is not installed: `sudo apt install redis-server`, on macOS `brew install redis`")?;
    let folder = session.folder("redis")?;
    let launch = Launch { folder: &folder, ready: "Ready to accept connections", signal: Signal::Terminate };
    let port = launch.start(session, |port| {
        let mut server = session.command(&program, &folder);
        server.args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
        server.args(["--save", "", "--appendonly", "no", "--maxmemory", "64mb"]);
        Ok(server)
    })?;
    Ok(Environment::from([(SERVER.address.to_owned(), format!("redis://127.0.0.1:{port}"))]))
}
