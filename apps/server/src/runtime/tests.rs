use crate::config::{Environment, Overrides};

use super::*;

fn config(folder: &Path, variables: &[(&str, &str)]) -> Config {
    let mut environment = Environment::default().in_folder(folder);
    for (name, value) in variables {
        environment = environment.with(name, value);
    }
    let overrides = Overrides { data_dir: Some(folder.join("data")), ..Overrides::default() };
    Config::load_in(None, &overrides, &environment).unwrap()
}

#[test]
#[cfg(unix)]
fn the_data_directory_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), &[]);
    let dir = &config.storage.data_dir;
    make_data_dir(dir).unwrap();
    assert_eq!(fs::metadata(dir).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(warnings(&config), Vec::<String>::new());
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
    make_data_dir(dir).unwrap();
    let said = warnings(&config).join("\n");
    assert!(said.contains(&format!("chmod 700 {}", dir.display())), "{said}");
}

#[tokio::test]
#[cfg(feature = "db-sqlite")]
async fn limits_without_effect_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.db");
    let named = ("SQLATTE_DB_URL", &*format!("sqlite:{}", file.display()));
    let limits =
        [("SQLATTE__QUERY__MAX_ESTIMATED_ROWS", "5"), ("SQLATTE__QUERY__MAX_BYTES_BILLED", "5"), named];
    let today = "2026-11-22".parse().unwrap();
    let config_of = |variables: &[(&str, &str)]| config(folder.path(), variables);
    let with = config_of(&limits);
    let database = wiring::database(&with, today, Demo::OfToday).await.unwrap();
    let said = unused_limits(&with, &*database).await;
    assert_eq!(said.len(), 2);
    assert!(said[0].starts_with("query.max_estimated_rows has no effect: sqlite "), "{said:?}");
    assert!(said[1].starts_with("query.max_bytes_billed has no effect"), "{said:?}");
    assert_eq!(unused_limits(&config_of(&[named]), &*database).await.len(), 0);
}
