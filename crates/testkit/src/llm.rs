//! Language models for tests: a contract every provider passes, and two fakes.
//!
//! - [`llm_contract!`](crate::llm_contract) makes one test per clause for a provider, through its [`LlmHarness`].
//! - [`embedding_contract!`](crate::embedding_contract) does the same for an embedding provider.
//! - [`FakeLlm`] is a provider without a network, for tests of what stands above the port.
//! - [`FakeModelServer`] is a model behind real HTTP, for tests of the whole system.
//!
//! What the APIs of models differ in is a [`WireFormat`], which both the contract and the server go by.

pub mod contract;
pub mod embedding_contract;

mod chat_completions;
mod embedding;
mod fake;
mod generate_content;
mod messages_api;
mod meter;
mod reply;
mod script;
mod server;
mod wire;

pub use self::{
    chat_completions::ChatCompletions,
    contract::LlmHarness,
    embedding::EmbeddingFormat,
    embedding_contract::EmbeddingHarness,
    fake::{FakeAnswer, FakeLlm},
    generate_content::GenerateContent,
    messages_api::MessagesApi,
    reply::Reply,
    server::FakeModelServer,
    wire::{ApiError, ApiFault, Call, Carrier, Ending, Events, Turn, WireFormat},
};
