//! Who asks: a key, the application default credentials, or nobody.

use sqlatte_http::google::Login;
use sqlatte_providers::{Result, Secret};

use crate::{address, config::invalid};

/// What jobs need; there is no narrower scope that lets them run.
pub(crate) const SCOPE: &str = "https://www.googleapis.com/auth/bigquery";

/// Reads the settings, and the key if one is named.
pub(crate) fn login(
    file: Option<&str>,
    text: &Secret,
    anonymous: bool,
    endpoint: Option<&str>,
) -> Result<Login> {
    let login = match (Login::with_key(file, text)?, anonymous) {
        (Some(_), true) => {
            return Err(invalid("`anonymous` is set together with credentials: keep one of them"));
        }
        (Some(key), false) => key,
        (None, true) => Login::nobody(),
        (None, false) if endpoint.is_some_and(address::is_loopback) => Login::nobody(),
        (None, false) => Login::of_machine(),
    };
    let in_clear = endpoint.is_some_and(|it| it.starts_with("http://") && !address::is_loopback(it));
    if in_clear && !login.is_nobody() {
        return Err(invalid(
            "the credentials would go to `endpoint` in clear: use https, or `anonymous: true` for an emulator",
        ));
    }
    Ok(login)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emulator_on_this_machine_needs_no_credentials() {
        let read = |anonymous, endpoint| login(None, &Secret::default(), anonymous, endpoint);
        assert!(read(false, Some("http://127.0.0.1:9050")).unwrap().is_nobody());
        assert!(read(true, Some("http://emulator:9050")).unwrap().is_nobody());
        assert!(!read(false, Some("https://bigquery-x.p.googleapis.com")).unwrap().is_nobody());
        assert!(!read(false, None).unwrap().is_nobody());
        assert!(read(false, Some("http://emulator:9050")).unwrap_err().message().contains("in clear"));
        let key = Secret::new(
            r#"{"type": "authorized_user", "client_id": "1", "client_secret": "2", "refresh_token": "3"}"#,
        );
        let both = login(None, &key, true, None).unwrap_err();
        assert!(both.message().contains("`anonymous` is set together"), "{both}");
    }
}
