//! The one outgoing HTTP client of the adapters: time limits, retries, SSE reading
