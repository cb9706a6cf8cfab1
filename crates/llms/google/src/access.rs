use std::time::Duration;

use sqlatte_http::Request;
#[cfg(feature = "vertex")]
use sqlatte_http::google::{Token, Tokens};
use sqlatte_providers::{Result, Secret};

/// What opens the API, and where it keeps the models.
#[derive(Debug)]
pub(crate) enum Access {
    /// The Gemini API, by a key that the client sends with every call.
    Key(Secret),
    /// Vertex AI, by a login.
    #[cfg(feature = "vertex")]
    Login { tokens: Tokens, project: String, location: String },
}

/// What opens the API for one call.
#[derive(Debug)]
pub(crate) enum Pass<'a> {
    Key(&'a Secret),
    #[cfg(feature = "vertex")]
    Token(Token),
}

impl Access {
    /// The key that goes with every call, where there is one.
    pub(crate) fn key(&self) -> Option<&Secret> {
        match self {
            Access::Key(key) => Some(key),
            #[cfg(feature = "vertex")]
            Access::Login { .. } => None,
        }
    }

    /// The path of `model` below the API's version. A name with a slash is one of the API's own, such as that of a
    /// tuned model.
    pub(crate) fn resource(&self, model: &str) -> String {
        match self {
            Access::Key(_) if model.contains('/') => model.to_owned(),
            Access::Key(_) => format!("models/{model}"),
            #[cfg(feature = "vertex")]
            Access::Login { project, location, .. } => {
                let place = format!("projects/{project}/locations/{location}");
                match model.split('/').next() {
                    Some("projects") => model.to_owned(),
                    Some("publishers" | "endpoints") => format!("{place}/{model}"),
                    _ => {
                        let model = model.strip_prefix("models/").unwrap_or(model);
                        format!("{place}/publishers/google/models/{model}")
                    }
                }
            }
        }
    }

    /// What opens the API now; a token may have to be fetched first, for which there is time up to `limit`.
    ///
    /// # Errors
    /// Those of [`Tokens::token`](sqlatte_http::google::Tokens::token).
    #[cfg_attr(not(feature = "vertex"), expect(unused_variables, reason = "a key needs no time"))]
    pub(crate) async fn pass(&self, limit: Duration) -> Result<Pass<'_>> {
        match self {
            Access::Key(key) => Ok(Pass::Key(key)),
            #[cfg(feature = "vertex")]
            Access::Login { tokens, .. } => Ok(Pass::Token(tokens.token(limit).await?)),
        }
    }
}

impl Pass<'_> {
    pub(crate) fn apply<'c>(&self, request: Request<'c>) -> Request<'c> {
        match self {
            // The client has it already.
            Pass::Key(_) => request,
            #[cfg(feature = "vertex")]
            Pass::Token(token) => token.apply(request),
        }
    }

    /// `text` without what opens the API, should somebody have repeated it.
    pub(crate) fn conceal(&self, text: &str) -> String {
        match self {
            Pass::Key(key) if key.is_empty() => text.to_owned(),
            Pass::Key(key) => text.replace(key.expose(), "***"),
            #[cfg(feature = "vertex")]
            Pass::Token(token) => token.conceal(text),
        }
    }
}
