//! Of figures in which there is nothing, hardly anything is told.

use sqlatte_core::Insight;
use sqlatte_providers::{ColumnType, Row};

use super::{
    draws::{HIDDEN_WALK, INDEPENDENT, LONG_TAILED, Noise, REMEMBERING, Random, WALKS},
    insights,
    tables::{categories, days, months},
};

type Table = fn(&[f64]) -> Vec<Row>;

/// What is told of figures under a name for their rows.
fn told(column: &str, rows: &[Row]) -> Vec<Insight> {
    insights(&[(column, ColumnType::Text), ("revenue", ColumnType::Float)], rows)
}

/// The part of so many sets of noise, of each length, of which something of the wanted kinds is told.
fn alarms(
    (noise, draw): Noise,
    (column, table): (&str, Table),
    lengths: &[usize],
    times: usize,
    counts: fn(&Insight) -> bool,
) -> f64 {
    let mut random = Random(20_261_122 + column.len() as u64);
    let mut all = 0;
    let by_length: Vec<String> = lengths
        .iter()
        .map(|&length| {
            let alarms = (0..times)
                .filter(|_| told(column, &table(&draw(&mut random, length))).iter().any(counts))
                .count();
            all += alarms;
            format!("{length}: {alarms}")
        })
        .collect();
    let part = all as f64 / (times * lengths.len()) as f64;
    println!("{column} {noise}: {:.1} % ({} of {times} each)", part * 100.0, by_length.join(", "));
    part
}

const MONTHS: (&str, Table) = ("month", months);
const DAYS: (&str, Table) = ("day", days);
const STORES: (&str, Table) = ("store", categories);
/// Sets of each length and each kind of noise.
const TIMES: usize = 150;

/// Noise over time is told of in so few sets of a kind.
fn seldom_over_time(kinds: &[Noise], most: f64) {
    for (column, table) in [MONTHS, DAYS] {
        for noise in kinds {
            let part = alarms(*noise, (column, table), &[12, 24, 36, 104], TIMES, |_| true);
            assert!(part <= most, "{column} {}: {part}", noise.0);
        }
    }
}

#[test]
fn noise_over_time_is_seldom_taken_for_a_finding() {
    seldom_over_time(&INDEPENDENT, 0.02);
}

#[test]
fn figures_that_remember_the_one_before_are_seldom_taken_for_a_finding() {
    seldom_over_time(&REMEMBERING, 0.025);
}

#[test]
fn figures_that_wander_are_seldom_taken_for_a_trend() {
    seldom_over_time(&WALKS, 0.05);
    seldom_over_time(&[HIDDEN_WALK], 0.1);
}

/// Now and then such a figure is as far out as one that was planted, and who sees the figures alone cannot tell.
#[test]
fn the_far_figures_of_long_tails_are_mostly_left_out() {
    seldom_over_time(&LONG_TAILED[..1], 0.06);
    seldom_over_time(&LONG_TAILED[1..], 0.15);
}

#[test]
fn seasons_and_years_of_noise_are_seldom_taken_for_a_finding() {
    let quarters: (&str, Table) = ("quarter", super::tables::quarters);
    for (table, lengths) in
        [(MONTHS, [8, 18, 60, 120]), (DAYS, [14, 30, 90, 365]), (quarters, [8, 12, 16, 40])]
    {
        for noise in &INDEPENDENT[..3] {
            let part = alarms(*noise, table, &lengths, TIMES, |_| true);
            assert!(part <= 0.02, "{} {}: {part}", table.0, noise.0);
        }
    }
}

/// That few hold most is true of the rows, whatever made them; that one leads or stands out says it is no chance.
#[test]
fn categories_of_noise_have_no_leader_and_no_outlier() {
    let judged = |insight: &Insight| insight.kind != "concentration";
    for noise in INDEPENDENT {
        let part = alarms(noise, STORES, &[8, 15, 50, 200], TIMES, judged);
        assert!(part <= 0.02, "{}: {part}", noise.0);
    }
    for (noise, most) in LONG_TAILED.into_iter().zip([0.06, 0.15]) {
        let part = alarms(noise, STORES, &[8, 15, 50], TIMES, judged);
        assert!(part <= most, "{}: {part}", noise.0);
    }
}

/// Three figures have no tail to judge by: only those that are about the same are bounded.
#[test]
fn few_categories_that_are_about_the_same_have_no_leader() {
    let same: Noise = ("the same", |_, count| vec![40.0; count]);
    let about_the_same = [INDEPENDENT[0], INDEPENDENT[2]];
    assert!(alarms(same, STORES, &[3, 8, 15, 50], 1, |_| true) <= 0.0);
    for noise in about_the_same {
        let part = alarms(noise, STORES, &[3, 4, 5, 7], 2 * TIMES, |_| true);
        assert!(part <= 0.02, "{}: {part}", noise.0);
    }
}
