/// An interval as BigQuery writes it, `years-months days hours:minutes:seconds`, in ISO 8601.
///
/// `None` for anything else.
pub(crate) fn iso(text: &str) -> Option<String> {
    let mut parts = text.split(' ');
    let (months, days, time) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (sign, months) = signed(months);
    let (years, months) = months.split_once('-')?;
    let mut date = String::new();
    put(&mut date, sign, whole(years)?, 'Y');
    put(&mut date, sign, whole(months)?, 'M');
    let (sign, days) = signed(days);
    put(&mut date, sign, whole(days)?, 'D');

    let (sign, time) = signed(time);
    let mut units = time.split(':');
    let (hours, minutes, seconds) = (units.next()?, units.next()?, units.next()?);
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    if units.next().is_some() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut clock = String::new();
    put(&mut clock, sign, whole(hours)?, 'H');
    put(&mut clock, sign, whole(minutes)?, 'M');
    let (seconds, fraction) = (whole(seconds)?, fraction.trim_end_matches('0'));
    match fraction {
        "" => put(&mut clock, sign, seconds, 'S'),
        fraction => clock.push_str(&format!("{sign}{seconds}.{fraction}S")),
    }
    Some(match (date.as_str(), clock.as_str()) {
        ("", "") => "PT0S".to_owned(),
        (date, "") => format!("P{date}"),
        (date, clock) => format!("P{date}T{clock}"),
    })
}

fn signed(text: &str) -> (&'static str, &str) {
    text.strip_prefix('-').map_or(("", text), |rest| ("-", rest))
}

fn whole(digits: &str) -> Option<u64> {
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn put(to: &mut String, sign: &str, number: u64, unit: char) {
    if number > 0 {
        to.push_str(&format!("{sign}{number}{unit}"));
    }
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn writes_iso_8601() {
        for (text, written) in [
            ("0-0 1 2:0:0", Some("P1DT2H")),
            ("1-2 3 4:5:6.5", Some("P1Y2M3DT4H5M6.5S")),
            ("-1-2 -3 -4:5:6.500", Some("P-1Y-2M-3DT-4H-5M-6.5S")),
            ("0-0 0 0:0:0", Some("PT0S")),
            ("0-0 0 0:0:0.000001", Some("PT0.000001S")),
            ("0-0 0 -0:0:0.25", Some("PT-0.25S")),
            ("0-0 3660000 87840000:0:0", Some("P3660000DT87840000H")),
            ("10000-0 0 0:0:0", Some("P10000Y")),
            ("", None),
            ("1 day", None),
            ("0-0 1 2:0", None),
            ("0-0 1 2:0:0:0", None),
            ("0-0 1 2:0:0.x", None),
            ("0-0 1.5 2:0:0", None),
            ("- - -", None),
        ] {
            assert_eq!(iso(text).as_deref(), written, "{text}");
        }
    }
}
