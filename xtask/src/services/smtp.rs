//! A mail server that keeps what it gets as files.

use super::{Environment, Server, python, server::Launch, session::Session, watcher::Signal};
use crate::process::Outcome;

pub(super) const SERVER: Server = Server {
    name: "smtp",
    title: "SMTP catcher",
    address: "SQLATTE_TEST_SMTP_URL",
    packages: &[python::VENV],
    start,
};

const CATCHER: &str = include_str!("smtp.py");

fn start(session: &Session) -> Outcome<Environment> {
    let requirements = include_str!("smtp.txt");
    let python =
        python::environment(session, SERVER.name, "smtp-1", "aiosmtpd", requirements, |_, _| Ok(()))?;
    let folder = session.folder("smtp")?;
    let mails = session.folder("smtp/mails")?;
    let launch = Launch { folder: &folder, ready: "ready for mail", signal: Signal::Terminate };
    let port = launch.start(session, |port| {
        let mut server = session.command(&python, &folder);
        server.args(["-c", CATCHER, &port.to_string()]).arg(&mails);
        Ok(server)
    })?;
    Ok(Environment::from([
        (SERVER.address.to_owned(), format!("smtp://127.0.0.1:{port}")),
        ("SQLATTE_TEST_SMTP_FOLDER".to_owned(), mails.display().to_string()),
    ]))
}
