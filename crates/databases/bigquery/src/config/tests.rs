use sqlatte_providers::Settings;

use super::*;

fn setup(url: &str) -> Result<Setup, String> {
    let config: BigqueryConfig = Settings::from_url(url).read("bigquery").unwrap();
    config.setup().map_err(|error| error.to_string())
}

#[test]
fn a_url_is_enough() {
    let url = "bigquery://shop-1/sales?location=EU&maximum_bytes_billed=5&job_timeout=7&samples=false&anonymous=true";
    let setup = setup(url).unwrap();
    assert_eq!(setup.scope.project, "shop-1");
    assert_eq!(setup.scope.home.as_ref().unwrap().dataset, "sales");
    assert_eq!((setup.location.as_str(), setup.maximum_bytes_billed), ("EU", Some(5)));
    assert_eq!((setup.job_timeout.as_secs(), setup.samples), (7, false));
    assert_eq!(setup.target(), "shop-1/sales");
    assert_eq!(setup.labels["application"], "sqlatte");
}

#[test]
fn a_url_names_several_datasets() {
    let several = setup("bigquery://shop/sales,other.hr?dataset=sales").unwrap();
    let names: Vec<_> =
        several.scope.datasets.iter().map(|it| format!("{}.{}", it.project, it.dataset)).collect();
    assert_eq!(names, ["other.hr", "shop.sales"]);
    assert_eq!(several.scope.home.unwrap().dataset, "sales");
    assert!(setup("bigquery://shop").unwrap().scope.datasets.is_empty());
    assert_eq!(setup("bigquery://shop/").unwrap().target(), "shop");
    let emulator = setup("bigquery://demo/t?endpoint=http://127.0.0.1:9050/").unwrap();
    assert_eq!(emulator.target(), "demo/t at http://127.0.0.1:9050");
    assert!(emulator.login.is_nobody());
}

#[test]
fn empty_texts_are_not_set() {
    let empty = serde_json::json!({
        "url": "", "project": "shop", "dataset": "", "datasets": [], "location": "", "credentials_file": "",
        "credentials_json": "", "endpoint": "", "maximum_bytes_billed": null,
    });
    let config: BigqueryConfig = Settings::new(empty).unwrap().read("bigquery").unwrap();
    let setup = config.setup().unwrap();
    assert!(setup.scope.home.is_none() && setup.endpoint.is_none() && setup.location.is_empty());
    assert_eq!(setup.maximum_bytes_billed, None);
    assert!(!setup.login.is_nobody());
}

#[test]
fn older_names_are_known() {
    let old = serde_json::json!({ "project_id": "shop", "credentials_path": "/no/such" });
    let config: BigqueryConfig = Settings::new(old).unwrap().read("bigquery").unwrap();
    assert_eq!(config.project.as_deref(), Some("shop"));
    assert!(config.setup().unwrap_err().message().contains("/no/such"));
}

#[test]
fn says_what_is_wrong() {
    for (url, words) in [
        ("mysql://shop", "looks like `bigquery://project/dataset"),
        ("bigquery:", "no project is named"),
        ("bigquery:///sales", "no project is named"),
        ("bigquery://user:hunter2@shop", "has no user, password or port"),
        ("bigquery://shop?lokation=EU", "has no parameter `lokation`"),
        ("bigquery://shop?pool_size=many", "parameter `pool_size` has a value that does not fit"),
        ("bigquery://shop?pool_size=0", "`pool_size` must be from 1 to 256"),
        ("bigquery://shop?maximum_bytes_billed=0", "`maximum_bytes_billed` must be from 1"),
        ("bigquery://shop/a-b", "`a-b` is not a dataset"),
        ("bigquery://shop?endpoint=9050", "`endpoint` must be an address"),
        ("bigquery://shop?endpoint=http://emulator:9050", "in clear"),
        ("bigquery://shop?credentials_file=/no/such.json", "`/no/such.json` cannot be read"),
    ] {
        let error = setup(url).unwrap_err();
        assert!(error.contains(words) && !error.contains("hunter2"), "{url}: {error}");
    }
}

#[test]
fn labels_are_those_bigquery_takes() {
    let with = |key: &str, value: &str| {
        let mut config = BigqueryConfig::new("shop");
        config.labels.insert(key.to_owned(), value.to_owned());
        config.setup().map(|setup| setup.labels)
    };
    assert_eq!(with("team", "sales-1").unwrap()["team"], "sales-1");
    assert_eq!(with("application", "other").unwrap()["application"], "other");
    for (key, value) in [("Team", "x"), ("team", "X"), ("1", "x"), ("", "x"), ("team", "a b")] {
        assert!(with(key, value).unwrap_err().message().contains("label"), "{key} {value}");
    }
}
