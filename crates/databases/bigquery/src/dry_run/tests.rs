use google_cloud_bigquery_v2::model::{QueryParameter, RoutineReference, TableReference};

use super::*;
use crate::config::BigqueryConfig;

fn setup() -> Setup {
    let mut config = BigqueryConfig::new("shop");
    config.datasets = vec!["sales".to_owned(), "public.samples".to_owned()];
    config.view_datasets = vec!["raw".to_owned()];
    config.maximum_bytes_billed = Some(1 << 30);
    config.anonymous = true;
    config.setup().unwrap()
}

fn table(project: &str, dataset: &str, table: &str) -> TableReference {
    TableReference::new().set_project_id(project).set_dataset_id(dataset).set_table_id(table)
}

fn select() -> JobStatistics2 {
    JobStatistics2::new().set_statement_type("SELECT")
}

fn refusal(query: &JobStatistics2, sql: &str) -> String {
    let error = check(query, &setup(), sql).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    error.message().to_owned()
}

#[test]
fn only_what_bigquery_calls_a_select_runs() {
    check(&select(), &setup(), "SELECT 1").unwrap();
    for kind in [
        "INSERT",
        "DROP_TABLE",
        "SCRIPT",
        "EXPORT_DATA",
        "CREATE_TABLE_AS_SELECT",
        "CALL",
        "select",
        "SELECT ",
    ] {
        let words = refusal(&JobStatistics2::new().set_statement_type(kind), "…");
        assert!(words.contains(&format!("the statement is {kind}: only a single SELECT")), "{words}");
    }
    assert!(refusal(&JobStatistics2::new(), "…").contains("does not say what kind"));
    let parameters = select().set_undeclared_query_parameters([QueryParameter::new().set_name("x")]);
    assert!(refusal(&parameters, "SELECT @x").contains("has parameters"));
}

#[test]
fn only_the_datasets_of_the_settings_are_read() {
    for (project, dataset) in [("shop", "sales"), ("public", "samples"), ("shop", "raw")] {
        check(&select().set_referenced_tables([table(project, dataset, "t")]), &setup(), "…").unwrap();
    }
    for (project, dataset) in [("shop", "hr"), ("public", "sales"), ("other", "raw"), ("shop", "SALES")] {
        let query =
            select().set_referenced_tables([table("shop", "sales", "t"), table(project, dataset, "t")]);
        let words = refusal(&query, "…");
        assert!(words.contains(&format!("`{project}.{dataset}.t` is in none of the datasets")), "{words}");
        assert!(words.contains("`shop.sales`") && words.contains("`public.samples`"), "{words}");
        let routine =
            RoutineReference::new().set_project_id(project).set_dataset_id(dataset).set_routine_id("f");
        let words = refusal(&select().set_referenced_routines([routine]), "…");
        assert!(words.contains(&format!("the function `{project}.{dataset}.f`")), "{words}");
    }
    // BigQuery lists no more than these, so there may be others.
    let many = select().set_referenced_tables((0..50).map(|n| table("shop", "sales", &format!("t{n}"))));
    assert!(refusal(&many, "…").contains("50 tables or more"));
}

#[test]
fn information_schema_is_refused_however_it_is_listed() {
    for name in [
        table("shop", "sales", "INFORMATION_SCHEMA.COLUMNS"),
        table("shop", "INFORMATION_SCHEMA", "JOBS"),
        table("shop", "sales", "__TABLES__"),
    ] {
        assert!(refusal(&select().set_referenced_tables([name]), "…").contains("may not be read here"));
    }
    let unlisted = refusal(&select(), "SELECT * FROM `region-eu`.Information_Schema.JOBS");
    assert!(unlisted.contains("INFORMATION_SCHEMA may not be read"), "{unlisted}");
}

#[test]
fn no_more_bytes_than_the_settings_allow() {
    let reads = |bytes: i64| select().set_total_bytes_processed(bytes);
    check(&reads(1 << 30), &setup(), "…").unwrap();
    let words = refusal(&reads(3 << 29), "…");
    assert!(words.contains("would read 1.5 GiB, and `maximum_bytes_billed` allows 1.0 GiB"), "{words}");
    let unlimited = Setup { maximum_bytes_billed: None, ..setup() };
    check(&reads(i64::MAX), &unlimited, "…").unwrap();
    assert_eq!(
        (amount(5), amount(1 << 21), amount(3 << 40)),
        ("5 bytes".into(), "2.0 MiB".into(), "3.0 TiB".into())
    );
}
