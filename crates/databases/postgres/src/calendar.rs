//! Dates, times and intervals as PostgreSQL stores them, written as it writes them itself.

use std::fmt::Write as _;

use crate::digits;

const MICROS_OF_DAY: i64 = 24 * 60 * 60 * 1_000_000;
/// 2000-01-01, from which PostgreSQL counts, in days from 1970-01-01.
const EPOCH: i64 = 10_957;
const INFINITY: &str = "infinity";
const MINUS_INFINITY: &str = "-infinity";

/// `days` since 2000-01-01.
pub(crate) fn date(days: i32) -> String {
    match days {
        i32::MAX => INFINITY.to_owned(),
        i32::MIN => MINUS_INFINITY.to_owned(),
        days => {
            let mut text = String::with_capacity(10);
            let era = push_date(&mut text, i64::from(days));
            text.push_str(era);
            text
        }
    }
}

/// Microseconds since midnight.
pub(crate) fn time(micros: i64) -> String {
    let mut text = String::with_capacity(15);
    push_time(&mut text, micros);
    text
}

/// Microseconds since 2000-01-01, without a zone.
pub(crate) fn timestamp(micros: i64) -> String {
    moment(micros, ' ', "")
}

/// Microseconds since 2000-01-01 in UTC.
pub(crate) fn timestamp_utc(micros: i64) -> String {
    moment(micros, 'T', "Z")
}

fn moment(micros: i64, between: char, after: &str) -> String {
    match micros {
        i64::MAX => return INFINITY.to_owned(),
        i64::MIN => return MINUS_INFINITY.to_owned(),
        _ => {}
    }
    let mut text = String::with_capacity(27);
    let era = push_date(&mut text, micros.div_euclid(MICROS_OF_DAY));
    text.push(between);
    push_time(&mut text, micros.rem_euclid(MICROS_OF_DAY));
    text.push_str(after);
    text.push_str(era);
    text
}

/// Adds the date, and gives what stands at the end of a text with it.
fn push_date(text: &mut String, days: i64) -> &'static str {
    // Howard Hinnant's algorithm, with years that begin in March.
    let days = days + EPOCH + 719_468;
    let cycle = days.div_euclid(146_097);
    let day_of_cycle = days.rem_euclid(146_097);
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = cycle * 400 + year_of_cycle + i64::from(month <= 2);
    // There is no year 0.
    let (year, era) = if year > 0 { (year, "") } else { (1 - year, " BC") };
    if year < 10_000 {
        digits::push(text, year.unsigned_abs(), 2);
    } else {
        // Writing to a text cannot fail.
        let _ = write!(text, "{year}");
    }
    text.push('-');
    digits::push(text, month.unsigned_abs(), 1);
    text.push('-');
    digits::push(text, day.unsigned_abs(), 1);
    era
}

fn push_time(text: &mut String, micros: i64) {
    let seconds = micros / 1_000_000;
    digits::push(text, (seconds / 3600).unsigned_abs(), 1);
    text.push(':');
    digits::push(text, (seconds / 60 % 60).unsigned_abs(), 1);
    text.push(':');
    digits::push(text, (seconds % 60).unsigned_abs(), 1);
    push_fraction(text, micros % 1_000_000);
}

fn push_fraction(text: &mut String, micros: i64) {
    if micros != 0 {
        text.push('.');
        digits::push(text, micros.unsigned_abs(), 3);
        text.truncate(text.trim_end_matches('0').len());
    }
}

/// An interval in ISO 8601, as with `intervalstyle = iso_8601`.
pub(crate) fn interval(micros: i64, days: i32, months: i32) -> String {
    if (micros, days, months) == (0, 0, 0) {
        return "PT0S".to_owned();
    }
    let mut text = "P".to_owned();
    let mut part = |number: i64, unit: char| {
        if number != 0 {
            let _ = write!(text, "{number}{unit}");
        }
    };
    part(i64::from(months / 12), 'Y');
    part(i64::from(months % 12), 'M');
    part(i64::from(days), 'D');
    if micros != 0 {
        text.push('T');
        let mut part = |number: i64, unit: char| {
            if number != 0 {
                let _ = write!(text, "{number}{unit}");
            }
        };
        let seconds = micros / 1_000_000;
        part(seconds / 3600, 'H');
        part(seconds / 60 % 60, 'M');
        let rest = micros % 60_000_000;
        if rest != 0 {
            let _ = write!(text, "{}{}", if rest < 0 { "-" } else { "" }, (rest / 1_000_000).abs());
            push_fraction(&mut text, (rest % 1_000_000).abs());
            text.push('S');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{date, interval, time, timestamp, timestamp_utc};

    #[test]
    fn writes_dates() {
        for (days, text) in [
            (0, "2000-01-01"),
            (-1, "1999-12-31"),
            (59, "2000-02-29"),
            (9_822, "2026-11-22"),
            (-730_119, "0001-01-01"),
            (-730_120, "0001-12-31 BC"),
            (-746_117, "0044-03-15 BC"),
            (2_921_940, "10000-01-01"),
            (2_145_031_948, "5874897-12-31"),
            (-2_451_545, "4714-11-24 BC"),
            (i32::MAX, "infinity"),
            (i32::MIN, "-infinity"),
        ] {
            assert_eq!(date(days), text);
        }
    }

    #[test]
    fn writes_times() {
        assert_eq!(time(86_399_000_000), "23:59:59");
        assert_eq!(time(86_400_000_000), "24:00:00");
        assert_eq!(time(1), "00:00:00.000001");
        assert_eq!(time(500_000), "00:00:00.5");
        assert_eq!(timestamp(-1), "1999-12-31 23:59:59.999999");
        assert_eq!(timestamp_utc(0), "2000-01-01T00:00:00Z");
        assert_eq!(
            (timestamp(i64::MAX).as_str(), timestamp_utc(i64::MIN).as_str()),
            ("infinity", "-infinity")
        );
    }

    #[test]
    fn writes_intervals() {
        for ((micros, days, months), text) in [
            ((7_200_000_000, 1, 0), "P1DT2H"),
            ((0, 0, 14), "P1Y2M"),
            ((0, 0, -14), "P-1Y-2M"),
            ((-1_500_000, 0, 0), "PT-1.5S"),
            ((-500_000, 3, 0), "P3DT-0.5S"),
            ((-3_723_000_000, 0, 0), "PT-1H-2M-3S"),
            ((0, 0, 0), "PT0S"),
        ] {
            assert_eq!(interval(micros, days, months), text);
        }
    }
}
