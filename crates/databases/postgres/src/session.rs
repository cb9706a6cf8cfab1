//! One caller's use of a connection: a read-only transaction before, a sweep after.

use std::{fmt::Write as _, pin::pin, sync::Arc, time::Duration};

use deadpool::managed::Object;
use futures::future;
use sqlatte_providers::Result;
use tokio::{runtime::Handle, time};
use tokio_postgres::{Client, Statement};

use crate::{
    connect::Connector,
    error::{self, unexpected},
    limit::Limit,
    pool::Lease,
};

const ROLLBACK: &str = "ROLLBACK; ";
/// Takes back whatever a session can keep beyond its transaction.
///
/// `DISCARD ALL` less its `DEALLOCATE ALL`: the driver has prepared statements of its own, no other can have
/// been made, and plans hold no data.
const SWEEP: &str = "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; \
                     SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES";
/// A connection that is not clean after this long is closed.
const SWEEP_TIME: Duration = Duration::from_secs(5);
/// How long the server has to stop, at first, before it is asked again.
const PATIENCE: Duration = Duration::from_millis(50);
/// How much later than our own clock the server's may say that the time is up.
const GRACE: Duration = Duration::from_millis(250);

/// A connection on loan; it is swept in the background when dropped, before anyone else has it.
pub(crate) struct Session {
    lease: Option<Lease>,
    pub(crate) connector: Arc<Connector>,
    /// Whether the server may be at work for this session when it is dropped.
    pub(crate) busy: bool,
    /// Whether a transaction was opened.
    begun: bool,
}

impl Session {
    pub(crate) fn new(lease: Lease, connector: Arc<Connector>) -> Self {
        Session { lease: Some(lease), connector, busy: false, begun: false }
    }

    /// Whether the connection was made for this session.
    pub(crate) fn is_fresh(&self) -> bool {
        self.lease.as_ref().is_some_and(|lease| Object::metrics(lease).recycle_count == 0)
    }

    /// Whether the connection has ended.
    pub(crate) fn is_lost(&self) -> bool {
        self.lease.as_ref().is_none_or(|lease| lease.client.is_closed())
    }

    pub(crate) fn client(&self) -> Result<&Client> {
        self.lease
            .as_ref()
            .map(|lease| &lease.client)
            .ok_or_else(|| unexpected("the connection is given back"))
    }

    pub(crate) fn client_mut(&mut self) -> Result<&mut Client> {
        self.lease
            .as_mut()
            .map(|lease| &mut lease.client)
            .ok_or_else(|| unexpected("the connection is given back"))
    }

    /// Opens the transaction and prepares `sql` in it, in one round trip.
    pub(crate) async fn prepare(&mut self, sql: &str, limit: Limit) -> Result<Statement> {
        let opening = format!("BEGIN TRANSACTION READ ONLY; {}", self.settings(limit));
        (self.busy, self.begun) = (true, true);
        let client = self.client()?;
        // Sent in this order, whatever is answered first.
        let (begun, prepared) = future::join(client.batch_execute(&opening), client.prepare(sql)).await;
        self.busy = false;
        let failed = |error| error::of_statement(error, &self.connector.target, sql, limit);
        begun.map_err(failed)?;
        prepared.map_err(failed)
    }

    /// Opens the transaction for statements of our own.
    pub(crate) async fn begin(&mut self, limit: Limit) -> Result<()> {
        let opening = format!("BEGIN TRANSACTION READ ONLY; {}", self.settings(limit));
        (self.busy, self.begun) = (true, true);
        let begun = self.client()?.batch_execute(&opening).await;
        self.busy = false;
        begun.map_err(|error| error::of_statement(error, &self.connector.target, "", limit))
    }

    /// What holds for the transaction: the server's own limits, and how it reads the statement.
    pub(crate) fn settings(&self, limit: Limit) -> String {
        let target = &self.connector.target;
        let statement = milliseconds(limit.left() + GRACE);
        let lock = milliseconds(target.lock_timeout);
        let idle = milliseconds(limit.left() + 20 * GRACE);
        // The guard has read the statement with standard strings.
        let mut sql = format!(
            "SET LOCAL statement_timeout = {statement}; SET LOCAL lock_timeout = {lock}; \
             SET LOCAL idle_in_transaction_session_timeout = {idle}; SET LOCAL standard_conforming_strings = on"
        );
        for (index, schema) in target.search_path.iter().enumerate() {
            let before = if index == 0 { "; SET LOCAL search_path = " } else { ", " };
            // Writing to a text cannot fail.
            let _ = write!(sql, "{before}{}", quoted(schema));
        }
        sql
    }
}

/// A name as it stands in SQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What PostgreSQL can count, and never the 0 that means no limit.
fn milliseconds(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX).max(1)
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(lease) = self.lease.take() else { return };
        match Handle::try_current() {
            Ok(runtime) => {
                // A rollback of nothing would leave a warning in the server's log.
                let sql = if self.begun { [ROLLBACK, SWEEP].concat() } else { SWEEP.to_owned() };
                runtime.spawn(sweep(lease, Arc::clone(&self.connector), self.busy, sql));
            }
            // The program is about to end.
            Err(_) => Object::take(lease).kill(),
        }
    }
}

/// Gives a connection back clean, or not at all.
async fn sweep(lease: Lease, connector: Arc<Connector>, busy: bool, sql: String) {
    let sweeping = async {
        if busy {
            stop(&lease, &connector).await?;
        }
        let swept = lease.client.batch_execute(&sql).await;
        swept.map_err(|error| error::of_connection(error, &connector.target))
    };
    match time::timeout(SWEEP_TIME, sweeping).await {
        // Dropping gives it back.
        Ok(Ok(())) => drop(lease),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a connection to PostgreSQL could not be swept");
            Object::take(lease).kill();
        }
        Err(_) => {
            tracing::warn!("a statement in PostgreSQL did not stop when asked to: its connection is closed");
            Object::take(lease).kill();
        }
    }
}

/// Stops what the server does for this connection.
async fn stop(lease: &Lease, connector: &Connector) -> Result<()> {
    // Answered when all that was sent before has ended; nothing that could be stopped itself.
    let mut quiet = pin!(lease.client.check_connection());
    let mut patience = PATIENCE;
    loop {
        // A request that arrives before the statement has begun is lost, so it is repeated.
        connector.cancel(lease).await?;
        if let Ok(quiet) = time::timeout(patience, &mut quiet).await {
            return quiet.map_err(|error| error::of_connection(error, &connector.target));
        }
        patience *= 2;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{milliseconds, quoted};

    #[test]
    fn names_stay_in_their_quotes() {
        assert_eq!(quoted("a\"; DROP TABLE x; --"), "\"a\"\"; DROP TABLE x; --\"");
    }

    #[test]
    fn no_limit_becomes_no_limit() {
        assert_eq!(milliseconds(Duration::ZERO), 1);
        assert_eq!(milliseconds(Duration::from_secs(u64::MAX)), i32::MAX);
    }
}
