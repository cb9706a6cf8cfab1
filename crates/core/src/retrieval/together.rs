//! What the tables of one schema explain together.

use super::{
    index::TableIndex,
    rank::{Reading, count},
};

/// Tables that explain a question together, at most.
const MOST_NEEDED: usize = 5;
/// Tables between two that are looked at, where a table has very many neighbours.
const MOST_BETWEEN: usize = 8;
const MOST_NEIGHBOURS: usize = 64;
/// Tables taken for the way from one to another where no key leads to that.
const MOST_AWAY: usize = 2;
/// Schemas, those that explain most, and the first tables of each, whose bridges are brought behind them.
const SCHEMAS_BRIDGED: usize = 4;
const TABLES_BRIDGED: usize = 3;

/// Gives every table of a schema with evidence a score: what its schema explains, and what the table itself adds.
pub(super) fn add(index: &TableIndex, reading: &Reading, scores: &mut [Option<f32>]) {
    let weights = &index.weights;
    let scale = reading.scale;
    let mut give = |table: u32, more: f32| {
        if let Some(score) = scores.get_mut(table as usize) {
            *score = Some(score.unwrap_or(0.0) + more);
        }
    };
    for (tables, &explained) in index.schemas.iter().zip(&reading.schemas) {
        let lexical = |table: u32| reading.lexical.get(table as usize).copied().unwrap_or(0.0);
        let Some((best, top)) = largest(tables.iter().map(|&table| (lexical(table), table))) else {
            continue;
        };
        if best <= 0.0 {
            continue;
        }
        let shared = weights.schema * explained * (explained / scale).powf(weights.schema_sharpness)
            + weights.schema_best * best
            - weights.schema_size * scale * count(tables.len()).ln();
        for &table in tables {
            give(table, shared);
        }
        let needed = needed(index, reading, tables, top);
        for &(table, addition) in &needed {
            give(table, weights.needed * scale + weights.addition * addition);
        }
        for table in bridges(index, &needed) {
            give(table, weights.bridge * scale);
        }
    }
}

/// Brings what joins the first tables of a schema right behind these, before the tables of other schemas: a statement
/// needs it, whether the question names it or not.
pub(super) fn bring_bridges(index: &TableIndex, reading: &Reading, scores: &mut [Option<f32>]) {
    let behind = index.weights.behind * reading.scale;
    let explained = reading.schemas.iter().zip(&index.schemas).filter(|(explained, _)| **explained > 0.0);
    let mut schemas: Vec<(&f32, &Vec<u32>)> = explained.collect();
    schemas.sort_by(|one, other| other.0.total_cmp(one.0));
    for (_, tables) in schemas.into_iter().take(SCHEMAS_BRIDGED) {
        let score = |table: u32| scores.get(table as usize).copied().flatten();
        let mut first: Vec<(f32, u32)> =
            tables.iter().filter_map(|&table| Some((score(table)?, table))).collect();
        first.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        first.truncate(TABLES_BRIDGED);
        for (at, &(_, one)) in first.iter().enumerate() {
            for &(lower, other) in first.iter().skip(at + 1) {
                for table in between(index, one, other) {
                    if let Some(score) = scores.get_mut(table as usize) {
                        *score = Some(score.unwrap_or(0.0).max(lower - behind));
                    }
                }
            }
        }
    }
}

/// The few tables that explain the question together, with what each adds to those before it.
fn needed(index: &TableIndex, reading: &Reading, tables: &[u32], top: u32) -> Vec<(u32, f32)> {
    let mut covered = vec![0.0_f32; reading.evidence];
    let gains = |table: u32| reading.gains.get(table as usize).map_or(&[][..], Vec::as_slice);
    let mut needed = vec![(top, 0.0)];
    cover(&mut covered, gains(top));
    while needed.len() < MOST_NEEDED {
        let others = tables.iter().filter(|table| !needed.iter().any(|(known, _)| known == *table));
        let Some((addition, table)) = largest(others.map(|&table| (more(&covered, gains(table)), table)))
        else {
            break;
        };
        if addition <= index.weights.least_addition * reading.scale {
            break;
        }
        cover(&mut covered, gains(table));
        needed.push((table, addition));
    }
    needed
}

/// The tables that join two needed ones which no key joins.
fn bridges(index: &TableIndex, needed: &[(u32, f32)]) -> Vec<u32> {
    let mut bridges = Vec::new();
    for (at, (one, _)) in needed.iter().enumerate() {
        for (other, _) in needed.iter().skip(at + 1) {
            bridges.extend(between(index, *one, *other));
        }
    }
    bridges.sort_unstable();
    bridges.dedup();
    bridges.retain(|table| !needed.iter().any(|(known, _)| known == table));
    bridges
}

/// The tables on the way between two, one or two keys apart; none if a key joins them. Where no key leads to one of
/// them, what leads away from the other.
fn between(index: &TableIndex, one: u32, other: u32) -> Vec<u32> {
    let near = |table: u32| index.near.get(table as usize).map_or(&[][..], |tables| tables);
    let (from, to) = (near(one), near(other));
    let meets = |table: &&u32| to.binary_search(table).is_ok();
    if from.binary_search(&other).is_ok() {
        return Vec::new();
    }
    if from.is_empty() || to.is_empty() {
        return from.iter().chain(to).take(MOST_AWAY).copied().collect();
    }
    let middle: Vec<u32> = from.iter().filter(meets).take(MOST_BETWEEN).copied().collect();
    if !middle.is_empty() {
        return middle;
    }
    let ways = from.iter().take(MOST_NEIGHBOURS);
    let mut ways =
        ways.filter_map(|&first| Some(vec![first, *near(first).iter().take(MOST_NEIGHBOURS).find(meets)?]));
    ways.next().unwrap_or_default()
}

fn cover(covered: &mut [f32], gains: &[(u32, f32)]) {
    for &(piece, gain) in gains {
        if let Some(covered) = covered.get_mut(piece as usize) {
            *covered = covered.max(gain);
        }
    }
}

fn more(covered: &[f32], gains: &[(u32, f32)]) -> f32 {
    let covered = |piece: u32| covered.get(piece as usize).copied().unwrap_or(0.0);
    gains.iter().map(|&(piece, gain)| (gain - covered(piece)).max(0.0)).sum()
}

/// The pair with the largest number; of equals, the first table.
fn largest(pairs: impl Iterator<Item = (f32, u32)>) -> Option<(f32, u32)> {
    pairs.max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)))
}
