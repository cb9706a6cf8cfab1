use std::fs;

use serde_json::Value;
use sqlatte_providers::Result;

use super::invalid;

/// A key as Google hands it out, looked over.
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) json: Value,
}

/// The kinds of key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    ServiceAccount,
    AuthorizedUser,
    ExternalAccount,
    Impersonated,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        match name {
            "service_account" => Some(Kind::ServiceAccount),
            "authorized_user" => Some(Kind::AuthorizedUser),
            "external_account" => Some(Kind::ExternalAccount),
            "impersonated_service_account" => Some(Kind::Impersonated),
            _ => None,
        }
    }

    /// What such a key cannot be without.
    fn required(self) -> &'static [&'static str] {
        match self {
            Kind::ServiceAccount => &["project_id", "private_key_id", "private_key", "client_email"],
            Kind::AuthorizedUser => &["client_id", "client_secret", "refresh_token"],
            Kind::ExternalAccount => &["audience", "subject_token_type", "token_url", "credential_source"],
            Kind::Impersonated => &["service_account_impersonation_url", "source_credentials"],
        }
    }
}

impl Key {
    /// # Errors
    /// `InvalidSettings` for a file that cannot be read, or is no key.
    pub(super) fn from_file(file: &str) -> Result<Self> {
        let text = fs::read_to_string(file)
            .map_err(|error| invalid(format!("`credentials_file`: `{file}` cannot be read: {error}")))?;
        Key::from_text(&text, &format!("the key in `{file}`"))
    }

    /// `what` names the key in messages, which never quote it.
    ///
    /// # Errors
    /// `InvalidSettings` for what is no key.
    pub(super) fn from_text(text: &str, what: &str) -> Result<Self> {
        let json: Value = serde_json::from_str(text).map_err(|error| {
            invalid(format!(
                "{what} is not JSON (line {}, column {}): use the file as Google hands it out",
                error.line(),
                error.column()
            ))
        })?;
        if json.get("installed").or(json.get("web")).is_some() {
            return Err(invalid(format!(
                "{what} is the secret of an OAuth client, which cannot ask on its own: make a JSON key of a service \
                 account"
            )));
        }
        let Some(kind) = json.get("type").and_then(Value::as_str).and_then(Kind::named) else {
            return Err(invalid(format!(
                "{what} has no `type` that is known: it must be service_account, external_account, authorized_user \
                 or impersonated_service_account"
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
        if kind == Kind::ServiceAccount
            && !json["private_key"].as_str().is_some_and(|key| key.contains("-----BEGIN PRIVATE KEY-----"))
        {
            return Err(invalid(format!(
                "{what}: `private_key` must begin with `-----BEGIN PRIVATE KEY-----` and keep its line breaks as `\\n`"
            )));
        }
        Ok(Key { kind, json })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sqlatte_providers::Secret;

    use crate::google::Login;

    use super::*;

    fn read(text: &str) -> Result<Login, String> {
        let login = Login::with_key(None, &Secret::new(text)).map_err(|error| error.to_string())?;
        Ok(login.unwrap())
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
    fn one_key_at_most() {
        assert!(Login::with_key(Some(" "), &Secret::new(" \n")).unwrap().is_none());
        let both = Login::with_key(Some("/x"), &Secret::new("{}")).unwrap_err();
        assert!(both.message().contains("both set"));
        let file = Login::with_key(Some("/no/such.json"), &Secret::default()).unwrap_err();
        assert!(file.message().contains("`/no/such.json` cannot be read"), "{file}");
    }
}
