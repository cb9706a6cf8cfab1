//! What databases deliver: types, calendars, several columns, and what is no figure at all.

use chrono::{Days, NaiveDate};
use sqlatte_core::Severity;
use sqlatte_providers::{
    ColumnType::{Date, Decimal, Float, Integer, Text, Timestamp, TimestampTz, Unknown},
    Row, Value,
};

use super::{insights, messages, text, today};

fn decimal(digits: &str) -> Value {
    Value::Decimal(digits.to_owned())
}

/// Rows of a text and a figure.
fn pairs(rows: &[(&str, f64)]) -> Vec<Row> {
    rows.iter().map(|(label, value)| vec![text(label), Value::Float(*value)]).collect()
}

#[test]
fn numbers_of_every_type_are_figures() {
    let columns = [("city", Text), ("revenue", Decimal)];
    let cells: [fn(&str) -> Value; 3] = [decimal, text, |digits| Value::Float(digits.parse().unwrap())];
    for cell in cells {
        let rows: Vec<Row> = [("Oslo", "25.5"), ("Rome", "5.25"), ("Bern", "4.0")]
            .map(|(city, value)| vec![text(city), cell(value)])
            .to_vec();
        let told = messages(&columns, &rows);
        assert_eq!(told[0], "Oslo alone holds 73.4 % of the revenue shown", "{told:?}");
        assert_eq!(told[1], "Oslo has the highest revenue: 25.5, 385.7 % above Rome (5.25)");
    }
    let unsigned: Vec<Row> = [("a", 9), ("b", 4), ("c", 3)]
        .map(|(label, value)| vec![text(label), Value::Unsigned(u64::MAX / value)])
        .to_vec();
    assert!(
        messages(&columns, &unsigned)[0].starts_with("a has the lowest revenue: 2.05e18, 55.6 % below b")
    );
    let written: Vec<Row> = [("a", "12.5%"), ("b", "8.25%"), ("c", "7%")]
        .map(|(label, value)| vec![text(label), text(value)])
        .to_vec();
    assert_eq!(
        messages(&[("city", Text), ("returned", Text)], &written),
        ["a has the highest returned: 12.5 %, 4.25 points above b (8.25 %)"]
    );
}

#[test]
fn ids_codes_and_parts_of_the_calendar_are_no_figures() {
    let names = [
        "id",
        "customer_id",
        "customerId",
        "zip_code",
        "postal_code",
        "phone",
        "order_number",
        "sku",
        "latitude",
        "order_rank",
    ];
    for name in names {
        let rows: Vec<Row> =
            (0..12).map(|at| vec![text(&format!("c{at}")), Value::Integer(at * at * at * 100)]).collect();
        assert!(messages(&[("name", Text), (name, Integer)], &rows).is_empty(), "{name}");
    }
    // Postcodes as text, and codes with leading zeros.
    let rows: Vec<Row> = (0..12)
        .map(|at| vec![text(&format!("c{at}")), text(&format!("{}", 10_000 + at * at * at * 60))])
        .collect();
    assert!(messages(&[("name", Text), ("area", Text)], &rows).is_empty());
    let rows: Vec<Row> = (0..12).map(|at| vec![text(&format!("c{at}")), text(&format!("{at:04}"))]).collect();
    assert!(messages(&[("name", Text), ("area", Text)], &rows).is_empty());
    // Hours are what is compared, not what is counted.
    let rows: Vec<Row> =
        (0..4).map(|at| vec![Value::Integer(at + 8), Value::Integer(10 + at * at)]).collect();
    assert_eq!(
        messages(&[("order_hour", Integer), ("orders", Integer)], &rows[..]),
        ["order hour 8 has the lowest orders: 10, 9.1 % below order hour 9 (11)"; 0]
    );
    let rows: Vec<Row> = [(8, 40), (9, 90), (10, 60), (11, 20)]
        .map(|(hour, count)| vec![Value::Integer(hour), Value::Integer(count)])
        .to_vec();
    assert_eq!(
        messages(&[("hour", Integer), ("orders", Integer)], &rows),
        ["hour 9 has the highest orders: 90, 50 % above hour 10 (60)"]
    );
}

#[test]
fn every_calendar_is_read() {
    let three = |periods: [&str; 3]| {
        let rows: Vec<Row> = periods
            .iter()
            .zip([100, 80, 120])
            .map(|(at, value)| vec![text(at), Value::Integer(value)])
            .collect();
        messages(&[("period", Unknown), ("orders", Integer)], &rows).first().cloned().unwrap_or_default()
    };
    let told = [
        (["2023", "2024", "2025"], "in 2025: 120, 50 % above 2024 (80)"),
        (["2026-Q1", "2026-Q2", "2026-Q3"], "in 2026-Q3: 120, 50 % above 2026-Q2 (80)"),
        (["2026-08", "2026-09", "2026-10"], "in 2026-10: 120, 50 % above 2026-09 (80)"),
        (["2026-W44", "2026-W45", "2026-W46"], "in 2026-W46: 120, 50 % above 2026-W45 (80)"),
        (["2026-11-19", "2026-11-20", "2026-11-21"], "on 2026-11-21: 120, 50 % above 2026-11-20 (80)"),
        (
            ["2026-11-02", "2026-11-09", "2026-10-26"],
            "in the week of 2026-11-09: 80, 20 % below the week of 2026-11-02 (100)",
        ),
        (["2026-08-31", "2026-09-30", "2026-10-31"], "in 2026-10: 120, 50 % above 2026-09 (80)"),
        (
            ["2026-08-01 00:00:00", "2026-09-01 00:00:00", "2026-10-01 00:00:00"],
            "in 2026-10: 120, 50 % above 2026-09 (80)",
        ),
        (
            ["2026-08-01T00:00:00Z", "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z"],
            "in 2026-10: 120, 50 % above 2026-09 (80)",
        ),
        (["2026-01-01", "2026-04-01", "2026-07-01"], "in 2026-Q3: 120, 50 % above 2026-Q2 (80)"),
        (["2023-01-01", "2024-01-01", "2025-01-01"], "in 2025: 120, 50 % above 2024 (80)"),
        (
            ["2026-11-21 09:00:00+03", "2026-11-21 10:00:00+03", "2026-11-21 11:00:00+03"],
            "at 2026-11-21 11:00: 120, 50 % above 2026-11-21 10:00 (80)",
        ),
        // Moments that make no periods.
        (["2026-11-21 09:00:01", "2026-11-21 10:00:00", "2026-11-21 11:00:00.5"], ""),
        // Not on the calendar: labels, and none of them leads.
        (["2026-02-30", "2026-03-01", "2026-13-01"], ""),
    ];
    for (periods, sentence) in told {
        let sentence = if sentence.starts_with(['i', 'o', 'a']) {
            format!("Orders {sentence}")
        } else {
            sentence.to_owned()
        };
        assert_eq!(three(periods), sentence, "{periods:?}");
    }
}

#[test]
fn years_and_months_in_columns_of_their_own_are_one_calendar() {
    let rows: Vec<Row> = [(2025, 12, 100), (2026, 1, 80), (2026, 2, 120)]
        .map(|(year, month, count)| {
            vec![Value::Integer(year), decimal(&month.to_string()), Value::Integer(count)]
        })
        .to_vec();
    assert_eq!(
        messages(&[("order_year", Integer), ("order_month", Decimal), ("orders", Integer)], &rows)[0],
        "Orders in 2026-02: 120, 50 % above 2026-01 (80)"
    );
    let rows: Vec<Row> = [202_512, 202_601, 202_602]
        .map(|month| vec![Value::Integer(month), Value::Integer(month % 7)])
        .to_vec();
    assert!(messages(&[("month", Integer), ("orders", Integer)], &rows)[0].starts_with("Orders in 2026-02:"));
}

#[test]
fn periods_that_are_not_over_are_left_out() {
    let told = |rows: &[(&str, f64)]| messages(&[("day", Date), ("orders", Float)], &pairs(rows));
    let days = [("2026-11-18", 5.0), ("2026-11-19", 8.0), ("2026-11-20", 4.0), ("2026-11-21", 6.0)];
    let with = |more: &[(&'static str, f64)]| told(&[&days[..], more].concat());
    assert_eq!(
        with(&[("2026-11-22", 1.0)]).last().unwrap(),
        "2026-11-22 is not over yet, so it is left out of the comparison"
    );
    assert_eq!(
        with(&[("2026-11-22", 1.0), ("2026-11-23", 900.0)]).last().unwrap(),
        "2026-11-22 and the one after it are not over yet, so they are left out of the comparison"
    );
    assert!(with(&[("2026-11-22", 900.0)]).iter().all(|told| !told.contains("900")));
    // Two periods that are over show nothing, and a plan for next year has none.
    assert!(told(&[("2026-11-20", 4.0), ("2026-11-21", 6.0), ("2026-11-22", 1.0)]).is_empty());
    assert!(told(&[("2027-01-01", 4.0), ("2027-02-01", 6.0), ("2027-03-01", 1.0)]).is_empty());
}

#[test]
fn few_rows_and_no_figures_tell_nothing() {
    assert!(messages(&[("city", Text), ("n", Integer)], &[]).is_empty());
    assert!(messages(&[], &[vec![], vec![], vec![]]).is_empty());
    let columns = [("city", Text), ("revenue", Float)];
    assert!(messages(&columns, &pairs(&[("a", 1.0), ("b", 100.0)])).is_empty());
    assert!(messages(&columns, &pairs(&[("a", 1.0), ("b", 1.0), ("c", 1.0)])).is_empty());
    assert!(messages(&columns, &[vec![text("a")], vec![text("b")], vec![text("c")]]).is_empty());
    // A list that repeats its labels compares nothing.
    assert!(
        messages(&[("name", Text), ("total", Float)], &pairs(&[("Zoë", 90.5), ("Zoë", 4.0), ("Ali", 7.25)]))
            .is_empty()
    );
    let nothing: Vec<Row> = (0..5).map(|_| vec![Value::Null, Value::Null]).collect();
    assert!(messages(&columns, &nothing).is_empty());
}

#[test]
fn figures_without_a_category_are_told_apart() {
    let rows = vec![
        vec![Value::Null, Value::Integer(60)],
        vec![text("Oslo"), Value::Integer(50)],
        vec![text("Rome"), Value::Integer(40)],
        vec![text("Bern"), Value::Integer(50)],
    ];
    assert_eq!(
        messages(&[("city", Text), ("orders", Integer)], &rows),
        ["30 % of the orders shown (60) has no city", "City is missing in 1 of 4 rows"]
    );
}

#[test]
fn the_lowest_leads_what_was_sorted_from_the_lowest() {
    let rows = pairs(&[("Drip bag", 2.0), ("Espresso", 4.0), ("Filter", 5.0)]);
    assert_eq!(
        messages(&[("name", Text), ("price", Float)], &rows),
        ["Drip bag has the lowest price: 2, 50 % below Espresso (4)"]
    );
}

#[test]
fn many_series_are_bounded_and_a_list_with_dates_is_none() {
    let columns = [("day", Date), ("store", Text), ("orders", Integer)];
    let day = |before: u64| text(&(today() - Days::new(before)).to_string());
    let rows: Vec<Row> = (1..=40)
        .flat_map(|before| (0..30).map(move |store| (before, store)))
        .map(|(before, store)| {
            let wild = if (before, store) == (7, 3) { 5_000 } else { 0 };
            let count = 100 + (before * 31 + store * 17_u64).pow(3) % 13 + wild;
            vec![day(before), text(&format!("store {store}")), Value::Integer(count as i64)]
        })
        .collect();
    let told = messages(&columns, &rows);
    assert_eq!(
        told,
        [
            "Orders in total stood out on 2026-11-15 (8,174, where the others suggest 3,179)",
            "Orders for store 3 stood out on 2026-11-15 (5,105, where the others suggest 106.5)",
            "store 3 has the highest orders: 9,246, 117.8 % above store 5 (4,246)",
        ]
    );

    let list: Vec<Row> = (1..=40)
        .map(|n| vec![day(n % 9 + 1), text(&format!("customer {n}")), Value::Integer(30 + n as i64 % 7)])
        .collect();
    assert!(messages(&columns, &list).is_empty());
}

#[test]
fn any_figures_and_calendars_are_survived() {
    let wild =
        [f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.0, -0.0, f64::MIN_POSITIVE, 1e149];
    let times = [
        "0001-01-01",
        "9999-12-31",
        "2026-11-21",
        "1970-01-01",
        "2026-11-20",
        "0000-00-00",
        "infinity",
        "ü026-11-1ü",
        "",
    ];
    for kind in [Text, Date, Timestamp, TimestampTz, Unknown] {
        for rows in 3..=wild.len() {
            let table: Vec<Row> = (0..rows)
                .map(|at| vec![text(times[at]), Value::Float(wild[at]), Value::Integer(i64::MIN + at as i64)])
                .collect();
            insights(&[("at", kind), ("value", Float), ("count", Integer)], &table);
            insights(&[("at", kind), ("value", Float), ("count", Integer)], &table[..3]);
        }
    }
    let odd: Vec<Row> = (0..9)
        .map(|_| vec![Value::Bytes(vec![1]), Value::Array(vec![]), Value::Json(serde_json::json!({}))])
        .collect();
    assert!(insights(&[("a", Unknown), ("b", Unknown), ("c", Unknown)], &odd).is_empty());
}

#[test]
fn the_order_of_rows_makes_no_difference_to_a_series() {
    let mut rows: Vec<Row> = (0..30_u64)
        .map(|at| vec![text(&(today() - Days::new(at + 1)).to_string()), Value::Integer(500 - 9 * at as i64)])
        .collect();
    let columns = [("day", Date), ("orders", Integer)];
    let before = insights(&columns, &rows);
    assert_eq!(before[0].kind, "trend");
    rows.rotate_left(11);
    rows.swap(2, 20);
    assert_eq!(insights(&columns, &rows), before);
}

#[test]
fn kinds_and_figures_are_named() {
    let rows: Vec<Row> = (0..30_u64)
        .map(|at| {
            vec![
                text(&(NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + Days::new(at)).to_string()),
                Value::Integer(at as i64 * 3),
            ]
        })
        .collect();
    let found = insights(&[("day", Date), ("orders", Integer)], &rows);
    assert_eq!((found[0].kind, found[0].severity), ("trend", Severity::Info));
    assert_eq!(found[0].figures[0], ("slope", 3.0));
}

#[test]
fn ten_thousand_rows_are_quick() {
    let start = NaiveDate::from_ymd_opt(1995, 1, 1).unwrap();
    let rows: Vec<Row> = (0..10_000_u64)
        .map(|at| {
            vec![text(&(start + Days::new(at)).to_string()), Value::Integer(1_000 + (at * 7919 % 101) as i64)]
        })
        .collect();
    let begun = std::time::Instant::now();
    insights(&[("day", Date), ("orders", Integer)], &rows);
    let took = begun.elapsed();
    println!("{took:?}");
    // A bound for a debug build on a busy machine, far below what work on all pairs would take.
    assert!(took.as_secs() < 5, "{took:?}");
}
