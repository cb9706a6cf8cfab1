use crate::fixture::Setup;

#[tokio::test]
async fn a_cut_export_says_so_in_every_format() {
    let mut setup = Setup::new();
    setup.config.query.max_export_rows = 2;
    let mut server = setup.start();
    let answer = server.sql("SELECT name, city FROM customers ORDER BY id").await.expect(200);
    server.show("x-session-id", answer["session_id"].as_str().unwrap());
    let path = format!("/api/query/{}/export?format=", answer["query_id"].as_str().unwrap());
    insta::assert_snapshot!(server.get(&format!("{path}csv")).await.text(), @r"
    name,city
    Zoë,München
    Ali,İstanbul
    There are more rows than the limit of an export.,
    ");
    let json = server.get(&format!("{path}json")).await.expect(200);
    assert_eq!((&json["truncated"], json["rows"].as_array().unwrap().len()), (&true.into(), 2));
    assert!(server.get(&format!("{path}html")).await.text().contains("<p>There are more rows"));
    assert_eq!(&server.get(&format!("{path}xlsx")).await.body[..4], b"PK\x03\x04");
}

#[tokio::test]
async fn a_whole_export_ends_with_its_last_row() {
    let mut server = Setup::new().start();
    let answer = server.sql("SELECT name FROM customers ORDER BY id").await.expect(200);
    server.show("x-session-id", answer["session_id"].as_str().unwrap());
    let path = format!("/api/query/{}/export", answer["query_id"].as_str().unwrap());
    assert_eq!(server.get(&path).await.text(), "name\r\nZoë\r\nAli\r\nAnn\r\n");
}
