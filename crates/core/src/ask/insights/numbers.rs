//! Which numbers of a sentence can be believed.

use crate::Insight;

/// Numbers that a sentence may say, in any rounding.
#[derive(Debug, Default)]
pub(super) struct Known {
    numbers: Vec<f64>,
    /// Texts with numbers in them that count only where the sentence quotes the whole text.
    quotes: Vec<String>,
}

impl Known {
    /// Those of a finding: its figures, and what its own sentence says.
    pub(super) fn of_finding(finding: &Insight) -> Self {
        let mut known = Known::default();
        finding.figures.iter().for_each(|(_, value)| known.add(*value));
        known.add_text(&finding.message);
        known
    }

    /// One more, and as a percentage. The sign is the sentence's: "fell by 3".
    pub(super) fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.numbers.extend([value.abs(), value.abs() * 100.0]);
        }
    }

    /// The numbers in a text of ours: a point begins a fraction.
    pub(super) fn add_text(&mut self, text: &str) {
        self.numbers.extend(said(text).iter().filter_map(|ways| ways.first()).map(|(value, _)| *value));
    }

    /// A cell. One without words, such as "2026-03-01T00:00:00Z" or "Q1 2026", gives its numbers. One with words may be a name ("Grinder 3000") or
    /// say anything at all ("revenue was 9999"): its numbers are known as a part of it alone.
    pub(super) fn add_cell(&mut self, text: &str) {
        if !text.contains(|one: char| one.is_ascii_digit()) {
            return;
        }
        let letters: Vec<bool> = text.chars().map(char::is_alphabetic).collect();
        match letters.windows(2).any(|pair| pair == [true, true]) {
            true => self.quotes.push(text.to_owned()),
            false => self.add_text(text),
        }
    }

    /// Whether every number of a sentence is one of these. Digits of other scripts are none that we could read.
    pub(super) fn bear_out(&self, sentence: &str) -> bool {
        if sentence.chars().any(|one| one.is_numeric() && !one.is_ascii_digit()) {
            return false;
        }
        let mut quotes: Vec<&String> = self.quotes.iter().collect();
        quotes.sort_by_key(|quote| std::cmp::Reverse(quote.len()));
        let own = quotes.iter().fold(sentence.to_owned(), |own, quote| own.replace(quote.as_str(), " "));
        said(&own).iter().all(|ways| ways.iter().any(|way| self.has(*way)))
    }

    /// Whether one of the numbers is written so, with that many digits after its point.
    fn has(&self, (value, places): (f64, u32)) -> bool {
        let unit = 0.1_f64.powi(places.try_into().unwrap_or(i32::MAX));
        let near = |known: f64| (known - value).abs() <= unit / 2.0 + known.abs() * 1e-12;
        self.numbers.iter().any(|known| near(*known))
    }
}

/// The numbers of a text: each with the ways to read it, since a point may part thousands or begin a fraction, and with
/// the digits behind its point.
fn said(text: &str) -> Vec<Vec<(f64, u32)>> {
    let mut numbers = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(|one: char| one.is_ascii_digit()) {
        let from = &rest[at..];
        let end = from.find(|one: char| !one.is_ascii_digit() && !".,".contains(one)).unwrap_or(from.len());
        let number = from[..end].trim_end_matches(['.', ',']);
        numbers.push(ways(number));
        rest = &from[end..];
    }
    numbers
}

/// The ways to read digits with points and commas among them.
fn ways(number: &str) -> Vec<(f64, u32)> {
    let fraction = |point: char, parts: char| {
        let plain: String = number.chars().filter(|one| *one != parts).collect();
        let (_, places) = plain.split_once(point).unwrap_or((&plain, ""));
        let value = plain.replace(point, ".").parse().ok()?;
        Some((value, u32::try_from(places.len()).ok()?))
    };
    [fraction('.', ','), fraction(',', '.')].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_a_cell_with_words_is_known_as_part_of_it_alone() {
        let mut known = Known::default();
        for cell in
            ["Grinder 3000", "Grinder 3000 S", "revenue was 9999", "2026-03-01T00:00:00Z", "Q1 2025", "Ali"]
        {
            known.add_cell(cell);
        }
        known.add(5.0);
        for sentence in
            ["Grinder 3000 S sold 5.", "Of Grinder 3000, 5 were sold in 2026.", "Most came in Q1 2025: 5."]
        {
            assert!(known.bear_out(sentence), "{sentence}");
        }
        for sentence in
            ["Revenue was 9999.", "3000 were sold.", "Grinder 4000 sold 5.", "Grinder 3000 sold 3000."]
        {
            assert!(!known.bear_out(sentence), "{sentence}");
        }
    }
}
