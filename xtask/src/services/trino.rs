//! Trino, put together from what Maven Central has of it.

mod maven;
mod query;

use std::{fs, path::Path};

use super::{
    Environment, Server,
    debian::{Package, find},
    java::java,
    server::Launch,
    session::{Session, allow},
    watcher::Signal,
};
use crate::process::{Outcome, root};

pub(super) const SERVER: Server = Server {
    name: "trino",
    title: "Trino",
    address: "SQLATTE_TEST_TRINO_URL",
    packages: &[Package {
        name: "maven",
        installed: |session| KEPT.iter().all(|name| session.has_cached(name)) || find("mvn").is_some(),
    }],
    start,
};

/// The server and its client. Of this version: the plugins of later ones are not published.
const KEPT: [&str; 2] = ["trino-476", "trino-cli-476"];
const JAVA: u32 = 24;
/// What starts the client.
const CLIENT: &str = "SQLATTE_TEST_TRINO_CLI";

const POM: &str = include_str!("trino/pom.xml");
const CLIENT_POM: &str = include_str!("trino/client.xml");
const START: &str = "public class Start {\n    public static void main(String[] arguments) {\n        new \
                     io.trino.server.Server().start(\"476\");\n    }\n}\n";

/// The rights that the guide tells administrators to give: tests work under them.
const RULES: &str = "config/examples/trino-rules.json";
const ACCESS: &str = "access-control.name=file\nsecurity.config-file=etc/rules.json\n";

/// A quick start counts for more than quick long queries.
const JVM: [&str; 7] = [
    "-Xmx1g",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Djdk.attach.allowAttachSelf=true",
    "--add-modules=jdk.incubator.vector",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
];

const TPCH_STANDARD: &str = "connector.name=tpch
tpch.column-naming=STANDARD
tpch.double-type-mapping=DECIMAL
";

fn start(session: &Session) -> Outcome<Environment> {
    let java = java(session, JAVA)?;
    let [server, client] = KEPT;
    let server = session.cached(SERVER.name, server, "Trino from Maven Central", |new, scratch| {
        maven::get(session, POM, new, scratch)
    })?;
    let client =
        session.cached(SERVER.name, client, "Trino's client from Maven Central", |new, scratch| {
            maven::get(session, CLIENT_POM, new, scratch)
        })?;
    let folder = session.folder("trino")?;
    for part in ["trino/etc", "trino/etc/catalog"] {
        session.folder(part)?;
    }
    let catalog = folder.join("etc/catalog");
    session.write(&catalog.join("tpch.properties"), "connector.name=tpch\n")?;
    // The same with the columns' names and types of the specification, for its own queries.
    session.write(&catalog.join("tpch_standard.properties"), TPCH_STANDARD)?;
    session.write(&catalog.join("memory.properties"), "connector.name=memory\n")?;
    session.write(&folder.join("etc/access-control.properties"), ACCESS)?;
    let rules = root().join(RULES);
    let text = fs::read_to_string(&rules).map_err(|error| format!("{}: {error}", rules.display()))?;
    session.write(&folder.join("etc/rules.json"), &text)?;
    session.write(&folder.join("Start.java"), START)?;

    let launch = Launch { folder: &folder, ready: "SERVER STARTED", signal: Signal::Terminate };
    let port = launch.start(session, |port| {
        let settings = folder.join("etc/config.properties");
        session.write(&settings, &config(port, &server, &catalog))?;
        let mut command = session.command(&java, &folder);
        command.args(JVM).arg(format!("-Dconfig={}", settings.display()));
        command.arg(format!("-Djava.io.tmpdir={}", folder.display()));
        command.arg("-cp").arg(format!("{}/lib/*", server.display())).arg("Start.java");
        Ok(command)
    })?;
    query::until_it_answers(port)?;
    let starter = folder.join("trino");
    session.write(&starter, &client_starter(&java, &client))?;
    allow(&starter, 0o755).map_err(|error| format!("{}: {error}", starter.display()))?;
    Ok(Environment::from([
        (SERVER.address.to_owned(), format!("http://127.0.0.1:{port}")),
        (CLIENT.to_owned(), starter.display().to_string()),
    ]))
}

/// A script that runs the client with a Java that was found to be new enough.
fn client_starter(java: &Path, client: &Path) -> String {
    let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
    let jar = client.join("trino.jar");
    format!("#!/bin/sh\nexec {} -XX:TieredStopAtLevel=1 -jar {} \"$@\"\n", quoted(java), quoted(&jar))
}

fn config(port: u16, server: &Path, catalog: &Path) -> String {
    let lines = [
        "node.environment=test".to_owned(),
        "node.id=test".to_owned(),
        "node.internal-address=127.0.0.1".to_owned(),
        "node.bind-ip=127.0.0.1".to_owned(),
        "coordinator=true".to_owned(),
        "node-scheduler.include-coordinator=true".to_owned(),
        format!("http-server.http.port={port}"),
        format!("discovery.uri=http://127.0.0.1:{port}"),
        format!("plugin.dir={}", server.join("plugin").display()),
        format!("catalog.config-dir={}", catalog.display()),
        "catalog.management=static".to_owned(),
        "query.max-memory=512MB".to_owned(),
        // Tests ask thousands of statements in a few minutes; kept for a quarter of an hour, they fill the memory.
        "query.min-expire-age=20s".to_owned(),
        "query.max-history=50".to_owned(),
        String::new(),
    ];
    lines.join("\n")
}
