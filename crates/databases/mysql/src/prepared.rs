use std::borrow::Cow;

use mysql_common::named_params::ParsedNamedParams;
use sqlatte_providers::{ErrorKind, ProviderError, Result};

/// The text to give to the driver so that it sends every byte of `sql` as it is.
///
/// The driver replaces `:name` outside of quotes and comments by a placeholder, and is at times mistaken
/// about where a quote begins: it reads the time in `5-'12:ab'` as a name. To the driver an empty comment is
/// one without end, in which it replaces nothing; the server skips it.
pub(crate) fn unchanged(sql: &str) -> Result<Cow<'_, str>> {
    let is_safe =
        |text: &str| ParsedNamedParams::parse(text.as_bytes()).is_ok_and(|text| text.params().is_empty());
    if is_safe(sql) {
        return Ok(sql.into());
    }
    let commented = format!("/**/{sql}");
    if is_safe(&commented) {
        return Ok(commented.into());
    }
    Err(ProviderError::new(
        ErrorKind::Rejected,
        "a `:` before a word is taken for a placeholder here: put a space between them, or leave out \
         comments",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_changes_no_text() {
        let sent = |sql: &str| {
            let text = unchanged(sql).unwrap();
            let driver = ParsedNamedParams::parse(text.as_bytes()).unwrap();
            String::from_utf8(driver.query().to_vec()).unwrap()
        };
        assert_eq!(sent("SELECT '12:ab', \":x\", `a:b` -- :c"), "SELECT '12:ab', \":x\", `a:b` -- :c");
        assert_eq!(sent("SELECT 5-'12:ab'"), "/**/SELECT 5-'12:ab'");
        assert_eq!(sent("SELECT 5/'12:ab'"), "/**/SELECT 5/'12:ab'");
        let error = unchanged("SELECT /* x */ 5-'12:ab'").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
    }
}
