//! The engine on small schemas of its own: every dialect, undeclared keys, and any text at all.

use chrono::NaiveDate;
use proptest::prelude::*;
use sqlatte_core::Schema;
use sqlatte_guard::Dialect;
use sqlatte_providers::{ColumnSchema, ColumnType, ForeignKey, TableRef, TableSchema};

use crate::reader::{Knowledge, Unread};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn column(name: &str, kind: ColumnType) -> ColumnSchema {
    ColumnSchema { nullable: false, ..ColumnSchema::new(name, "", kind) }
}

fn table(name: &str, columns: &[(&str, ColumnType)], keys: &[(&str, &str)]) -> TableSchema {
    TableSchema {
        columns: columns.iter().map(|(name, kind)| column(name, *kind)).collect(),
        primary_key: vec![columns[0].0.to_owned()],
        foreign_keys: keys
            .iter()
            .map(|(from, to)| ForeignKey {
                columns: vec![(*from).to_owned()],
                references: (*to).to_owned(),
                referenced_columns: vec!["id".to_owned()],
            })
            .collect(),
        ..TableSchema::new(TableRef::new(name))
    }
}

/// A library: members borrow books. No foreign key from loans to books is declared.
fn library() -> Schema {
    use ColumnType::{Boolean, Date, Decimal, Integer, Text, TimestampTz};
    Schema::new(vec![
        table(
            "members",
            &[
                ("id", Integer),
                ("first_name", Text),
                ("last_name", Text),
                ("city", Text),
                ("birth_date", Date),
            ],
            &[],
        ),
        table(
            "Books",
            &[
                ("id", Integer),
                ("title", Text),
                ("genre", Text),
                ("price", Decimal),
                ("pages", Integer),
                ("is_rare", Boolean),
            ],
            &[],
        ),
        table(
            "loans",
            &[("id", Integer), ("member_id", Integer), ("book_id", Integer), ("lent_at", TimestampTz)],
            &[("member_id", "members")],
        ),
    ])
}

fn knowledge(dialect: Dialect) -> Knowledge {
    Knowledge::of(
        &library(),
        dialect,
        &[("members", "city", "Köln"), ("Books", "genre", "Poetry"), ("Books", "genre", "Crime")],
    )
}

fn read(knowledge: &Knowledge, question: &str) -> String {
    match knowledge.read(question, None, today()) {
        Ok(read) => read.sql,
        Err(Unread::Words(words)) => format!("unread: {words:?}"),
        Err(Unread::Trouble(trouble)) => format!("trouble: {trouble}"),
        Err(Unread::Ambiguous(message, options)) => format!("ambiguous: {message} {options:?}"),
    }
}

#[test]
fn writes_every_dialect() {
    let questions = [
        "number of loans per month in 2025",
        "number of loans per quarter",
        "loans by week",
        "loans per day last week",
        "number of loans by weekday",
        "number of loans per hour of the day",
        "number of loans per year",
        "rare books",
        "average age of members",
        "books whose title contains sea",
        "members older than 30",
        "members from Cologne",
        "What percentage of books are rare?",
    ];
    for dialect in Dialect::ALL {
        let knowledge = knowledge(dialect);
        let text: Vec<String> = questions
            .iter()
            .map(|question| format!("## {question}\n{}\n", read(&knowledge, question)))
            .collect();
        insta::assert_snapshot!(format!("dialect_{dialect}"), text.join("\n"));
    }
}

/// SQLite has no type for dates: their columns are known by their values.
#[test]
fn dates_kept_as_text() {
    use ColumnType::{Integer, Text};
    let mut visits = table("visits", &[("id", Integer), ("arrived", Text), ("room", Text)], &[]);
    visits.columns[1].samples = vec!["2026-11-20 09:30:00".to_owned(), "2026-11-19 17:05:12".to_owned()];
    visits.columns[2].samples = vec!["Blue".to_owned(), "Red".to_owned()];
    let schema = Schema::new(vec![visits]);
    let questions = [
        "visits per month",
        "how many visits last month",
        "visits on Mondays",
        "number of visits by room since March",
    ];
    let read_in = |dialect| {
        let knowledge =
            Knowledge::of(&schema, dialect, &[("visits", "room", "Blue"), ("visits", "room", "Red")]);
        let texts =
            questions.iter().map(|question| format!("## {question}\n{}\n", read(&knowledge, question)));
        texts.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!("text_dates_sqlite", read_in(Dialect::Sqlite));
    insta::assert_snapshot!("text_dates_postgresql", read_in(Dialect::Postgresql));
}

#[test]
fn joins_by_declared_and_inferred_keys() {
    let knowledge = knowledge(Dialect::Sqlite);
    let questions = [
        "members without loans",
        "members with more than 3 loans",
        "members who borrowed poetry",
        "members with fewer than 2 loans",
        "number of members per genre",
        "number of loans per member",
        "average price of books by genre",
        "books never lent",
        "which genre has the most loans",
        "average number of loans per member",
        "the longest book in each genre",
        "poetry or crime books with at least 200 pages",
        "books by price",
        "first and last names of members in Köln",
    ];
    let text: Vec<String> =
        questions.iter().map(|question| format!("## {question}\n{}\n", read(&knowledge, question))).collect();
    insta::assert_snapshot!("library", text.join("\n"));
}

#[test]
fn nothing_is_counted_twice() {
    let knowledge = knowledge(Dialect::Sqlite);
    let sql = read(&knowledge, "number of members per genre");
    assert!(sql.contains("COUNT(DISTINCT loans.member_id)"), "{sql}");
    // a price is of a book: it cannot be added up by the city of those who lend it
    let refused = read(&knowledge, "total price by city");
    assert!(refused.starts_with("trouble"), "{refused}");
}

fn any_schema() -> impl Strategy<Value = Schema> {
    let kinds = prop::sample::select(vec![
        ColumnType::Integer,
        ColumnType::Text,
        ColumnType::Date,
        ColumnType::Decimal,
        ColumnType::Boolean,
        ColumnType::Unknown,
        ColumnType::Timestamp,
    ]);
    let name = prop::sample::select(vec![
        "id",
        "name",
        "orders",
        "order",
        "customer_id",
        "customers",
        "price",
        "total_amount",
        "quantity",
        "date",
        "hired_on",
        "city",
        "",
        "é_ü",
        "is_big",
        "order items",
        "manager_id",
        "age",
        "status",
        "rank",
        "Select",
        "a\"b",
        "birth_date",
        "year",
        "2x",
    ]);
    let columns = prop::collection::vec((name.clone(), kinds), 1..7);
    let tables = prop::collection::vec((name, columns), 0..6);
    tables.prop_map(|tables| {
        let names: Vec<&str> = tables.iter().map(|(name, _)| *name).collect();
        let made = tables
            .iter()
            .enumerate()
            .map(|(index, (name, columns))| {
                let to = names[(index + 1) % names.len()];
                let mut made = table(name, columns, &[(columns[0].0, to)]);
                if index % 2 == 0 {
                    made.foreign_keys.clear();
                }
                made
            })
            .collect();
        Schema::new(made)
    })
}

fn any_question() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "how",
        "many",
        "orders",
        "top",
        "5",
        "by",
        "month",
        "customers",
        "without",
        "average",
        "price",
        "the",
        "most",
        "expensive",
        "last",
        "year",
        "in",
        "Berlin",
        "2025",
        "more",
        "than",
        "20",
        "and",
        "or",
        "between",
        "not",
        "who",
        "which",
        "name",
        "of",
        "per",
        "each",
        "total",
        "highest",
        "lowest",
        "with",
        "number",
        "percentage",
        "share",
        "are",
        "is",
        "never",
        "ordered",
        "sorted",
        "descending",
        "first",
        "vs",
        "\"x\"",
        "'",
        ",",
        "?",
        "city",
        "status",
        "manager",
        "older",
        "contains",
        "same",
        "that",
        "what",
        "about",
        "only",
        "9999999999999999999",
        "since",
        "March",
        "weekend",
        "missing",
    ]);
    prop_oneof![
        4 => prop::collection::vec(words, 0..14).prop_map(|words| words.join(" ")),
        1 => any::<String>(),
        1 => "\\PC{0,60}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics_and_always_says_the_same(schema in any_schema(), questions in prop::collection::vec(any_question(), 1..4)) {
        let knowledge = Knowledge::of(&schema, Dialect::Sqlite, &[("customers", "city", "Berlin"), ("orders", "status", "2025")]);
        let mut before = None;
        for question in &questions {
            let first = knowledge.read(question, before.as_ref(), today());
            let second = knowledge.read(question, before.as_ref(), today());
            match (first, second) {
                (Ok(first), Ok(second)) => {
                    prop_assert_eq!(&first.sql, &second.sql);
                    prop_assert!((0.0..=1.0).contains(&first.confidence));
                    before = Some(first.query);
                }
                (Err(_), Err(_)) => {}
                _ => prop_assert!(false, "{} is read once and not twice", question),
            }
        }
        let _ = knowledge.questions(today());
    }
}

/// A clinic, and a second table of the same name in another schema.
fn clinic() -> Knowledge {
    use ColumnType::{Boolean, Date, Decimal, Integer, Text, Timestamp};
    let in_schema = |schema: &str, table: TableSchema| TableSchema {
        table: TableRef { schema: Some(schema.to_owned()), ..table.table },
        ..table
    };
    let visits = [("id", Integer), ("patient_id", Integer), ("scheduled_at", Timestamp), ("status", Text)];
    let invoices =
        [("id", Integer), ("visit_id", Integer), ("amount", Decimal), ("paid", Boolean), ("issued_on", Date)];
    let schema = Schema::new(vec![
        in_schema("public", table("invoices", &invoices, &[("visit_id", "public.visits")])),
        in_schema(
            "public",
            table("patients", &[("id", Integer), ("first_name", Text), ("last_name", Text)], &[]),
        ),
        in_schema("public", table("visits", &visits, &[("patient_id", "public.patients")])),
        in_schema("archive", table("visits", &visits, &[])),
    ]);
    Knowledge::of(
        &schema,
        Dialect::Postgresql,
        &[("visits", "status", "no-show"), ("visits", "status", "kept")],
    )
}

#[test]
fn a_status_that_begins_with_no_denies_nothing() {
    let sql = read(&clinic(), "no-show visits in 2026");
    assert!(sql.contains("status = 'no-show'") && !sql.contains("NOT"), "{sql}");
}

#[test]
fn of_two_tables_with_one_name_the_schema_says_which() {
    let clinic = clinic();
    assert!(read(&clinic, "how many archive visits").contains("archive.visits"));
    assert!(read(&clinic, "how many visits").contains("public.visits"));
}

#[test]
fn asks_back_what_is_ranked_and_declines_half_a_comparison() {
    let clinic = clinic();
    let asked = clinic.read("top 5 patients by invoice amount", None, today());
    let Err(Unread::Ambiguous(_, options)) = asked else { panic!("{asked:?}") };
    assert_eq!(
        options,
        ["top 5 patients by total invoice amount", "top 5 patients by average invoice amount"]
    );
    for option in &options {
        let sql = read(&clinic, option);
        assert!(sql.contains("SUM(") || sql.contains("AVG("), "{option}: {sql}");
    }
    let compared = clinic.read("total invoiced vs paid in 2025", None, today());
    assert!(matches!(compared, Err(Unread::Trouble(_))), "{compared:?}");
}

/// "Unpaid" says that the column "paid" does not hold.
#[test]
fn reads_the_denial_of_a_yes_no_column() {
    use ColumnType::{Boolean, Date, Decimal, Integer};
    let schema = Schema::new(vec![table(
        "invoices",
        &[("id", Integer), ("amount", Decimal), ("paid", Boolean), ("issued_on", Date)],
        &[],
    )]);
    let knowledge = Knowledge::of(&schema, Dialect::Sqlite, &[]);
    for question in ["unpaid invoices", "not paid invoices", "how many unpaid invoices in 2025"] {
        let sql = read(&knowledge, question);
        assert!(sql.contains("paid = 0"), "{question}: {sql}");
    }
    assert!(read(&knowledge, "paid invoices").contains("paid = 1"));
    assert!(read(&knowledge, "unsent invoices").starts_with("unread"));
}
