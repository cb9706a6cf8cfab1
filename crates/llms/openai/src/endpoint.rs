use std::time::Duration;

use sqlatte_http::{Address, Client, Request};
use sqlatte_providers::{ErrorKind, ProviderError, Result, Secret};

use crate::{Config, error::wait_in_body, wire::LONGEST};

/// OpenAI's own host, which takes nobody without a key.
const OPENAI: &str = "api.openai.com";

/// What the hosts of Azure's resources end in.
const AZURE: [&str; 3] = [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"];

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Completions,
    Embeddings,
}

impl Work {
    /// The path below the base URL.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Work::Completions => "chat/completions",
            Work::Embeddings => "embeddings",
        }
    }
}

/// Beside the usual ones also 408 and 500: a completion that was lost does no harm when it is made again.
const PASSING: [u16; 7] = [408, 429, 500, 502, 503, 504, 529];

/// Nobody looks at a question for longer while the server has it wait; another model may be asked meanwhile.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Where the API lives, and in which of its dialects it is called.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// The address below which the paths are.
    base: String,
    /// The parameter `api-version` of every call, at Azure.
    pub(crate) api_version: Option<String>,
    /// Whether it is Azure's, whose key has a header of its own.
    pub(crate) azure: bool,
    /// Whether the path names a deployment, so that the server has no list of models that would tell its name.
    pub(crate) deployment: bool,
    /// Whether it is OpenAI's own.
    pub(crate) openai: bool,
}

impl Endpoint {
    /// # Errors
    /// `InvalidSettings` for an address that is none, and for a deployment whose name cannot be in a path.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let base = config.base_url.trim().trim_end_matches('/');
        // What documentation shows in full is pasted in full.
        let base = base.strip_suffix("/chat/completions").unwrap_or(base).trim_end_matches('/');
        let address = Address::parse(base).map_err(|error| of_setting("base_url", &error))?;
        let target = address.target().to_ascii_lowercase();
        let host = target.split(':').next().unwrap_or_default();
        let version = config.api_version.trim();
        let azure = !version.is_empty() || AZURE.iter().any(|end| host.ends_with(end));
        let deployment = !version.is_empty() && !base.ends_with("/v1");
        let base = if deployment && base.contains("/deployments/") {
            base.to_owned()
        } else if deployment {
            let model = config.model.trim();
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            if !model.bytes().all(plain) {
                return Err(ProviderError::new(
                    ErrorKind::InvalidSettings,
                    "the setting model of openai must be the name of a deployment where api_version is set: letters, \
                     digits, dashes, dots and underscores",
                ));
            }
            format!("{}/openai/deployments/{model}", base.strip_suffix("/openai").unwrap_or(base))
        } else if has_path(base) {
            base.to_owned()
        } else {
            format!("{base}{}", if azure { "/openai/v1" } else { "/v1" })
        };
        let openai = host == OPENAI;
        let api_version = Some(version.to_owned()).filter(|version| !version.is_empty());
        Ok(Endpoint { base, api_version, azure, deployment, openai })
    }

    /// The address of the server, below which it has paths of its own.
    pub(crate) fn root(&self) -> &str {
        self.base.strip_suffix("/v1").unwrap_or(&self.base)
    }

    /// Whether it knows the newest fields, and asks for a key.
    pub(crate) fn is_newest(&self) -> bool {
        self.openai || self.azure
    }

    /// A call with what every call at the endpoint has.
    pub(crate) fn versioned<'c>(&self, request: Request<'c>) -> Request<'c> {
        match &self.api_version {
            Some(version) => request.query("api-version", version),
            None => request,
        }
    }

    /// The variable of the environment that the server gives the key from.
    pub(crate) fn variable(&self) -> &'static str {
        // The usual one is read for OpenAI's own address alone, so that no other gets its key.
        if self.openai { "OPENAI_API_KEY" } else { "SQLATTE_LLM_API_KEY" }
    }

    /// A client that shows the key and the headers of the settings.
    ///
    /// # Errors
    /// `InvalidSettings` for a key that is missing, for one that others could read on its way, and for headers that
    /// cannot be sent.
    pub(crate) fn client(&self, config: &Config) -> Result<Client> {
        let invalid = |message: String| Err(ProviderError::new(ErrorKind::InvalidSettings, message));
        let address = Address::parse(&self.base).map_err(|error| of_setting("base_url", &error))?;
        let key = config.key();
        let sends_secrets = !key.is_empty() || config.headers().next().is_some();
        if self.is_newest() && !sends_secrets {
            return invalid(format!(
                "openai needs an API key for {}: set {}, or api_key in its settings; for a server of your own, set \
                 base_url",
                address.target(),
                self.variable()
            ));
        }
        if sends_secrets && address.is_in_clear() {
            return invalid(format!(
                "the key and headers of openai would go to {} for all to read: write base_url with https://, or leave \
                 api_key and headers empty if the server needs none",
                address.target()
            ));
        }
        let mut client = Client::builder(&self.base)?
            .max_retries(config.max_retries)
            .retry_statuses(&PASSING)
            .wait_in_body(wait_in_body)
            .longest_wish(LONGEST_WAIT)
            .max_body(LONGEST);
        if !key.is_empty() {
            client = match self.azure {
                true => client.secret_header("api-key", &Secret::new(key)),
                false => client.secret_header("authorization", &Secret::new(format!("Bearer {key}"))),
            };
        }
        for (name, value) in
            [("openai-organization", config.organization.trim()), ("openai-project", config.project.trim())]
        {
            if !value.is_empty() {
                client = client.header(name, value);
            }
        }
        for (name, value) in config.headers() {
            client = client.named_header(name, &Secret::new(value.expose().trim()));
        }
        client.build()
    }
}

/// Whether there is something behind the host.
fn has_path(base: &str) -> bool {
    base.split_once("://").is_some_and(|(_, rest)| rest.contains('/'))
}

fn of_setting(setting: &str, error: &ProviderError) -> ProviderError {
    ProviderError::new(error.kind(), format!("{setting} of openai: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(base_url: &str, api_version: &str) -> Endpoint {
        let config = Config {
            base_url: base_url.to_owned(),
            api_version: api_version.to_owned(),
            model: "my-gpt".to_owned(),
            ..Config::default()
        };
        Endpoint::new(&config).unwrap()
    }

    #[test]
    fn finds_the_path_of_every_kind_of_server() {
        for (base_url, api_version, base) in [
            ("https://api.openai.com/v1", "", "https://api.openai.com/v1"),
            ("https://api.openai.com", "", "https://api.openai.com/v1"),
            (" https://api.openai.com/v1/ ", "", "https://api.openai.com/v1"),
            ("https://api.openai.com/v1/chat/completions", "", "https://api.openai.com/v1"),
            ("http://127.0.0.1:11434", "", "http://127.0.0.1:11434/v1"),
            ("http://localhost:1234/v1", "", "http://localhost:1234/v1"),
            ("https://openrouter.ai/api/v1", "", "https://openrouter.ai/api/v1"),
            ("https://own.openai.azure.com", "", "https://own.openai.azure.com/openai/v1"),
            ("https://own.openai.azure.com/openai/v1/", "", "https://own.openai.azure.com/openai/v1"),
            ("https://own.openai.azure.com/openai/v1", "preview", "https://own.openai.azure.com/openai/v1"),
            (
                "https://own.openai.azure.com",
                "2024-10-21",
                "https://own.openai.azure.com/openai/deployments/my-gpt",
            ),
            (
                "https://own.openai.azure.com/openai/deployments/other/chat/completions",
                "2024-10-21",
                "https://own.openai.azure.com/openai/deployments/other",
            ),
            (
                "https://gateway.example.com/azure/openai/",
                "2024-10-21",
                "https://gateway.example.com/azure/openai/deployments/my-gpt",
            ),
        ] {
            assert_eq!(endpoint(base_url, api_version).base, base, "{base_url} {api_version}");
        }
    }

    #[test]
    fn knows_whose_it_is() {
        for (base_url, api_version, azure, newest) in [
            ("https://api.openai.com/v1", "", false, true),
            ("https://Own.OpenAI.Azure.com:443", "", true, true),
            ("https://gateway.example.com", "2024-10-21", true, true),
            ("http://127.0.0.1:11434/v1", "", false, false),
            ("https://api.openai.com.evil.example/v1", "", false, false),
        ] {
            let endpoint = endpoint(base_url, api_version);
            assert_eq!((endpoint.azure, endpoint.is_newest()), (azure, newest), "{base_url}");
        }
    }
}
