//! Trino, put together from what Maven Central has of it.

mod query;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    Environment, Server,
    debian::{Package, find},
    java::java,
    server::Launch,
    session::Session,
    watcher::Signal,
};
use crate::process::{Outcome, root};

pub(super) const SERVER: Server = Server {
    name: "trino",
    title: "Trino",
    address: "SQLATTE_TEST_TRINO_URL",
    packages: &[Package {
        name: "maven",
        installed: |session| session.has_cached(KEPT) || find("mvn").is_some(),
    }],
    start,
};

/// Of its version: the plugins of later ones are not published.
const KEPT: &str = "trino-476";
const JAVA: u32 = 24;

const POM: &str = include_str!("trino/pom.xml");
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
    let server = session.cached(SERVER.name, KEPT, "Trino from Maven Central", |new, scratch| {
        session.install()?;
        download(session, new, scratch)
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
    Ok(Environment::from([(SERVER.address.to_owned(), format!("http://127.0.0.1:{port}"))]))
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
        String::new(),
    ];
    lines.join("\n")
}

fn download(session: &Session, new: &Path, scratch: &Path) -> Outcome {
    let mvn: PathBuf = find("mvn")
        .ok_or("Maven is needed to get Trino: `sudo apt install maven`, on macOS `brew install maven`")?;
    let pom = scratch.join("pom.xml");
    fs::write(&pom, POM).map_err(|error| format!("{}: {error}", pom.display()))?;
    let mut command = Command::new(mvn);
    command.args(["--batch-mode", "--no-transfer-progress", "package", "--file"]).arg(&pom);
    command.arg(format!("-Dinto={}", new.display())).current_dir(scratch);
    let log = scratch.join("maven.log");
    session.run(&mut command, &log).map_err(|error| {
        // Maven's last words are the same for every fault.
        let text = fs::read_to_string(&log).unwrap_or_default();
        let fault = text
            .lines()
            .filter_map(|line| Some(line.split_once("[ERROR]")?.1))
            .find(|line| !line.trim().is_empty());
        fault.map_or(error, |fault| format!("Maven:{fault} (all it said is in {})", log.display()))
    })
}
