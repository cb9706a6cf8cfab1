use figment::{
    Error, Metadata, Profile, Provider,
    value::{Dict, Map, Num, Tag, Value},
};

use super::{ConfigError, kinds::Kinds};

/// One source of settings, named for people.
#[derive(Debug)]
pub(super) struct Layer {
    name: String,
    dict: Dict,
}

impl Layer {
    /// Settings from `name`, with every kind of provider under its own name.
    pub(super) fn new(name: impl Into<String>, mut dict: Dict, kinds: &Kinds) -> Result<Self, ConfigError> {
        let name = name.into();
        dict.values_mut().for_each(keep_digits);
        kinds.normalise(&mut dict).map_err(|fault| ConfigError(format!("{fault} (from {name})")))?;
        Ok(Layer { name, dict })
    }

    /// One setting.
    pub(super) fn of(
        name: impl Into<String>,
        path: &[&str],
        value: Value,
        kinds: &Kinds,
    ) -> Result<Self, ConfigError> {
        let mut dict = Dict::new();
        insert(&mut dict, path, value);
        Layer::new(name, dict, kinds)
    }
}

/// Puts a value at a path, making the mappings on the way.
pub(super) fn insert(dict: &mut Dict, path: &[&str], value: Value) {
    match path {
        [] => {}
        [key] => drop(dict.insert((*key).to_owned(), value)),
        [key, rest @ ..] => {
            let below =
                dict.entry((*key).to_owned()).or_insert_with(|| Value::Dict(Tag::Default, Dict::new()));
            if let Value::Dict(_, below) = below {
                insert(below, rest, value);
            }
        }
    }
}

/// Numbers larger than serde's common ones become texts: only a key of digits is that long.
fn keep_digits(value: &mut Value) {
    match value {
        Value::Num(tag, Num::U128(number)) if u64::try_from(*number).is_err() => {
            *value = Value::String(*tag, number.to_string());
        }
        Value::Num(tag, Num::I128(number)) if i64::try_from(*number).is_err() => {
            *value = Value::String(*tag, number.to_string());
        }
        Value::Dict(_, dict) => dict.values_mut().for_each(keep_digits),
        Value::Array(_, list) => list.iter_mut().for_each(keep_digits),
        _ => {}
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Map::from([(Profile::Default, self.dict.clone())]))
    }
}
