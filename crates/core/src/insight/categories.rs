//! What figures by category tell: who leads, how few hold most, who stands out.

use super::{
    Finding, Severity,
    names::Scale,
    outliers::outliers,
    phrase::{amount, comparison, figure, list, percent},
    statistics::{Point, by_chance, median, two_sided},
};

/// Fewer categories than this are seen at a glance.
const MIN_PARTS: usize = 3;
/// Fewer categories than this have no usual figure to stand out from.
const MIN_SCATTER: usize = 8;
/// A lead over the next worth telling.
const LEAD: f64 = 0.25;
/// Leads as great as the one told are this rare at most, by the distances of the others or by counting.
const LEADS: f64 = 0.05;
/// Categories from here on are many.
const MANY: usize = 6;
/// The part of the whole that makes a concentration (Pareto's), held by at most one category in three.
const MOST: f64 = 0.8;
/// The part of the whole that one category alone is told for: among few, and among many.
const ALONE: f64 = 0.6;
const ALONE_OF_MANY: f64 = 0.5;
/// Categories named in one sentence.
const NAMED: usize = 3;

/// A measure by category; the label of rows without a category is `None`.
#[derive(Debug)]
pub(super) struct Categories {
    pub(super) measure: String,
    /// The column of the labels.
    pub(super) label: String,
    pub(super) scale: Scale,
    /// In the order of the rows.
    pub(super) parts: Vec<(Option<String>, f64)>,
}

/// What stands out among categories.
pub(super) fn findings(categories: &Categories) -> Vec<Finding> {
    let parts = &categories.parts;
    if parts.len() < MIN_PARTS || parts.iter().all(|part| part.1 == parts[0].1) {
        return Vec::new();
    }
    let lead = leader(categories);
    let alone = unnamed(categories);
    let mut findings = Vec::new();
    let shown = lead.as_ref().map(|(_, name)| name.clone());
    findings.extend(lead.map(|(finding, _)| finding));
    findings.extend(alone);
    findings.extend(concentration(categories));
    findings.extend(standing_out(categories, shown.as_deref()));
    findings
}

/// The category at the top of the order asked for, and its distance to the next.
fn leader(categories: &Categories) -> Option<(Finding, String)> {
    let Categories { measure, scale, parts, .. } = categories;
    // Rows from the least to the greatest were asked for their least.
    let ascending = parts.is_sorted_by(|one, other| one.1 <= other.1);
    let mut order: Vec<&(Option<String>, f64)> = parts.iter().collect();
    order.sort_by(|one, other| if ascending { one.1.total_cmp(&other.1) } else { other.1.total_cmp(&one.1) });
    let [(Some(first), value), (second, next), ..] = order.as_slice() else { return None };
    let lead = (value - next).abs() / next.abs();
    let figures: Vec<f64> = order.iter().map(|part| part.1).collect();
    if *value == *next || lead < LEAD || is_chance(&figures, *scale) {
        return None;
    }
    let second = second.clone().unwrap_or_else(|| format!("rows without {}", categories.label));
    let finding = Finding::new("leader", Severity::Info, 48.0)
        .message(format!(
            "{first} has the {} {measure}: {}, {}",
            if ascending { "lowest" } else { "highest" },
            amount(*value, *scale),
            comparison(*value, *next, &second, *scale)
        ))
        .figure("first", *value)
        .figure("second", *next);
    Some((finding, first.clone()))
}

/// Whether the first of some figures in order leads no more than chance makes one lead.
///
/// Counts scatter by as much as they say themselves (the difference of two counts of Poisson's). Figures of few
/// categories have no tail to judge a lead by; of more, the lead is judged as a distance and as a ratio.
fn is_chance(ordered: &[f64], scale: Scale) -> bool {
    let [first, second, ..] = ordered else { return true };
    let counts = scale == Scale::Amount && ordered.iter().all(|one| *one >= 0.0 && one.fract() == 0.0);
    if counts && two_sided((first - second) / (first + second).sqrt()) > LEADS {
        return true;
    }
    if ordered.len() < MIN_SCATTER {
        return false;
    }
    let upwards = if first > second { 1.0 } else { -1.0 };
    let distances: Vec<f64> = ordered.iter().map(|one| upwards * one).collect();
    let ratios: Vec<f64> = if ordered.iter().all(|one| *one > 0.0) {
        ordered.iter().map(|one| upwards * one.ln()).collect()
    } else {
        // Ratios of what lies on this side of the middle, or of what there is at all.
        let amounts = upwards > 0.0 && ordered.iter().all(|one| *one >= 0.0);
        let middle = if amounts { 0.0 } else { median(distances.clone()) };
        distances.iter().map(|one| one - middle).filter(|one| *one > 0.0).map(f64::ln).collect()
    };
    [distances, ratios].iter().any(|sizes| by_chance(sizes, 1, sizes.len() / 2) > LEADS)
}

fn whole(categories: &Categories) -> Option<f64> {
    let parts = &categories.parts;
    let whole: f64 = parts.iter().map(|part| part.1).sum();
    let adds_up = categories.scale == Scale::Amount && parts.iter().all(|part| part.1 >= 0.0);
    (adds_up && whole > 0.0).then_some(whole)
}

/// A large part of the whole that belongs to no category.
fn unnamed(categories: &Categories) -> Option<Finding> {
    let whole = whole(categories)?;
    let value: f64 = categories.parts.iter().filter(|part| part.0.is_none()).map(|part| part.1).sum();
    let share = value / whole;
    (0.2..1.0).contains(&share).then(|| {
        Finding::new("missing_values", Severity::Warning, 62.0)
            .message(format!(
                "{} of the {} shown ({}) has no {}",
                percent(share),
                categories.measure,
                figure(value),
                categories.label
            ))
            .figure("share", share)
    })
}

/// How few categories hold most of the whole.
fn concentration(categories: &Categories) -> Option<Finding> {
    let whole = whole(categories)?;
    let count = categories.parts.len();
    let mut parts: Vec<&(Option<String>, f64)> = categories.parts.iter().collect();
    parts.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut held = 0.0;
    let mut top = 0;
    while top < count && held < MOST * whole {
        held += parts[top].1;
        top += 1;
    }
    let largest = parts[0].1 / whole;
    let of_whole = |share: f64| format!("{} of the {} shown", percent(share), categories.measure);
    let finding = Finding::new("concentration", Severity::Info, 50.0);
    if top > 1 && count >= MANY && top * 3 <= count {
        let finding = finding
            .message(format!("The top {top} of {count} hold {}", of_whole(held / whole)))
            .figure("top", top as f64)
            .figure("share", held / whole);
        return Some(finding);
    }
    let name = parts[0].0.as_ref()?;
    (largest >= if count < MANY { ALONE } else { ALONE_OF_MANY }).then(|| {
        finding
            .message(format!("{name} alone holds {}", of_whole(largest)))
            .figure("top", 1.0)
            .figure("share", largest)
    })
}

/// Categories far from the usual, besides the one told already.
fn standing_out(categories: &Categories, told: Option<&str>) -> Option<Finding> {
    let parts = &categories.parts;
    if parts.len() < MIN_SCATTER {
        return None;
    }
    let points: Vec<Point> =
        parts.iter().enumerate().map(|(at, part)| Point { at: at as i64, value: part.1 }).collect();
    let found = outliers(&points, 0.0, None);
    let names: Vec<(String, f64)> = found
        .iter()
        .filter_map(|one| Some((parts[one.place].0.clone()?, parts[one.place].1)))
        .filter(|(name, _)| told != Some(name.as_str()))
        .collect();
    let first = found.first()?;
    if names.is_empty() {
        return None;
    }
    let list_of: Vec<String> = names
        .iter()
        .take(NAMED)
        .map(|(name, value)| format!("{name} ({})", amount(*value, categories.scale)))
        .collect();
    let more = names.len() - list_of.len();
    let rest = if more == 0 { String::new() } else { format!(", and {more} more") };
    let middle = median(parts.iter().map(|part| part.1).collect());
    Some(
        Finding::new("outlier", Severity::Warning, 49.0)
            .message(format!(
                "{}{rest} {} out: the median {} of {} is {}",
                list(&list_of),
                if names.len() == 1 { "stands" } else { "stand" },
                categories.measure,
                parts.len(),
                amount(middle, categories.scale)
            ))
            .figure("score", first.score)
            .figure("median", middle)
            .figure("count", names.len() as f64),
    )
}
