use std::{fs, path::PathBuf};

use sqlatte_e2e::{Server, Start};
use tempfile::TempDir;

use crate::{model::InstantModel, questions::Question, report::Report, timings::milliseconds};

/// Starts servers on a demo database that is made once.
#[derive(Debug)]
pub(crate) struct Servers {
    folder: TempDir,
}

/// What turns questions into SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interpreter {
    /// The server itself.
    Offline,
    /// A model that answers at once.
    Prompted,
}

impl Interpreter {
    pub(crate) const ALL: [Interpreter; 2] = [Interpreter::Offline, Interpreter::Prompted];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Interpreter::Offline => "offline",
            Interpreter::Prompted => "instant model",
        }
    }
}

/// A server, and the model it asks.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) server: Server,
    _model: Option<InstantModel>,
}

impl Servers {
    /// Lets a first server make the demo database.
    pub(crate) fn prepare(report: &mut Report) -> Self {
        report.section(
            "Start",
            "From the start of the process to the last byte of the answer to `How many stores are there?`, offline, \
             on a demo database and a history that are there; each time a new process.",
        );
        let servers = Servers { folder: TempDir::new().expect("a temporary folder") };
        let took = Start::new().data_dir(&servers.data_dir()).serve().start_took();
        report.goal(
            "very first start, which makes the demo database",
            milliseconds(took),
            "< 5 s",
            took.as_secs_f64() < 5.0,
        );
        servers
    }

    /// The data directory of the first server.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A server on a copy of the demo database, with nothing in its history.
    pub(crate) async fn start(&self, interpreter: Interpreter, questions: &[Question]) -> Running {
        let copies = TempDir::new_in(self.folder.path()).expect("a temporary folder").keep();
        fs::copy(self.data_dir().join("demo.db"), copies.join("demo.db"))
            .expect("the demo database was made");
        let start = Start::new().data_dir(&copies);
        match interpreter {
            Interpreter::Offline => Running { server: start.serve(), _model: None },
            Interpreter::Prompted => {
                let model = InstantModel::start(questions).await;
                // Every question is to ask the model, the same ones again and again.
                let start = start.variable("SQLATTE__LLM__CACHE_SECONDS", "0");
                let server = start.model(model.url()).serve();
                Running { server, _model: Some(model) }
            }
        }
    }
}
