use minijinja::{Environment, UndefinedBehavior, context};
use sqlatte_guard::Dialect;
use sqlatte_providers::{ErrorKind, ProviderError, Result};

/// The prompts in force, as text with named holes (`{{ dialect }}`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompts {
    /// The system text that goes before the schema; hole: `dialect`.
    pub interpret: String,
    /// What is said before a statement that failed, after the question; hole: `dialect`.
    pub repair: String,
}

impl Default for Prompts {
    fn default() -> Self {
        Prompts {
            interpret: include_str!("../prompts/interpret.md").to_owned(),
            repair: include_str!("../prompts/repair.md").to_owned(),
        }
    }
}

/// Fills the holes of a prompt.
pub(super) fn fill(name: &str, prompt: &str, dialect: Dialect) -> Result<String> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.render_str(prompt, context! { dialect => dialect.title() }).map_err(|error| {
        ProviderError::new(ErrorKind::InvalidSettings, format!("the prompt `prompts.{name}`: {error}"))
    })
}
