//! An emulator of BigQuery: DuckDB behind BigQuery's own protocol.

use std::path::Path;

use super::{Environment, Server, python, server::Launch, session::Session, watcher::Signal};
use crate::process::Outcome;

pub(super) const SERVER: Server = Server {
    name: "bigquery",
    title: "BigQuery emulator",
    address: "SQLATTE_TEST_BIGQUERY_URL",
    packages: &[python::VENV],
    start,
};

/// DuckDB looks for extensions in the home folder and would download them; here they come as packages.
const EXTENSIONS: &str = "
import duckdb, pathlib, shutil, sys
platform = duckdb.sql('pragma platform').fetchone()[0]
folder = pathlib.Path(sys.argv[1], 'v' + duckdb.__version__, platform)
folder.mkdir(parents=True)
packages = pathlib.Path(duckdb.__file__).parent.parent
for file in packages.glob('duckdb_extension_*/extensions/*/*.duckdb_extension'):
    shutil.move(file, folder)
";

fn start(session: &Session) -> Outcome<Environment> {
    let requirements = include_str!("bigquery.txt");
    let what = "the BigQuery emulator";
    let python = python::environment(session, SERVER.name, "bigquery-1", what, requirements, |new, log| {
        let mut extract = std::process::Command::new(new.join("bin/python"));
        session.run(extract.args(["-c", EXTENSIONS]).arg(new.join("extensions")), log)
    })?;
    let folder = session.folder("bigquery")?;
    let duckdb = session.folder("bigquery/.duckdb")?;
    let extensions = python.parent().and_then(Path::parent).unwrap_or(&python).join("extensions");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&extensions, duckdb.join("extensions"))
        .map_err(|error| format!("{}: {error}", duckdb.display()))?;
    #[cfg(not(unix))]
    let _ = (duckdb, extensions);
    let launch = Launch { folder: &folder, ready: "grpc.listen", signal: Signal::Terminate };
    let port = launch.start(session, |port| {
        let mut server = session.command(&python, &folder);
        server.args(["-m", "bqemulator", "start", "--rest-port", &port.to_string(), "--grpc-port", "0"]);
        server.args(["--ephemeral", "--project", "demo", "--log-level", "info"]);
        Ok(server)
    })?;
    Ok(Environment::from([(SERVER.address.to_owned(), format!("http://127.0.0.1:{port}"))]))
}
