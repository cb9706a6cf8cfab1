//! What is there is still found: trends, outliers and leaders planted into noise.

use sqlatte_core::Insight;
use sqlatte_providers::{ColumnType, Row};

use super::{
    draws::Random,
    insights,
    tables::{categories, months},
};

const TIMES: usize = 200;
const NOISE: f64 = 80.0;

/// In how many of a hundred tables something of one of these kinds is told.
fn found(kinds: &[&str], column: &str, mut table: impl FnMut(&mut Random) -> Vec<Row>) -> f64 {
    let mut random = Random(5);
    let is_one = |one: &Insight| kinds.contains(&one.kind);
    let columns = [(column, ColumnType::Text), ("revenue", ColumnType::Float)];
    let found = (0..TIMES).filter(|_| insights(&columns, &table(&mut random)).iter().any(is_one)).count();
    100.0 * found as f64 / TIMES as f64
}

fn noise(random: &mut Random, count: usize) -> Vec<f64> {
    (0..count).map(|_| 1000.0 + NOISE * random.normal()).collect()
}

#[test]
fn trends_are_found() {
    // The rise over the whole series in deviations of the noise, the months, and how many of a hundred are found.
    let cases = [
        (2.0, 36, 45.0),
        (2.0, 60, 75.0),
        (2.0, 104, 92.0),
        (4.0, 24, 75.0),
        (4.0, 36, 88.0),
        (16.0, 12, 85.0),
    ];
    for (rise, count, least) in cases {
        let part = found(&["trend"], "month", |random| {
            let step = rise * NOISE / (count - 1) as f64;
            months(
                &noise(random, count)
                    .iter()
                    .enumerate()
                    .map(|(at, one)| one + step * at as f64)
                    .collect::<Vec<_>>(),
            )
        });
        println!("a rise of {rise} deviations over {count} months: {part} %");
        assert!(part >= least, "{rise} over {count}: {part} %");
    }
}

#[test]
fn outliers_are_found() {
    let cases = [(6.0, 36, 75.0), (6.0, 104, 80.0), (-8.0, 24, 85.0), (8.0, 36, 85.0), (12.0, 24, 95.0)];
    for (score, count, least) in cases {
        let part = found(&["outlier"], "month", |random| {
            let mut figures = noise(random, count);
            let median = |mut values: Vec<f64>| {
                values.sort_by(f64::total_cmp);
                values[values.len() / 2]
            };
            let middle = median(figures.clone());
            let deviation = median(figures.iter().map(|one| (one - middle).abs()).collect());
            figures[count / 3] = middle + score * deviation / 0.6745;
            months(&figures)
        });
        println!("one of {count} months {score} robust deviations off: {part} %");
        assert!(part >= least, "{score} of {count}: {part} %");
    }
}

#[test]
fn leaders_are_found() {
    for (count, least) in [(3, 100.0), (8, 75.0), (15, 95.0), (50, 100.0)] {
        let part = found(&["leader"], "store", |random| {
            let mut figures: Vec<f64> = (0..count).map(|_| 1000.0 + 100.0 * random.normal()).collect();
            figures.sort_by(|one, other| other.total_cmp(one));
            figures[0] = 1.6 * figures[1];
            figures.swap(0, count / 2);
            categories(&figures)
        });
        println!("60 % above the next of {count} stores: {part} %");
        assert!(part >= least, "{count}: {part} %");
        let part = found(&["leader", "concentration"], "store", |random| {
            let mut figures: Vec<f64> = (1..count).map(|_| 1000.0 * (0.5 * random.normal()).exp()).collect();
            figures.push(1.5001 * figures.iter().sum::<f64>());
            categories(&figures)
        });
        println!("60 % of all that {count} stores have: {part} %");
        assert!(part >= 100.0, "{count}: {part} %");
    }
}
