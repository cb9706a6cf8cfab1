use std::time::Duration;

use google_cloud_auth::{
    credentials::{CacheableResource, Credentials},
    errors::CredentialsError,
};
use http::{Extensions, HeaderMap};
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};
use tokio::sync::OnceCell;

use super::Login;
use crate::Request;

/// No token is waited for longer.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// What a request of a login carries.
const HEADERS: [&str; 2] = ["authorization", "x-goog-user-project"];

/// The tokens of a login, for one scope.
pub struct Tokens {
    login: Login,
    scope: &'static str,
    credentials: OnceCell<Credentials>,
}

/// What makes a request that of a login, for as long as that is good.
#[derive(Debug, Default)]
pub struct Token(Vec<(&'static str, Secret)>);

impl Tokens {
    /// Gets ready; nothing is asked for yet.
    pub fn new(login: Login, scope: &'static str) -> Self {
        Tokens { login, scope, credentials: OnceCell::new() }
    }

    /// Whose they are.
    pub fn login(&self) -> &Login {
        &self.login
    }

    /// The token of this moment, waiting for it up to `limit`, and 20 seconds at most.
    ///
    /// # Errors
    /// `InvalidSettings` for credentials that cannot be used, `Unauthorized` where Google gives them no token,
    /// `Unavailable` where nobody can be reached for one, `Timeout` when the time is up.
    pub async fn token(&self, limit: Duration) -> Result<Token> {
        if self.login.is_nobody() {
            return Ok(Token::default());
        }
        let credentials =
            self.credentials.get_or_try_init(async || self.login.credentials(self.scope)).await?;
        let limit = limit.min(LONGEST_WAIT);
        match tokio::time::timeout(limit, Token::of(credentials)).await {
            Ok(token) => token.map_err(|error| self.login.without_token(&error)),
            Err(_) => Err(ProviderError::new(
                ErrorKind::Timeout,
                format!(
                    "no token could be had for {} in time: check the network and the proxy, or set \
                     `credentials_file` to the JSON key of a service account, which needs none",
                    self.login.who()
                ),
            )),
        }
    }
}

impl Token {
    /// The token that `credentials` give at this moment.
    ///
    /// # Errors
    /// Google's own account of it, which may quote a key; [`Login::without_token`] says what it means.
    pub async fn of(credentials: &Credentials) -> Result<Self, CredentialsError> {
        let headers = match credentials.headers(Extensions::new()).await? {
            CacheableResource::New { data, .. } => data,
            // Without a tag in the extensions there is nothing it could not have modified.
            CacheableResource::NotModified => HeaderMap::new(),
        };
        let values = HEADERS.into_iter().filter_map(|name| {
            Some((name, Secret::new(headers.get(name).and_then(|value| value.to_str().ok())?)))
        });
        Ok(Token(values.collect()))
    }

    /// The request, as the login's.
    #[must_use]
    pub fn apply<'c>(&self, request: Request<'c>) -> Request<'c> {
        self.0.iter().fold(request, |request, (name, value)| request.secret_header(name, value))
    }

    /// `text` without the token, should somebody have repeated it.
    pub fn conceal(&self, text: &str) -> String {
        let values = self.0.iter().map(|(_, value)| value.expose().trim_start_matches("Bearer ").trim());
        values
            .filter(|value| !value.is_empty())
            .fold(text.to_owned(), |text, value| text.replace(value, "***"))
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("login", &self.login).finish_non_exhaustive()
    }
}
