use std::{fmt, time::Duration};

use crate::Usage;

/// What every provider call returns.
pub type Result<T, E = ProviderError> = std::result::Result<T, E>;

type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// A provider's failure: a kind for callers, a sentence for people, a cause for the log.
///
/// The message names the part that failed and what to do about it. It never holds a password, a key, or a
/// driver's text that might quote one.
#[derive(Debug)]
pub struct ProviderError {
    kind: ErrorKind,
    message: String,
    retry_after: Option<Duration>,
    position: Option<usize>,
    /// In a box, because results carry errors along.
    usage: Option<Box<Usage>>,
    source: Option<Source>,
}

/// The closed set of ways a provider can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The provider's own part of the configuration is wrong or incomplete.
    InvalidSettings,
    /// The credentials were refused, or do not allow anything.
    Unauthorized,
    /// The credentials are good and do not allow this one thing, such as reading a certain table.
    Forbidden,
    /// Too many requests, or a quota is used up.
    RateLimited,
    /// The call's time limit passed; the work on the other side was stopped.
    Timeout,
    /// The caller stopped it.
    Cancelled,
    /// Cannot be reached, is overloaded, or went away.
    Unavailable,
    /// A table, a model or another named thing does not exist.
    NotFound,
    /// The other side understood and refused: bad SQL, a bad request, a statement its rules forbid.
    Rejected,
    /// This provider cannot do that at all.
    Unsupported,
    /// Anything else, an answer out of its protocol among them.
    Unexpected,
}

/// Whose failure it is: so who may do better, and what the next call is to expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Blame {
    /// The provider's, whatever it is asked: the next request will fare like this one, and another provider better.
    Provider,
    /// This one request's, or its answer's. The provider is well; another one may still do better, for each has limits
    /// and rules of its own.
    Request,
    /// The caller's own doing, who wants no answer any more.
    Caller,
}

impl ErrorKind {
    /// Whose failure it is.
    pub fn blame(self) -> Blame {
        match self {
            // Not there, not well, or not open to these credentials and settings; some settings, such as a project or
            // a region, are found wrong only by the call.
            ErrorKind::Unavailable
            | ErrorKind::Timeout
            | ErrorKind::RateLimited
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::InvalidSettings => Blame::Provider,
            // What is too long, indecent or unknown for one is not so for all; a bad answer is one draw of many.
            ErrorKind::Rejected | ErrorKind::Unsupported | ErrorKind::Unexpected => Blame::Request,
            ErrorKind::Cancelled => Blame::Caller,
        }
    }

    /// A stable name in snake case, for clients, logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::InvalidSettings => "invalid_settings",
            ErrorKind::Unauthorized => "unauthorized",
            ErrorKind::Forbidden => "forbidden",
            ErrorKind::RateLimited => "rate_limited",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::NotFound => "not_found",
            ErrorKind::Rejected => "rejected",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Unexpected => "unexpected",
        }
    }
}

impl ProviderError {
    /// An error of `kind`, told to people as `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        ProviderError {
            kind,
            message: message.into(),
            retry_after: None,
            position: None,
            usage: None,
            source: None,
        }
    }

    /// Keeps the cause for the log; people never see it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Says how long to wait before another try is welcome.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Says where in the statement the other side saw the fault, in bytes from its start.
    #[must_use]
    pub fn with_position(mut self, byte_offset: usize) -> Self {
        self.position = Some(byte_offset);
        self
    }

    /// Says what the calls used that ended in this; without it, it is the failure of one call.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.usage = Some(Box::new(usage));
        self
    }

    /// Says what the one call used that ended in this.
    #[must_use]
    pub fn with_usage_of_call(self, usage: Usage) -> Self {
        let Usage { unanswered_calls, .. } = self.failed_call();
        self.with_usage(Usage { unanswered_calls, ..usage })
    }

    /// What callers branch on.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What people read.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How long to wait before another try, if the other side said so.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Where in the statement the fault is, in bytes from its start.
    pub fn position(&self) -> Option<usize> {
        self.position
    }

    /// What a model's calls used that ended in this.
    pub fn usage(&self) -> Usage {
        self.usage.as_deref().copied().unwrap_or_else(|| self.failed_call())
    }

    /// A call that ended in this, and said no more of itself.
    fn failed_call(&self) -> Usage {
        // A bad answer is one, too: it took a model's time, and has to be paid for.
        let answered = self.kind == ErrorKind::Unexpected;
        Usage { unanswered_calls: (!answered).into(), ..Usage::FAILED_CALL }
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ProviderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
