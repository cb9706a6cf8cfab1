use std::time::Duration;

use mysql_async::{Conn, Error, Row, prelude::Queryable};
use sqlatte_providers::Result;

use crate::{
    catalogue::text,
    error::{self, Target},
};

/// The server's own modes that stay on, since they change what is read and not how a statement is understood.
/// Every other one is off: the guard reads statements the way MySQL does by default.
const KEPT_MODES: &[&str] = &[
    "ONLY_FULL_GROUP_BY",
    "NO_UNSIGNED_SUBTRACTION",
    "PAD_CHAR_TO_FULL_LENGTH",
    "TIME_ROUND_FRACTIONAL",
    "TIME_TRUNCATE_FRACTIONAL",
];
/// What the server's limit allows beyond ours, which is to come first.
const LATER: Duration = Duration::from_millis(500);
const YEAR: Duration = Duration::from_secs(31_536_000);

/// Which of the two is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    MySql,
    MariaDb,
}

impl Flavour {
    /// The name people know it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Flavour::MySql => "MySQL",
            Flavour::MariaDb => "MariaDB",
        }
    }
}

/// A connection on which statements of users run, one at a time.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) conn: Conn,
    traits: Traits,
}

/// What is known of a connection from its first moments.
#[derive(Debug)]
pub(crate) struct Traits {
    /// The server's number for it. The greeting's number is a proxy's, where there is one between.
    id: u64,
    flavour: Flavour,
    /// The variable that makes a session read-only.
    read_only: &'static str,
    /// Fixed parts of what every use begins with.
    modes: String,
    time_zone: Option<String>,
}

impl Session {
    pub(crate) fn new(conn: Conn, traits: Traits) -> Self {
        Session { conn, traits }
    }

    pub(crate) fn id(&self) -> u64 {
        self.traits.id
    }

    pub(crate) fn flavour(&self) -> Flavour {
        self.traits.flavour
    }

    /// Looks a new connection over; an error where it would not be as safe as it has to be.
    pub(crate) async fn open(conn: &mut Conn, time_zone: Option<&str>, target: &Target) -> Result<Traits> {
        let traits = Traits::read(conn, time_zone).await.map_err(|error| error::connecting(error, target))?;
        let begin = conn.query_drop(traits.beginning(YEAR)).await;
        begin.map_err(|error| error::preparing(error, target))?;
        let safe = traits.is_safe(conn).await.map_err(|error| error::preparing(error, target))?;
        if !safe {
            return Err(error::unsafe_session(target));
        }
        conn.reset().await.map_err(|error| error::connecting(error, target))?;
        Ok(traits)
    }

    /// Settings, limits and a read-only transaction for one use, in one round trip.
    pub(crate) async fn begin(&mut self, limit: Duration) -> Result<(), Error> {
        self.conn.query_drop(self.traits.beginning(limit.saturating_add(LATER).min(YEAR))).await
    }

    /// Ends the transaction and forgets all that a statement may have set: variables, locks, temporary
    /// tables.
    pub(crate) async fn end(&mut self) -> Result<bool, Error> {
        self.conn.reset().await
    }
}

impl Traits {
    async fn read(conn: &mut Conn, time_zone: Option<&str>) -> Result<Self, Error> {
        let [version, id, modes] = texts(conn, "SELECT VERSION(), CONNECTION_ID(), @@sql_mode").await?;
        let id = id.parse().unwrap_or_default();
        let flavour = if version.contains("MariaDB") { Flavour::MariaDb } else { Flavour::MySql };
        // MariaDB took over MySQL's name late, and wants to drop its own.
        let read_only = if flavour == Flavour::MariaDb && conn.server_version() < (11, 1, 1) {
            "tx_read_only"
        } else {
            "transaction_read_only"
        };
        let kept: Vec<_> = modes.split(',').filter(|mode| KEPT_MODES.contains(mode)).collect();
        let (modes, time_zone) = (kept.join(","), time_zone.map(str::to_owned));
        Ok(Traits { id, flavour, read_only, modes, time_zone })
    }

    /// Several statements of our own in one text: a user's statement never goes this way.
    ///
    /// The session's read-only mode also stops what a read-only transaction alone lets through because it
    /// would commit it first: creating, altering and dropping.
    fn beginning(&self, limit: Duration) -> String {
        let limit = match self.flavour {
            Flavour::MySql => {
                let milliseconds = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
                format!("max_execution_time={milliseconds}")
            }
            Flavour::MariaDb => format!("max_statement_time={:.3}", limit.as_secs_f64()),
        };
        let zone = match &self.time_zone {
            Some(zone) => format!(", SESSION time_zone='{zone}'"),
            None => String::new(),
        };
        format!(
            "SET NAMES utf8mb4, SESSION sql_mode='{}', SESSION autocommit=1, SESSION {}=1, \
             SESSION {limit}{zone}; START TRANSACTION READ ONLY",
            self.modes, self.read_only
        )
    }

    /// Whether the settings took hold.
    async fn is_safe(&self, conn: &mut Conn) -> Result<bool, Error> {
        let sql = format!(
            "SELECT @@sql_mode, @@character_set_client, @@character_set_results, @@{}",
            self.read_only
        );
        let [modes, client, results, read_only] = texts(conn, &sql).await?;
        let known = modes.split(',').all(|mode| mode.is_empty() || KEPT_MODES.contains(&mode));
        Ok(known && client == "utf8mb4" && results == "utf8mb4" && read_only == "1")
    }
}

/// The first row of a query of our own, as text; empty texts for what is missing.
async fn texts<const N: usize>(conn: &mut Conn, sql: &str) -> Result<[String; N], Error> {
    let row: Option<Row> = conn.query_first(sql).await?;
    let mut values = row.map(Row::unwrap).unwrap_or_default().into_iter();
    Ok(std::array::from_fn(|_| values.next().and_then(text).unwrap_or_default()))
}
