use std::{fmt, sync::Arc, time::Duration};

use reqwest::{
    Method,
    header::{HeaderMap, HeaderName},
    redirect::Policy,
};
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};

use crate::{Address, Request, Tls, request::header_value, retry::Retry, tls};

/// The client of one API.
///
/// Cheap to clone; clones share the pool of connections.
#[derive(Clone)]
pub struct Client(Arc<Parts>);

struct Parts {
    inner: reqwest::Client,
    address: Address,
    target: Arc<str>,
    headers: HeaderMap,
    retry: Retry,
    max_body: usize,
    wait_in_body: Option<WaitInBody>,
}

/// Reads out of a failure's body how long to wait before another try.
pub(crate) type WaitInBody = fn(&[u8]) -> Option<Duration>;

impl Client {
    /// Begins a client of the API at `address`, such as `https://api.example.com`.
    ///
    /// # Errors
    /// `InvalidSettings` for an address that [`Address::parse`] refuses.
    pub fn builder(address: &str) -> Result<ClientBuilder> {
        Ok(ClientBuilder {
            address: Address::parse(address)?,
            headers: Ok(HeaderMap::new()),
            retry: Retry::default(),
            max_body: 16 << 20,
            wait_in_body: None,
            connect_timeout: Duration::from_secs(10),
            tls: Tls::default(),
        })
    }

    /// A GET of `path` below the client's address.
    pub fn get(&self, path: &str) -> Request<'_> {
        self.request(Method::GET, path)
    }

    /// A POST to `path` below the client's address.
    pub fn post(&self, path: &str) -> Request<'_> {
        self.request(Method::POST, path)
    }

    /// A call of any method.
    pub fn request(&self, method: Method, path: &str) -> Request<'_> {
        Request::new(self, method, self.0.address.join(path))
    }

    /// A call of a URL that the API itself gave, such as that of the next page.
    ///
    /// # Errors
    /// `Unexpected` for a URL of another scheme, host or port than the client's address: the secret headers would go
    /// to somebody else.
    pub fn request_at(&self, method: Method, url: &str) -> Result<Request<'_>> {
        Ok(Request::new(self, method, self.0.address.resolve(url)?))
    }

    /// Host and port of the API, for messages and `info`.
    pub fn target(&self) -> &Arc<str> {
        &self.0.target
    }

    /// Where the API lives.
    pub fn address(&self) -> &Address {
        &self.0.address
    }

    pub(crate) fn inner(&self) -> &reqwest::Client {
        &self.0.inner
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    pub(crate) fn retry(&self) -> &Retry {
        &self.0.retry
    }

    pub(crate) fn max_body(&self) -> usize {
        self.0.max_body
    }

    pub(crate) fn wait_in_body(&self) -> Option<WaitInBody> {
        self.0.wait_in_body
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("address", &self.0.address).finish_non_exhaustive()
    }
}

/// What a [`Client`] is made from.
#[derive(Debug)]
pub struct ClientBuilder {
    address: Address,
    headers: Result<HeaderMap>,
    retry: Retry,
    max_body: usize,
    wait_in_body: Option<WaitInBody>,
    connect_timeout: Duration,
    tls: Tls,
}

impl ClientBuilder {
    /// A header of every call.
    #[must_use]
    pub fn header(self, name: &'static str, value: &str) -> Self {
        self.put_header(name, value, false)
    }

    /// A header of every call that no `Debug` and no error shows.
    #[must_use]
    pub fn secret_header(self, name: &'static str, value: &Secret) -> Self {
        self.put_header(name, value.expose(), true)
    }

    /// A header of every call whose name comes from the settings; its value is shown nowhere. It replaces one of the
    /// same name that was set before.
    #[must_use]
    pub fn named_header(mut self, name: &str, value: &Secret) -> Self {
        self.headers = self.headers.and_then(|mut headers| {
            let header = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| {
                ProviderError::new(
                    ErrorKind::InvalidSettings,
                    "a header's name has letters, digits and dashes alone, such as X-Request-Source",
                )
            })?;
            let value = header_value(header.as_str(), value.expose(), true)?;
            headers.insert(header, value);
            Ok(headers)
        });
        self
    }

    /// How often a call is made again after the first time: 2 unless set.
    #[must_use]
    pub fn max_retries(mut self, max: u32) -> Self {
        self.retry.max = max;
        self
    }

    /// The statuses after which a call is made again: 429, 502, 503, 504 and 529 unless set.
    #[must_use]
    pub fn retry_statuses(mut self, statuses: &[u16]) -> Self {
        self.retry.statuses = statuses.to_vec();
        self
    }

    /// The wait before the first repetition, where the server names none: half a second unless set. Each further
    /// one is twice as long, 8 seconds at most, and chance takes off up to half.
    #[must_use]
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.retry.first_wait = wait;
        self
    }

    /// The longest wait that a server may ask for: any within the call's time limit unless set. One that asks for
    /// longer has failed, and whoever called hears of it at once.
    #[must_use]
    pub fn longest_wish(mut self, wait: Duration) -> Self {
        self.retry.longest_wish = wait;
        self
    }

    /// How to read out of a failure's body, 64 KiB of it at most, how long to wait before the call is made again,
    /// for APIs that say so there instead of in `Retry-After`, or that fail alike with what a wait does not mend: the
    /// longer wait counts. One beyond the call's time limit is not begun.
    #[must_use]
    pub fn wait_in_body(mut self, read: fn(&[u8]) -> Option<Duration>) -> Self {
        self.wait_in_body = Some(read);
        self
    }

    /// The most bytes of a body that is read as a whole, after decompression: 16 MiB unless set. Streams of events
    /// have no limit but that of each event.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// How long connecting may take: 10 seconds unless set.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Whom to trust and who to be, where that is not what the machine's own certificates say.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// The client. Proxies come from the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), except
    /// for addresses of this machine.
    ///
    /// # Errors
    /// `InvalidSettings` for a header that cannot be sent, for certificates that cannot be read, and for a machine
    /// without root certificates.
    pub fn build(self) -> Result<Client> {
        tls::install_provider();
        let headers = self.headers?;
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("sqlatte/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.connect_timeout)
            .redirect(Policy::none());
        builder = self.tls.apply(builder)?;
        if self.address.is_loopback() {
            builder = builder.no_proxy();
        }
        let inner = builder.build().map_err(|cause| {
            ProviderError::new(
                ErrorKind::InvalidSettings,
                "the HTTP client cannot be set up; check the proxy settings in the environment and that this machine \
                 has root certificates (on Debian the package ca-certificates)",
            )
            .with_source(cause.without_url())
        })?;
        Ok(Client(Arc::new(Parts {
            inner,
            target: self.address.target().into(),
            address: self.address,
            headers,
            retry: self.retry,
            max_body: self.max_body,
            wait_in_body: self.wait_in_body,
        })))
    }

    fn put_header(mut self, name: &'static str, value: &str, secret: bool) -> Self {
        self.headers = self.headers.and_then(|mut headers| {
            headers.insert(HeaderName::from_static(name), header_value(name, value, secret)?);
            Ok(headers)
        });
        self
    }
}
