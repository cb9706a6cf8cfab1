//! Aggregates over numbers: spread and percentiles. NULL and what is no number are left out.

use rusqlite::{
    Connection, Error, Result,
    functions::{Aggregate, Context, WindowAggregate},
};

use super::{PURE, number};

/// Numbers one percentile may have to keep; 8 bytes each.
const MOST_KEPT: usize = 4_000_000;

pub(super) fn install(connection: &Connection) -> Result<()> {
    for (name, spread) in [
        ("stddev", Spread { of: Of::Sample, root: true }),
        ("stdev", Spread { of: Of::Sample, root: true }),
        ("stddev_samp", Spread { of: Of::Sample, root: true }),
        ("stddev_pop", Spread { of: Of::All, root: true }),
        ("variance", Spread { of: Of::Sample, root: false }),
        ("var_samp", Spread { of: Of::Sample, root: false }),
        ("var_pop", Spread { of: Of::All, root: false }),
    ] {
        connection.create_window_function(name, 1, PURE, spread)?;
    }
    connection.create_window_function("median", 1, PURE, Percentile { scale: None, between: true })?;
    for (name, scale, between) in
        [("percentile", 100.0, true), ("percentile_cont", 1.0, true), ("percentile_disc", 1.0, false)]
    {
        connection.create_window_function(name, 2, PURE, Percentile { scale: Some(scale), between })?;
    }
    Ok(())
}

/// What the numbers are: all there are, or a sample of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    All,
    Sample,
}

/// Variance, or its root, by Welford's method, which loses no digits to large means.
#[derive(Clone, Copy)]
struct Spread {
    of: Of,
    root: bool,
}

#[derive(Default)]
struct Moments {
    count: u64,
    mean: f64,
    /// The sum of squared distances from the mean.
    squares: f64,
}

impl Spread {
    fn of(self, moments: &Moments) -> Option<f64> {
        let divisor = match self.of {
            Of::All => moments.count,
            Of::Sample => moments.count.checked_sub(1)?,
        };
        if divisor == 0 {
            return None;
        }
        // Taking numbers out of a window can leave a hair less than nothing.
        let variance = (moments.squares / divisor as f64).max(0.0);
        Some(if self.root { variance.sqrt() } else { variance })
    }
}

impl Aggregate<Moments, Option<f64>> for Spread {
    fn init(&self, _: &mut Context<'_>) -> Result<Moments> {
        Ok(Moments::default())
    }

    fn step(&self, context: &mut Context<'_>, moments: &mut Moments) -> Result<()> {
        if let Some(number) = number(context, 0) {
            moments.count += 1;
            let before = number - moments.mean;
            moments.mean += before / moments.count as f64;
            moments.squares += before * (number - moments.mean);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, moments: Option<Moments>) -> Result<Option<f64>> {
        Ok(moments.and_then(|moments| self.of(&moments)))
    }
}

impl WindowAggregate<Moments, Option<f64>> for Spread {
    fn value(&self, moments: Option<&mut Moments>) -> Result<Option<f64>> {
        Ok(moments.and_then(|moments| self.of(moments)))
    }

    fn inverse(&self, context: &mut Context<'_>, moments: &mut Moments) -> Result<()> {
        if let Some(number) = number(context, 0) {
            match moments.count {
                0 | 1 => *moments = Moments::default(),
                count => {
                    let after = number - moments.mean;
                    moments.count = count - 1;
                    moments.mean -= after / moments.count as f64;
                    moments.squares -= after * (number - moments.mean);
                }
            }
        }
        Ok(())
    }
}

/// The number below which a share of the others lies.
#[derive(Clone, Copy)]
struct Percentile {
    /// What stands for all of them, 100 or 1; without it the share is a half.
    scale: Option<f64>,
    /// Whether the number may lie between two of the others, or is always one of them.
    between: bool,
}

struct Kept {
    numbers: Vec<f64>,
    share: f64,
}

impl Percentile {
    fn share(self, context: &Context<'_>) -> Result<f64> {
        let Some(scale) = self.scale else { return Ok(0.5) };
        match number(context, 1) {
            Some(share) if (0.0..=scale).contains(&share) => Ok(share / scale),
            _ => Err(told(format!("the second argument must be a number from 0 to {scale}"))),
        }
    }

    fn of(self, kept: &Kept) -> Option<f64> {
        let mut numbers = kept.numbers.clone();
        let last = numbers.len().checked_sub(1)?;
        let place = kept.share * last as f64;
        let below = place.floor() as usize;
        let (_, low, rest) = numbers.select_nth_unstable_by(below.min(last), f64::total_cmp);
        let low = *low;
        let high = rest.iter().copied().min_by(f64::total_cmp);
        match high {
            Some(high) if self.between => Some(low + (high - low) * place.fract()),
            _ => Some(low),
        }
    }
}

impl Aggregate<Kept, Option<f64>> for Percentile {
    fn init(&self, context: &mut Context<'_>) -> Result<Kept> {
        // Without rows there are no arguments to look at.
        let share = if context.is_empty() { 0.5 } else { self.share(context)? };
        Ok(Kept { numbers: Vec::new(), share })
    }

    fn step(&self, context: &mut Context<'_>, kept: &mut Kept) -> Result<()> {
        #[expect(clippy::float_cmp, reason = "the same argument gives the same number")]
        if self.share(context)? != kept.share {
            return Err(told("the second argument must be the same for all rows".to_owned()));
        }
        if let Some(number) = number(context, 0) {
            if kept.numbers.len() == MOST_KEPT {
                return Err(told(format!(
                    "a percentile of more than {MOST_KEPT} numbers takes too much memory"
                )));
            }
            kept.numbers.push(number);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, kept: Option<Kept>) -> Result<Option<f64>> {
        Ok(kept.and_then(|kept| self.of(&kept)))
    }
}

impl WindowAggregate<Kept, Option<f64>> for Percentile {
    fn value(&self, kept: Option<&mut Kept>) -> Result<Option<f64>> {
        Ok(kept.and_then(|kept| self.of(kept)))
    }

    fn inverse(&self, context: &mut Context<'_>, kept: &mut Kept) -> Result<()> {
        // Rows leave a window in the order they came, but what is no number was never kept.
        if number(context, 0).is_some() && !kept.numbers.is_empty() {
            kept.numbers.remove(0);
        }
        Ok(())
    }
}

fn told(message: String) -> Error {
    Error::UserFunctionError(message.into())
}
