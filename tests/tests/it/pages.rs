//! The page and the widget's files. They need a web build, as the real binary has one.

use sqlatte_e2e::{Response, database};

use crate::support::Setup;

#[tokio::test]
async fn the_page_carries_the_widget_and_loads_nothing_from_elsewhere() {
    let setup = Setup::shop().await;
    let page = setup.client().get("/").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let text = page.text();
    assert!(text.contains("/widget.js"), "{text}");
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.split("; ").any(|one| one == part), "no `{part}` in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(page.header("cache-control"), "no-cache");
    for inline in ["<style", "onclick=", "onload=", " style=", "javascript:"] {
        assert!(!text.contains(inline), "`{inline}` would break the policy: {text}");
    }
}

#[tokio::test]
async fn the_widget_is_for_other_sites_too() {
    let setup = Setup::shop().await;
    for path in ["/widget.js", "/widget/v1.js"] {
        let loader = setup.client().with("origin", "https://portal.example.com").get(path).await;
        assert_eq!((loader.status, loader.header("content-type")), (200, "text/javascript; charset=utf-8"));
        assert_eq!(loader.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(loader.headers.get_all("access-control-allow-origin").iter().count(), 1);
        assert_eq!(loader.header("access-control-allow-origin"), "*");
        assert_eq!(loader.header("cache-control"), "public, max-age=300");
    }
}

#[tokio::test]
async fn files_are_asked_for_once() {
    let setup = Setup::with(database::shop, |start| start).await;
    for path in ["/", "/widget.js"] {
        for accepted in ["identity", "gzip", "br"] {
            let client = setup.client().with("accept-encoding", accepted);
            let first = client.get(path).await;
            let etag = first.header("etag");
            assert!(etag.starts_with('"') && etag.len() > 10, "{path}: {etag}");
            let again = client.with("if-none-match", etag).get(path).await;
            assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
            assert_eq!(
                (again.header("etag"), again.header("cache-control")),
                (etag, first.header("cache-control"))
            );
            assert_eq!(client.with("if-none-match", "\"other\"").get(path).await.status, 200);
        }
    }
}

#[tokio::test]
async fn files_are_compressed_beforehand() {
    let setup = Setup::shop().await;
    let plain = setup.client().get("/widget.js").await;
    let mut etags = vec![plain.header("etag").to_owned()];
    for encoding in ["gzip", "br"] {
        let small: Response = setup.client().with("accept-encoding", encoding).get("/widget.js").await;
        assert_eq!(small.header("content-encoding"), encoding);
        assert_eq!(small.header("vary").to_lowercase(), "accept-encoding");
        assert!(small.body.len() < plain.body.len());
        etags.push(small.header("etag").to_owned());
    }
    etags.dedup();
    assert_eq!(etags.len(), 3, "each form has a name of its own");
}

#[tokio::test]
async fn a_file_is_known_by_any_of_several_names() {
    let setup = Setup::shop().await;
    let etag = setup.client().get("/widget.js").await.header("etag").to_owned();
    for several in [format!("\"other\", {etag}"), format!("W/{etag}"), "*".to_owned()] {
        let response = setup.client().with("if-none-match", &several).get("/widget.js").await;
        assert_eq!(response.status, 304, "{several}");
    }
}
