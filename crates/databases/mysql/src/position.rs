//! Where in a statement a fault is. The server sends no offset: it quotes what it stumbled over.

/// The server quotes this much of a statement that goes on longer.
const QUOTED: usize = 80;

/// The byte at which the server saw the fault, where its words leave no doubt.
pub(crate) fn find(sql: &str, code: u16, words: &str) -> Option<usize> {
    match code {
        1064 | 1149 => near(sql, words),
        // Unknown column, table, function; ambiguous column; wrong use of a name.
        1052 | 1054 | 1109 | 1146 | 1305 | 1370 | 1630 => named(sql, quoted(words)?),
        _ => None,
    }
}

/// `… near 'the rest of the statement' at line 2`.
fn near(sql: &str, words: &str) -> Option<usize> {
    let (_, rest) = words.split_once(" near '")?;
    let (text, line) = rest.rsplit_once("' at line ")?;
    let line: usize = line.trim().parse().ok()?;
    let whole = sql.trim_end_matches(|c: char| c.is_whitespace() || c == ';');
    if text.is_empty() {
        return Some(whole.len());
    }
    let at_line = |place: &usize| sql[..*place].matches('\n').count() + 1 == line;
    let to_the_end = whole.strip_suffix(text).or_else(|| sql.strip_suffix(text)).map(str::len);
    if let Some(place) = to_the_end.filter(at_line) {
        return Some(place);
    }
    let mut places = sql.match_indices(text).map(|(place, _)| place).filter(at_line);
    let place = places.next()?;
    (places.next().is_none() && text.chars().count() >= QUOTED - 1).then_some(place)
}

/// The name that a message is about: in quotes, or after the word `FUNCTION`.
fn quoted(words: &str) -> Option<&str> {
    let name = match (words.strip_prefix("FUNCTION "), words.split_once(" for routine '")) {
        (Some(rest), _) => rest.split(' ').next()?,
        (None, Some((_, rest))) => rest.trim_end_matches('\''),
        (None, None) => words.split('\'').nth(1)?,
    };
    Some(name).filter(|name| !name.is_empty())
}

/// The only place where a name stands as a word, with what qualifies it or without.
fn named(sql: &str, name: &str) -> Option<usize> {
    let last = name.rsplit('.').next().unwrap_or(name);
    [name, last].into_iter().find_map(|name| {
        let is_letter = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let mut places = sql.match_indices(name).map(|(place, _)| place).filter(|place| {
            let before = sql[..*place].chars().next_back().is_some_and(is_letter);
            let after = sql[place + name.len()..].chars().next().is_some_and(is_letter);
            !before && !after
        });
        let place = places.next()?;
        places.next().is_none().then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn finds_what_the_server_quotes() {
        let syntax = |sql: &str, near: &str, line: usize| {
            let words = format!(
                "You have an error in your SQL syntax; check the manual that corresponds to your MySQL \
                 server \
                 version for the right syntax to use near '{near}' at line {line}"
            );
            find(sql, 1064, &words)
        };
        assert_eq!(syntax("SELECT FROM WHERE", "FROM WHERE", 1), Some(7));
        assert_eq!(syntax("SELECT 1\nFROM t WHERE WHERE a = 'x' ; ", "WHERE a = 'x'", 2), Some(22));
        assert_eq!(syntax("SELECT (1", "", 1), Some(9));
        assert_eq!(syntax("SELECT a FORM FORM", "FORM", 1), Some(14));
        // The text is not where the line says.
        assert_eq!(syntax("SELECT 1", "1", 2), None);
        let long = format!("SELECT 1 2, {}", "x, ".repeat(50));
        assert_eq!(syntax(&long, &long[9..89], 1), Some(9));
    }

    #[test]
    fn finds_names_that_stand_once() {
        let unknown = "Unknown column 'nmae' in 'field list'";
        assert_eq!(find("  SELECT nmae FROM clients", 1054, unknown), Some(9));
        assert_eq!(
            find("SELECT c.`nmae` FROM clients c", 1054, "Unknown column 'c.nmae' in 'SELECT'"),
            Some(10)
        );
        assert_eq!(find("SELECT nmae, nmae FROM clients", 1054, unknown), None);
        assert_eq!(find("SELECT nmaes FROM clients", 1054, unknown), None);
        assert_eq!(find("SELECT * FROM missing", 1146, "Table 'shop.missing' doesn't exist"), Some(14));
        assert_eq!(find("SELECT foo(1)", 1305, "FUNCTION shop.foo does not exist"), Some(7));
        let denied = "execute command denied to user 'reader'@'%' for routine 'shop.foo'";
        assert_eq!(find("SELECT foo(1)", 1370, denied), Some(7));
        assert_eq!(find("SELECT 1", 1146, "Table 'shop.missing' doesn't exist"), None);
        assert_eq!(find("SELECT 1", 1690, "BIGINT value is out of range in '(1 - 2)'"), None);
    }
}
