//! Google's Gemini models as an LLM provider.
//!
//! Two APIs serve them with one format, `generateContent`: the Gemini API (<https://ai.google.dev/api/generate-content>)
//! to whoever has a key, and Vertex AI to accounts of a Google Cloud project. Embedders make a [`Google`] from a
//! [`GeminiConfig`] or a `VertexConfig`; the registry makes one from settings through [`GeminiFactory`] or
//! `VertexFactory`. Vertex AI needs the crate's feature `vertex`, without which no login code is compiled.

mod access;
mod config;
mod error;
mod models;
mod provider;
#[cfg(feature = "vertex")]
mod vertex;
mod wire;

#[cfg(feature = "vertex")]
pub use crate::vertex::{VertexConfig, VertexFactory};
pub use crate::{
    config::{GeminiConfig, StructuredOutput, ThinkingLevel},
    provider::{GeminiFactory, Google},
};
