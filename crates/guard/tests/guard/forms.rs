//! Forms of other dialects: whoever hears why a statement does not run hears this dialect's form too.

use sqlatte_guard::{Dialect, Guard};

use crate::names::shop;

/// Every statement is broken in its dialect; the last field is what has to be said.
const FORMS: &str = include_str!("../names/forms.tsv");

#[test]
fn the_form_of_this_dialect_is_named() {
    let (mut missing, mut count) = (Vec::new(), 0);
    for line in FORMS.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [dialect, sql, form] = fields[..] else { panic!("not three fields: {line}") };
        let dialect: Dialect = dialect.parse().unwrap_or_else(|error| panic!("{error}: {line}"));
        let (heard, heeded) = match Guard::new(dialect).check(sql) {
            Err(refusal) => (refusal.message.clone(), refusal.is_mistake()),
            Ok(guarded) => {
                let found = shop(dialect).read(&guarded);
                let unknown = found.unknown.into_iter().map(|name| name.message);
                (unknown.chain(found.advice).collect::<Vec<_>>().join("; "), true)
            }
        };
        count += 1;
        if !heeded || !heard.contains(form) {
            let refused = if heeded { "" } else { " (not for repair)" };
            missing.push(format!("{dialect}: {sql}\n    wanted: {form}\n    heard{refused}: {heard}"));
        }
    }
    assert!(missing.is_empty(), "{} of {count} not named:\n{}", missing.len(), missing.join("\n"));
}
