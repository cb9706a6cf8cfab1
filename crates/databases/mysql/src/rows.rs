use std::time::Duration;

use mysql_async::{BinaryProtocol, Column, Error, QueryResult, Value as Wire};
use sqlatte_providers::{Row, Value};
use tokio::time::{self, Instant};

use crate::{geometry, session::Flavour, types::Reading};

const MAX_ROWS: usize = 500;
const MAX_BYTES: usize = 256 << 10;
/// Characters of a date, a time of day and its micro seconds.
const LONGEST_TIME: usize = 26;
/// A slow statement shows what it has after this long.
const MAX_AGE: Duration = Duration::from_millis(200);

/// Some rows, and whether the statement has ended or the limit is reached.
pub(crate) struct Chunk {
    pub(crate) rows: Vec<Row>,
    pub(crate) end: Option<End>,
}

/// Why there are no more rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    Complete,
    Truncated,
}

/// Reads the rows of a running statement, some at a time.
pub(crate) struct Reader {
    columns: Vec<Cell>,
    /// Rows that may still be given out.
    left: u64,
}

struct Cell {
    name: String,
    reading: Reading,
    /// Digits after the second, as the server shows them.
    decimals: usize,
}

impl Reader {
    pub(crate) fn new(columns: &[Column], flavour: Flavour, max_rows: u64) -> Self {
        let cell = |column: &Column| Cell {
            name: column.name_str().into_owned(),
            reading: Reading::of(column, flavour),
            decimals: usize::from(column.decimals()),
        };
        Reader { columns: columns.iter().map(cell).collect(), left: max_rows }
    }

    /// The next rows: as many as make a batch, or as have come when a moment has passed since the first one.
    ///
    /// Dropping the call loses the rows it has read so far.
    pub(crate) async fn next(
        &mut self,
        result: &mut QueryResult<'_, '_, BinaryProtocol>,
    ) -> Result<Chunk, Error> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        let moment = time::sleep(MAX_AGE);
        tokio::pin!(moment);
        loop {
            let row = tokio::select! {
                biased;
                row = result.next() => row?,
                () = &mut moment, if !rows.is_empty() => return Ok(Chunk { rows, end: None }),
            };
            let Some(row) = row else { return Ok(Chunk { rows, end: Some(End::Complete) }) };
            if self.left == 0 {
                return Ok(Chunk { rows, end: Some(End::Truncated) });
            }
            self.left -= 1;
            if rows.is_empty() {
                moment.as_mut().reset(Instant::now() + MAX_AGE);
                rows.reserve(MAX_ROWS.min(usize::try_from(self.left).unwrap_or(MAX_ROWS) + 1));
            }
            let cells = row.unwrap().into_iter().zip(&self.columns);
            let values: Row = cells.map(|(value, cell)| cell.read(value)).collect();
            bytes += values.iter().map(size).sum::<usize>();
            rows.push(values);
            if rows.len() == MAX_ROWS || bytes >= MAX_BYTES {
                return Ok(Chunk { rows, end: None });
            }
        }
    }

    /// Decides what the columns hold, gives the first rows that form, and tells the columns.
    pub(crate) fn decide(&mut self, rows: &mut [Row]) -> Vec<sqlatte_providers::Column> {
        for (index, cell) in self.columns.iter_mut().enumerate() {
            let before = cell.reading;
            cell.reading = before.decided(rows.iter().filter_map(|row| row.get(index)));
            if cell.reading != before {
                rows.iter_mut()
                    .filter_map(|row| row.get_mut(index))
                    .for_each(|value| refine(cell.reading, value));
            }
        }
        let column =
            |cell: &Cell| sqlatte_providers::Column { name: cell.name.clone(), kind: cell.reading.kind() };
        self.columns.iter().map(column).collect()
    }
}

/// Gives a value that was read before its column was decided the decided form.
fn refine(reading: Reading, value: &mut Value) {
    *value = match (reading, &*value) {
        (Reading::Boolean, Value::Integer(number @ (0 | 1))) => Value::Bool(*number == 1),
        (Reading::Json, Value::Text(text)) => match serde_json::from_str(text) {
            Ok(json) => Value::Json(json),
            Err(_) => return,
        },
        _ => return,
    };
}

fn size(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Text(text) | Value::Decimal(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            // About as much as it takes in memory.
            Value::Json(json) => 32 * leaves(json),
            _ => 0,
        }
}

fn leaves(json: &serde_json::Value) -> usize {
    match json {
        serde_json::Value::Array(list) => 1 + list.iter().map(leaves).sum::<usize>(),
        serde_json::Value::Object(map) => 1 + map.values().map(leaves).sum::<usize>(),
        serde_json::Value::String(text) => 1 + text.len() / 32,
        _ => 1,
    }
}

impl Cell {
    fn read(&self, value: Wire) -> Value {
        match value {
            Wire::NULL => Value::Null,
            Wire::Int(number @ (0 | 1)) if self.reading == Reading::Boolean => Value::Bool(number == 1),
            Wire::Int(number) => Value::Integer(number),
            Wire::UInt(number) => unsigned(number),
            // The shortest digits that mean this number to the server, too: 0.1 and not 0.10000000149011612.
            Wire::Float(number) => {
                Value::Float(number.to_string().parse().unwrap_or_else(|_| f64::from(number)))
            }
            Wire::Double(number) => Value::Float(number),
            Wire::Date(year, month, day, hour, minute, second, micros) => {
                let mut text = String::with_capacity(LONGEST_TIME);
                digits(&mut text, year, 4);
                for (sign, part) in [('-', month), ('-', day)] {
                    text.push(sign);
                    digits(&mut text, part, 2);
                }
                if self.reading != Reading::Date {
                    for (sign, part) in [(' ', hour), (':', minute), (':', second)] {
                        text.push(sign);
                        digits(&mut text, part, 2);
                    }
                    self.fraction(&mut text, micros);
                }
                Value::Text(text)
            }
            Wire::Time(negative, days, hours, minutes, seconds, micros) => {
                let sign = if negative { "-" } else { "" };
                let hours = u64::from(days) * 24 + u64::from(hours);
                let mut text = format!("{sign}{hours:02}:{minutes:02}:{seconds:02}");
                self.fraction(&mut text, micros);
                Value::Text(text)
            }
            Wire::Bytes(bytes) => self.bytes(bytes),
        }
    }

    fn bytes(&self, bytes: Vec<u8>) -> Value {
        match self.reading {
            Reading::Decimal => Value::Decimal(text(bytes)),
            Reading::Json => match serde_json::from_slice(&bytes) {
                Ok(json) => Value::Json(json),
                Err(_) => Value::Text(text(bytes)),
            },
            Reading::Boolean if bytes.len() == 1 => Value::Bool(bytes[0] == 1),
            Reading::Bit if bytes.len() <= 8 => {
                unsigned(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
            }
            Reading::Geometry => match geometry::text(&bytes) {
                Some(text) => Value::Text(text),
                None => Value::Bytes(bytes),
            },
            Reading::Bytes => Value::Bytes(bytes),
            _ => Value::Text(text(bytes)),
        }
    }

    /// Parts of a second with as many digits as the column has; expressions do not say how many.
    fn fraction(&self, text: &mut String, micros: u32) {
        let places = match self.decimals {
            places @ 0..=6 => places,
            _ if micros == 0 => 0,
            _ => 6,
        };
        if places > 0 {
            text.push('.');
            digits(text, micros, 6);
            text.truncate(text.len() - (6 - places));
        }
    }
}

/// Appends a number with leading zeros: formatting takes several times as long, and large results are full of times.
fn digits(text: &mut String, number: impl Into<u32>, width: u32) {
    let number = number.into();
    for place in (0..width).rev() {
        text.extend(char::from_digit(number / 10_u32.pow(place) % 10, 10));
    }
}

fn unsigned(number: u64) -> Value {
    i64::try_from(number).map_or(Value::Unsigned(number), Value::Integer)
}

/// The connection's character set is UTF-8; a text that is not is shown as well as it can be.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reading: Reading, decimals: usize, value: Wire) -> Value {
        Cell { name: String::new(), reading, decimals }.read(value)
    }

    fn shown(reading: Reading, decimals: usize, value: Wire) -> String {
        match read(reading, decimals, value) {
            Value::Text(text) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn dates_and_times() {
        let date = Wire::Date(2026, 11, 22, 13, 14, 15, 123_400);
        assert_eq!(shown(Reading::Date, 0, date.clone()), "2026-11-22");
        assert_eq!(shown(Reading::Timestamp, 0, date.clone()), "2026-11-22 13:14:15");
        assert_eq!(shown(Reading::Timestamp, 3, date.clone()), "2026-11-22 13:14:15.123");
        assert_eq!(shown(Reading::Timestamp, 31, date), "2026-11-22 13:14:15.123400");
        assert_eq!(shown(Reading::Date, 0, Wire::Date(0, 0, 0, 0, 0, 0, 0)), "0000-00-00");
        assert_eq!(shown(Reading::Timestamp, 0, Wire::Date(0, 0, 0, 0, 0, 0, 0)), "0000-00-00 00:00:00");
        assert_eq!(shown(Reading::Date, 0, Wire::Date(2026, 2, 0, 0, 0, 0, 0)), "2026-02-00");
        assert_eq!(shown(Reading::Time, 0, Wire::Time(true, 34, 22, 59, 59, 0)), "-838:59:59");
        assert_eq!(shown(Reading::Time, 2, Wire::Time(false, 0, 1, 2, 3, 40_000)), "01:02:03.04");
    }

    #[test]
    fn numbers() {
        assert_eq!(read(Reading::Float, 31, Wire::Float(0.1)), Value::Float(0.1));
        assert_eq!(read(Reading::Integer, 0, Wire::UInt(u64::MAX)), Value::Unsigned(u64::MAX));
        assert_eq!(read(Reading::Integer, 0, Wire::UInt(7)), Value::Integer(7));
        assert_eq!(read(Reading::Bit, 0, Wire::Bytes(vec![1, 0])), Value::Integer(256));
        assert_eq!(read(Reading::Bit, 0, Wire::Bytes(vec![255; 8])), Value::Unsigned(u64::MAX));
        assert_eq!(read(Reading::Boolean, 0, Wire::Bytes(vec![1])), Value::Bool(true));
        assert_eq!(read(Reading::Boolean, 0, Wire::Int(5)), Value::Integer(5));
        let digits = "12345678901234567890.123456789";
        assert_eq!(read(Reading::Decimal, 9, Wire::Bytes(digits.into())), Value::Decimal(digits.to_owned()));
    }

    #[test]
    fn what_is_broken_arrives_all_the_same() {
        assert_eq!(
            read(Reading::Text, 0, Wire::Bytes(vec![b'a', 0xff])),
            Value::Text("a\u{fffd}".to_owned())
        );
        assert_eq!(read(Reading::Json, 0, Wire::Bytes(b"{".to_vec())), Value::Text("{".to_owned()));
        assert_eq!(read(Reading::Geometry, 0, Wire::Bytes(vec![1, 2])), Value::Bytes(vec![1, 2]));
        assert_eq!(read(Reading::Unknown, 0, Wire::NULL), Value::Null);
    }
}
