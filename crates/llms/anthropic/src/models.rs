//! What a model's name tells about what it takes.

use crate::StructuredOutput;

/// Major and minor version of a Claude model, read from names such as `claude-sonnet-5-5`,
/// `claude-opus-4-5-20251101`, `claude-3-7-sonnet-20250219` and, at gateways, `anthropic.claude-sonnet-4-6-v1:0`;
/// `None` for a model of another maker.
fn version(model: &str) -> Option<(u32, u32)> {
    let (_, name) = model.split_once("claude-")?;
    // A date has eight digits; a revision such as `v1` begins with a letter.
    let mut numbers = name
        .split(['-', '.', '@', ':'])
        .skip_while(|part| part.parse::<u32>().is_err())
        .map_while(|part| part.parse().ok().filter(|_| part.len() <= 2));
    Some((numbers.next()?, numbers.next().unwrap_or(0)))
}

/// Whether the model may be sent a temperature.
///
/// Claude Opus 4.7 and everything from Claude 5 on refuse one that is not the default with status 400:
/// <https://platform.claude.com/docs/en/models/sonnet-5-5/migration-guide>.
pub(crate) fn accepts_temperature(model: &str) -> bool {
    version(model).is_none_or(|version| version < (4, 7))
}

/// Whether the model may be given a budget of tokens to think with: the models from Claude 3.7 on may, and those from
/// Claude 4.7 on refuse it with status 400 (<https://platform.claude.com/docs/en/build-with-claude/extended-thinking>).
/// Of models of other makers nothing is known.
pub(crate) fn takes_budget(model: &str) -> bool {
    version(model).is_none_or(|version| ((3, 7)..(4, 7)).contains(&version))
}

/// How the model can be held to a JSON schema.
///
/// `output_config.format` exists from Claude 4.5 on
/// (<https://platform.claude.com/docs/en/build-with-claude/structured-outputs>). A forced tool call, the older way,
/// is no longer one that works everywhere: Claude Sonnet 5.5, Opus 5.5 and Fable 5.1 refuse it with status 400
/// (<https://platform.claude.com/docs/en/models/sonnet-5-5/whats-new-sonnet-5-5#forced-tool-use-is-not-supported>).
/// So new models get the schema, and older ones and models of other makers, whose servers know tools but mostly
/// ignore `output_config`, get the tool.
pub(crate) fn structured_output(model: &str) -> StructuredOutput {
    match version(model) {
        Some(version) if version >= (4, 5) => StructuredOutput::JsonSchema,
        _ => StructuredOutput::Tool,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_of_name() {
        for (model, expected) in [
            ("claude-sonnet-5-5", Some((5, 5))),
            ("claude-opus-5", Some((5, 0))),
            ("claude-fable-5-1", Some((5, 1))),
            ("claude-haiku-4-5-20251001", Some((4, 5))),
            ("claude-sonnet-4-20250514", Some((4, 0))),
            ("claude-3-7-sonnet-20250219", Some((3, 7))),
            ("claude-3-opus-20240229", Some((3, 0))),
            ("claude-sonnet-4-5@20250929", Some((4, 5))),
            ("us.anthropic.claude-opus-4-6-v1:0", Some((4, 6))),
            ("anthropic/claude-opus-4.7", Some((4, 7))),
            ("claude-sonnet-latest", None),
            ("deepseek-chat", None),
            ("", None),
        ] {
            assert_eq!(version(model), expected, "{model}");
        }
    }

    #[test]
    fn knows_which_generations_think_by_a_budget() {
        for (model, takes) in [
            ("claude-3-5-haiku-20241022", false),
            ("claude-3-7-sonnet-20250219", true),
            ("claude-sonnet-4-20250514", true),
            ("claude-haiku-4-5", true),
            ("claude-opus-4-6", true),
            ("claude-opus-4-7", false),
            ("claude-sonnet-5-5", false),
            ("some-other-model", true),
        ] {
            assert_eq!(takes_budget(model), takes, "{model}");
        }
    }

    #[test]
    fn knows_what_each_generation_takes() {
        for (model, temperature, output) in [
            ("claude-sonnet-4-20250514", true, StructuredOutput::Tool),
            ("claude-haiku-4-5", true, StructuredOutput::JsonSchema),
            ("claude-opus-4-6", true, StructuredOutput::JsonSchema),
            ("claude-opus-4-7", false, StructuredOutput::JsonSchema),
            ("claude-sonnet-5-5", false, StructuredOutput::JsonSchema),
            ("some-other-model", true, StructuredOutput::Tool),
        ] {
            assert_eq!(
                (accepts_temperature(model), structured_output(model)),
                (temperature, output),
                "{model}"
            );
        }
    }
}
