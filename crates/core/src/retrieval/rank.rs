//! From evidence to an order of tables.

use std::cmp::Ordering;

use super::{index::TableIndex, question, together};

/// The least that a table must say of a subject, as a share of what the best one says.
const LEAST_MENTION: f32 = 0.3;

/// A table that a question may be about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Its place among the tables of the index.
    pub table: usize,
    /// Its score: comparable within one question only.
    pub score: f32,
}

/// What the caller knows of a table besides the words of the question: that it was used before, or is a favourite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Its place among the tables of the index.
    pub table: usize,
    /// From 0 to 1.
    pub weight: f32,
}

/// What the words of a question say.
#[derive(Debug)]
pub(super) struct Reading {
    /// What each table gains by each piece of evidence that speaks for it.
    pub(super) gains: Vec<Vec<(u32, f32)>>,
    /// The sum of these, more for tables whose name is said whole.
    pub(super) lexical: Vec<f32>,
    /// What the tables of each schema explain together.
    pub(super) schemas: Vec<f32>,
    /// The most that a schema explains.
    pub(super) scale: f32,
    /// How many pieces of evidence there are.
    pub(super) evidence: usize,
}

impl TableIndex {
    /// The tables a question may be about, best first, at most `most`; tables that nothing speaks for are left out.
    pub fn rank(&self, question: &str, priors: &[Prior], most: usize) -> Vec<Ranked> {
        let reading = self.read(question);
        let mut scores: Vec<Option<f32>> = vec![None; self.len()];
        together::add(self, &reading, &mut scores);
        for ((score, near), lexical) in scores.iter_mut().zip(&self.near).zip(&reading.lexical) {
            if let Some(score) = score {
                let (best, second) =
                    best_two(near.iter().filter_map(|&table| reading.lexical.get(table as usize)));
                *score += lexical + self.weights.neighbour * best + self.weights.second_neighbour * second;
            }
        }
        together::bring_bridges(self, &reading, &mut scores);
        let scale = if reading.scale > 0.0 { reading.scale } else { 1.0 };
        // a weight that is no number says nothing
        for prior in priors.iter().filter(|prior| prior.weight > 0.0) {
            if let Some(score) = scores.get_mut(prior.table) {
                *score = Some(score.unwrap_or(0.0) + self.weights.prior * scale * prior.weight.min(1.0));
            }
        }
        let found = scores.into_iter().enumerate();
        best(found.filter_map(|(table, score)| Some(Ranked { table, score: score? })).collect(), most)
    }

    /// The tables that speak of the subject themselves, best first, at most `most`: neither keys nor schemas count.
    pub fn mentioning(&self, subject: &str, most: usize) -> Vec<Ranked> {
        let lexical = self.read(subject).lexical.into_iter().enumerate();
        let mut found = best(lexical.map(|(table, score)| Ranked { table, score }).collect(), most);
        let least = found.first().map_or(0.0, |best| best.score * LEAST_MENTION);
        found.retain(|one| one.score > least);
        found
    }

    fn read(&self, question: &str) -> Reading {
        let tables = self.len();
        let evidence = question::evidence(self, question);
        let mut reading = Reading {
            gains: vec![Vec::new(); tables],
            lexical: vec![0.0; tables],
            schemas: vec![0.0; self.schemas.len()],
            scale: 0.0,
            evidence: evidence.len(),
        };
        let mut said: Vec<u32> = Vec::new();
        for (piece, evidence) in (0..).zip(&evidence) {
            said.extend(evidence.terms.iter().filter(|(_, sure)| *sure > 0.5).map(|(term, _)| *term));
            self.weigh(piece, evidence, &mut reading);
        }
        said.sort_unstable();
        for (lexical, name) in reading.lexical.iter_mut().zip(&self.names) {
            if *lexical > 0.0 && !name.is_empty() {
                let heard = name.iter().filter(|term| said.binary_search(term).is_ok()).count();
                let share = count(heard) / count(name.len());
                *lexical *= 1.0 + self.weights.whole_name * share * share;
            }
        }
        reading.scale = reading.schemas.iter().copied().fold(0.0, f32::max);
        reading
    }

    /// Adds what one piece of evidence says for each table and schema: more the rarer it is.
    fn weigh(&self, piece: u32, evidence: &question::Evidence, reading: &mut Reading) {
        let weights = &self.weights;
        // table, strength, likeness
        let mut hits: Vec<(u32, f32, f32)> = Vec::new();
        for &(term, sure) in &evidence.terms {
            let postings = self.postings(term).iter();
            hits.extend(postings.map(|posting| (posting.table, posting.strength * sure, sure)));
        }
        hits.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
        hits.dedup_by(|next, first| {
            let same = next.0 == first.0;
            if same {
                first.2 = first.2.max(next.2);
            }
            same
        });
        let mut in_schemas: Vec<(u32, f32)> = Vec::new();
        for &(table, strength, _) in &hits {
            in_schemas.extend(self.schema_of.get(table as usize).map(|&schema| (schema, strength)));
        }
        in_schemas.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
        in_schemas.dedup_by_key(|hit| hit.0);

        let alike: f32 = hits.iter().map(|hit| hit.2.powf(weights.rarity)).sum();
        let among_tables = evidence.weight * rarity(alike, count(self.len()));
        let among_schemas = evidence.weight * rarity(count(in_schemas.len()), count(self.schemas.len()));
        for (table, strength, _) in hits {
            let gain = strength * among_tables;
            if let (Some(lexical), Some(gains)) =
                (reading.lexical.get_mut(table as usize), reading.gains.get_mut(table as usize))
            {
                *lexical += gain;
                gains.push((piece, gain));
            }
        }
        let mixed = among_tables + (among_schemas - among_tables) * weights.schema_rarity;
        for (schema, strength) in in_schemas {
            if let Some(explained) = reading.schemas.get_mut(schema as usize) {
                *explained += strength * mixed;
            }
        }
    }
}

fn best(mut found: Vec<Ranked>, most: usize) -> Vec<Ranked> {
    let best_first = |one: &Ranked, other: &Ranked| -> Ordering {
        other.score.total_cmp(&one.score).then(one.table.cmp(&other.table))
    };
    if most < found.len() {
        found.select_nth_unstable_by(most, best_first);
        found.truncate(most);
    }
    found.sort_unstable_by(best_first);
    found
}

/// The inverse document frequency of BM25.
fn rarity(found: f32, of: f32) -> f32 {
    (1.0 + (of - found + 0.5).max(0.0) / (found + 0.5)).ln()
}

fn best_two<'a>(values: impl Iterator<Item = &'a f32>) -> (f32, f32) {
    values.fold(
        (0.0, 0.0),
        |(best, second), &value| {
            if value > best { (value, best) } else { (best, second.max(value)) }
        },
    )
}

#[expect(clippy::cast_precision_loss, reason = "a catalogue has fewer tables than 2^24")]
pub(super) fn count(number: usize) -> f32 {
    number as f32
}
