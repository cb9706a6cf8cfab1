//! Folding of words: case, accents, plurals and verb endings.

/// Lower case without accents: `München` and `munchen`, `İstanbul` and `Istanbul` become the same.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        fold_letter(letter, &mut folded);
    }
    folded
}

fn fold_letter(letter: char, into: &mut String) {
    let plain = match letter {
        '\u{300}'..='\u{36f}' => return,
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ß' => return into.push_str("ss"),
        'æ' => return into.push_str("ae"),
        'œ' => return into.push_str("oe"),
        'þ' => return into.push_str("th"),
        '’' | '‘' | 'ʼ' => '\'',
        other => other,
    };
    into.push(plain);
}

/// The singular of a folded noun; words that are no plural come back as they are.
pub fn singular(word: &str) -> String {
    if let Some(irregular) = irregular(word) {
        return irregular.to_owned();
    }
    let length = word.len();
    if matches!(word, "ids" | "ads" | "pcs" | "kms" | "cds" | "dvds") {
        return word[..length - 1].to_owned();
    }
    if !word.is_ascii() || length < 4 || !word.ends_with('s') {
        return word.to_owned();
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return if length > 5 { format!("{stem}y") } else { format!("{stem}ie") };
    }
    for suffix in ["sses", "shes", "ches", "xes", "zes", "uses"] {
        // "uses": statuses, buses; but "houses", "causes", "uses" keep their e
        if word.ends_with(suffix)
            && !(suffix == "uses" && (word.ends_with("ouses") || word.ends_with("auses") || length < 5))
        {
            return word[..length - 2].to_owned();
        }
    }
    word[..length - 1].to_owned()
}

fn irregular(word: &str) -> Option<&'static str> {
    Some(match word {
        "people" | "persons" => "person",
        "children" => "child",
        "men" => "man",
        "women" => "woman",
        "feet" => "foot",
        "movies" => "movie",
        "cookies" => "cookie",
        "series" => "series",
        "species" => "species",
        "news" => "news",
        "bus" => "bus",
        "gas" => "gas",
        "always" => "always",
        "hers" | "ours" | "yours" | "theirs" => return None,
        "heroes" => "hero",
        "potatoes" => "potato",
        "tomatoes" => "tomato",
        "lives" => "live",
        "analyses" => "analysis",
        "criteria" => "criterion",
        "wives" => "wife",
        "leaves" => "leave",
        "shelves" => "shelf",
        "yes" => "yes",
        "has" => "has",
        "does" => "does",
        "goes" => "goes",
        "this" => "this",
        "was" => "was",
        "its" => "its",
        "less" => "less",
        _ => return None,
    })
}

/// The stem of a folded word with its verb and noun endings taken off: `shipped`, `shipping` and `shipment` meet
/// in `ship`.
pub fn stem(word: &str) -> String {
    let mut stem = irregular_verb(word).map_or_else(|| singular(word), str::to_owned);
    if !stem.is_ascii() {
        return stem;
    }
    for (suffix, least) in
        [("ment", 4), ("ation", 5), ("ing", 3), ("ied", 3), ("ed", 3), ("ery", 5), ("y", 4), ("e", 3)]
    {
        if stem.ends_with(suffix) && stem.len() >= suffix.len() + least {
            stem.truncate(stem.len() - suffix.len());
            if suffix == "ery" {
                stem.push_str("er");
            }
            break;
        }
    }
    if stem.ends_with('e') && stem.len() > 3 {
        stem.pop();
    }
    let bytes = stem.as_bytes();
    if let [.., before, last] = bytes
        && before == last
        && !matches!(last, b'l' | b's' | b'e' | b'o')
        && stem.len() > 3
    {
        stem.pop();
    }
    stem
}

/// Whether a word is the past of an irregular verb: "sold", "born", "left".
pub fn is_irregular_past(word: &str) -> bool {
    irregular_verb(word).is_some()
        && !word.ends_with('s')
        && !word.ends_with("tion")
        && !matches!(word, "sale" | "subscriber")
}

fn irregular_verb(word: &str) -> Option<&'static str> {
    Some(match word {
        "sold" | "sale" | "sales" => "sell",
        "bought" => "buy",
        "paid" => "pay",
        "spent" => "spend",
        "left" => "leave",
        "made" => "make",
        "wrote" | "written" => "write",
        "gave" | "given" => "give",
        "built" => "build",
        "began" | "begun" => "begin",
        "came" => "come",
        "sent" => "send",
        "won" => "win",
        "taught" => "teach",
        "held" => "hold",
        "born" => "birth",
        "registration" | "registrations" => "register",
        "subscription" | "subscriptions" | "subscriber" | "subscribers" => "subscribe",
        "hires" | "hirings" => "hire",
        "launches" => "launch",
        _ => return None,
    })
}

/// Whether two words differ by at most `limit` insertions, deletions, replacements or swaps of neighbours.
pub fn within_edits(left: &str, right: &str, limit: usize) -> bool {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    if left.len().abs_diff(right.len()) > limit {
        return false;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, &letter) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, &other) in right.iter().enumerate() {
            let mut cost =
                (last[column] + usize::from(letter != other)).min(last[column + 1] + 1).min(next[column] + 1);
            if row > 0 && column > 0 && letter == right[column - 1] && left[row - 1] == other {
                cost = cost.min(before[column - 1] + 1);
            }
            next.push(cost);
        }
        before = std::mem::replace(&mut last, next);
    }
    last[right.len()] <= limit
}

/// Splits an identifier into folded words: `order_items`, `orderItems` and `Order Items` are `order`, `items`.
pub fn split_identifier(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (index, &letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            if !word.is_empty() {
                words.push(fold(&word));
                word.clear();
            }
            continue;
        }
        let previous = index.checked_sub(1).map(|before| letters[before]);
        let next_lower = letters.get(index + 1).is_some_and(|next| next.is_lowercase());
        let starts_word = letter.is_uppercase()
            && previous.is_some_and(|before| before.is_lowercase() || (before.is_uppercase() && next_lower));
        if starts_word && !word.is_empty() {
            words.push(fold(&word));
            word.clear();
        }
        word.push(letter);
    }
    if !word.is_empty() {
        words.push(fold(&word));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_and_accents() {
        for (text, folded) in
            [("München", "munchen"), ("İSTANBUL", "istanbul"), ("Łódź", "lodz"), ("Straße", "strasse")]
        {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn finds_singulars() {
        for (plural, one) in [
            ("customers", "customer"),
            ("categories", "category"),
            ("addresses", "address"),
            ("statuses", "status"),
            ("houses", "house"),
            ("boxes", "box"),
            ("people", "person"),
            ("status", "status"),
            ("movies", "movie"),
            ("courses", "course"),
            ("class", "class"),
        ] {
            assert_eq!(singular(plural), one);
        }
    }

    #[test]
    fn stems_meet() {
        for words in [
            &["ship", "shipped", "shipping", "shipment", "shipments"][..],
            &["order", "orders", "ordered", "ordering"],
            &["hire", "hired", "hiring"],
            &["deliver", "delivered", "delivery", "deliveries"],
            &["purchase", "purchased", "purchases"],
            &["sell", "selling"],
        ] {
            for word in words {
                assert_eq!(stem(word), stem(words[0]), "{word}");
            }
        }
    }

    #[test]
    fn splits_identifiers() {
        assert_eq!(split_identifier("order_items"), ["order", "items"]);
        assert_eq!(split_identifier("orderItems"), ["order", "items"]);
        assert_eq!(split_identifier("HTTPStatus code"), ["http", "status", "code"]);
        assert_eq!(split_identifier("floor_area_m2"), ["floor", "area", "m2"]);
    }

    #[test]
    fn measures_edits() {
        assert!(within_edits("custmers", "customers", 1));
        assert!(within_edits("prodcuts", "products", 1));
        assert!(!within_edits("order", "older", 0));
    }
}
