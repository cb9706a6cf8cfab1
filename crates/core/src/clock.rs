use std::fmt;

use chrono::{DateTime, FixedOffset, Local, NaiveDate, Utc};

/// Where the time comes from.
///
/// `chrono::Local::now` is a clock; tests pass one that stands still.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, in the zone whose calendar people mean by "today".
    fn now(&self) -> DateTime<FixedOffset>;
}

impl<F> Clock for F
where
    F: Fn() -> DateTime<Local> + Send + Sync + 'static,
{
    fn now(&self) -> DateTime<FixedOffset> {
        self().fixed_offset()
    }
}

impl dyn Clock {
    /// The present instant in UTC.
    pub fn utc(&self) -> DateTime<Utc> {
        self.now().to_utc()
    }

    /// Today's date in the clock's zone.
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }
}

impl fmt::Debug for dyn Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
