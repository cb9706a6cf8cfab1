use super::names::Scale;

/// A column's name as words: `order_count` is order count.
pub(super) fn spoken(name: &str) -> String {
    name.replace('_', " ").trim().to_owned()
}

/// The first word of a sentence.
pub(super) fn first_word(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// A number for a sentence: three digits that count, or whole with grouped thousands.
pub(super) fn figure(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-4) {
        return format!("{value:.2e}");
    }
    let decimals: i32 = match size {
        _ if size >= 1000.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 || size == 0.0 => 2,
        // 0.0123: as many zeros as there are, and three digits.
        _ => 2 - size.log10().floor() as i32,
    };
    let text = format!("{value:.*}", usize::try_from(decimals).unwrap_or(2));
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

/// A figure of a measure: percentages with their sign.
pub(super) fn amount(value: f64, scale: Scale) -> String {
    match scale {
        Scale::Percent => format!("{} %", figure(value)),
        Scale::Amount | Scale::Level => figure(value),
    }
}

/// How a figure compares with another one: `50 % above 2026-09 (80)`.
///
/// Percentages differ by points; and where the other is not above zero, a percentage of it says nothing.
pub(super) fn comparison(value: f64, other: f64, other_name: &str, scale: Scale) -> String {
    let base = format!("{other_name} ({})", amount(other, scale));
    let difference = value - other;
    if difference == 0.0 {
        return format!("the same as {base}");
    }
    let side = if difference > 0.0 { "above" } else { "below" };
    if scale == Scale::Percent {
        return format!("{} points {side} {base}", figure(difference.abs()));
    }
    if other <= 0.0 || value < 0.0 {
        return format!("{} {side} {base}", figure(difference.abs()));
    }
    if value / other >= 10.0 {
        return format!("{} times {base}", figure(value / other));
    }
    format!("{} {side} {base}", percent((value / other - 1.0).abs()))
}

/// A part of 1 as a percentage, to one decimal where that tells something.
pub(super) fn percent(part: f64) -> String {
    let percent = part * 100.0;
    let rounded = if percent.abs() >= 0.1 { (percent * 10.0).round() / 10.0 } else { percent };
    format!("{} %", figure(rounded))
}

/// `p < 0.001` or `p = 0.004`.
pub(super) fn probability(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
}

/// Words joined as a list: `a, b and c`.
pub(super) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [firsts @ .., last] => format!("{} and {last}", firsts.join(", ")),
    }
}
