use std::fs;

use super::case::{case, told};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("folder.db")).unwrap();
    fs::write(path("empty.db"), "").unwrap();
    fs::write(path("list.db"), "name,city\nZoë,Göteborg\n".repeat(100)).unwrap();
    rusqlite::Connection::open(path("shop.db"))
        .unwrap()
        .execute_batch("CREATE TABLE cups (name text)")
        .unwrap();
    rusqlite::Connection::open(path("bare.db")).unwrap().execute_batch("PRAGMA user_version = 1").unwrap();
    let file = |name: &str| format!("sqlite:{}", path(name).display());
    let cases = vec![
        case("nothing", file("shop.db")),
        case("no such file", file("no-such.db")),
        case("no such folder", file("no-such/shop.db")),
        case("a folder", file("folder.db")),
        case("an empty file", file("empty.db")),
        case("another kind of file", file("list.db")),
        case("no tables", file("bare.db")),
        case("no path", "sqlite:"),
        case("a database in memory", "sqlite::memory:"),
        case("a name alone", "shop.db"),
    ];
    let folder = folder.path().display().to_string();
    insta::assert_snapshot!(told(cases, &[(&folder, "FOLDER")], &[]).await);
}
