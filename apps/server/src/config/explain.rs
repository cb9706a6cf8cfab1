use figment::{
    Error,
    error::{Actual, Kind},
};

/// A figment error in one line: the key, what is wrong, where it comes from (`place` of the source's name and the
/// key); never the value, which may be a secret in the wrong place.
pub(super) fn explain(error: &Error, place: impl Fn(&str, &[String]) -> String) -> String {
    let mut text = String::new();
    for one in error.clone() {
        if !text.is_empty() {
            text.push_str("; ");
        }
        if !one.path.is_empty() {
            text.push_str(&format!("{}: ", one.path.join(".")));
        }
        text.push_str(&fault(&one.kind));
        if let Some(metadata) = &one.metadata {
            text.push_str(&format!(" (from {})", place(&metadata.name, &one.path)));
        }
    }
    text
}

fn fault(fault: &Kind) -> String {
    match fault {
        Kind::InvalidType(found, wanted) => format!("found {}, expected {}", kind(found), expected(wanted)),
        Kind::InvalidValue(found, wanted) => {
            format!("found {} that does not fit, expected {}", kind(found), expected(wanted))
        }
        Kind::UnknownVariant(_, known) => {
            let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("found another text, expected one of {}", names.join(", "))
        }
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => "the number is out of range".to_owned(),
        Kind::Unsupported(found) | Kind::UnsupportedKey(found, _) => {
            format!("{} has no place here", kind(found))
        }
        // They hold keys and our own words.
        Kind::Message(_)
        | Kind::InvalidLength(..)
        | Kind::UnknownField(..)
        | Kind::MissingField(_)
        | Kind::DuplicateField(_) => fault.to_string(),
    }
}

/// A value's kind, without the value.
pub(super) fn kind(found: &Actual) -> &'static str {
    match found {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) => "a whole number",
        Actual::Signed(number) if *number < 0 => "a negative number",
        Actual::Signed(_) => "a whole number",
        Actual::Float(_) => "a number",
        Actual::Char(_) | Actual::Str(_) => "a text",
        Actual::Unit | Actual::Option => "nothing",
        Actual::Seq => "a list",
        Actual::Map => "a mapping",
        _ => "something else",
    }
}

/// What serde says it wants, in the words of a configuration file.
fn expected(wanted: &str) -> String {
    match wanted {
        "u16" => format!("a whole number up to {}", u16::MAX),
        "u32" => format!("a whole number up to {}", u32::MAX),
        "u64" | "usize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a string" | "path string" => "a text".to_owned(),
        "a sequence" => "a list".to_owned(),
        wanted if wanted.starts_with("struct ") => "a section of keys".to_owned(),
        wanted => wanted.to_owned(),
    }
}
