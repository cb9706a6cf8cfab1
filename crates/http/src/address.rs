use std::fmt;

use reqwest::Url;
use sqlatte_providers::{ErrorKind, ProviderError, Result};

/// Where an API lives: scheme, host, port and path prefix, and nothing secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads an address such as `https://api.example.com` or `http://gateway.local:8080/llm`.
    ///
    /// # Errors
    /// `InvalidSettings` for anything but an `http` or `https` URL with a host, and for one that carries a user, a
    /// password, a query or a fragment. The message does not repeat the text, which may be a key in the wrong place.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |what: &str| ProviderError::new(ErrorKind::InvalidSettings, what);
        let mut url = Url::parse(text.trim())
            .map_err(|_| invalid("the address is not a URL; write it like https://api.example.com"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(invalid("the address must start with https:// or http:// and name a host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid(
                "the address must not carry a user or password; give them in their own settings",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("the address must end with its path, without ? or #"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Address(url))
    }

    /// The host, with the port where it is not the scheme's own: what messages and `info` show.
    pub fn target(&self) -> String {
        target(&self.0)
    }

    /// The URL of `path` below this address.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let prefix = url.path().trim_end_matches('/');
        let path = format!("{prefix}/{}", path.trim_start_matches('/'));
        url.set_path(&path);
        url
    }

    /// A URL that the API gave, if it is one of this scheme, host and port.
    ///
    /// # Errors
    /// `Unexpected` for any other; the message has its scheme, host and port alone.
    pub(crate) fn resolve(&self, url: &str) -> Result<Url> {
        let unexpected = |what: String| ProviderError::new(ErrorKind::Unexpected, what);
        let url = self
            .0
            .join(url)
            .map_err(|_| unexpected(format!("{} gave an address that is not a URL", self.target())))?;
        if url.origin() != self.0.origin() || !url.username().is_empty() || url.password().is_some() {
            return Err(unexpected(format!(
                "{} wants to be called at {}://{} next, which is not the address in the settings",
                self.target(),
                url.scheme(),
                target(&url)
            )));
        }
        Ok(url)
    }

    /// Whether what is sent there can be read on the way: plain HTTP to another machine.
    pub fn is_in_clear(&self) -> bool {
        self.0.scheme() == "http" && !self.is_loopback()
    }

    /// Whether it is this machine's own, which no proxy can reach.
    pub fn is_loopback(&self) -> bool {
        // The host of an IPv6 URL stands in brackets.
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    }
}

/// Host and port of `url`, nothing else of it.
pub(crate) fn target(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_paths_below_a_prefix() {
        for (base, url) in [
            ("https://api.example.com", "https://api.example.com/v1/messages"),
            ("https://api.example.com/", "https://api.example.com/v1/messages"),
            (" http://gateway:8080/llm/ ", "http://gateway:8080/llm/v1/messages"),
        ] {
            assert_eq!(Address::parse(base).unwrap().join("v1/messages").as_str(), url);
        }
    }

    #[test]
    fn shows_host_and_port_alone() {
        assert_eq!(Address::parse("https://api.example.com:443/x").unwrap().target(), "api.example.com");
        assert_eq!(Address::parse("http://[::1]:8080/x").unwrap().target(), "[::1]:8080");
    }

    #[test]
    fn refuses_what_is_no_plain_address_without_repeating_it() {
        for text in [
            "",
            "sk-secret",
            "api.example.com",
            "ftp://example.com/secret",
            "https://",
            "https://user:secret@example.com",
            "https://secret@example.com",
            "https://example.com/?key=secret",
            "https://example.com/#secret",
        ] {
            let error = Address::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{text}");
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
    }

    #[test]
    fn follows_its_own_urls_alone() {
        let address = Address::parse("https://api.example.com/prefix").unwrap();
        for url in
            ["https://api.example.com/v1/next?x=1", "https://API.example.com:443/v1/next?x=1", "/v1/next?x=1"]
        {
            let resolved = address.resolve(url).unwrap();
            assert_eq!(resolved.as_str(), "https://api.example.com/v1/next?x=1");
        }
        for (url, named) in [
            ("http://api.example.com/?t=secret", "http://api.example.com next"),
            ("https://api.example.com:8443/secret", "https://api.example.com:8443 next"),
            ("https://api.example.com.evil.com/secret", "https://api.example.com.evil.com next"),
            ("//evil.com/secret", "https://evil.com next"),
            ("https://u:secret@api.example.com/", "https://api.example.com next"),
            ("file:///etc/secret", "file:// next"),
            ("https://[secret", "not a URL"),
        ] {
            let error = address.resolve(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unexpected);
            assert!(error.message().contains(named), "{error}");
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
    }

    #[test]
    fn knows_its_own_machine() {
        for (text, own, in_clear) in [
            ("http://localhost:1", true, false),
            ("http://127.0.0.1:1", true, false),
            ("http://[::1]:1", true, false),
            ("http://example.com", false, true),
            ("HTTP://10.0.0.1", false, true),
            ("https://example.com", false, false),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.is_loopback(), address.is_in_clear()), (own, in_clear), "{text}");
        }
    }
}
