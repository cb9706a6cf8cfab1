use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{Client, Load, binary};

/// The line that says where it listens.
const LISTENS: &str = "SQLatte listens on http://";
/// Nothing waits longer for a start or an end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server about to be started, with a temporary data directory and no settings from outside.
#[derive(Debug)]
pub struct Start {
    folder: TempDir,
    data_dir: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Default for Start {
    fn default() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let data_dir = folder.path().join("data");
        Start { folder, data_dir, arguments: Vec::new(), environment: Vec::new() }
    }
}

impl Start {
    /// With the defaults: the demo database and the offline interpreter.
    pub fn new() -> Self {
        Start::default()
    }

    /// One more argument.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// The SQLite file that is asked.
    #[must_use]
    pub fn database(self, file: &Path) -> Self {
        self.argument("--database").argument(format!("sqlite:{}", file.display()))
    }

    /// The text of the configuration file.
    #[must_use]
    pub fn config(self, yaml: &str) -> Self {
        let file = self.folder.path().join("sqlatte.yaml");
        fs::write(&file, yaml).expect("the temporary folder can be written");
        self.argument("--config").argument(file.display().to_string())
    }

    /// A variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Asks a model that speaks the Messages API at `url`, in place of the offline interpreter.
    #[must_use]
    pub fn model(self, url: &str) -> Self {
        self.variable("SQLATTE__LLM__PROVIDER", "anthropic")
            .variable("SQLATTE__LLM__ANTHROPIC__BASE_URL", url)
            .variable("SQLATTE__LLM__ANTHROPIC__API_KEY", "sk-test-key-of-the-whole-system")
    }

    /// A data directory that outlives the server.
    #[must_use]
    pub fn data_dir(mut self, path: &Path) -> Self {
        self.data_dir = path.to_owned();
        self
    }

    /// The program with the given command, in an empty folder, with an environment of ours.
    pub fn command(&self, command: &str) -> Command {
        let mut program = self.program();
        program.arg(command).args(&self.arguments).args(["--data-dir".as_ref(), self.data_dir.as_os_str()]);
        program
    }

    fn program(&self) -> Command {
        let mut program = Command::new(binary());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("SQLATTE") || name.ends_with("_API_KEY") || name == "RUST_LOG" {
                program.env_remove(&*name);
            }
        }
        program.current_dir(self.folder.path());
        program.envs(self.environment.iter().map(|(name, value)| (name, value)));
        program
    }

    /// Runs a command other than `serve` to its end.
    pub fn run(&self, command: &str) -> Output {
        self.command(command).output().expect("the program starts")
    }

    /// Runs the program with these arguments alone and this standard input, to its end.
    pub fn plain(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut child = self.spawned(arguments);
        let mut stdin = child.stdin.take().expect("it is piped");
        thread::scope(|scope| {
            // A program that has read enough closes its end, which is its right.
            scope.spawn(move || drop(stdin.write_all(input)));
            child.wait_with_output().expect("the program ends")
        })
    }

    /// The program with these arguments alone, started, its three streams as pipes.
    pub fn spawned(&self, arguments: &[&str]) -> Child {
        let mut program = self.program();
        program.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        program.spawn().expect("the program starts")
    }

    /// A folder for the test's own files; it goes with the server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the server and waits until it listens.
    ///
    /// # Panics
    /// When it ends instead.
    pub fn serve(self) -> Server {
        match self.try_serve() {
            Ok(server) => server,
            Err(error) => panic!("the server did not start:\n{error}"),
        }
    }

    /// Starts the server; an error is what it wrote before it ended.
    pub fn try_serve(self) -> Result<Server, String> {
        let log = self.folder.path().join("stderr.log");
        let mut command = self.command("serve");
        if !self.arguments.iter().any(|argument| argument == "--port") {
            command.args(["--port", "0"]);
        }
        let began = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("the temporary folder can be written"))
            .spawn()
            .expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, lines) = mpsc::channel();
        // Reads to the end, so that the server never writes into a closed pipe.
        thread::spawn(move || stdout.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        let line = lines.recv_timeout(PATIENCE);
        let address = line.ok().and_then(|line| line.strip_prefix(LISTENS)?.parse().ok());
        let mut server = Server {
            address: address.unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0))),
            start_took: began.elapsed(),
            child,
            log,
            data_dir: self.data_dir,
            folder: self.folder,
        };
        match address {
            Some(_) => Ok(server),
            None => {
                let status = server.wait(Duration::from_secs(5));
                Err(format!(
                    "{}\n{}",
                    status.map_or("still running".to_owned(), |end| end.to_string()),
                    server.log()
                ))
            }
        }
    }
}

/// The real server in a process of its own; dropping it kills it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    start_took: Duration,
    child: Child,
    log: PathBuf,
    data_dir: PathBuf,
    folder: TempDir,
}

impl Server {
    /// A client with no session yet.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From the start of the process to the line that says it listens.
    pub fn start_took(&self) -> Duration {
        self.start_took
    }

    /// Where it keeps its own data.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// A folder for the test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it wrote to standard error.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// What it costs.
    pub fn load(&self) -> Load {
        Load::of(self.child.id())
    }

    /// Sends a signal by its name, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("there is a kill").success());
    }

    /// Waits for its end.
    pub fn wait(&mut self, time: Duration) -> Option<ExitStatus> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return Some(status);
            }
            if began.elapsed() > time {
                return None;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether it still runs.
    pub fn lives(&mut self) -> bool {
        self.wait(Duration::ZERO).is_none()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(60).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            let _ = writeln!(std::io::stderr(), "--- the server's log ends ---\n{}", tail.join("\n"));
        }
    }
}
