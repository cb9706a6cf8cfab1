use google_cloud_bigquery_v2::Error;
use google_cloud_gax::{retry_policy::RetryPolicy, retry_result::RetryResult, retry_state::RetryState};

use crate::fault::Fault;

/// Calls made beyond the first.
const RETRIES: u32 = 2;

/// Makes a call again where its failure may pass by itself. All our calls can be made twice: jobs carry an
/// id.
#[derive(Debug)]
pub(crate) struct Passing;

impl RetryPolicy for Passing {
    fn on_error(&self, state: &RetryState, error: Error) -> RetryResult {
        // A call that took its whole time would take it again.
        let passes = error.is_connect() || error.is_io() || Fault::of_call(&error).is_passing();
        match passes && state.attempt_count <= RETRIES {
            true => RetryResult::Continue(error),
            false => RetryResult::Permanent(error),
        }
    }
}
