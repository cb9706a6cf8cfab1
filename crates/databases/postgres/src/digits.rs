//! Numbers as a fixed count of digits; every row of a large answer needs some.

/// All numbers of two digits.
const PAIRS: &str = "00010203040506070809101112131415161718192021222324252627282930313233\
                     34353637383940414243444546474849505152535455565758596061626364656667\
                     6869707172737475767778798081828384858687888990919293949596979899";

/// Adds `2 * pairs` digits; what does not fit into them is left out.
pub(crate) fn push(text: &mut String, number: u64, pairs: u32) {
    for place in (0..pairs).rev() {
        let pair = (number / 100_u64.pow(place) % 100) as usize;
        text.push_str(PAIRS.get(2 * pair..2 * pair + 2).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::push;

    #[test]
    fn writes_leading_zeros_and_nothing_too_much() {
        let written = |number, pairs| {
            let mut text = String::new();
            push(&mut text, number, pairs);
            text
        };
        assert_eq!((written(0, 1).as_str(), written(99, 1).as_str()), ("00", "99"));
        assert_eq!((written(7, 2).as_str(), written(123_456, 3).as_str()), ("0007", "123456"));
        assert_eq!(written(123_456, 2), "3456");
    }
}
