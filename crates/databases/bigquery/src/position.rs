/// Where in `sql` an error message points, in bytes: BigQuery ends it with `at [line:column]`.
///
/// Lines and columns count from 1, columns in characters, and a tab reaches to the next multiple of eight.
pub(crate) fn of(message: &str, sql: &str) -> Option<usize> {
    let (_, rest) = message.rsplit_once('[')?;
    let (place, _) = rest.split_once(']')?;
    let (line, column) = place.split_once(':')?;
    let (line, column) = (line.trim().parse::<usize>().ok()?, column.trim().parse::<usize>().ok()?);
    let start = start_of_line(sql, line)?;
    let mut at = 1;
    for (offset, character) in sql[start..].char_indices() {
        if at >= column {
            return Some(start + offset);
        }
        if matches!(character, '\n' | '\r') {
            return None;
        }
        at = if character == '\t' { (at - 1) / 8 * 8 + 9 } else { at + 1 };
    }
    (at >= column).then_some(sql.len())
}

fn start_of_line(sql: &str, line: usize) -> Option<usize> {
    let mut start = 0;
    for _ in 1..line {
        let end = start + sql.get(start..)?.find(['\n', '\r'])?;
        start = end + if sql[end..].starts_with("\r\n") { 2 } else { 1 };
    }
    Some(start)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn reads_lines_and_columns() {
        for (message, sql, offset) in [
            ("Unrecognized name: nmae at [1:10]", "  SELECT nmae FROM clients", Some(9)),
            ("Syntax error: Unexpected end at [1:9]", "SELECT a", Some(8)),
            ("x at [2:3]", "SELECT\n  nmae", Some(9)),
            ("x at [3:1]", "a\r\nb\rc", Some(5)),
            ("x at [1:9]", "\tnmae", Some(1)),
            ("x at [1:17]", "ab\tc\td", Some(5)),
            ("x at [1:6]", "'ğü' nmae", Some(7)),
            ("Array [1:2] of x at [1:3]", "abc", Some(2)),
            ("x at [9:1]", "a", None),
            ("x at [1:9]", "a\nbbbbbbbbbbbb", None),
            ("x at [1:99]", "a", None),
            ("x [a:b]", "a", None),
            ("no place", "a", None),
            ("x at [99999999999999999999:1]", "a", None),
        ] {
            assert_eq!(of(message, sql), offset, "{message} in {sql:?}");
        }
    }
}
