use std::fmt;

use serde::de::DeserializeOwned;

use crate::{ErrorKind, ProviderError, Result};

/// A provider's own part of the configuration, unread.
///
/// Only the adapter knows its shape, so a new adapter adds no field anywhere else.
#[derive(Clone, Default)]
pub struct Settings(serde_json::Map<String, serde_json::Value>);

impl Settings {
    /// Takes an object; anything else is an error that says so.
    pub fn new(value: serde_json::Value) -> Result<Self> {
        match value {
            serde_json::Value::Object(map) => Ok(Settings(map)),
            serde_json::Value::Null => Ok(Settings::default()),
            _ => Err(ProviderError::new(
                ErrorKind::InvalidSettings,
                "provider settings must be a mapping of keys to values",
            )),
        }
    }

    /// Settings that hold nothing but a URL, as `--database` gives it.
    pub fn from_url(url: &str) -> Self {
        Settings([("url".to_owned(), url.into())].into_iter().collect())
    }

    /// Reads them into the adapter's own struct; the error names the key and what is wrong with it.
    ///
    /// `provider` is the kind named in the message.
    pub fn read<T: DeserializeOwned>(&self, provider: &str) -> Result<T> {
        serde_json::from_value(serde_json::Value::Object(self.0.clone())).map_err(|error| {
            ProviderError::new(ErrorKind::InvalidSettings, format!("the settings of `{provider}`: {error}"))
        })
    }
}

impl fmt::Debug for Settings {
    /// Shows the keys alone: any value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
