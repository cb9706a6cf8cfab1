#![expect(
    clippy::missing_panics_doc,
    clippy::print_stderr,
    clippy::expect_used,
    clippy::panic,
    reason = "part of tests: what is skipped is to be seen"
)]

use std::{fs::File, io::Write};

/// Says that a test has no server to test with.
///
/// With `SQLATTE_TEST_REQUIRE` in the environment that is a failure. Otherwise a line is added to the file that
/// `SQLATTE_TEST_SKIPPED` names, if it does: a test runner hides what passing tests print.
pub fn skip(test: &str, reason: &str) {
    if std::env::var_os("SQLATTE_TEST_REQUIRE").is_some() {
        panic!("{reason}");
    }
    eprintln!("skipped: {test}: {reason}");
    if let Some(list) = std::env::var_os("SQLATTE_TEST_SKIPPED") {
        let mut list = File::options().create(true).append(true).open(list).expect("the list opens");
        // In one piece: others write to it too.
        list.write_all(format!("{test}: {reason}\n").as_bytes()).expect("the list is written");
    }
}
