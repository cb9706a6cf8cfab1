use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, de};
use sqlatte_core::llm::{BreakerLimits, Price};
use sqlatte_providers::Usd;

use super::ConfigError;

/// The most that a million tokens may cost, in US dollars: above it a price is a slip.
const DEAREST: f64 = 1_000_000.0;
/// The most picodollars of a price that fits a token: a dollar for a million tokens is a million of them for one.
const PICOS: f64 = 1e6;

/// Which model is asked: a provider, and what is set otherwise than in its section.
#[derive(Clone, Default)]
pub struct Model {
    /// The kind of provider; `None` for `llm.provider`.
    pub provider: Option<String>,
    /// Keys over those of the provider's section, unread.
    pub own: serde_json::Map<String, serde_json::Value>,
}

impl Model {
    /// Whether it says anything.
    pub(crate) fn is_set(&self) -> bool {
        self.provider.is_some() || !self.own.is_empty()
    }
}

impl fmt::Debug for Model {
    /// Names alone: any value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for Model {
    /// A provider's name, or a mapping with the key `provider` and what is set otherwise.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Model;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a provider, or a section with the key `provider`")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Model, E> {
                Ok(Model { provider: Some(name.to_owned()), own: serde_json::Map::new() })
            }

            fn visit_unit<E: de::Error>(self) -> Result<Model, E> {
                Ok(Model::default())
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Model, A::Error> {
                let mut model = Model::default();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "provider" {
                        model.provider = map.next_value::<Option<String>>()?.filter(|name| !name.is_empty());
                    } else {
                        model.own.insert(key, map.next_value()?);
                    }
                }
                Ok(model)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// The models of single tasks, where they are not that of `llm.provider`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tasks {
    /// For turning a question into SQL.
    pub interpret: Model,
    /// For mending a statement that failed.
    pub repair: Model,
    /// For telling what stands out in an answer.
    pub insights: Model,
    /// For replies in words; unset, the call that interprets replies as well.
    pub chat: Model,
}

impl Tasks {
    /// Each with its key.
    pub(crate) fn each(&self) -> [(&'static str, &Model); 4] {
        [
            ("llm.tasks.interpret", &self.interpret),
            ("llm.tasks.repair", &self.repair),
            ("llm.tasks.insights", &self.insights),
            ("llm.tasks.chat", &self.chat),
        ]
    }
}

/// When a model that fails is left alone, and another one is asked, if there is one.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breaker {
    /// Failures in a row.
    pub failures: u32,
    /// Seconds.
    pub pause: u64,
}

impl Breaker {
    pub(super) fn check(self) -> Result<(), ConfigError> {
        if self.failures == 0 || !(1..=3_600).contains(&self.pause) {
            return Err(ConfigError(
                "llm.breaker: failures must be at least 1, and pause from 1 to 3600 seconds".to_owned(),
            ));
        }
        Ok(())
    }

    /// For the breaker itself.
    pub(crate) fn limits(self) -> BreakerLimits {
        BreakerLimits { failures: self.failures, pause: std::time::Duration::from_secs(self.pause) }
    }
}

/// What a million tokens of a model cost, in US dollars.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelPrice {
    /// Read.
    pub input: f64,
    /// Read out of the provider's cache; as `input` unless set.
    pub cached_input: Option<f64>,
    /// Read and put into the provider's cache; as `input` unless set.
    pub cache_write: Option<f64>,
    /// Written.
    pub output: f64,
}

impl ModelPrice {
    /// The price of a token.
    pub(crate) fn price(self) -> Price {
        // Within the bounds of `check_prices` nothing is lost but digits below a millionth of a dollar.
        let token = |dollars: f64| Usd::from_picos((dollars * PICOS).round() as u64);
        Price {
            input: token(self.input),
            cached_input: token(self.cached_input.unwrap_or(self.input)),
            cache_write: token(self.cache_write.unwrap_or(self.input)),
            output: token(self.output),
        }
    }
}

/// Refuses prices that can be none.
pub(super) fn check_prices(prices: &BTreeMap<String, ModelPrice>) -> Result<(), ConfigError> {
    for (model, price) in prices {
        let ModelPrice { input, cached_input, cache_write, output } = *price;
        let mut all = [Some(input), cached_input, cache_write, Some(output)].into_iter().flatten();
        if !all.all(|price| (0.0..=DEAREST).contains(&price)) {
            return Err(ConfigError(format!(
                "llm.prices.{model}: a price is the US dollars of a million tokens, from 0 to {DEAREST}"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
