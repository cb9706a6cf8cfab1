//! What to do about a failure, as far as it depends on what opens the API: a key, or a login.

use sqlatte_providers::ProviderError;

use super::Translator;
use crate::access::Access;

impl Translator<'_> {
    /// The setting that opens the API.
    pub(super) fn opener(self) -> &'static str {
        match self.access {
            Access::Key(_) => "api_key",
            #[cfg(feature = "vertex")]
            Access::Login { .. } => "the credentials",
        }
    }

    fn api(self) -> &'static str {
        match self.access {
            Access::Key(_) => "Gemini API",
            #[cfg(feature = "vertex")]
            Access::Login { .. } => "Vertex AI",
        }
    }

    pub(super) fn wrong_address(self) -> String {
        format!("{} has no {} at this address; check base_url", self.target, self.api())
    }

    /// A key that is no key, has expired or has become known.
    pub(super) fn wrong_key(self, words: &str) -> String {
        let target = &self.target;
        // A gateway has keys of its own, and is never shown Google's.
        if !target.ends_with("googleapis.com") {
            return format!(
                "{target} does not accept the API key; check api_key (SQLATTE_LLM_API_KEY): {words}"
            );
        }
        format!(
            "{target} does not accept the API key; check api_key (GEMINI_API_KEY), or make a new one at \
             https://aistudio.google.com/apikey: {words}"
        )
    }

    /// Status 401: for Vertex AI also a signature of another time.
    #[cfg_attr(not(feature = "vertex"), expect(unused_variables, reason = "a key carries no time"))]
    pub(super) fn refused(self, words: &str, date: Option<&str>) -> String {
        match self.access {
            Access::Key(_) => self.wrong_key(words),
            #[cfg(feature = "vertex")]
            Access::Login { tokens, .. } => {
                let login = tokens.login();
                let who = login.who();
                let minutes =
                    date.and_then(sqlatte_http::google::minutes_off).filter(|_| login.signs_itself());
                match minutes {
                    Some(minutes) => format!(
                        "{} does not accept the login of {who}: this machine's clock is {minutes} minutes off; set it \
                         right, for the key's signature carries the time",
                        self.target
                    ),
                    None if login.is_nobody() => format!(
                        "{} wants a login; set credentials_file to the JSON key of a service account: {words}",
                        self.target
                    ),
                    None => format!(
                        "{} does not accept the login of {who}; check that its key was not deleted or disabled, or \
                         make a new one: {words}",
                        self.target
                    ),
                }
            }
        }
    }

    pub(super) fn api_disabled(self, words: &str) -> String {
        match self.access {
            Access::Key(_) => format!(
                "the project of this API key has not enabled the Gemini API; enable \"Generative Language API\" in \
                 Google Cloud's console, or make a key at https://aistudio.google.com/apikey: {words}"
            ),
            #[cfg(feature = "vertex")]
            Access::Login { project, .. } => format!(
                "the project `{project}` has not enabled Vertex AI; enable it with `gcloud services enable \
                 aiplatform.googleapis.com --project={project}`, and wait some minutes: {words}"
            ),
        }
    }

    /// A key that may be used for some APIs, pages or addresses alone.
    pub(super) fn restricted_key(self, words: &str) -> String {
        format!(
            "the restrictions of this API key do not allow the call; allow it the Gemini API and this machine's \
             address, in Google Cloud's console under Credentials: {words}"
        )
    }

    pub(super) fn not_allowed(self, words: &str) -> String {
        let Translator { target, model, .. } = self;
        match self.access {
            Access::Key(_) => {
                format!("{target} does not allow this API key to use the model `{model}`: {words}")
            }
            #[cfg(feature = "vertex")]
            Access::Login { tokens, .. } if tokens.login().is_nobody() => format!(
                "{target} does not let everybody use the model `{model}`; set credentials_file to the JSON key of a \
                 service account: {words}"
            ),
            #[cfg(feature = "vertex")]
            Access::Login { tokens, project, location } => format!(
                "{} may not use the model `{model}`; give it the role \"Vertex AI User\" (roles/aiplatform.user) on \
                 the project `{project}`, and check that project and location (`{location}`) are right: {words}",
                tokens.login().who()
            ),
        }
    }

    pub(super) fn wrong_project(self, words: &str) -> String {
        match self.access {
            Access::Key(_) => format!("the project of this API key cannot be used; make a new key: {words}"),
            #[cfg(feature = "vertex")]
            Access::Login { tokens, project, .. } => format!(
                "there is no project `{project}`, or {} does not belong to it; check the setting project, which is \
                 the project's id, not its name: {words}",
                tokens.login().who()
            ),
        }
    }

    /// Google offers the Gemini API in some countries alone.
    pub(super) fn not_offered_here(self) -> String {
        match self.access {
            Access::Key(_) => {
                "Google does not offer the Gemini API where this machine is; use vertex with a location of yours, or \
                 ask through a gateway with base_url"
                    .to_owned()
            }
            #[cfg(feature = "vertex")]
            Access::Login { location, .. } => format!(
                "Google does not offer the model `{}` in the location `{location}`; choose another location",
                self.model
            ),
        }
    }

    pub(super) fn wrong_location(self, words: &str) -> String {
        match self.access {
            Access::Key(_) => format!("{} refused the request; check base_url: {words}", self.target),
            #[cfg(feature = "vertex")]
            Access::Login { location, .. } => format!(
                "Vertex AI has no location `{location}`; set location to global, us, eu, or a region such as \
                 europe-west4: {words}"
            ),
        }
    }

    pub(super) fn unknown_model(self, words: &str) -> String {
        let Translator { target, model, .. } = self;
        match self.access {
            Access::Key(_) => format!("{target} has no model `{model}`; check the setting model: {words}"),
            #[cfg(feature = "vertex")]
            Access::Login { project, location, .. } => format!(
                "Vertex AI has no model `{model}` in the location `{location}` for the project `{project}`; check the \
                 setting model, and whether the location offers it (global has the most): {words}"
            ),
        }
    }

    /// A location that is none makes a host that is none.
    #[cfg_attr(not(feature = "vertex"), expect(unused_variables, reason = "a key has no location"))]
    pub(super) fn unknown_location(self, error: &ProviderError) -> Option<String> {
        match self.access {
            Access::Key(_) => None,
            #[cfg(feature = "vertex")]
            Access::Login { location, .. } => {
                let regional = self.target == format!("{location}-aiplatform.googleapis.com");
                (regional && error.message().contains("cannot be resolved")).then(|| {
                    format!(
                        "{}; or there is no location `{location}`: check the setting location",
                        error.message()
                    )
                })
            }
        }
    }
}
