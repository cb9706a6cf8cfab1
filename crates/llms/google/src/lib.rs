//! Google's Gemini models as an LLM provider, and its embedding models as an embedding provider.
//!
//! Two APIs serve them with one format, `generateContent`: the Gemini API (<https://ai.google.dev/api/generate-content>)
//! to whoever has a key, and Vertex AI to accounts of a Google Cloud project. Embedders make a [`Google`] from a
//! [`GeminiConfig`] or a `VertexConfig`; the registry makes one from settings through [`GeminiFactory`] or
//! `VertexFactory`. Vertex AI needs the crate's feature `vertex`, without which no login code is compiled.

mod access;
mod config;
mod embeddings;
mod error;
mod models;
mod provider;
#[cfg(feature = "vertex")]
mod vertex;
mod wire;

pub use crate::{
    config::{GeminiConfig, StructuredOutput, ThinkingLevel},
    embeddings::{GeminiEmbeddingConfig, GeminiEmbeddingFactory, GoogleEmbeddings},
    provider::{GeminiFactory, Google},
};
#[cfg(feature = "vertex")]
pub use crate::{
    embeddings::{VertexEmbeddingConfig, VertexEmbeddingFactory},
    vertex::{VertexConfig, VertexFactory},
};
