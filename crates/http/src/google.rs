//! Login at Google's APIs: a key of a service account or its like, what the machine is set up with, or nobody.
//!
//! A [`Login`] says who asks; [`Tokens`] gets the tokens for it, when the first call needs one, and keeps them as
//! long as they are good. Adapters name the settings `credentials_file` and `credentials_json`, which messages
//! refer to.

mod key;
mod refusal;
mod tokens;

use std::fmt;

use google_cloud_auth::{
    build_errors::Error,
    credentials::{
        self, anonymous, external_account, impersonated,
        service_account::{self, AccessSpecifier},
        user_account,
    },
};
use serde_json::Value;
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};

use self::key::{Key, Kind};
pub use self::tokens::{Token, Tokens};
pub use google_cloud_auth::credentials::Credentials;
pub use refusal::minutes_off;

use crate::tls;

/// Who asks.
pub struct Login(Who);

enum Who {
    Nobody,
    /// As the machine is set up: an environment variable, gcloud's file, or Google's metadata server.
    Machine,
    Key(Key),
}

impl Login {
    /// Nobody: no credentials are sent.
    pub fn nobody() -> Self {
        Login(Who::Nobody)
    }

    /// The application default credentials: `GOOGLE_APPLICATION_CREDENTIALS`, gcloud's own file, or the metadata
    /// server of Google Cloud.
    pub fn of_machine() -> Self {
        Login(Who::Machine)
    }

    /// The key in `file` or in `text`, as Google hands it out; `None` where both are empty.
    ///
    /// # Errors
    /// `InvalidSettings` says what is wrong with the key, and never quotes it; so where both are given.
    pub fn with_key(file: Option<&str>, text: &Secret) -> Result<Option<Self>> {
        let text = text.expose().trim();
        let key = match (file.map(str::trim).filter(|file| !file.is_empty()), text) {
            (Some(_), text) if !text.is_empty() => {
                return Err(invalid(
                    "`credentials_file` and `credentials_json` are both set: keep one of them",
                ));
            }
            (Some(file), _) => Key::from_file(file)?,
            (None, "") => return Ok(None),
            (None, text) => Key::from_text(text, "`credentials_json`")?,
        };
        Ok(Some(Login(Who::Key(key))))
    }

    /// Whether no credentials are sent.
    pub fn is_nobody(&self) -> bool {
        matches!(self.0, Who::Nobody)
    }

    /// Whether a key is used that signs for itself, with nobody to ask for a token.
    pub fn signs_itself(&self) -> bool {
        matches!(&self.0, Who::Key(key) if key.kind == Kind::ServiceAccount)
    }

    /// The project that a service account's key belongs to.
    pub fn project(&self) -> Option<String> {
        match &self.0 {
            Who::Key(key) if key.kind == Kind::ServiceAccount => {
                key.json.get("project_id").and_then(Value::as_str).map(str::to_owned)
            }
            _ => None,
        }
    }

    /// Who asks, for messages.
    pub fn who(&self) -> String {
        match &self.0 {
            Who::Nobody => "nobody (no credentials are sent)".to_owned(),
            Who::Machine => "the application default credentials".to_owned(),
            Who::Key(key) => match key.json.get("client_email").and_then(Value::as_str) {
                Some(email) => format!("`{email}`"),
                None => "the account of the credentials".to_owned(),
            },
        }
    }

    /// The credentials as Google's own clients take them, good for `scope`, such as
    /// `https://www.googleapis.com/auth/cloud-platform`. Nothing is asked for yet.
    ///
    /// It must be called within a Tokio runtime, where a task then keeps the token fresh.
    ///
    /// # Errors
    /// `InvalidSettings` for credentials that cannot be used.
    pub fn credentials(&self, scope: &str) -> Result<Credentials> {
        tls::install_provider();
        let built = match &self.0 {
            Who::Nobody => return Ok(anonymous::Builder::new().build()),
            Who::Machine => credentials::Builder::default().with_scopes([scope]).build(),
            Who::Key(Key { kind, json }) => {
                let json = json.clone();
                match kind {
                    Kind::ServiceAccount => service_account::Builder::new(json)
                        .with_access_specifier(AccessSpecifier::from_scopes([scope]))
                        .build(),
                    Kind::AuthorizedUser => user_account::Builder::new(json).with_scopes([scope]).build(),
                    Kind::ExternalAccount => {
                        external_account::Builder::new(json).with_scopes([scope]).build()
                    }
                    Kind::Impersonated => impersonated::Builder::new(json).with_scopes([scope]).build(),
                }
            }
        };
        built.map_err(|error| self.unusable(&error))
    }

    /// The cause is left out: it may quote what it could not read.
    fn unusable(&self, error: &Error) -> ProviderError {
        let what = match self.0 {
            Who::Key(_) => "the credentials",
            _ => "the application default credentials (GOOGLE_APPLICATION_CREDENTIALS, or gcloud's own file)",
        };
        let fault = if error.is_loading() {
            "the file cannot be read"
        } else if error.is_unknown_type() || error.is_not_supported() {
            "they are of a kind that cannot be used here"
        } else {
            "something in them is missing or malformed"
        };
        invalid(format!(
            "{what} cannot be used: {fault}; set `credentials_file` to the JSON key of a service account"
        ))
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Who::Nobody => f.write_str("Nobody"),
            Who::Machine => f.write_str("Machine"),
            Who::Key(key) => write!(f, "Key({:?}, ***)", key.kind),
        }
    }
}

fn invalid(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::InvalidSettings, message)
}
