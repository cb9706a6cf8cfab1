//! Contract suites, fakes and recorded bodies for the tests of the other crates

pub mod llm;
pub mod store;
