//! The shapes of the Messages API: <https://platform.claude.com/docs/en/api/messages>.

mod answer;
mod events;
mod order;
mod request;
mod schema;

pub(crate) use self::{
    answer::Answer,
    events::{Draft, LONGEST, Step},
    request::Body,
};
