//! The SQLatte server: a thin layer of HTTP, command line and configuration over `sqlatte-core`.
//!
//! [`app`] is the whole application as a router, for tests as well as for [`serve`].

mod access;
mod assets;
mod caller;
pub mod cli;
mod commands;
pub mod config;
mod context;
mod edge;
mod error;
mod export;
mod extract;
mod openapi;
mod routes;
pub mod runtime;
mod serve;
mod sse;
mod state;
mod telemetry;
mod wire;
mod wiring;

pub use crate::{
    routes::{app, document},
    serve::serve,
    state::AppState,
};
