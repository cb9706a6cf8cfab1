//! What stands between a question and the adapters of language models: prices, and other models for when one fails.

mod circuit;
mod fallback;
mod price;

pub use self::{
    circuit::{BreakerLimits, Circuit},
    fallback::Fallback,
    price::{Price, Priced},
};
