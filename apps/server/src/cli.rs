//! The command line.

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use sqlatte_guard::Dialect;
use sqlatte_providers::Secret;

use crate::{
    commands,
    config::{Config, Overrides},
    runtime::StartError,
    serve::serve,
    telemetry,
};

/// Ask your database in plain language.
#[derive(Debug, Parser)]
#[command(name = "sqlatte", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server (what `sqlatte` alone does)
    Serve(ServeArgs),
    /// Try the configuration, the database, the interpreter and the stores; say what is wrong and what to do
    Check,
    /// Ask one question and print the SQL and the rows
    Ask {
        /// The question
        question: String,
        /// Print the answer as JSON
        #[arg(long)]
        json: bool,
    },
    /// Say which SQL may run: JSON lines {"id","sql"} in, {"id","verdict","reason"} out
    Guard {
        /// postgresql, mysql, trino, bigquery or sqlite
        #[arg(long)]
        dialect: Dialect,
    },
    /// Say which tables a question may be about: JSON lines {"id","question"} in, {"id","tables"} out, best first
    Retrieve {
        /// The catalogue: a JSON line {"db","table","columns"} for each table
        #[arg(long, value_name = "FILE")]
        catalog: PathBuf,
    },
    /// Print the OpenAPI document
    Openapi,
    /// Print the version and what this build can talk to
    Version,
}

#[derive(Debug, Clone, Args)]
struct ServeArgs {
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long)]
    host: Option<String>,
    /// Port to listen on; 0 takes a free one [default: 8000]
    #[arg(long)]
    port: Option<u16>,
    /// Listen on a public address although nothing protects the API
    #[arg(long)]
    insecure: bool,
}

#[derive(Debug, Clone, Args)]
struct ConfigArgs {
    /// Configuration file
    #[arg(long, global = true, value_name = "FILE", env = "SQLATTE_CONFIG")]
    config: Option<PathBuf>,
    /// Directory for SQLatte's own data
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Database to ask, as a URL: sqlite:path, postgres://…, mysql://…, trino://…, presto://… or bigquery://…
    #[arg(long, global = true, value_name = "URL")]
    database: Option<Secret>,
}

impl ConfigArgs {
    fn load(self, host: Option<String>, port: Option<u16>) -> Result<Config, StartError> {
        let overrides = Overrides { host, port, data_dir: self.data_dir, database: self.database };
        let config = Config::load(self.config.as_deref(), &overrides)?;
        telemetry::start_logging(&config.log)?;
        Ok(config)
    }
}

/// Reads the arguments and runs the command; an error is one line on standard error.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Only addresses: what is not used costs nothing. The guard finds room here instead of asking the system.
        .thread_stack_size(16 * 1024 * 1024)
        .build()
        .map_err(|error| StartError::System(format!("no threads can be started: {error}")))
        .and_then(|tokio| tokio.block_on(dispatch(cli)));
    match done {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "sqlatte: {error}");
            ExitCode::FAILURE
        }
    }
}

impl ServeArgs {
    /// What stands after `serve`, and before it where nothing stands after it.
    fn or(self, before: ServeArgs) -> Self {
        ServeArgs {
            host: self.host.or(before.host),
            port: self.port.or(before.port),
            insecure: self.insecure || before.insecure,
        }
    }
}

async fn dispatch(cli: Cli) -> Result<ExitCode, StartError> {
    let Cli { command, config, serve: before } = cli;
    let served = matches!(command, None | Some(Command::Serve(_)));
    if !served && (before.host.is_some() || before.port.is_some() || before.insecure) {
        let fault = "--host, --port and --insecure are for `serve` alone: leave them out";
        return Err(StartError::System(fault.to_owned()));
    }
    match command.unwrap_or_else(|| Command::Serve(before.clone())) {
        Command::Serve(after) => {
            let ServeArgs { host, port, insecure } = after.or(before);
            serve(config.load(host, port)?, insecure).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Check => commands::check(config.load(None, None)).await,
        Command::Ask { question, json } => commands::ask(config.load(None, None)?, question, json).await,
        Command::Guard { dialect } => commands::guard(dialect),
        Command::Retrieve { catalog } => commands::retrieve(&catalog),
        Command::Openapi => commands::openapi(),
        Command::Version => commands::version(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::Cli;

    #[test]
    fn a_password_on_the_command_line_is_not_printed() {
        for command in [&["sqlatte"][..], &["sqlatte", "serve"], &["sqlatte", "check"]] {
            let words = command.iter().copied().chain(["--database", "postgres://me:hunter2@host/db"]);
            let cli = Cli::try_parse_from(words).unwrap();
            assert!(!format!("{cli:?}").contains("hunter2"), "{cli:?}");
        }
    }

    #[test]
    fn where_settings_come_from_is_said_before_or_after_the_command() {
        for words in [["check", "--config", "own.yaml"], ["--config", "own.yaml", "check"]] {
            let cli = Cli::try_parse_from(["sqlatte"].into_iter().chain(words)).unwrap();
            assert_eq!(cli.config.config.as_deref(), Some(std::path::Path::new("own.yaml")));
        }
        let cli = Cli::try_parse_from(["sqlatte", "--port", "1", "serve", "--host", "::1"]).unwrap();
        let Some(super::Command::Serve(after)) = cli.command else { panic!("no command") };
        let both = after.or(cli.serve);
        assert_eq!((both.host.as_deref(), both.port), (Some("::1"), Some(1)));
    }
}
