//! Contract suites, fakes and recorded bodies for the tests of the other crates

pub mod database;
pub mod llm;
pub mod proxy;
mod skip;
pub mod store;

pub use self::skip::skip;
