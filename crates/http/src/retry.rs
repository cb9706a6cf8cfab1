use std::{
    hash::{BuildHasher, RandomState},
    time::{Duration, SystemTime},
};

use reqwest::{
    Response, StatusCode,
    header::{CONTENT_LENGTH, HeaderMap, RETRY_AFTER},
};

use crate::{client::WaitInBody, response::FAILURE_LIMIT};

/// No server's wish to wait is taken for longer than this; it also keeps sums of times from overflowing.
const LONGEST_WISH: Duration = Duration::from_secs(24 * 60 * 60);

/// When a call is made again, and after how long.
#[derive(Debug, Clone)]
pub(crate) struct Retry {
    /// Calls made beyond the first.
    pub(crate) max: u32,
    /// The statuses that may pass by themselves.
    pub(crate) statuses: Vec<u16>,
    /// The wait before the first repetition; each further one is twice as long.
    pub(crate) first_wait: Duration,
    /// No wait of our own choice is longer.
    pub(crate) longest_wait: Duration,
    /// Where the server wishes for a longer one, the call fails instead.
    pub(crate) longest_wish: Duration,
}

impl Default for Retry {
    /// Two repetitions on "too many requests" (429), "overloaded" (529) and what gateways answer while the server
    /// behind them is away (502, 503, 504). 500 is not among them: it may mean that the work was done.
    fn default() -> Self {
        Retry {
            max: 2,
            statuses: vec![429, 502, 503, 504, 529],
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(8),
            longest_wish: LONGEST_WISH,
        }
    }
}

impl Retry {
    /// Whether an answer with `status` to attempt `attempt`, counted from 0, is worth another.
    pub(crate) fn applies(&self, attempt: u32, status: StatusCode) -> bool {
        attempt < self.max && self.statuses.contains(&status.as_u16())
    }

    /// The wait after attempt `attempt`, counted from 0: exponential, with `jitter` (0 to 1) taking off up to half,
    /// so that many callers that failed together do not come back together.
    pub(crate) fn wait(&self, attempt: u32, jitter: f64) -> Duration {
        let doubled = self.first_wait.saturating_mul(2_u32.saturating_pow(attempt)).min(self.longest_wait);
        doubled.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
    }
}

/// A number from 0 to 1. It spreads load and guards nothing, so the hasher's random keys are random enough.
pub(crate) fn jitter() -> f64 {
    (RandomState::new().hash_one(0_u8) >> 11) as f64 / (1_u64 << 53) as f64
}

/// What a failure's body says of the wait, and the failure as it was, its body no longer than anybody reads.
pub(crate) async fn look_into(mut failure: Response, read: WaitInBody) -> (Response, Option<Duration>) {
    let mut body = Vec::new();
    // A body that breaks off leaves what came of it.
    while body.len() < FAILURE_LIMIT
        && let Ok(Some(chunk)) = failure.chunk().await
    {
        body.extend_from_slice(&chunk[..chunk.len().min(FAILURE_LIMIT - body.len())]);
    }
    let wait = read(&body).map(|wait| wait.min(LONGEST_WISH));
    let mut copy = http::Response::new(body);
    *copy.status_mut() = failure.status();
    // The body is decompressed, and perhaps shorter than it was.
    *copy.headers_mut() = failure.headers().clone();
    copy.headers_mut().remove(CONTENT_LENGTH);
    (copy.into(), wait)
}

/// How long the server asks to wait: `Retry-After` in seconds or as an HTTP date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let wish = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match wish.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() => {
            Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(LONGEST_WISH)
        }
        Ok(_) => return None,
        Err(_) => httpdate::parse_http_date(wish).ok()?.duration_since(now).unwrap_or_default(),
    };
    Some(wait.min(LONGEST_WISH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_vary_by_half() {
        let retry = Retry { first_wait: Duration::from_secs(1), ..Retry::default() };
        let seconds: Vec<_> = (0..6).map(|attempt| retry.wait(attempt, 0.0).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 8, 8]);
        assert_eq!(retry.wait(1, 1.0), Duration::from_secs(1));
        assert_eq!(retry.wait(u32::MAX, 0.0), retry.longest_wait);
    }

    #[test]
    fn jitter_varies_within_its_range() {
        let numbers: Vec<_> = (0..100).map(|_| jitter()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)), "{numbers:?}");
        assert!(numbers.iter().any(|number| *number != numbers[0]), "{numbers:?}");
    }

    #[test]
    fn reads_seconds_and_dates() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_445_412_400);
        for (header, wait) in [
            ("20", Some(20)),
            ("0", Some(0)),
            (" 3 ", Some(3)),
            ("1.5", Some(1)),
            ("-5", Some(0)),
            ("99999999999999999999", Some(24 * 60 * 60)),
            // the three forms RFC 9110 wants read
            ("Wed, 21 Oct 2015 07:27:10 GMT", Some(30)),
            ("Wednesday, 21-Oct-15 07:27:10 GMT", Some(30)),
            ("Wed Oct 21 07:27:10 2015", Some(30)),
            ("Wed, 21 Oct 2015 07:00:00 GMT", Some(0)),
            ("soon", None),
            ("NaN", None),
            ("", None),
        ] {
            let headers = [(RETRY_AFTER, header.parse().unwrap())].into_iter().collect();
            assert_eq!(retry_after(&headers, now).map(|wait| wait.as_secs()), wait, "{header}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
