use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de};

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

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Secret::new(text))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text)
    }
}

/// Reads a text. A key of digits only is a number to YAML, and a key left empty is nothing at all.
struct Text;

impl de::Visitor<'_> for Text {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, in quotes if it is all digits")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Secret, E> {
        Ok(Secret(text))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Secret, E> {
        Ok(Secret(number.to_string()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Secret, E> {
        Ok(Secret(number.to_string()))
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<Secret, E> {
        Ok(Secret(number.to_string()))
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<Secret, E> {
        Ok(Secret(number.to_string()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Secret, E> {
        Ok(Secret::default())
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, de::IntoDeserializer, de::value::Error};

    use super::Secret;

    #[test]
    fn never_prints() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
        assert_eq!(format!("{:?}", Secret::default()), "unset");
    }

    #[test]
    fn reads_a_key_of_digits() {
        for digits in ["1234", "18446744073709551615", "-9223372036854775808"] {
            let secret: Secret = serde_json::from_str(digits).unwrap();
            assert_eq!(secret.expose(), digits);
        }
        let long = 340_282_366_920_938_463_463_374_607_431_768_211_455_u128;
        let secret = Secret::deserialize(IntoDeserializer::<Error>::into_deserializer(long)).unwrap();
        assert_eq!(secret.expose(), long.to_string());
        assert!(serde_json::from_str::<Secret>("null").unwrap().is_empty());
    }

    #[test]
    fn refuses_what_lost_its_digits() {
        let error = serde_json::from_str::<Secret>("123456789012345678901234567890").unwrap_err();
        assert!(error.to_string().contains("expected a text"), "{error}");
    }
}
