//! Wrong settings, unreachable servers and missing rights, through the real program: what `sqlatte check` prints,
//! whether the server starts, and what its API answers. The texts are kept, to be read by people: each says what is
//! wrong, with which part, and what to do.

mod bigquery;
mod case;
mod mysql;
mod places;
mod postgresql;
mod sqlite;
mod trino;
