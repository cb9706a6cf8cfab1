//! Anthropic's Messages API as an LLM provider.
//!
//! Embedders make an [`Anthropic`] from a [`Config`]; the registry makes one from settings through
//! [`AnthropicFactory`]. The protocol is that of <https://platform.claude.com/docs/en/api/messages>, which other
//! servers and gateways speak too: `base_url` points at them.

mod config;
mod error;
mod models;
mod provider;
mod wire;

pub use crate::{
    config::{Config, Effort, StructuredOutput},
    provider::{Anthropic, AnthropicFactory},
};
