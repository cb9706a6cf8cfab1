//! What the stores cost a question: one session looked up, the recent messages read, two messages appended and
//! one history entry recorded, each awaited, as the pipeline does.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures::future::join_all;
use sqlatte_core::{Owner, Session, Stores, memory};
use sqlatte_store::SqliteStore;
use sqlatte_testkit::store::{entry, instant, message, owner};
use tokio::runtime::Runtime;

const SESSIONS: usize = 1_000;
/// A session looked up, messages read, two messages and an entry written.
const STATEMENTS: u64 = 5;

async fn question(stores: &Stores, owner: &Owner, second: u32) {
    assert!(stores.sessions.find(owner).await.unwrap().is_some());
    let recent = stores.conversations.recent(owner, 10).await.unwrap();
    assert!(recent.len() <= 10);
    let said = [message(second, "How many orders came from Berlin?"), message(second, "142 orders did.")];
    stores.conversations.append(owner, &said).await.unwrap();
    stores.history.record(&entry(owner, second, "How many orders came from Berlin?")).await.unwrap();
}

async fn owners(stores: &Stores) -> Vec<Owner> {
    let mut owners = Vec::with_capacity(SESSIONS);
    for number in 0..SESSIONS {
        let owner = owner(&format!("the {number}th owner, with a name as long as the hash of a session"));
        let session = Session { owner: owner.clone(), created_at: instant(0), last_seen_at: instant(0) };
        stores.sessions.create(&session).await.unwrap();
        owners.push(owner);
    }
    owners
}

/// So many questions by so many callers at once.
async fn ask(stores: &Stores, owners: &[Owner], callers: usize, questions: u64) -> Duration {
    let started = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let stores = stores.clone();
        let share = questions / callers as u64 + u64::from((caller as u64) < questions % callers as u64);
        let owners: Vec<Owner> = owners.iter().skip(caller).step_by(callers).cloned().collect();
        tokio::spawn(async move {
            for (owner, second) in owners.iter().cycle().zip(0..u32::try_from(share).unwrap()) {
                question(&stores, owner, second).await;
            }
        })
    });
    for task in join_all(tasks).await {
        task.unwrap();
    }
    started.elapsed()
}

fn questions(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let sqlite = runtime.block_on(SqliteStore::open(folder.path().join("sqlatte.db"))).unwrap();
    for (kind, stores) in [("memory", memory::stores()), ("sqlite", sqlite.stores())] {
        let owners = runtime.block_on(owners(&stores));
        let mut group = criterion.benchmark_group(kind);
        group.throughput(Throughput::Elements(STATEMENTS));
        for callers in [1, 32] {
            group.bench_function(format!("question/{callers} callers"), |bencher| {
                bencher.iter_custom(|questions| runtime.block_on(ask(&stores, &owners, callers, questions)));
            });
        }
        group.finish();
    }
    runtime.block_on(sqlite.close());
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(8));
    targets = questions
}
criterion_main!(benches);
