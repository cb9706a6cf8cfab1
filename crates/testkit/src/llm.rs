//! Language models for tests: a contract every provider passes, and two fakes.
//!
//! - [`llm_contract!`](crate::llm_contract) makes one test per clause for a provider, through its [`LlmHarness`].
//! - [`FakeLlm`] is a provider without a network, for tests of what stands above the port.
//! - [`FakeModelServer`] is a model behind real HTTP, for tests of the whole system.

pub mod contract;
pub mod messages_api;

mod fake;
mod reply;
mod script;
mod server;

pub use self::{
    contract::LlmHarness,
    fake::{FakeAnswer, FakeLlm},
    reply::Reply,
    server::FakeModelServer,
};
