//! Of figures in which there is nothing, hardly anything is told.

use sqlatte_providers::{ColumnType, Row, Value};

use super::{insights, text};

/// Numbers that look random and are the same in each run (SplitMix64).
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }
}

fn months(figures: &[f64]) -> Vec<Row> {
    let first = 2026 * 12 + 10 - figures.len();
    figures
        .iter()
        .enumerate()
        .map(|(at, figure)| {
            let month = first + at;
            vec![text(&format!("{:04}-{:02}", month / 12, month % 12 + 1)), Value::Float(*figure)]
        })
        .collect()
}

fn days(figures: &[f64]) -> Vec<Row> {
    let last = super::today();
    figures
        .iter()
        .rev()
        .enumerate()
        .map(|(before, figure)| {
            let day = last - chrono::Days::new(before as u64 + 1);
            vec![text(&day.to_string()), Value::Float(*figure)]
        })
        .collect()
}

fn categories(figures: &[f64]) -> Vec<Row> {
    figures
        .iter()
        .enumerate()
        .map(|(at, figure)| vec![text(&format!("store {at}")), Value::Float(*figure)])
        .collect()
}

type Draw = fn(&mut Random) -> f64;
type Shape = (&'static str, fn(&[f64]) -> Vec<Row>, &'static [usize]);

const DRAWS: [(&str, Draw); 3] = [
    ("normal", |random| 1000.0 + 80.0 * random.normal()),
    ("uniform", |random| 50.0 + 50.0 * random.uniform()),
    ("counts", |random| (40.0 + 40.0_f64.sqrt() * random.normal()).round()),
];
const SHAPES: [Shape; 3] = [
    ("month", months, &[8, 12, 18, 24, 36, 60]),
    ("day", days, &[14, 30, 90, 365]),
    ("store", categories, &[10, 20, 50, 200]),
];
/// Series of each length and each kind of noise.
const TIMES: usize = 150;
/// Of all the noise, this part may pass for something.
const ALARMS: f64 = 0.02;
/// And of any one kind of it, this.
const ALARMS_OF_A_KIND: f64 = 0.06;

#[test]
fn noise_is_seldom_taken_for_a_finding() {
    let mut random = Random(20_261_122);
    let (mut all, mut alarms) = (0, 0);
    for (column, rows, lengths) in SHAPES {
        for (noise, draw) in DRAWS {
            for &length in lengths {
                let told: Vec<String> = (0..TIMES)
                    .filter_map(|_| {
                        let figures: Vec<f64> = (0..length).map(|_| draw(&mut random)).collect();
                        let columns = [(column, ColumnType::Text), ("revenue", ColumnType::Float)];
                        let found = insights(&columns, &rows(&figures));
                        found.into_iter().next().map(|one| one.message)
                    })
                    .collect();
                println!("{column} {noise} {length}: {} of {TIMES} {:?}", told.len(), told.first());
                let part = told.len() as f64 / TIMES as f64;
                assert!(part <= ALARMS_OF_A_KIND, "{column} {noise} {length}: {part} {told:#?}");
                all += TIMES;
                alarms += told.len();
            }
        }
    }
    println!("{alarms} of {all}");
    assert!(alarms as f64 <= ALARMS * all as f64, "{alarms} of {all}");
}

#[test]
fn of_thirty_series_of_noise_one_at_most_is_told_of() {
    let mut random = Random(30);
    let told = (0..30)
        .filter(|at| {
            let figures: Vec<f64> = (0..12 + at * 3).map(|_| DRAWS[at % 3].1(&mut random)).collect();
            let columns = [("month", ColumnType::Text), ("revenue", ColumnType::Float)];
            !insights(&columns, &months(&figures)).is_empty()
        })
        .count();
    assert!(told <= 1, "{told} of 30");
}

#[test]
fn figures_that_remember_the_one_before_are_seldom_a_trend() {
    let mut random = Random(7);
    let trends = (0..400)
        .filter(|_| {
            let mut figure = 0.0;
            let figures: Vec<f64> = (0..36)
                .map(|_| {
                    figure = 0.5 * figure + random.normal();
                    100.0 + 10.0 * figure
                })
                .collect();
            let columns = [("month", ColumnType::Text), ("revenue", ColumnType::Float)];
            insights(&columns, &months(&figures)).iter().any(|one| one.kind == "trend")
        })
        .count();
    println!("{trends} of 400");
    assert!(trends <= 20, "{trends} of 400");
}
