use std::path::PathBuf;

use figment::value::{Dict, Value};
use sqlatte_providers::Secret;

use super::{
    ConfigError,
    kinds::Kinds,
    layer::{Layer, insert},
};

/// What the command line says; each is stronger than every other layer.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `app.host`
    pub host: Option<String>,
    /// `app.port`
    pub port: Option<u16>,
    /// `storage.data_dir`
    pub data_dir: Option<PathBuf>,
    /// A database URL; its scheme is the provider. It may hold a password.
    pub database: Option<Secret>,
}

impl Overrides {
    /// As a layer called `name`; `option` is what a faulty URL was given with.
    pub(super) fn layer(
        &self,
        name: impl Into<String>,
        option: &str,
        kinds: &Kinds,
    ) -> Result<Layer, ConfigError> {
        let mut dict = Dict::new();
        let mut set = |path: &[&str], value: Value| insert(&mut dict, path, value);
        if let Some(host) = &self.host {
            set(&["app", "host"], host.as_str().into());
        }
        if let Some(port) = self.port {
            set(&["app", "port"], port.into());
        }
        if let Some(dir) = &self.data_dir {
            let dir = dir.to_str().ok_or_else(|| {
                ConfigError(format!("the data directory {} is not text in UTF-8", dir.display()))
            })?;
            set(&["storage", "data_dir"], dir.into());
        }
        if let Some(url) = &self.database {
            let kind = kinds.database(scheme(url.expose(), option)?);
            set(&["database", "provider"], kind.into());
            set(&["database", kind, "url"], url.expose().into());
        }
        Layer::new(name, dict, kinds)
    }
}

/// The scheme of a database URL.
fn scheme<'a>(url: &'a str, option: &str) -> Result<&'a str, ConfigError> {
    let is_scheme = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.chars().all(|one| one.is_ascii_alphanumeric() || "+-.".contains(one))
    };
    match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) && !rest.is_empty() => Ok(scheme),
        _ => Err(ConfigError(format!("{option} takes a URL, such as sqlite:/path/file.db"))),
    }
}
