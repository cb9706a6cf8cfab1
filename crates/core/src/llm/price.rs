use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use sqlatte_providers::{
    Completion, CompletionRequest, CompletionStream, LlmInfo, LlmProvider, Piece, Result, Usage, Usd,
};

/// What one token of a model costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// A token read.
    pub input: Usd,
    /// A token read out of the provider's cache.
    pub cached_input: Usd,
    /// A token read and put into the provider's cache.
    pub cache_write: Usd,
    /// A token written.
    pub output: Usd,
}

impl Price {
    /// What this usage costs.
    pub fn cost(&self, usage: &Usage) -> Usd {
        let Usage { input_tokens, cached_tokens, cache_write_tokens, output_tokens, .. } = *usage;
        let plain = input_tokens.saturating_sub(cached_tokens).saturating_sub(cache_write_tokens);
        [
            self.input.times(plain),
            self.cached_input.times(cached_tokens),
            self.cache_write.times(cache_write_tokens),
            self.output.times(output_tokens),
        ]
        .into_iter()
        .fold(Usd::ZERO, Usd::saturating_add)
    }
}

/// A provider whose completions say what they cost.
#[derive(Debug)]
pub struct Priced {
    provider: Arc<dyn LlmProvider>,
    price: Price,
}

impl Priced {
    /// `provider`, with the price of the model it asks.
    pub fn new(provider: Arc<dyn LlmProvider>, price: Price) -> Self {
        Priced { provider, price }
    }

    fn price(&self, usage: Usage) -> Usage {
        Usage { cost: Some(self.price.cost(&usage)), ..usage }
    }

    /// Calls that fail cost something too, as far as they say what they used.
    fn priced(&self, outcome: Result<Completion>) -> Result<Completion> {
        match outcome {
            Ok(completion) => Ok(Completion { usage: self.price(completion.usage), ..completion }),
            Err(error) => {
                let usage = self.price(error.usage());
                Err(error.with_usage(usage))
            }
        }
    }
}

#[async_trait]
impl LlmProvider for Priced {
    fn info(&self) -> LlmInfo {
        self.provider.info()
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion> {
        self.priced(self.provider.complete(request).await)
    }

    fn stream<'a>(&'a self, request: &'a CompletionRequest) -> CompletionStream<'a> {
        let priced = |piece| match piece {
            Ok(Piece::Done(completion)) => self.priced(Ok(completion)).map(Piece::Done),
            Ok(piece) => Ok(piece),
            Err(error) => self.priced(Err(error)).map(Piece::Done),
        };
        self.provider.stream(request).map(priced).boxed()
    }

    async fn check(&self) -> Result<()> {
        self.provider.check().await
    }

    async fn room(&self) -> Option<u64> {
        self.provider.room().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_token_has_its_price() {
        let price = Price {
            input: Usd::from_picos(3_000_000),
            cached_input: Usd::from_picos(300_000),
            cache_write: Usd::from_picos(3_750_000),
            output: Usd::from_picos(15_000_000),
        };
        let usage = Usage {
            input_tokens: 1_000,
            cached_tokens: 600,
            cache_write_tokens: 300,
            output_tokens: 10,
            ..Usage::FAILED_CALL
        };
        // 100 at 3, 600 at 0.30, 300 at 3.75 and 10 at 15 dollars for a million.
        assert_eq!(price.cost(&usage).to_string(), "0.001755");
        let impossible = Usage { input_tokens: 1, ..usage };
        assert_eq!(price.cost(&impossible).to_string(), "0.001455", "no less than nothing");
        assert_eq!(price.cost(&Usage { output_tokens: u64::MAX, ..usage }), Usd::from_picos(u64::MAX));
    }
}
