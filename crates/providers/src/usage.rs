use std::{fmt, ops::AddAssign};

/// Tokens of one or more calls, and what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Calls made, failed ones among them.
    pub llm_calls: u32,
    /// Of the calls, those that no model answered: it could not be reached, was busy or too slow, let nobody in
    /// or did not take the request.
    pub unanswered_calls: u32,
    /// Of the calls, those that another model answered in place of the first in the order.
    pub stand_in_calls: u32,
    /// Tokens read, cached ones included.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Of the tokens read, those that came from the provider's cache.
    pub cached_tokens: u64,
    /// Of the tokens read, those that the provider put into its cache, where it says so.
    pub cache_write_tokens: u64,
    /// What these tokens cost; `None` where the price of some is not known. Adapters leave it out.
    pub cost: Option<Usd>,
}

impl Usage {
    /// A call that failed before it could say what it used.
    pub const FAILED_CALL: Usage = Usage {
        llm_calls: 1,
        unanswered_calls: 0,
        stand_in_calls: 0,
        input_tokens: 0,
        output_tokens: 0,
        cached_tokens: 0,
        cache_write_tokens: 0,
        cost: None,
    };

    /// Calls that a model answered, well or badly.
    pub fn answered_calls(&self) -> u32 {
        self.llm_calls.saturating_sub(self.unanswered_calls)
    }

    fn has_tokens(&self) -> bool {
        self.input_tokens > 0 || self.output_tokens > 0
    }
}

impl AddAssign for Usage {
    /// Where no tokens were counted nothing has to be paid for, so the other side's cost is that of both.
    fn add_assign(&mut self, other: Usage) {
        self.cost = match (self.cost, other.cost) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            (cost, None) if !other.has_tokens() => cost,
            (None, cost) if !self.has_tokens() => cost,
            _ => None,
        };
        self.llm_calls = self.llm_calls.saturating_add(other.llm_calls);
        self.unanswered_calls = self.unanswered_calls.saturating_add(other.unanswered_calls);
        self.stand_in_calls = self.stand_in_calls.saturating_add(other.stand_in_calls);
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.cached_tokens = self.cached_tokens.saturating_add(other.cached_tokens);
        self.cache_write_tokens = self.cache_write_tokens.saturating_add(other.cache_write_tokens);
    }
}

/// An amount of US dollars, exact to a millionth of a millionth and up to eighteen millions; sums stop there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Usd(u64);

impl Usd {
    /// Nothing to pay.
    pub const ZERO: Usd = Usd(0);

    /// From millionths of a millionth of a dollar, which is what a token costs whose price is a dollar for a million
    /// tokens, a million times over.
    pub const fn from_picos(picos: u64) -> Self {
        Usd(picos)
    }

    /// The amount in millionths of a millionth of a dollar.
    pub const fn picos(self) -> u64 {
        self.0
    }

    /// The amount in dollars, as near as a float comes to it.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e12
    }

    /// This amount so many times.
    #[must_use]
    pub const fn times(self, count: u64) -> Usd {
        Usd(self.0.saturating_mul(count))
    }

    /// Both amounts.
    #[must_use]
    pub const fn saturating_add(self, other: Usd) -> Usd {
        Usd(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Usd {
    /// All digits that count, such as `0.00345`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ONE: u64 = 1_000_000_000_000;
        let fraction = format!("{:012}", self.0 % ONE);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{}", self.0 / ONE),
            digits => write!(f, "{}.{digits}", self.0 / ONE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(tokens: u64, cost: Option<u64>) -> Usage {
        Usage { input_tokens: tokens, cost: cost.map(Usd::from_picos), ..Usage::FAILED_CALL }
    }

    fn sum(parts: [Usage; 2]) -> (u32, Option<u64>) {
        let mut whole = Usage::default();
        parts.into_iter().for_each(|part| whole += part);
        (whole.llm_calls, whole.cost.map(Usd::picos))
    }

    #[test]
    fn a_cost_is_known_if_that_of_every_token_is() {
        assert_eq!(sum([used(5, Some(10)), used(1, Some(3))]), (2, Some(13)));
        assert_eq!(sum([used(5, Some(10)), Usage::FAILED_CALL]), (2, Some(10)));
        assert_eq!(sum([Usage::FAILED_CALL, used(5, Some(10))]), (2, Some(10)));
        assert_eq!(sum([used(5, Some(10)), used(5, None)]), (2, None));
        assert_eq!(sum([used(5, None), used(5, Some(10))]), (2, None));
        assert_eq!(sum([used(5, None), Usage::default()]), (1, None));
    }

    #[test]
    fn amounts_add_up_to_the_last_digit() {
        let tenth = Usd::from_picos(100_000_000_000);
        let sum = (0..3).fold(Usd::ZERO, |sum, _| sum.saturating_add(tenth));
        assert_eq!((sum.to_string(), sum.dollars()), ("0.3".to_owned(), 0.3));
        assert_eq!(Usd::from_picos(3_450_000_001).to_string(), "0.003450000001");
        assert_eq!(
            (Usd::ZERO.to_string(), Usd::from_picos(u64::MAX).saturating_add(tenth).picos()),
            ("0".to_owned(), u64::MAX)
        );
    }
}
