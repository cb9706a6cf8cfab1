use std::path::Path;

use figment::value::{Dict, Value};

use super::ConfigError;

/// The text of a file; the error names it.
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| {
        ConfigError(format!("the configuration file {} cannot be read: {error}", path.display()))
    })
}

/// The settings in a text that came from `name`; the error names the line where YAML went wrong.
pub(super) fn text(name: &str, content: &str) -> Result<Dict, ConfigError> {
    // A piece of the document in the error could show a password.
    let options = serde_saphyr::options! { with_snippet: false };
    let value: Option<Value> = serde_saphyr::from_str_with_options(content, options).map_err(|error| {
        // The parser's advice is for programmers.
        let fault = error.to_string().replace(", set DuplicateKeyPolicy in Options if acceptable", "");
        ConfigError(format!("{name} is not valid YAML: {fault}"))
    })?;
    match value {
        None => Ok(Dict::new()),
        Some(Value::Dict(_, dict)) => Ok(dict),
        Some(_) => Err(ConfigError(format!("{name}: the configuration must be a mapping of sections"))),
    }
}

/// The line, from 1, of the key at a path, or of the last key before it that stands on a line of its own.
pub(super) fn line_of(content: &str, path: &[String]) -> Option<usize> {
    let lines: Vec<(usize, &str)> =
        content.lines().map(|line| (line.len() - line.trim_start().len(), line.trim_start())).collect();
    let mut found: Option<(usize, usize)> = None;
    for key in path {
        let (from, above) = found.map_or((0, None), |(line, indent)| (line + 1, Some(indent)));
        let below = lines.iter().enumerate().skip(from).take_while(|(_, (indent, text))| {
            text.is_empty() || text.starts_with('#') || above.is_none_or(|above| *indent > above)
        });
        let is_key = |text: &str| {
            let text = text.trim_start_matches(['"', '\'']);
            let rest = text.strip_prefix(key.as_str()).map(|rest| rest.trim_start_matches(['"', '\'']));
            rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
        };
        match below.into_iter().find(|(_, (_, text))| is_key(text)) {
            Some((line, (indent, _))) => found = Some((line, *indent)),
            None => break,
        }
    }
    found.map(|(line, _)| line + 1)
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn keys_are_found_by_their_indentation() {
        let content = "# port: 1\napp:\n  name: x\n\n  # a word\n  'port': many\nlog: { level: info }\nquery:\n  port: 2\n";
        for (path, line) in [
            (&["app", "port"][..], Some(6)),
            (&["app", "host"], Some(2)),
            (&["log", "level"], Some(7)),
            (&["query", "port"], Some(9)),
            (&["por"], None),
        ] {
            let path: Vec<String> = path.iter().map(|&key| key.to_owned()).collect();
            assert_eq!(line_of(content, &path), line, "{path:?}");
        }
    }
}
