//! Another Rust service asks its own database through `sqlatte-core`.
//!
//! Run it with `cargo run -p sqlatte-core --example embed`. The service brings three things: a database (here a
//! SQLite file it made), an interpreter (here the offline one, which needs no model) and a clock.
#![expect(clippy::print_stdout, reason = "the example shows its answers")]

use std::{error::Error, path::Path, sync::Arc};

use sqlatte_core::{
    Outcome, QueryId, Runtime, SessionId,
    ask::{self, Ask, Input},
};
use sqlatte_db_sqlite::{Sqlite, SqliteConfig};
use sqlatte_offline::Offline;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    for line in ask_the_library().await? {
        println!("{line}");
    }
    Ok(())
}

/// Asks three questions; gives what a person would read, line by line.
pub(crate) async fn ask_the_library() -> Result<Vec<String>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("library.db");
    make_library(&path)?;

    let database = Arc::new(Sqlite::open(SqliteConfig::new(path))?);
    let interpreter = Arc::new(Offline::default());
    let runtime = Arc::new(Runtime::builder(database, interpreter, chrono::Local::now).build());
    let session = SessionId::generate().ok_or("no randomness")?;
    let mut lines = Vec::new();

    for question in ["how many books are there?", "number of books by genre", "books by Ursula Le Guin"] {
        let ask = Ask {
            input: Input::Question(question.to_owned()),
            owner: session.owner(),
            session: session.clone(),
            query_id: QueryId::new(runtime.clock.utc()),
            tables: Vec::new(),
            limit: Some(20),
            insights: true,
            fresh: false,
            cancel: CancellationToken::new(),
        };
        let answer = ask::answer(Arc::clone(&runtime), ask).await?;
        lines.push(question.to_owned());
        match answer.outcome {
            Outcome::Sql(sql) => {
                lines.push(sql.sql);
                lines.extend(sql.rows.rows.iter().map(|row| format!("  {row:?}")));
            }
            Outcome::Chat(chat) => lines.push(chat.message),
        }
    }
    Ok(lines)
}

fn make_library(path: &Path) -> rusqlite::Result<()> {
    rusqlite::Connection::open(path)?.execute_batch(
        "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         CREATE TABLE books (
             id INTEGER PRIMARY KEY, title TEXT NOT NULL, genre TEXT NOT NULL, published_on DATE,
             author_id INTEGER NOT NULL REFERENCES authors(id)
         );
         INSERT INTO authors VALUES (1, 'Ursula Le Guin'), (2, 'Orhan Pamuk');
         INSERT INTO books VALUES
             (1, 'The Dispossessed', 'science fiction', '1974-05-01', 1),
             (2, 'A Wizard of Earthsea', 'fantasy', '1968-01-01', 1),
             (3, 'Kar', 'novel', '2002-01-01', 2);",
    )
}
