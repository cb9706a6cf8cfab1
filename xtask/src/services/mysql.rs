//! MySQL proper, which Debian has in its unstable suite only; it runs from a folder with libraries of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    Environment, Server,
    debian::{find, has_apt},
    mariadb::root_password,
    server::Launch,
    session::{Session, random},
    watcher::Signal,
};
use crate::process::{Outcome, output};

pub(super) const SERVER: Server =
    Server { name: "mysql", title: "MySQL", address: "SQLATTE_TEST_MYSQL_URL", packages: &[], start };

/// Small, and careless with its files: they are thrown away.
const SETTINGS: [&str; 10] = [
    "--bind-address=127.0.0.1",
    "--mysqlx=OFF",
    "--skip-name-resolve",
    "--disable-log-bin",
    "--max-connections=200",
    "--innodb-buffer-pool-size=64M",
    "--innodb-redo-log-capacity=32M",
    "--innodb-doublewrite=OFF",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
];

fn start(session: &Session) -> Outcome<Environment> {
    let mysqld = Mysqld::installed().map_or_else(|| Mysqld::from_debian(session), Ok)?;
    let folder = session.folder("mysql")?;
    let (data, secret, password) = (folder.join("data"), folder.join("password.sql"), random()?);
    session.write(&secret, &root_password(&password))?;
    let command = || {
        let mut command = session.command(&mysqld.words[0], &folder);
        command.args(&mysqld.words[1..]).args(SETTINGS);
        command.arg(format!("--datadir={}", data.display())).arg("--secure-file-priv=");
        command
    };
    session.run(command().arg("--initialize-insecure"), &folder.join("initialize.log"))?;

    let launch = Launch { folder: &folder, ready: "ready for connections", signal: Signal::Terminate };
    let port = launch.start(session, |port| {
        let mut server = command();
        server.arg(format!("--port={port}")).arg(format!("--socket={}", folder.join("socket").display()));
        server.arg(format!("--pid-file={}", folder.join("pid").display()));
        server.arg(format!("--init-file={}", secret.display()));
        Ok(server)
    })?;
    let url = format!("mysql://root:{password}@127.0.0.1:{port}/mysql");
    Ok(Environment::from([(SERVER.address.to_owned(), url)]))
}

/// How the server is called.
struct Mysqld {
    words: Vec<String>,
}

impl Mysqld {
    /// One that the machine has. MariaDB answers to the same name.
    fn installed() -> Option<Self> {
        let path = find("mysqld")?;
        let version = output(Command::new(&path).args(["--no-defaults", "--version"])).ok()?;
        let words = vec![path.to_str()?.to_owned(), "--no-defaults".to_owned()];
        (!version.contains("MariaDB")).then_some(Self { words })
    }

    /// The one of Debian's unstable suite, unpacked into the cache; nothing is installed.
    fn from_debian(session: &Session) -> Outcome<Self> {
        let missing = "there is no mysqld (MariaDB's does not count): install MySQL 8 or later from \
                       https://dev.mysql.com/downloads/mysql/, or name the address of one";
        let source = has_apt().then(debian_source).flatten().ok_or(missing)?;
        let unpacked =
            session.cached(SERVER.name, "mysql-sid-1", "MySQL from Debian sid", |new, scratch| {
                // Only after the installation: in container images every `apt-get update` empties the folder that
                // packages are installed from. What cannot be installed is told by those that need it.
                let _ = session.install();
                download(session, &source, scratch)?;
                unpack(session, scratch, new)
            })?;
        let loader = loader(&unpacked).ok_or_else(|| format!("no loader in {}", unpacked.display()))?;
        let libraries = loader.parent().unwrap_or(&unpacked);
        Ok(Self {
            words: vec![
                loader.display().to_string(),
                "--library-path".to_owned(),
                libraries.display().to_string(),
                unpacked.join("usr/sbin/mysqld").display().to_string(),
                "--no-defaults".to_owned(),
                format!("--basedir={}", unpacked.join("usr").display()),
                format!("--lc-messages-dir={}", unpacked.join("usr/share/mysql").display()),
            ],
        })
    }
}

/// The address of the archive that the machine itself uses, if that is Debian's, with its key ring.
fn debian_source() -> Option<String> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !release.lines().any(|line| line.trim() == "ID=debian") {
        return None;
    }
    let list = fs::read_to_string("/etc/apt/sources.list").unwrap_or_default();
    let folder = fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten();
    let more = folder.filter_map(|entry| fs::read_to_string(entry.path()).ok());
    std::iter::once(list).chain(more).find_map(|text| archive(&text))
}

/// The first address in a list of sources that is of Debian's main archive.
fn archive(sources: &str) -> Option<String> {
    let lines = sources.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines
        .flat_map(str::split_whitespace)
        .find(|word| word.contains("://") && word.trim_end_matches('/').ends_with("/debian"))
        .map(str::to_owned)
}

/// Has apt download the server and all it needs, down to the C library, with settings and lists of its own.
fn download(session: &Session, source: &str, scratch: &Path) -> Outcome {
    let file = |name: &str, text: &str| {
        let path = scratch.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display())).map(|()| path)
    };
    let keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
    for folder in ["sources", "lists/partial", "archives/partial"] {
        fs::create_dir_all(scratch.join(folder)).map_err(|error| format!("{folder}: {error}"))?;
    }
    let sources = format!("Types: deb\nURIs: {source}\nSuites: sid\nComponents: main\nSigned-By: {keys}\n");
    file("sources/sid.sources", &sources)?;
    let empty = file("status", "")?;
    let at = |name: &str| scratch.join(name).display().to_string();
    let settings = [
        "Dir::Etc::sourcelist=/dev/null".to_owned(),
        format!("Dir::Etc::sourceparts={}", at("sources")),
        format!("Dir::State::lists={}", at("lists")),
        format!("Dir::State::status={}", empty.display()),
        format!("Dir::Cache={}", scratch.display()),
        format!("Dir::Cache::archives={}", at("archives")),
        "APT::Install-Recommends=false".to_owned(),
        // The folder is not one that apt's own user can write to.
        "APT::Sandbox::User=root".to_owned(),
        "Acquire::Languages=none".to_owned(),
        "Acquire::Retries=3".to_owned(),
    ];
    let log = scratch.join("apt.log");
    let apt = || {
        let mut command = Command::new("apt-get");
        for setting in &settings {
            command.args(["-o", setting]);
        }
        command
    };
    session.run(apt().arg("update"), &log)?;
    session.run(apt().args(["--yes", "--download-only", "install", "mysql-server-core"]), &log)
}

fn unpack(session: &Session, scratch: &Path, into: &Path) -> Outcome {
    let archives = scratch.join("archives");
    let packages = fs::read_dir(&archives).map_err(|error| format!("{}: {error}", archives.display()))?;
    for package in packages.flatten().map(|entry| entry.path()) {
        if package.extension().is_some_and(|ending| ending == "deb") {
            session.run(Command::new("dpkg").arg("-x").arg(&package).arg(into), &scratch.join("dpkg.log"))?;
        }
    }
    loader(into)
        .map(drop)
        .ok_or_else(|| format!("Debian's packages brought no loader into {}", into.display()))
}

/// The dynamic loader among the unpacked libraries.
fn loader(unpacked: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(unpacked.join("usr/lib")).ok()?.flatten().map(|entry| entry.path());
    let files = folders.filter(|folder| folder.is_dir()).filter_map(|folder| fs::read_dir(folder).ok());
    files.flatten().flatten().map(|entry| entry.path()).find(|file| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("ld-linux") && name.contains(".so")
    })
}

#[cfg(test)]
mod tests {
    use super::archive;

    #[test]
    fn finds_the_archive_in_both_forms() {
        let deb822 =
            "Types: deb\n# http://old.example/debian\nURIs: http://deb.example/debian\nSuites: bookworm\n";
        assert_eq!(archive(deb822).as_deref(), Some("http://deb.example/debian"));
        let line =
            "# deb http://old.example/debian x\ndeb [signed-by=/k] https://deb.example/debian/ bookworm main";
        assert_eq!(archive(line).as_deref(), Some("https://deb.example/debian/"));
        assert_eq!(archive("deb http://deb.example/debian-security bookworm-security main"), None);
    }
}
