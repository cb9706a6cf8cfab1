//! What the user may do that SQLatte never needs.

use futures::{FutureExt, future::BoxFuture};
use mysql_async::{Error, prelude::Queryable};

use crate::session::Session;

/// Privileges that change nothing and reach no files.
const READING: [&str; 5] = ["USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "REPLICATION CLIENT"];
/// Privileges named in one sentence.
const MOST_NAMED: usize = 5;

/// Privileges beyond reading, as one text; nothing if there are none.
pub(crate) fn excess(session: &mut Session) -> BoxFuture<'_, Result<Option<String>, Error>> {
    async move {
        let grants: Vec<String> = session.conn.exec("SHOW GRANTS", ()).await?;
        Ok(beyond_reading(grants.iter().map(String::as_str)))
    }
    .boxed()
}

/// Reads lines such as ``GRANT SELECT, INSERT ON `shop`.* TO `me`@`%` ``; a role that was granted has no `ON`.
fn beyond_reading<'a>(grants: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut found: Vec<&str> = Vec::new();
    for grant in grants {
        let Some((privileges, _)) = grant.strip_prefix("GRANT ").and_then(|rest| rest.split_once(" ON "))
        else {
            continue;
        };
        for privilege in apart(privileges) {
            let name = privilege.split_once('(').map_or(privilege, |(name, _)| name).trim();
            if !READING.contains(&name) && !found.contains(&name) {
                found.push(name);
            }
        }
    }
    let more = found.len().saturating_sub(MOST_NAMED);
    found.truncate(MOST_NAMED);
    let named = found.join(", ");
    match (named.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(named),
        (false, more) => Some(format!("{named} and {more} more")),
    }
}

/// The parts between commas that are in no brackets.
fn apart(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |one| {
        match one {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        one == ',' && depth == 0
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::beyond_reading;

    #[test]
    fn reading_is_not_too_much() {
        let said = |grants: &[&str]| beyond_reading(grants.iter().copied());
        assert_eq!(
            said(&[
                "GRANT USAGE ON *.* TO `me`@`%` IDENTIFIED BY PASSWORD '*HASH'",
                "GRANT SELECT, SHOW VIEW ON `shop`.* TO `me`@`%`",
                "GRANT SELECT (`a`, `b`) ON `hr`.`staff` TO `me`@`%`",
                "GRANT `reader`@`%` TO `me`@`%`",
            ]),
            None
        );
        assert_eq!(
            said(&[
                "GRANT SELECT, INSERT, FILE ON *.* TO `me`@`%`",
                "GRANT INSERT, UPDATE (`a`, `b`) ON `hr`.`staff` TO `me`@`%`",
            ])
            .as_deref(),
            Some("INSERT, FILE, UPDATE")
        );
        assert_eq!(said(&["GRANT ALL PRIVILEGES ON *.* TO `root`@`%`"]).as_deref(), Some("ALL PRIVILEGES"));
        let many = "GRANT A, B, C, D, E, F, G ON *.* TO `me`@`%`";
        assert_eq!(said(&[many]).as_deref(), Some("A, B, C, D, E and 2 more"));
    }
}
