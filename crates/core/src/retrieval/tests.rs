use sqlatte_providers::TableSchema;

use super::{Prior, TableIndex, table_from_json};

/// A catalogue of three schemas; a column is `name`, `name*` for a key, or `name>table` for a reference to its `id`.
fn catalogue() -> Vec<TableSchema> {
    let tables = [
        ("shop", "customers", "id* name city"),
        ("shop", "orders", "id* customer_id>customers placed_on"),
        ("shop", "order_items", "order_id>orders product_id>products quantity"),
        ("shop", "products", "id* title price"),
        ("college", "students", "id* firstname lastname dept_no"),
        ("college", "enrolments", "student_id course_id grade"),
        ("college", "courses", "id* title credits"),
        ("zoo", "animals", "id* name species"),
        ("zoo", "keepers", "id* firstname lastname phone"),
    ];
    let column = |text: &str| {
        let (name, to) = text.split_once('>').unwrap_or((text, ""));
        let fk = if to.is_empty() { String::new() } else { format!("\"{to}.id\"") };
        let key = name.ends_with('*');
        let samples = if name == "species" { "[\"red panda\", 7]" } else { "[]" };
        format!(
            r#"{{"name":"{}","type":"TEXT","pk":{key},"fk":[{fk}],"samples":{samples}}}"#,
            name.trim_end_matches('*')
        )
    };
    let read = |(db, table, columns): (&str, &str, &str)| {
        let columns: Vec<String> = columns.split(' ').map(column).collect();
        let line = format!(r#"{{"db":"{db}","table":"{table}","columns":[{}]}}"#, columns.join(","));
        table_from_json(&line).unwrap()
    };
    tables.map(read).to_vec()
}

fn names(ranked: &[super::Ranked], tables: &[TableSchema]) -> Vec<String> {
    ranked.iter().map(|one| tables[one.table].table.name.clone()).collect()
}

fn ask(question: &str) -> Vec<String> {
    let tables = catalogue();
    names(&TableIndex::new(&tables).rank(question, &[], 50), &tables)
}

#[test]
fn words_are_found_in_every_form() {
    for (question, table) in [
        ("How many customers are there?", "customers"),
        ("the customer's town", "customers"),
        ("List the pupils by last name", "students"),
        ("What do custmers pay?", "customers"),
        ("What species is a red panda?", "animals"),
        ("which department is a student in", "students"),
        ("Sort the courses in alphabetical order", "courses"),
        ("the price of every article", "products"),
        ("KEEPERS PHONE", "keepers"),
    ] {
        assert_eq!(ask(question)[0], table, "{question}");
    }
}

#[test]
fn what_joins_two_tables_comes_with_them() {
    // `orders` and `order_items` lie between, declared; `enrolments` between, inferred
    let first: Vec<String> = ask("customers who bought the product with the highest price");
    for table in ["customers", "orders", "order_items", "products"] {
        assert!(first[..4].contains(&table.to_owned()), "{first:?}");
    }
    let first = ask("names of students in the course with most credits");
    assert!(first[..3].contains(&"enrolments".to_owned()), "{first:?}");
}

/// A table as a line of a catalogue file; columns as `name` or `name>table.column`.
fn line(db: &str, table: &str, columns: &str) -> TableSchema {
    let columns: Vec<String> = columns
        .split(' ')
        .map(|column| match column.split_once('>') {
            Some((name, to)) => format!(r#"{{"name":"{name}","fk":["{to}"]}}"#),
            None => format!(r#"{{"name":"{column}"}}"#),
        })
        .collect();
    let columns = columns.join(",");
    table_from_json(&format!(r#"{{"db":"{db}","table":"{table}","columns":[{columns}]}}"#)).unwrap()
}

/// Three schemas with films; in the first keys lead to a table beside the films themselves.
fn films() -> Vec<TableSchema> {
    vec![
        line("cinema", "movie", "mid title"),
        line("cinema", "actor", "aid name"),
        line("cinema", "appearance", "msid>work.msid aid>actor.aid"),
        line("cinema", "work", "msid"),
        line("cinema", "keyword", "kid keyword"),
        line("cinema", "marking", "msid>work.msid kid>keyword.kid"),
        line("rental", "movie", "id title price"),
        line("rental", "rental", "movie_id>movie.id day"),
        line("festival", "movie", "id title"),
        line("festival", "screening", "movie_id>movie.id hall"),
    ]
}

fn found(tables: &[TableSchema], question: &str) -> Vec<String> {
    let ranked = TableIndex::new(tables).rank(question, &[], 50);
    ranked.iter().map(|one| tables[one.table].table.to_string()).collect()
}

#[test]
fn what_joins_the_first_tables_of_a_schema_comes_before_other_schemas() {
    let tables = films();
    // no key leads to the movies: what leads away from the actors may
    let first = found(&tables, "actors who acted in the most movies");
    assert!(first[..4].contains(&"cinema.appearance".to_owned()), "{first:?}");
}

#[test]
fn who_made_something_and_what_it_is_about_is_looked_for_though_nobody_says_where() {
    let tables = films();
    let place = |question: &str, table: &str| found(&tables, question).iter().position(|name| name == table);
    assert!(
        place("movies about volcanoes", "cinema.keyword") < place("movies on volcanoes", "cinema.keyword")
    );
    assert!(place("movies about volcanoes", "cinema.keyword") < Some(4));
    assert!(place("movies with Ann Lee", "cinema.actor") < place("movies of Ann Lee", "cinema.actor"));
    assert!(place("movies with Ann Lee", "cinema.actor") < Some(4));
}

#[test]
fn earlier_use_decides_between_equals_and_where_words_say_nothing() {
    let tables = catalogue();
    let index = TableIndex::new(&tables);
    let title = |priors: &[Prior]| names(&index.rank("all titles", priors, 50), &tables)[0].clone();
    assert_eq!(title(&[Prior { table: 3, weight: 0.5 }]), "products");
    assert_eq!(title(&[Prior { table: 6, weight: 0.5 }]), "courses");

    let silent = index.rank("and by xyzzy?", &[Prior { table: 7, weight: 1.0 }], 50);
    assert_eq!(names(&silent, &tables), ["animals"]);
    assert!(index.rank("??", &[], 50).is_empty());
    let faulty = [Prior { table: 99, weight: 1.0 }, Prior { table: 0, weight: f32::NAN }];
    assert_eq!(index.rank("animals", &faulty, 50), index.rank("animals", &[], 50));
}

#[test]
fn names_alone_are_enough() {
    let mut tables = catalogue();
    for table in &mut tables {
        table.columns.clear();
        table.foreign_keys.clear();
        table.primary_key.clear();
    }
    let ranked = TableIndex::new(&tables).rank("orders of products", &[], 3);
    assert_eq!(ranked.len(), 3);
    assert!(names(&ranked, &tables)[..2].contains(&"products".to_owned()));
}

#[test]
fn any_question_and_any_catalogue_has_an_answer() {
    assert!(TableIndex::new(&[]).rank("anything", &[], 10).is_empty());
    let tables = catalogue();
    let index = TableIndex::new(&tables);
    let long = "the customers of the orders and ".repeat(5_000);
    for question in ["", " ", "'", "’s", "İ", "日本語 テーブル", "a_b__c", "0", "\u{0}", &long] {
        assert!(index.rank(question, &[], 4).len() <= 4, "{question}");
    }
    assert_eq!(index.rank("customers", &[], 0), []);
}

#[test]
fn the_order_is_always_the_same() {
    let tables = catalogue();
    let index = TableIndex::new(&tables);
    let once = index.rank("names of customers and students", &[], 50);
    assert_eq!(once, TableIndex::new(&tables).rank("names of customers and students", &[], 50));
    assert_eq!(once[..3], index.rank("names of customers and students", &[], 3)[..]);
}

#[test]
fn a_line_that_is_no_table_is_refused() {
    for line in
        ["", "[]", r#"{"db":"a"}"#, r#"{"db":"a","table":1}"#, r#"{"db":"a","table":"b","columns":{}}"#]
    {
        assert!(table_from_json(line).is_err(), "{line}");
    }
    let least = table_from_json(r#"{"db":"a","table":"b"}"#).unwrap();
    assert_eq!(least.table.to_string(), "a.b");
}
