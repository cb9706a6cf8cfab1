mod reader;

use std::fmt;

use serde::de::DeserializeOwned;

use self::reader::Reader;
use crate::{ErrorKind, ProviderError, Result};

/// A provider's own part of the configuration, unread.
///
/// Only the adapter knows its shape, so a new adapter adds no field anywhere else.
#[derive(Clone, Default, PartialEq)]
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

    /// Reads them into the adapter's own struct; the error names the key and what is wrong with it, and never
    /// shows a value.
    ///
    /// `provider` is the kind named in the message.
    pub fn read<T: DeserializeOwned>(&self, provider: &str) -> Result<T> {
        let value = serde_json::Value::Object(self.0.clone());
        serde_path_to_error::deserialize(Reader(&value)).map_err(|error| {
            let key = match error.path().to_string() {
                // Faults of the whole, such as a key that is missing.
                path if path == "." => String::new(),
                path => format!("{path}: "),
            };
            let fault = error.into_inner();
            ProviderError::new(
                ErrorKind::InvalidSettings,
                format!("the settings of `{provider}`: {key}{fault}"),
            )
        })
    }
}

impl fmt::Debug for Settings {
    /// Shows the keys alone: any value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::Settings;
    use crate::Secret;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Own {
        size: Option<u16>,
        share: f32,
        way: Way,
        deep: Deep,
        list: Vec<u8>,
        names: BTreeMap<String, String>,
        key: Secret,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Way {
        #[default]
        Fast,
        Sure,
        With(u8),
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Deep {
        down: bool,
    }

    fn read(value: serde_json::Value) -> Result<Own, String> {
        Settings::new(value).unwrap().read("own").map_err(|error| error.to_string())
    }

    #[test]
    fn reads_every_shape() {
        let own = read(json!({
            "size": 5, "share": 1, "way": "sure", "deep": {"down": true}, "list": [1, 2], "names": {"a": "b"},
            "key": "sk",
        }));
        let names = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
        let deep = Deep { down: true };
        let key = Secret::new("sk");
        assert_eq!(
            own.unwrap(),
            Own { size: Some(5), share: 1.0, way: Way::Sure, deep, list: vec![1, 2], names, key }
        );
        assert_eq!(read(json!({"way": {"with": 3}, "size": null})).unwrap().way, Way::With(3));
        assert_eq!(read(json!({})).unwrap(), Own::default());
    }

    #[test]
    fn faults_name_the_key_and_show_no_value() {
        for (value, text) in [
            (json!({"size": "hunter2"}), "size: found a text, expected u16"),
            (json!({"size": 1_234_567}), "size: found a whole number that does not fit, expected u16"),
            (json!({"size": -1}), "size: found a negative number that does not fit, expected u16"),
            (json!({"way": "hunter2"}), "way: found another text, expected one of `fast`, `sure`, `with`"),
            (json!({"deep": {"down": "hunter2"}}), "deep.down: found a text, expected a boolean"),
            (json!({"deep": {"up": 1}}), "deep.up: unknown field `up`, expected `down`"),
            (json!({"deep": {}}), "deep: missing field `down`"),
            (json!({"list": [1, "hunter2"]}), "list[1]: found a text, expected u8"),
            (json!({"names": {"a": 1_234_567}}), "names.a: found a whole number, expected a string"),
            (
                json!({"key": ["hunter2"]}),
                "key: found a list, expected a text, in quotes if it is all digits",
            ),
            (json!({"share": "hunter2"}), "share: found a text, expected f32"),
        ] {
            let error = read(value).unwrap_err();
            assert_eq!(error, format!("the settings of `own`: {text}"));
        }
        let error = read(json!({"szie": "hunter2"})).unwrap_err();
        assert!(
            error.starts_with("the settings of `own`: szie: unknown field `szie`, expected one of"),
            "{error}"
        );
        assert!(!error.contains("hunter2"), "{error}");
    }
}
