//! What passes the guard and what does not.

mod corpora;
mod depth;
mod messages;
mod properties;
mod schema;
