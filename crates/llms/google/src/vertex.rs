use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::Deserialize;
use sqlatte_http::{
    Address,
    google::{Login, Tokens},
};
use sqlatte_providers::{LlmFactory, LlmProvider, Result, Secret, Settings};

use crate::{
    Google, StructuredOutput, ThinkingLevel,
    access::Access,
    config::{MODEL, Options, address, invalid, or_default, seconds},
};

/// What calls of a model need.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// The settings of the provider `vertex`. A text left empty counts as not set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct VertexConfig {
    /// The Google Cloud project, by its id; without it, that of the service account's key.
    #[serde(alias = "project_id")]
    pub project: String,
    /// Where the model runs: `global`, `us`, `eu`, or a region such as `europe-west4`; `global` unless set.
    pub location: String,
    /// The file of a key, as Google hands it out: a service account, or a configuration of workload identity.
    #[serde(alias = "credentials_path")]
    pub credentials_file: String,
    /// The same as text, instead of a file. With neither: the application default credentials.
    pub credentials_json: Secret,
    /// The model, by its API name; `gemini-3.8-flash` unless set.
    pub model: String,
    /// Another address of the API, such as that of Private Service Connect; unless set, that of `location`. One on
    /// this machine is asked without credentials unless some are set.
    pub base_url: String,
    /// The most tokens of one answer, 16,000 unless set. Thinking counts in.
    pub max_tokens: u32,
    /// 0 to 2; unset is the API's own default. From Gemini 3 on Google advises against setting it.
    pub temperature: Option<f32>,
    /// How much thought goes into an answer, from Gemini 2.5 on; unset is the model's own default.
    pub thinking_level: Option<ThinkingLevel>,
    /// The same in tokens, as Gemini 2.5 counts it: 0 for none where the model allows it, -1 for as it sees fit.
    pub thinking_budget: Option<i32>,
    /// How an answer is held to a JSON schema; unset picks the way the model knows.
    pub structured_output: Option<StructuredOutput>,
    /// The longest a call may take, retries included, in seconds (a request may ask for less); 120 unless set.
    #[serde(deserialize_with = "seconds")]
    pub timeout: Duration,
    /// How often a call that failed for a passing reason is made again, 0 to 10; 2 unless set.
    pub max_retries: u32,
}

impl Default for VertexConfig {
    fn default() -> Self {
        VertexConfig {
            project: String::new(),
            location: "global".to_owned(),
            credentials_file: String::new(),
            credentials_json: Secret::default(),
            model: MODEL.to_owned(),
            base_url: String::new(),
            max_tokens: 16_000,
            temperature: None,
            thinking_level: None,
            thinking_budget: None,
            structured_output: None,
            timeout: Duration::from_secs(120),
            max_retries: 2,
        }
    }
}

impl VertexConfig {
    /// The defaults for `project`.
    pub fn new(project: impl Into<String>) -> Self {
        VertexConfig { project: project.into(), ..VertexConfig::default() }
    }

    fn options(&self) -> Options {
        Options {
            kind: "vertex",
            model: or_default(&self.model, MODEL),
            max_tokens: self.max_tokens,
            temperature: self.temperature,
            thinking_level: self.thinking_level,
            thinking_budget: self.thinking_budget,
            structured_output: self.structured_output,
            timeout: self.timeout,
            max_retries: self.max_retries,
        }
    }

    /// Who asks. A base URL on this machine is that of a proxy or a test, which need no login.
    fn login(&self) -> Result<Login> {
        let own = || Address::parse(&self.base_url).is_ok_and(|address| address.is_loopback());
        Ok(match Login::with_key(Some(&self.credentials_file), &self.credentials_json)? {
            Some(key) => key,
            None if own() => Login::nobody(),
            None => Login::of_machine(),
        })
    }
}

impl Google {
    /// Takes the settings of Vertex AI. A key file is read now; nothing is sent yet.
    ///
    /// # Errors
    /// `InvalidSettings` for a missing project, a key that cannot be read or is none, an address that is none or can
    /// be read along on its way, and numbers out of range.
    pub fn vertex(config: VertexConfig) -> Result<Self> {
        let options = config.options();
        options.validate()?;
        let location = or_default(&config.location, "global").to_lowercase();
        if !location.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(invalid(
                "the setting location of vertex is not one: it is global, us, eu, or a region such as europe-west4",
            ));
        }
        let (base_url, version) = match config.base_url.trim() {
            "" => (format!("https://{}", host(&location)), "v1".to_owned()),
            base_url => address(base_url, "v1", "vertex")?,
        };
        let login = config.login()?;
        let project = match config.project.trim() {
            "" => login.project(),
            project => Some(project.to_owned()),
        };
        let known = |c: char| c.is_ascii_alphanumeric() || "-_:.".contains(c);
        let Some(project) = project else {
            return Err(invalid("vertex needs a project: set project to the id of the Google Cloud project"));
        };
        if !project.chars().all(known) {
            return Err(invalid(
                "the setting project of vertex is not a project's id: it has letters, digits and hyphens; its name \
                 for people is another thing",
            ));
        }
        let tokens = Tokens::new(login, SCOPE);
        Google::new(options, Access::Login { tokens, project, location }, &base_url, version)
    }
}

/// The host of a location: <https://docs.cloud.google.com/gemini-enterprise-agent-platform/resources/locations>.
fn host(location: &str) -> String {
    match location {
        "global" => "aiplatform.googleapis.com".to_owned(),
        // The regions that are made of regions.
        "us" | "eu" => format!("aiplatform.{location}.rep.googleapis.com"),
        region => format!("{region}-aiplatform.googleapis.com"),
    }
}

/// Makes [`Google`] providers of Vertex AI for the registry, under the names `vertex` and `vertexai`.
#[derive(Debug, Clone, Copy, Default)]
pub struct VertexFactory;

#[async_trait]
impl LlmFactory for VertexFactory {
    fn names(&self) -> &'static [&'static str] {
        &["vertex", "vertexai"]
    }

    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn LlmProvider>> {
        Ok(Arc::new(Google::vertex(settings.read("vertex")?)?))
    }
}

#[cfg(test)]
mod tests;
