use std::path::PathBuf;

use serde::Deserialize;
use sqlatte_providers::{ErrorKind, ProviderError, Result};

/// How to reach a SQLite file: `url` or `path`, and what may be left out. An empty text counts as not set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SqliteConfig {
    /// `sqlite:/absolute/path`, `sqlite:relative.db` or `sqlite:///absolute/path`; what follows the scheme is the
    /// path as it is, nothing is decoded.
    pub url: Option<String>,
    /// The file, where no `url` names it.
    pub path: Option<PathBuf>,
    /// Statements that may run at once, each on a connection of its own.
    pub pool_size: usize,
    /// How long to wait for a writer that has locked the file.
    pub busy_timeout_ms: u64,
    /// Whether describing a table looks at rows for a few values of its text columns.
    pub samples: bool,
}

impl Default for SqliteConfig {
    fn default() -> Self {
        SqliteConfig { url: None, path: None, pool_size: 8, busy_timeout_ms: 2000, samples: true }
    }
}

impl SqliteConfig {
    /// The defaults for the file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        SqliteConfig { path: Some(path.into()), ..SqliteConfig::default() }
    }

    /// The file named by `path` or `url`, absolute.
    pub(crate) fn file(&self) -> Result<PathBuf> {
        let path = match (&self.url, &self.path) {
            (Some(url), _) => PathBuf::from(path_of(url)?),
            (None, Some(path)) => path.clone(),
            (None, None) => {
                return Err(invalid(
                    "no database file is named: set `path`, or `url` as `sqlite:/path/file.db`",
                ));
            }
        };
        if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" {
            return Err(invalid("a database in memory holds nothing to ask: name a file"));
        }
        // An absolute path has none of the meanings SQLite gives to `:memory:` and `file:`.
        std::path::absolute(&path).map_err(|error| {
            invalid(format!("the path `{}` cannot be used: {error}", path.display())).with_source(error)
        })
    }
}

fn path_of(url: &str) -> Result<&str> {
    let path = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))
        .ok_or_else(|| invalid("a SQLite URL starts with `sqlite:`, such as `sqlite:/path/file.db`"))?;
    match path.split_once('?') {
        None | Some((_, "")) => Ok(path.trim_end_matches('?')),
        // The only mode there is.
        Some((path, "mode=ro")) => Ok(path),
        Some((_, parameters)) => {
            Err(invalid(format!("a SQLite URL takes no parameters: remove `?{parameters}`")))
        }
    }
}

fn invalid(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::InvalidSettings, message)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use sqlatte_providers::Settings;

    use super::SqliteConfig;

    fn file(url: &str) -> Result<PathBuf, String> {
        let config: SqliteConfig = Settings::from_url(url).read("sqlite").unwrap();
        config.file().map_err(|error| error.to_string())
    }

    #[test]
    fn reads_urls() {
        assert_eq!(file("sqlite:/a/b c.db").unwrap(), PathBuf::from("/a/b c.db"));
        assert_eq!(file("sqlite:///a/b.db").unwrap(), PathBuf::from("/a/b.db"));
        assert_eq!(file("sqlite:///a/b.db?mode=ro").unwrap(), PathBuf::from("/a/b.db"));
        let relative = std::env::current_dir().unwrap().join("shop.db");
        assert_eq!(file("sqlite:shop.db").unwrap(), relative);
        assert_eq!(file("sqlite://shop.db").unwrap(), relative);
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(
            file("mysql://host/db").unwrap_err(),
            "a SQLite URL starts with `sqlite:`, such as `sqlite:/path/file.db`"
        );
        assert!(file("sqlite::memory:").unwrap_err().contains("name a file"));
        assert!(file("sqlite:").unwrap_err().contains("name a file"));
        assert!(file("sqlite:a.db?mode=rwc").unwrap_err().contains("?mode=rwc"));
        assert!(SqliteConfig::default().file().unwrap_err().message().contains("set `path`"));
        let unknown = serde_json::json!({ "path": "a.db", "pool": 3 });
        let error = Settings::new(unknown).unwrap().read::<SqliteConfig>("sqlite").unwrap_err();
        assert!(error.message().contains("unknown field `pool`"), "{error}");
    }
}
