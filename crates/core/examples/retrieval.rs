//! Measures how well and how fast tables are found: `cargo xtask bench retrieval`.
//!
//! It needs the merged catalogue beside the project (`../shared/data/retrieval`), and says so where that is absent.
#![expect(clippy::print_stdout, reason = "it shows what it measured")]

#[path = "../tests/it/merged_catalogue.rs"]
mod merged_catalogue;

use std::time::{Duration, Instant};

use merged_catalogue::{AT, Asked, load, recall};
use sqlatte_core::retrieval::TableIndex;
use sqlatte_providers::TableSchema;

/// Tables of the large catalogue.
const LARGE: usize = 5_000;

fn main() -> Result<(), String> {
    let (tables, questions) = load()?;
    let index = TableIndex::new(&tables);
    println!("| questions | {} |", AT.map(|at| format!("at {at}")).join(" | "));
    println!("|---|{}", "---:|".repeat(AT.len()));
    for (name, kept_back) in [("tuned on", Some(false)), ("kept back", Some(true)), ("all", None)] {
        let part =
            questions.iter().filter(|one| kept_back.is_none_or(|kept_back| one.kept_back == kept_back));
        let part: Vec<&Asked> = part.collect();
        let shares = recall(&index, part.iter().copied()).map(|share| format!("{:.2} %", 100.0 * share));
        println!("| {name} ({}) | {} |", part.len(), shares.join(" | "));
    }
    println!();
    println!("| catalogue | index made in | its memory | a question, median | p99 | longest |");
    println!("|---|---:|---:|---:|---:|---:|");
    measure(&format!("{} tables in 166 schemas", tables.len()), &tables, &questions);
    measure(&format!("{LARGE} tables, the same again in other schemas"), &repeated(&tables), &questions);
    let one = tables.iter().cloned().map(|mut table| {
        table.table.name = format!("{}_{}", table.table.schema.take().unwrap_or_default(), table.table.name);
        table
    });
    measure("873 tables in one schema, without declared keys", &one.collect::<Vec<_>>(), &questions);
    Ok(())
}

fn measure(name: &str, tables: &[TableSchema], questions: &[Asked]) {
    let began = Instant::now();
    let index = TableIndex::new(tables);
    let made = began.elapsed();
    let mut times: Vec<Duration> = Vec::with_capacity(questions.len());
    for asked in questions {
        // The best of three: what else runs on the machine is not to be measured.
        let once = || {
            let began = Instant::now();
            std::hint::black_box(index.rank(&asked.question, &[], 50));
            began.elapsed()
        };
        times.push(once().min(once()).min(once()));
    }
    times.sort_unstable();
    let at =
        |percent: usize| times.get(times.len() * percent / 100).or(times.last()).copied().unwrap_or_default();
    println!(
        "| {name} | {made:.0?} | {:.1} MB | {:.2?} | {:.2?} | {:.2?} |",
        f64::from(u32::try_from(index.bytes()).unwrap_or(u32::MAX)) / 1e6,
        at(50),
        at(99),
        at(100),
    );
}

/// The same tables in schemas of other names, up to [`LARGE`].
fn repeated(tables: &[TableSchema]) -> Vec<TableSchema> {
    let copies = (0..).flat_map(|copy| tables.iter().map(move |table| (copy, table)));
    let renamed = copies.take(LARGE).map(|(copy, table): (u32, &TableSchema)| {
        let mut table = table.clone();
        if let Some(schema) = &mut table.table.schema {
            *schema = format!("{schema}_copy{copy}");
            for key in &mut table.foreign_keys {
                if let Some((_, own)) = key.references.split_once('.') {
                    key.references = format!("{schema}.{own}");
                }
            }
        }
        table
    });
    renamed.collect()
}
