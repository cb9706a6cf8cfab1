/// The words of a column's name, in lower case: `avg_orderValue` is avg, order, value.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for character in name.chars() {
        let starts = !character.is_alphanumeric() || (character.is_uppercase() && lower_before);
        if starts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        lower_before = character.is_lowercase() || character.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether numbers under this name name things rather than measure them.
pub(super) fn is_code(words: &[String]) -> bool {
    const CODES: [&str; 26] = [
        "id",
        "ids",
        "uuid",
        "guid",
        "code",
        "codes",
        "zip",
        "zipcode",
        "postcode",
        "postal",
        "phone",
        "mobile",
        "fax",
        "sku",
        "isbn",
        "ean",
        "iban",
        "key",
        "pk",
        "fk",
        "rank",
        "latitude",
        "longitude",
        "lat",
        "lon",
        "lng",
    ];
    let numbered = match words {
        [.., before, last] => {
            matches!(last.as_str(), "number" | "no" | "nr" | "num")
                && !matches!(before.as_str(), "total" | "of")
        }
        _ => false,
    };
    numbered || words.last().is_some_and(|last| CODES.contains(&last.as_str()))
}

/// How figures under a name may be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// Amounts and counts: they add up to a whole.
    Amount,
    /// Averages, prices, ratings, distinct counts: they do not add up.
    Level,
    /// Percentages: they do not add up either, and differ by points.
    Percent,
}

/// What a measure's name says of its figures.
pub(super) fn scale(words: &[String]) -> Scale {
    const PERCENT: [&str; 4] = ["percent", "percentage", "pct", "share"];
    const LEVEL: [&str; 33] = [
        "unit",
        "avg",
        "average",
        "mean",
        "median",
        "rate",
        "ratio",
        "price",
        "prices",
        "min",
        "max",
        "minimum",
        "maximum",
        "highest",
        "lowest",
        "rating",
        "score",
        "age",
        "temperature",
        "index",
        "per",
        "stddev",
        "deviation",
        "variance",
        "percentile",
        "distinct",
        "unique",
        "cumulative",
        "running",
        "height",
        "weight",
        "speed",
        "margin",
    ];
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(&PERCENT) {
        Scale::Percent
    } else if has(&LEVEL) {
        Scale::Level
    } else {
        Scale::Amount
    }
}

/// A part of a calendar, such as the month of an unnamed year or the hour of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CalendarPart {
    Year,
    Quarter,
    Month,
    Week,
    /// Day, weekday, hour or minute.
    Other,
}

/// The part of a calendar that a column of whole numbers from `least` to `most` holds, by its name.
pub(super) fn calendar_part(words: &[String], least: i64, most: i64) -> Option<CalendarPart> {
    // "Revenue this month" and "orders per day" are no months and days.
    let part = match words {
        [part] => part,
        [of, part] if !["this", "last", "per", "next", "previous", "current"].contains(&of.as_str()) => part,
        [day, of, part] if day == "day" && of == "of" && (part == "week" || part == "month") => day,
        [hour, of, day] if hour == "hour" && of == "of" && day == "day" => hour,
        _ => return None,
    };
    let (part, from, to) = match part.as_str() {
        "year" => (CalendarPart::Year, 1900, 2200),
        "quarter" | "qtr" => (CalendarPart::Quarter, 1, 4),
        "month" => (CalendarPart::Month, 1, 12),
        "week" => (CalendarPart::Week, 0, 53),
        "day" => (CalendarPart::Other, 1, 31),
        "weekday" | "dow" | "dayofweek" => (CalendarPart::Other, 0, 7),
        "hour" => (CalendarPart::Other, 0, 24),
        "minute" => (CalendarPart::Other, 0, 59),
        _ => return None,
    };
    (from <= least && most <= to).then_some(part)
}
