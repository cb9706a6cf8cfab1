//! OpenAI-compatible chat completions as an LLM provider, and embeddings as an embedding provider.
//!
//! Embedders make an [`OpenAi`] from a [`Config`]; the registry makes one from settings through [`OpenAiFactory`]. The
//! protocol is that of <https://platform.openai.com/docs/api-reference/chat>, which Azure OpenAI, Ollama, vLLM,
//! LM Studio, OpenRouter, DeepSeek and many others speak too: `base_url` points at them. They differ in what they
//! know of it; what a server says it does not know is not sent to it again. [`OpenAiEmbeddings`] asks the same servers
//! for vectors.

mod config;
mod embeddings;
mod endpoint;
mod error;
mod manner;
mod provider;
mod room;
mod wire;

pub use crate::{
    config::{Config, ReasoningEffort, StructuredOutput, TokensField},
    embeddings::{EmbeddingConfig, OpenAiEmbeddingFactory, OpenAiEmbeddings},
    provider::{OpenAi, OpenAiFactory},
};
