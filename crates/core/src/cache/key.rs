use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use sqlatte_guard::Guarded;
use sqlatte_providers::{DatabaseInfo, TableRef, TableSchema};

use crate::{ConversationMessage, Speaker};

/// Which callers may be given each other's answers.
///
/// Everybody asks with the one role of the connection, so rows do not differ by caller. Where they do, each
/// login is a policy of its own.
const EVERYBODY: &str = "everybody";

/// Everything that something kept depends on, as a hash: it holds no words of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

/// What the reading of a question depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The question; its white space does not count.
    pub(crate) question: &'a str,
    /// The tables the caller named.
    pub(crate) tables: &'a [String],
    /// What the interpreter is shown of the schema.
    pub(crate) schema: Key,
    /// What the interpreter itself depends on.
    pub(crate) interpreter: &'a str,
    /// The database that is asked.
    pub(crate) database: &'a DatabaseInfo,
    /// Today.
    pub(crate) today: NaiveDate,
}

impl Key {
    /// Of a question after this conversation.
    pub(crate) fn of_question(asked: &Asked<'_>, conversation: &[ConversationMessage]) -> Self {
        let mut hash = Hash::new("question");
        asked.hash(&mut hash);
        for message in conversation {
            let speaker = match message.speaker {
                Speaker::User => "question",
                Speaker::Assistant => "answer",
            };
            hash.text(speaker).text(&message.text).text(message.sql.as_deref().unwrap_or_default());
        }
        hash.key()
    }

    /// Of a question that a conversation has had before.
    pub(crate) fn of_repeat(asked: &Asked<'_>) -> Self {
        let mut hash = Hash::new("repeated question");
        asked.hash(&mut hash);
        hash.key()
    }

    /// Of so many rows of a statement.
    pub(crate) fn of_rows(sql: &Guarded, max_rows: u64, database: &DatabaseInfo) -> Self {
        let mut hash = Hash::new("rows");
        hash.text(sql.sql()).text(sql.dialect().name()).number(max_rows).database(database);
        hash.key()
    }

    /// Of a text.
    pub(crate) fn of_text(text: &str) -> Self {
        let mut hash = Hash::new("text");
        hash.text(text);
        hash.key()
    }

    /// Of the same and something more.
    pub(crate) fn with(self, more: &str) -> Self {
        let mut hash = Hash::new("and more");
        hash.bytes(&self.0).text(more);
        hash.key()
    }

    /// Of what is known of tables; how many rows they have is left out, since it changes all the time.
    pub(crate) fn of_tables<'t>(tables: impl IntoIterator<Item = &'t TableSchema>) -> Self {
        let mut hash = Hash::new("tables");
        for table in tables {
            let TableSchema { table: reference, .. } = table;
            let reference = TableRef { rows_estimate: None, ..reference.clone() };
            hash.text(&format!("{:?}", TableSchema { table: reference, ..table.clone() }));
        }
        hash.key()
    }
}

impl Asked<'_> {
    fn hash(&self, hash: &mut Hash) {
        hash.list(self.question.split_whitespace());
        hash.list(self.tables.iter().map(String::as_str));
        hash.bytes(&self.schema.0)
            .text(self.interpreter)
            .text(&self.today.to_string())
            .database(self.database);
    }
}

/// A hash in the making; every part goes in with its length, so that none runs into the next.
struct Hash(Sha256);

impl Hash {
    fn new(what: &str) -> Self {
        let mut hash = Hash(Sha256::new());
        hash.text(what).text(EVERYBODY);
        hash
    }

    fn number(&mut self, number: u64) -> &mut Self {
        self.0.update(number.to_le_bytes());
        self
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64);
        self.0.update(bytes);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    fn list<'t>(&mut self, texts: impl Iterator<Item = &'t str>) -> &mut Self {
        let mut count = 0;
        for text in texts {
            self.text(text);
            count += 1;
        }
        self.number(count)
    }

    fn database(&mut self, database: &DatabaseInfo) -> &mut Self {
        self.text(database.kind).text(&database.target).list(database.home.iter().map(String::as_str))
    }

    fn key(self) -> Key {
        Key(self.0.finalize().into())
    }
}
