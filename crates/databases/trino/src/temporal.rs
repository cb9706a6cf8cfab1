//! Points in time and durations, from the server's spelling to ISO 8601.

use jiff::{civil, tz::TimeZone};

/// `2026-11-22 13:14:15.5 Europe/Istanbul` as `2026-11-22T13:14:15.5+03:00`; what is no instant stays as it
/// is.
///
/// The server does not say which of two equal local times it means when the clocks go back: the first is
/// taken.
pub(crate) fn instant(text: &str) -> String {
    to_instant(text).unwrap_or_else(|| text.to_owned())
}

fn to_instant(text: &str) -> Option<String> {
    let (local, zone) = text.rsplit_once(' ')?;
    let (date, time) = local.split_once(' ')?;
    let offset = match zone {
        "UTC" | "Z" | "GMT" => "Z".to_owned(),
        _ if zone.starts_with(['+', '-']) => zone.to_owned(),
        _ => offset(date, time, zone)?,
    };
    Some(format!("{date}T{time}{offset}"))
}

/// The offset of a named zone, to the minute where it is one of whole minutes.
fn offset(date: &str, time: &str, zone: &str) -> Option<String> {
    let seconds = time.split('.').next()?;
    let local: civil::DateTime = format!("{date}T{seconds}").parse().ok()?;
    let zoned = TimeZone::get(zone).ok()?.to_ambiguous_zoned(local).compatible().ok()?;
    let offset = zoned.offset().seconds();
    let (sign, offset) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
    let minutes = format!("{sign}{:02}:{:02}", offset / 3600, offset / 60 % 60);
    Some(match offset % 60 {
        0 => minutes,
        seconds => format!("{minutes}:{seconds:02}"),
    })
}

/// `-1-2`, in years and months, as `P-1Y-2M`; anything else stays as it is.
pub(crate) fn year_to_month(text: &str) -> String {
    let read = || {
        let (sign, digits) = signed(text);
        let (years, months) = digits.split_once('-')?;
        let parts = [(years.parse::<u64>().ok()?, 'Y'), (months.parse::<u64>().ok()?, 'M')];
        let parts: String = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, unit)| format!("{sign}{count}{unit}"))
            .collect();
        Some(if parts.is_empty() { "P0M".to_owned() } else { format!("P{parts}") })
    };
    read().unwrap_or_else(|| text.to_owned())
}

/// `-1 02:03:04.005`, in days and a time, as `P-1DT-2H-3M-4.005S`; anything else stays as it is.
pub(crate) fn day_to_second(text: &str) -> String {
    let read = || {
        let (sign, digits) = signed(text);
        let (days, time) = digits.split_once(' ')?;
        let mut units = time.split(':');
        let mut unit = || units.next()?.parse::<u64>().ok();
        let (days, hours, minutes) = (days.parse::<u64>().ok()?, unit()?, unit()?);
        let seconds = units.next()?;
        let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
        let (whole, fraction) = (whole.parse::<u64>().ok()?, fraction.trim_end_matches('0'));
        if units.next().is_some() || !fraction.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let mut iso = String::from("P");
        if days > 0 {
            iso += &format!("{sign}{days}D");
        }
        let mut time = String::new();
        for (count, unit) in [(hours, 'H'), (minutes, 'M')] {
            if count > 0 {
                time += &format!("{sign}{count}{unit}");
            }
        }
        match fraction {
            "" if whole == 0 => {}
            "" => time += &format!("{sign}{whole}S"),
            _ => time += &format!("{sign}{whole}.{fraction}S"),
        }
        if !time.is_empty() {
            iso += "T";
            iso += &time;
        }
        Some(if iso.len() == 1 { "PT0S".to_owned() } else { iso })
    };
    read().unwrap_or_else(|| text.to_owned())
}

fn signed(text: &str) -> (&'static str, &str) {
    match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_offsets() {
        for (text, iso) in [
            ("2026-11-22 13:14:15.123456 Europe/Istanbul", "2026-11-22T13:14:15.123456+03:00"),
            ("2026-11-22 13:14:15.123456789012 +03:00", "2026-11-22T13:14:15.123456789012+03:00"),
            ("2026-11-22 13:14:15 UTC", "2026-11-22T13:14:15Z"),
            ("2026-07-01 00:00:00.000 America/New_York", "2026-07-01T00:00:00.000-04:00"),
            ("2026-12-01 00:00:00.000 America/New_York", "2026-12-01T00:00:00.000-05:00"),
            // once in summer time, once more an hour later
            ("2026-10-25 02:30:00 Europe/Berlin", "2026-10-25T02:30:00+02:00"),
            ("1900-01-01 00:00:00 Europe/Istanbul", "1900-01-01T00:00:00+01:56:56"),
            ("2026-11-22 13:14:15 Asia/Kathmandu", "2026-11-22T13:14:15+05:45"),
            // left alone: no such zone, a year beyond the calendar, no instant
            ("2026-11-22 13:14:15 Mars/Base", "2026-11-22 13:14:15 Mars/Base"),
            ("+12345-11-22 13:14:15 Europe/Berlin", "+12345-11-22 13:14:15 Europe/Berlin"),
            ("soon", "soon"),
            ("", ""),
        ] {
            assert_eq!(instant(text), iso);
        }
    }

    #[test]
    fn intervals_are_iso_8601() {
        for (text, iso) in [
            ("1-2", "P1Y2M"),
            ("1-0", "P1Y"),
            ("-1-2", "P-1Y-2M"),
            ("0-0", "P0M"),
            ("x", "x"),
            ("1-x", "1-x"),
        ] {
            assert_eq!(year_to_month(text), iso);
        }
        for (text, iso) in [
            ("1 02:00:00.000", "P1DT2H"),
            ("2 01:00:00.000", "P2DT1H"),
            ("-1 02:03:04.005", "P-1DT-2H-3M-4.005S"),
            ("0 00:00:00.000", "PT0S"),
            ("0 00:00:00.500", "PT0.5S"),
            ("3 00:00:00.000", "P3D"),
            ("0 00:00:07", "PT7S"),
            ("1 02:00", "1 02:00"),
            ("1 02:00:00.x", "1 02:00:00.x"),
            ("1 02:00:00:00", "1 02:00:00:00"),
            ("", ""),
        ] {
            assert_eq!(day_to_second(text), iso);
        }
    }
}
