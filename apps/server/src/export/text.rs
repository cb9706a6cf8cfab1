use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use sqlatte_providers::Value;

use crate::wire::Cell;

/// A cell as text for files; NULL is empty.
pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::Bool(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Value::Integer(number) => number.to_string().into(),
        Value::Unsigned(number) => number.to_string().into(),
        Value::Float(number) if number.is_finite() => number.to_string().into(),
        Value::Float(_) => Cow::Borrowed(""),
        Value::Decimal(text) | Value::Text(text) => Cow::Borrowed(text),
        Value::Bytes(bytes) => STANDARD.encode(bytes).into(),
        Value::Json(json) => json.to_string().into(),
        Value::Array(_) => serde_json::to_string(&Cell(value.clone())).unwrap_or_default().into(),
    }
}
