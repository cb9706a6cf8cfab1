//! What every database adapter must do, as tests that each adapter runs against its own server.
//!
//! An adapter's `tests/contract.rs` implements [`DatabaseHarness`] and calls
//! [`database_contract!`](crate::database_contract): each clause becomes a test of its own, so a failure names the
//! clause. Where a clause makes no sense for a database, the harness says why, and the test prints it.

mod corpus;
mod failures;
mod guide;
mod harness;
mod hostile;
mod limits;
mod names;
mod schema;
mod stops;
mod values;

pub use self::{
    corpus::hostile_corpus, failures::*, guide::sql_of_guide, harness::*, hostile::*, limits::*, names::*,
    schema::*, stops::*, values::*,
};

/// Makes a test of each clause for the given [`DatabaseHarness`](crate::database::DatabaseHarness).
///
/// The calling crate needs `tokio` with its macros and the multi-threaded runtime.
#[macro_export]
macro_rules! database_contract {
    ($harness:ty) => {
        $crate::database_contract! {
            $harness:
            answers_a_check, says_what_it_is,
            lists_tables, describes_columns_in_order, describes_keys, describes_comments, describes_samples,
            describes_in_the_order_asked, describes_for_a_role_that_owns_nothing, missing_table_is_not_found,
            names_cannot_break_out_of_their_quotes, tables_that_go_and_come_back_are_told_apart,
            many_tables_are_listed_and_described_on_demand,
            null_survives, decimal_survives, big_integer_survives, unsigned_survives, float_survives,
            float_nan_survives, timestamp_survives, timestamp_with_zone_survives, date_survives, time_survives,
            interval_survives, boolean_survives, json_survives, array_survives, bytes_survive, uuid_survives,
            enum_survives, utf8_survives,
            names_columns, empty_results_have_columns, max_rows_truncates, max_rows_met_exactly_is_complete,
            a_million_rows_stream_in_bounded_memory, timeout_stops_the_work, timeout_holds_while_streaming,
            timeout_holds_while_waiting_for_a_connection, dropping_the_call_stops_the_work,
            dropping_the_stream_stops_the_work, two_hundred_stops_lose_no_connection,
            calls_in_flight_fail_when_the_server_goes, many_callers_are_all_answered,
            bad_sql_is_rejected_with_words_and_place, failing_while_running_is_rejected,
            wrong_password_is_unauthorized, server_gone_is_unavailable_until_it_returns,
            nothing_shows_the_password, another_dialect_is_rejected, hostile_statements_change_nothing,
            every_change_would_be_seen
        }
    };
    ($harness:ty: $($clause:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $clause() {
                let Some(harness) =
                    $crate::database::started::<$harness>(stringify!($clause)).await
                else {
                    return;
                };
                $crate::database::$clause(&harness).await;
            }
        )*
    };
}
