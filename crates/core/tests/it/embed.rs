#[expect(dead_code, reason = "the example's own main prints what the test compares")]
#[path = "../../examples/embed.rs"]
mod example;

#[tokio::test]
async fn another_service_asks_its_own_database() {
    insta::assert_snapshot!(example::ask_the_library().await.unwrap().join("\n"));
}
