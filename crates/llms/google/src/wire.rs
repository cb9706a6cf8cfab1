//! The shapes of `generateContent`: <https://ai.google.dev/api/generate-content>.

mod answer;
mod draft;
mod fault;
mod request;
mod schema;

pub(crate) use self::{
    answer::{Answer, Parts},
    draft::{Draft, LONGEST, Step},
    fault::{Fault, wait_in_body},
    request::Body,
};
