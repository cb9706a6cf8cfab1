use std::fmt;

use serde::{Deserialize, Deserializer};

/// A password, key or token: readable only by asking for it, printed as `***`.
///
/// It has neither `Display` nor `Serialize`, so it cannot reach a log line or an answer by accident.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret into keeping.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The secret itself: only for the call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "unset" } else { "***" })
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A key of digits only is a number to YAML.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Text {
            String(String),
            Integer(i64),
        }
        Ok(Secret(match Text::deserialize(deserializer)? {
            Text::String(text) => text,
            Text::Integer(number) => number.to_string(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn never_prints() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
        assert_eq!(format!("{:?}", Secret::default()), "unset");
    }

    #[test]
    fn reads_a_key_of_digits() {
        let secret: Secret = serde_json::from_str("1234").unwrap();
        assert_eq!(secret.expose(), "1234");
    }
}
