use std::{future::Future, pin::pin, time::Duration};

use tokio::time::{self, Instant};

use crate::{
    pool::Pool,
    stop::{Reason, Stop},
};

/// How long a killed statement may take to end, and what it had sent to be read: after that a new connection is
/// cheaper.
const ENDING: Duration = Duration::from_millis(300);
/// A kill that comes before the server has begun with the statement is lost: after this long comes another.
const AGAIN: Duration = Duration::from_millis(50);

/// How a piece of work ended.
pub(crate) enum Ended<T> {
    /// By itself.
    Done(T),
    /// It was stopped, and ended then with this; `None` where it would not end.
    Stopped(Reason, Option<T>),
}

/// Sees `work` on the connection `id` through; when it is time to stop, kills what the server is doing for it
/// and waits until `work` has noticed, so that the connection is at a known place again.
pub(crate) async fn until_stopped<T>(
    work: impl Future<Output = T>,
    stop: &mut Stop,
    pool: &Pool,
    id: u64,
) -> Ended<T> {
    let mut work = pin!(work);
    let reason = tokio::select! {
        biased;
        done = &mut work => return Ended::Done(done),
        reason = stop.reached() => reason,
    };
    // Functions such as SLEEP return as if nothing had happened when they are killed: the reason is ours to
    // know.
    Ended::Stopped(reason, killed(work, pool, id).await)
}

/// Kills what the connection `id` is doing until `work`, which waits for its end, has noticed; `None` if that
/// took too long, and the connection is killed then.
pub(crate) async fn killed<T>(work: impl Future<Output = T>, pool: &Pool, id: u64) -> Option<T> {
    let mut work = pin!(work);
    let end = Instant::now() + ENDING;
    while pool.kill_statement(id).await {
        if let Ok(done) = time::timeout(AGAIN, &mut work).await {
            return Some(done);
        }
        if Instant::now() > end {
            break;
        }
    }
    pool.kill_connection(id).await;
    None
}
