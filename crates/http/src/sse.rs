//! Server-sent events, read as the HTML standard says:
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::{Stream, stream::BoxStream};
use sqlatte_providers::{ErrorKind, ProviderError, Result};

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its type, `message` where the server names none.
    pub event: String,
    /// Its data, lines joined by a line feed.
    pub data: String,
    /// The last id the server gave, in this event or an earlier one.
    pub id: Option<String>,
}

/// Events as they arrive; [`Response::events`](crate::Response::events) makes one.
pub struct EventStream {
    chunks: Option<BoxStream<'static, Result<Bytes>>>,
    parser: Parser,
    target: Arc<str>,
}

impl EventStream {
    pub(crate) fn new(
        chunks: BoxStream<'static, Result<Bytes>>,
        target: Arc<str>,
        event_limit: usize,
    ) -> Self {
        EventStream { chunks: Some(chunks), parser: Parser::new(event_limit), target }
    }
}

impl Stream for EventStream {
    type Item = Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.parser.ready.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            let Some(chunks) = &mut self.chunks else { return Poll::Ready(None) };
            let failure = match ready!(chunks.as_mut().poll_next(context)) {
                Some(Ok(chunk)) => match self.parser.push(&chunk) {
                    Ok(()) => continue,
                    Err(TooLong) => Some(ProviderError::new(
                        ErrorKind::Unexpected,
                        format!(
                            "{} sent a single event of more than {} bytes, which is not read further; ask in other \
                             words, or for less",
                            self.target, self.parser.limit
                        ),
                    )),
                },
                Some(Err(failure)) => Some(failure),
                None => None,
            };
            self.chunks = None;
            if let Some(failure) = failure {
                return Poll::Ready(Some(Err(failure)));
            }
        }
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("target", &self.target).finish_non_exhaustive()
    }
}

/// Bytes to events, with no opinion on where the bytes come from.
#[derive(Debug)]
struct Parser {
    /// The most bytes an event may have.
    limit: usize,
    /// The line that has begun and not ended.
    line: Vec<u8>,
    /// Whether the last chunk ended in a carriage return, so that a line feed next is its second half.
    after_cr: bool,
    /// Whether a line has been read yet: the first may begin with a byte order mark.
    begun: bool,
    event: String,
    data: String,
    has_data: bool,
    id: Option<String>,
    ready: VecDeque<Event>,
}

/// An event outgrew the limit.
#[derive(Debug)]
struct TooLong;

impl Parser {
    fn new(limit: usize) -> Self {
        Parser {
            limit,
            line: Vec::new(),
            after_cr: false,
            begun: false,
            event: String::new(),
            data: String::new(),
            has_data: false,
            id: None,
            ready: VecDeque::new(),
        }
    }

    /// Takes some more bytes; what is complete goes to `ready`. Lines are decoded whole, so a character may be
    /// split between chunks. An event that is incomplete at the end of the stream is dropped, as the standard says.
    fn push(&mut self, mut bytes: &[u8]) -> Result<(), TooLong> {
        if self.after_cr && !bytes.is_empty() {
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
            self.after_cr = false;
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.grow(&bytes[..end])?;
            let carriage_return = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if carriage_return {
                self.after_cr = bytes.is_empty();
                bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
            }
            self.end_line();
        }
        self.grow(bytes)
    }

    fn grow(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + self.data.len() + bytes.len() > self.limit {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = if self.begun { &line } else { line.strip_prefix('\u{feff}').unwrap_or(&line) };
        self.begun = true;
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                self.has_data = true;
            }
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            // A comment (no field name), `retry`, which concerns reconnecting, or something of the future.
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let event = std::mem::take(&mut self.event);
        let data = std::mem::take(&mut self.data);
        if std::mem::take(&mut self.has_data) {
            let event = if event.is_empty() { "message".to_owned() } else { event };
            self.ready.push_back(Event { event, data, id: self.id.clone() });
        }
    }
}

#[cfg(test)]
mod tests;
