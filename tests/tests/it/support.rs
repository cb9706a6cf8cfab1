//! What the tests share: a server with a model and a database, and a client that checks every response.

mod api;
mod contract;
mod model;
pub(crate) mod scripted;
mod setup;

pub(crate) use self::{
    api::Api,
    contract::Contract,
    model::{answers, model, sql_of},
    setup::Setup,
};
