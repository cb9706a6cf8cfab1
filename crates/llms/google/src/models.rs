//! What a model's name tells about what it takes.

use crate::{StructuredOutput, ThinkingLevel};

/// The generations that take different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Generation {
    /// Gemini 2.0 and older, which do not think.
    Older,
    /// Gemini 2.5, which thinks by a budget of tokens.
    Budgets,
    /// Gemini 3 and later, which thinks by levels; so are names without a number, such as `gemini-flash-latest`.
    Levels,
    /// A model that is no Gemini.
    Other,
}

/// Read from names such as `gemini-3.8-flash`, `gemini-2.5-pro-preview-06-05`, `models/gemini-3-pro-preview` and, at
/// gateways, `google/gemini-2.0-flash-001`.
fn generation(model: &str) -> Generation {
    let Some((_, name)) = model.split_once("gemini-") else { return Generation::Other };
    let number = name.split('-').next().unwrap_or_default();
    let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
    match (major.parse::<u32>(), minor.parse::<u32>()) {
        (Ok(major), Ok(minor)) if (major, minor) < (2, 5) => Generation::Older,
        (Ok(major), Ok(_)) if major < 3 => Generation::Budgets,
        _ => Generation::Levels,
    }
}

/// Whether a request's own wish for a temperature reaches the model.
///
/// Google advises to leave it alone from Gemini 3 on, lest answers go round in circles, and later models ignore it:
/// <https://ai.google.dev/gemini-api/docs/gemini-3#temperature>.
pub(crate) fn follows_temperature(model: &str) -> bool {
    generation(model) != Generation::Levels
}

/// The budget of tokens that stands for a level with models that know budgets alone, as Google itself translates:
/// <https://ai.google.dev/gemini-api/docs/openai#thinking>.
pub(crate) fn budget(model: &str, level: ThinkingLevel) -> Option<i32> {
    (generation(model) == Generation::Budgets).then_some(match level {
        ThinkingLevel::Minimal | ThinkingLevel::Low => 1_024,
        ThinkingLevel::Medium => 8_192,
        ThinkingLevel::High => 24_576,
    })
}

/// How the model can be held to a JSON schema: <https://ai.google.dev/gemini-api/docs/structured-output>.
pub(crate) fn structured_output(model: &str) -> StructuredOutput {
    match generation(model) {
        Generation::Older => StructuredOutput::ResponseSchema,
        Generation::Budgets | Generation::Levels | Generation::Other => StructuredOutput::JsonSchema,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_of_name() {
        for (model, expected) in [
            ("gemini-3.8-flash", Generation::Levels),
            ("gemini-3-pro-preview", Generation::Levels),
            ("models/gemini-3.1-pro-preview", Generation::Levels),
            ("gemini-10-flash", Generation::Levels),
            ("gemini-flash-latest", Generation::Levels),
            ("gemini-2.5-flash-lite", Generation::Budgets),
            ("gemini-2.5-pro-preview-06-05", Generation::Budgets),
            ("google/gemini-2.0-flash-001", Generation::Older),
            ("gemini-1.5-pro", Generation::Older),
            ("gemma-3-27b-it", Generation::Other),
            ("publishers/google/models/gemini-2.5-pro", Generation::Budgets),
            ("", Generation::Other),
        ] {
            assert_eq!(generation(model), expected, "{model}");
        }
        // The first model of all had no number of its own, and is gone.
        assert_eq!(generation("gemini-pro"), Generation::Levels);
    }

    #[test]
    fn levels_become_budgets_where_only_those_are_known() {
        assert_eq!(budget("gemini-2.5-flash", ThinkingLevel::Medium), Some(8_192));
        assert_eq!(budget("gemini-3.8-flash", ThinkingLevel::Medium), None);
    }
}
