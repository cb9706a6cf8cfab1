#![expect(clippy::missing_panics_doc, clippy::unwrap_used, clippy::expect_used, reason = "clauses are tests")]

use std::{error::Error, time::Duration};

use sqlatte_guard::{Dialect, Guarded};
use sqlatte_providers::{DatabaseProvider, ErrorKind, ProviderError, Query};

use super::{DatabaseHarness, harness};

const SMALL: &str = "SELECT id FROM clients";

async fn failure<H: DatabaseHarness>(
    harness: &H,
    provider: &dyn DatabaseProvider,
    sql: &str,
) -> ProviderError {
    let result = harness::fetch(provider, harness::query(harness, sql)).await;
    result.map(|_| ()).expect_err("the query fails")
}

/// Bad SQL is `Rejected`, with the database's words and the place of the fault.
pub async fn bad_sql_is_rejected_with_words_and_place<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(1).await;
    let sql = "  SELECT nmae FROM clients";
    let error = failure(harness, &*provider, sql).await;
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.message().contains("nmae"), "{error}");
    if harness.positions().or_print("bad_sql_is_rejected_with_words_and_place, the place").is_some() {
        assert_eq!(error.position(), Some(9), "{error}");
    }
    let error = failure(harness, &*provider, "SELECT FROM WHERE").await;
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
    harness::fetch(&*provider, harness::query(harness, SMALL)).await.expect("the connection is still good");
}

/// A statement that fails while it runs is `Rejected`, and the connection stays usable.
pub async fn failing_while_running_is_rejected<H: DatabaseHarness>(harness: &H) {
    let Some(sql) = harness.failing().or_print("failing_while_running_is_rejected") else { return };
    let provider = harness.provider(1).await;
    let error = failure(harness, &*provider, &sql).await;
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
    harness::fetch(&*provider, harness::query(harness, SMALL)).await.expect("the connection is still good");
}

/// A wrong password is `Unauthorized`, from the check as well as from a query.
pub async fn wrong_password_is_unauthorized<H: DatabaseHarness>(harness: &H) {
    let clause = "wrong_password_is_unauthorized";
    let Some(provider) = harness.wrong_password().await.or_print(clause) else { return };
    assert_eq!(provider.check().await.unwrap_err().kind(), ErrorKind::Unauthorized);
    assert_eq!(failure(harness, &*provider, SMALL).await.kind(), ErrorKind::Unauthorized);
}

/// While the server is away calls are `Unavailable`; when it is back the next call works.
pub async fn server_gone_is_unavailable_until_it_returns<H: DatabaseHarness>(harness: &H) {
    let provider = harness.provider(2).await;
    harness::fetch(&*provider, harness::query(harness, SMALL)).await.expect("the server is there");
    let clause = "server_gone_is_unavailable_until_it_returns";
    if harness.take_away().await.or_print(clause).is_none() {
        return;
    }
    let query = failure(harness, &*provider, SMALL).await;
    let check = provider.check().await;
    let tables = provider.tables().await;
    harness.bring_back().await;
    assert_eq!(query.kind(), ErrorKind::Unavailable, "{query}");
    assert_eq!(check.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(tables.unwrap_err().kind(), ErrorKind::Unavailable);
    harness::fetch(&*provider, harness::query(harness, SMALL)).await.expect("the next call works");
    provider.check().await.expect("the check passes again");
}

/// Neither `Debug`, nor `info`, nor an error or its causes show the password.
pub async fn nothing_shows_the_password<H: DatabaseHarness>(harness: &H) {
    let Some(password) = harness.password().or_print("nothing_shows_the_password") else { return };
    let provider = harness.provider(1).await;
    let mut texts = vec![format!("{provider:?} {:?}", provider.info())];
    let mut errors = vec![failure(harness, &*provider, "SELECT FROM WHERE").await];
    if let Some(wrong) =
        harness.wrong_password().await.or_print("nothing_shows_the_password, when it is wrong")
    {
        errors.extend(wrong.check().await.err());
        texts.push(format!("{wrong:?}"));
    }
    for error in &errors {
        texts.push(format!("{error} {error:?}"));
        let mut cause = error.source();
        while let Some(source) = cause {
            texts.push(source.to_string());
            cause = source.source();
        }
    }
    for text in texts {
        assert!(!text.contains(&password), "{text}");
    }
}

/// A statement that was checked in another dialect does not run.
pub async fn another_dialect_is_rejected<H: DatabaseHarness>(harness: &H) {
    let other = Dialect::ALL.into_iter().find(|dialect| *dialect != harness.dialect()).unwrap();
    let sql = Guarded::unguarded(SMALL, other);
    let query = Query { sql, max_rows: 10, timeout: Duration::from_secs(10) };
    let error = harness.provider(1).await.query(query).await.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
}
