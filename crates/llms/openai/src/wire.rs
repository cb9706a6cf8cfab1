//! The shapes of chat completions: <https://platform.openai.com/docs/api-reference/chat>.

mod answer;
mod draft;
mod models;
mod prose;
mod request;
mod schema;

pub(crate) use self::{
    draft::{Draft, LONGEST, Step},
    models::{Model, Models, is_same},
    request::Body,
};
