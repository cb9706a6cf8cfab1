//! Places in a statement: databases count bytes, people lines and columns.

use sqlatte_guard::Position;

/// The byte offset of a place; the end of the statement for one beyond it.
pub(super) fn offset(sql: &str, place: Position) -> usize {
    let (mut line, mut column) = (1, 1);
    for (at, character) in sql.char_indices() {
        if (line, column) == (place.line, place.column) {
            return at;
        }
        if character == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
    }
    sql.len()
}

/// The place of a byte offset.
pub(super) fn place(sql: &str, offset: usize) -> Position {
    let before = sql.char_indices().take_while(|(at, _)| *at < offset).map(|(_, character)| character);
    before.fold(Position { line: 1, column: 1 }, |place, character| match character {
        '\n' => Position { line: place.line + 1, column: 1 },
        _ => Position { column: place.column + 1, ..place },
    })
}

#[cfg(test)]
mod tests {
    use super::{offset, place};

    #[test]
    fn there_and_back() {
        let sql = "SELECT 'é',\n  x\nFROM t";
        for (at, _) in sql.char_indices() {
            assert_eq!(offset(sql, place(sql, at)), at);
        }
        assert_eq!(offset(sql, sqlatte_guard::Position { line: 9, column: 1 }), sql.len());
    }
}
