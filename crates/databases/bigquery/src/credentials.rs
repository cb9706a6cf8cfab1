//! Who asks: a key, the application default credentials, or nobody.

use std::{fmt, fs};

use google_cloud_auth::{
    build_errors::Error,
    credentials::{
        self, Credentials, anonymous, external_account, impersonated, service_account, user_account,
    },
};
use serde_json::Value;
use sqlatte_providers::{ProviderError, Result, Secret};

use crate::{address, config::invalid};

/// What jobs need; there is no narrower scope that lets them run.
const SCOPE: &str = "https://www.googleapis.com/auth/bigquery";

/// How to say who asks.
pub(crate) enum Login {
    /// Not at all.
    Anonymous,
    /// With a key of ours.
    Key { kind: KeyKind, json: Value },
    /// As the machine is set up: an environment variable, gcloud's file, or Google's metadata server.
    Default,
}

/// The kinds of key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    ServiceAccount,
    AuthorizedUser,
    ExternalAccount,
    Impersonated,
}

impl KeyKind {
    fn named(name: &str) -> Option<Self> {
        match name {
            "service_account" => Some(KeyKind::ServiceAccount),
            "authorized_user" => Some(KeyKind::AuthorizedUser),
            "external_account" => Some(KeyKind::ExternalAccount),
            "impersonated_service_account" => Some(KeyKind::Impersonated),
            _ => None,
        }
    }

    /// What such a key cannot be without.
    fn required(self) -> &'static [&'static str] {
        match self {
            KeyKind::ServiceAccount => &["project_id", "private_key_id", "private_key", "client_email"],
            KeyKind::AuthorizedUser => &["client_id", "client_secret", "refresh_token"],
            KeyKind::ExternalAccount => &["audience", "subject_token_type", "token_url", "credential_source"],
            KeyKind::Impersonated => &["service_account_impersonation_url", "source_credentials"],
        }
    }
}

impl Login {
    /// Reads the settings, and the key if one is named.
    pub(crate) fn read(
        file: Option<String>,
        text: &Secret,
        anonymous: bool,
        endpoint: Option<&str>,
    ) -> Result<Self> {
        let text = text.expose().trim();
        let key = match (file, text) {
            (Some(_), text) if !text.is_empty() => {
                return Err(invalid(
                    "`credentials_file` and `credentials_json` are both set: keep one of them",
                ));
            }
            (Some(file), _) => Some(from_file(&file)?),
            (None, "") => None,
            (None, text) => Some(from_text(text, "`credentials_json`")?),
        };
        let login = match (key, anonymous) {
            (Some(_), true) => {
                return Err(invalid("`anonymous` is set together with credentials: keep one of them"));
            }
            (Some(key), false) => key,
            (None, true) => Login::Anonymous,
            (None, false) if endpoint.is_some_and(address::is_loopback) => Login::Anonymous,
            (None, false) => Login::Default,
        };
        let in_clear = endpoint.is_some_and(|it| it.starts_with("http://") && !address::is_loopback(it));
        if in_clear && !matches!(login, Login::Anonymous) {
            return Err(invalid(
                "the credentials would go to `endpoint` in clear: use https, or `anonymous: true` for an emulator",
            ));
        }
        Ok(login)
    }

    /// The project that a key belongs to.
    pub(crate) fn project(&self) -> Option<String> {
        match self {
            Login::Key { kind: KeyKind::ServiceAccount, json } => {
                json.get("project_id").and_then(Value::as_str).map(str::to_owned)
            }
            _ => None,
        }
    }

    /// Who asks, for messages.
    pub(crate) fn who(&self) -> String {
        match self {
            Login::Anonymous => "nobody (no credentials are sent)".to_owned(),
            Login::Default => "the application default credentials".to_owned(),
            Login::Key { json, .. } => match json.get("client_email").and_then(Value::as_str) {
                Some(email) => format!("`{email}`"),
                None => "the account of the credentials".to_owned(),
            },
        }
    }

    /// Whether a key is used that signs for itself, with nobody to ask for a token.
    pub(crate) fn signs_itself(&self) -> bool {
        matches!(self, Login::Key { kind: KeyKind::ServiceAccount, .. })
    }

    /// The credentials as Google's clients take them. Nothing is asked for yet.
    pub(crate) fn credentials(&self) -> Result<Credentials> {
        let built = match self {
            Login::Anonymous => return Ok(anonymous::Builder::new().build()),
            Login::Default => credentials::Builder::default().with_scopes([SCOPE]).build(),
            Login::Key { kind, json } => {
                let json = json.clone();
                match kind {
                    KeyKind::ServiceAccount => service_account::Builder::new(json)
                        .with_access_specifier(service_account::AccessSpecifier::from_scopes([SCOPE]))
                        .build(),
                    KeyKind::AuthorizedUser => user_account::Builder::new(json).with_scopes([SCOPE]).build(),
                    KeyKind::ExternalAccount => {
                        external_account::Builder::new(json).with_scopes([SCOPE]).build()
                    }
                    KeyKind::Impersonated => impersonated::Builder::new(json).with_scopes([SCOPE]).build(),
                }
            }
        };
        built.map_err(|error| self.unusable(&error))
    }

    /// The cause is left out: it may quote what it could not read.
    fn unusable(&self, error: &Error) -> ProviderError {
        let what = match self {
            Login::Key { .. } => "the credentials",
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
        match self {
            Login::Anonymous => f.write_str("Anonymous"),
            Login::Default => f.write_str("Default"),
            Login::Key { kind, .. } => write!(f, "Key({kind:?}, ***)"),
        }
    }
}

fn from_file(file: &str) -> Result<Login> {
    let text = fs::read_to_string(file)
        .map_err(|error| invalid(format!("`credentials_file`: `{file}` cannot be read: {error}")))?;
    from_text(&text, &format!("the key in `{file}`"))
}

/// `what` names the key in messages, which never quote it.
fn from_text(text: &str, what: &str) -> Result<Login> {
    let json: Value = serde_json::from_str(text).map_err(|error| {
        invalid(format!(
            "{what} is not JSON (line {}, column {}): use the file as Google hands it out",
            error.line(),
            error.column()
        ))
    })?;
    if json.get("installed").or(json.get("web")).is_some() {
        return Err(invalid(format!(
            "{what} is the secret of an OAuth client, which cannot ask on its own: make a JSON key of a service account"
        )));
    }
    let Some(kind) = json.get("type").and_then(Value::as_str).and_then(KeyKind::named) else {
        return Err(invalid(format!(
            "{what} has no `type` that is known: it must be service_account, external_account, authorized_user or \
             impersonated_service_account"
        )));
    };
    let missing: Vec<_> = kind
        .required()
        .iter()
        .filter(|key| json.get(**key).is_none_or(|value| value.is_null() || value == ""))
        .map(|key| format!("`{key}`"))
        .collect();
    if !missing.is_empty() {
        return Err(invalid(format!("{what} lacks {}: download the key again", missing.join(", "))));
    }
    if kind == KeyKind::ServiceAccount
        && !json["private_key"].as_str().is_some_and(|key| key.contains("-----BEGIN PRIVATE KEY-----"))
    {
        return Err(invalid(format!(
            "{what}: `private_key` must begin with `-----BEGIN PRIVATE KEY-----` and keep its line breaks as `\\n`"
        )));
    }
    Ok(Login::Key { kind, json })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Login, String> {
        Login::read(None, &Secret::new(text), false, None).map_err(|error| error.to_string())
    }

    fn key() -> Value {
        json!({
            "type": "service_account", "project_id": "shop", "private_key_id": "1", "client_email": "a@b",
            "private_key": "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
        })
    }

    #[test]
    fn names_what_a_key_lacks_and_quotes_nothing() {
        let mut without = key();
        without.as_object_mut().unwrap().remove("private_key");
        without["client_email"] = json!("");
        let mut curled = key();
        curled["private_key"] = json!("hunter2");
        for (text, words) in [
            ("hunter2".to_owned(), "`credentials_json` is not JSON (line 1, column 1)"),
            (r#"{"private_key": hunter2"#.to_owned(), "is not JSON"),
            ("{}".to_owned(), "has no `type` that is known"),
            (json!({"type": "hunter2"}).to_string(), "has no `type` that is known"),
            (json!({"installed": {"client_secret": "hunter2"}}).to_string(), "OAuth client"),
            (without.to_string(), "lacks `private_key`, `client_email`: download"),
            (curled.to_string(), "must begin with `-----BEGIN PRIVATE KEY-----`"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(error.contains(words) && !error.contains("hunter2"), "{error}");
        }
        let login = read(&key().to_string()).unwrap();
        assert_eq!(format!("{login:?}"), "Key(ServiceAccount, ***)");
        assert_eq!((login.project().as_deref(), login.who().as_str()), (Some("shop"), "`a@b`"));
    }

    #[test]
    fn an_emulator_on_this_machine_needs_no_credentials() {
        let read = |anonymous, endpoint| Login::read(None, &Secret::default(), anonymous, endpoint);
        assert!(matches!(read(false, Some("http://127.0.0.1:9050")).unwrap(), Login::Anonymous));
        assert!(matches!(read(true, Some("http://emulator:9050")).unwrap(), Login::Anonymous));
        assert!(matches!(read(false, Some("https://bigquery-x.p.googleapis.com")).unwrap(), Login::Default));
        assert!(matches!(read(false, None).unwrap(), Login::Default));
        assert!(read(false, Some("http://emulator:9050")).unwrap_err().message().contains("in clear"));
        let both = Login::read(Some("/x".to_owned()), &Secret::new("{}"), false, None).unwrap_err();
        assert!(both.message().contains("both set"));
        let file =
            Login::read(Some("/no/such.json".to_owned()), &Secret::default(), false, None).unwrap_err();
        assert!(file.message().contains("`/no/such.json` cannot be read"), "{file}");
    }
}
