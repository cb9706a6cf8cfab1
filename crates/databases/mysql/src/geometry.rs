//! Geometries as text: the server sends a reference system's number and then well-known binary.

use std::fmt::Write;

/// Collections in collections beyond this are not read.
const DEPTH: usize = 16;

/// The well-known text of a geometry; `None` for bytes that are none.
pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    // The first four bytes number the reference system.
    let mut bytes = Bytes(bytes.get(4..)?);
    let mut text = String::with_capacity(bytes.0.len());
    shape(&mut bytes, &mut text, true, DEPTH)?;
    bytes.0.is_empty().then_some(text)
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }
}

/// The order of bytes of one shape.
#[derive(Clone, Copy)]
struct Order {
    little: bool,
}

impl Order {
    fn count(self, bytes: &mut Bytes<'_>) -> Option<u32> {
        let taken = bytes.take()?;
        Some(if self.little { u32::from_le_bytes(taken) } else { u32::from_be_bytes(taken) })
    }

    fn number(self, bytes: &mut Bytes<'_>) -> Option<f64> {
        let taken = bytes.take()?;
        Some(if self.little { f64::from_le_bytes(taken) } else { f64::from_be_bytes(taken) })
    }
}

fn shape(bytes: &mut Bytes<'_>, text: &mut String, named: bool, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    let order = match bytes.take::<1>()? {
        [0] => Order { little: false },
        [1] => Order { little: true },
        _ => return None,
    };
    let kind = order.count(bytes)?;
    if named {
        let names = [
            "POINT",
            "LINESTRING",
            "POLYGON",
            "MULTIPOINT",
            "MULTILINESTRING",
            "MULTIPOLYGON",
            "GEOMETRYCOLLECTION",
        ];
        text.push_str(names.get(usize::try_from(kind.checked_sub(1)?).ok()?)?);
    }
    match kind {
        1 => {
            text.push('(');
            point(order, bytes, text)?;
            text.push(')');
        }
        2 => points(order, bytes, text)?,
        3 => list(order, bytes, text, points)?,
        4 => list(order, bytes, text, |_, bytes, text| {
            // Inside, a point stands without parentheses of its own.
            let (order, _) = (bytes.take::<1>()?, bytes.take::<4>()?);
            point(Order { little: order == [1] }, bytes, text)
        })?,
        5 | 6 => list(order, bytes, text, |_, bytes, text| shape(bytes, text, false, depth))?,
        7 => list(order, bytes, text, |_, bytes, text| shape(bytes, text, true, depth))?,
        _ => return None,
    }
    Some(())
}

fn points(order: Order, bytes: &mut Bytes<'_>, text: &mut String) -> Option<()> {
    list(order, bytes, text, point)
}

fn point(order: Order, bytes: &mut Bytes<'_>, text: &mut String) -> Option<()> {
    let (x, y) = (order.number(bytes)?, order.number(bytes)?);
    write!(text, "{x} {y}").ok()
}

fn list(
    order: Order,
    bytes: &mut Bytes<'_>,
    text: &mut String,
    element: impl Fn(Order, &mut Bytes<'_>, &mut String) -> Option<()>,
) -> Option<()> {
    let count = order.count(bytes)?;
    if count == 0 {
        text.push_str(" EMPTY");
        return Some(());
    }
    for index in 0..count {
        text.push(if index == 0 { '(' } else { ',' });
        element(order, bytes, text)?;
    }
    text.push(')');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::text;

    fn bytes(hex: &str) -> Vec<u8> {
        let hex: String = hex.split_whitespace().collect();
        (0..hex.len())
            .step_by(2)
            .map(|index| u8::from_str_radix(&hex[index..index + 2], 16).unwrap())
            .collect()
    }

    const POINT: &str = "E6100000 01 01000000 000000000000F03F 0000000000000440";

    #[test]
    fn reads_shapes() {
        assert_eq!(text(&bytes(POINT)).unwrap(), "POINT(1 2.5)");
        let big_endian = "00000000 00 00000001 3FF0000000000000 4004000000000000";
        assert_eq!(text(&bytes(big_endian)).unwrap(), "POINT(1 2.5)");
        let line = "00000000 01 02000000 02000000 0000000000000000 0000000000000000 \
                    000000000000F03F 000000000000F0BF";
        assert_eq!(text(&bytes(line)).unwrap(), "LINESTRING(0 0,1 -1)");
        assert_eq!(text(&bytes("00000000 01 07000000 00000000")).unwrap(), "GEOMETRYCOLLECTION EMPTY");
    }

    #[test]
    fn refuses_what_is_none() {
        let point = bytes(POINT);
        for length in 0..point.len() {
            assert_eq!(text(&point[..length]), None, "{length} bytes");
        }
        assert_eq!(text(&[&point[..], &[0]].concat()), None, "a byte too many");
        assert_eq!(text(&bytes("00000000 01 02000000 FFFFFFFF")), None, "a count beyond the bytes");
        let deep = [vec![0; 4], bytes("01 07000000 01000000").repeat(10_000)].concat();
        assert_eq!(text(&deep), None, "deeper than anyone means");
    }
}
