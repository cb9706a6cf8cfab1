//! How near two names are.

/// Below this, a name is no guess worth telling.
pub(crate) const NEAR: f64 = 0.6;

/// Words that names of dates end with, one as well as another.
const TIMES: &[&str] = &["at", "date", "day", "on", "time", "timestamp"];

/// From 0 to 1: by letters, and by the words the names are made of.
pub(crate) fn similarity(left: &str, right: &str) -> f64 {
    let (left, right) = (left.to_lowercase(), right.to_lowercase());
    let letters = strsim::normalized_damerau_levenshtein(&left, &right);
    letters.max(0.95 * shared(&words(&left), &words(&right)))
}

/// The names that are near one, best first, at most `count`.
pub(crate) fn nearest<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Vec<&'a str> {
    let mut scored: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| (similarity(wanted, name), name))
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    scored.dedup_by_key(|(_, name)| *name);
    let best = scored.first().map_or(0.0, |(score, _)| *score);
    scored.into_iter().filter(|(score, _)| *score > best - 0.25).take(count).map(|(_, name)| name).collect()
}

/// The words of a name, without the ends that plurals have.
pub(crate) fn words(name: &str) -> Vec<String> {
    name.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(singular)
        .collect()
}

pub(crate) fn singular(word: &str) -> String {
    let word = word.to_lowercase();
    match word.strip_suffix("ies") {
        Some(stem) if stem.len() > 1 => format!("{stem}y"),
        _ => match word.strip_suffix('s') {
            Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
            _ => word,
        },
    }
}

/// The share of words two names have in common; a word and its beginning count as one, a little less.
fn shared(left: &[String], right: &[String]) -> f64 {
    let best = |word: &String| right.iter().map(|other| likeness(word, other)).fold(0.0, f64::max);
    let sum: f64 = left.iter().map(best).sum();
    let all = left.len() + right.len();
    if all == 0 { 0.0 } else { 2.0 * sum / all as f64 }
}

fn likeness(left: &str, right: &str) -> f64 {
    let begin = left.chars().zip(right.chars()).take_while(|(one, other)| one == other).count();
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let begins = short.len() > 2 && long.starts_with(short);
    let slips = short.len() > 3 && strsim::damerau_levenshtein(short, long) == 1;
    let times = TIMES.contains(&short) && TIMES.contains(&long);
    if short == long {
        1.0
    } else if begins || slips || times {
        0.8
    } else if short.len() > 1 && is_shortened(short, long) {
        0.7
    } else if begin > 4 && begin * 2 >= long.len() {
        0.6
    } else {
        0.0
    }
}

/// Whether a word is another without some of its vowels, as `qty` is `quantity`.
fn is_shortened(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    let ends = short.chars().next() == long.chars().next() && short.chars().last() == long.chars().last();
    ends && !short.contains(['a', 'e', 'i', 'o', 'u'])
        && short.chars().all(|one| rest.any(|other| other == one))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn letters_words_and_short_forms_are_near() {
        let columns =
            ["unit_price", "quantity", "customer_id", "placed_at", "status", "birth_date", "registered_on"];
        for (wanted, best) in [
            ("price", "unit_price"),
            ("qty", "quantity"),
            ("custmer_id", "customer_id"),
            ("statuses", "status"),
            ("cust_id", "customer_id"),
            ("UnitPrice", "unit_price"),
            ("registration_date", "registered_on"),
        ] {
            assert_eq!(nearest(wanted, columns, 3).first(), Some(&best), "{wanted}");
        }
        assert!(nearest("colour", columns, 3).is_empty());
    }
}
