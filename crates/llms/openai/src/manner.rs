//! What a server was found to know, so that it is asked in its own manner from then on.

use std::sync::{Mutex, PoisonError};

use crate::{
    Config, StructuredOutput, TokensField,
    error::{Fault, OF_SCHEMAS, OF_TOOLS, is_about_length, is_refusal_of_parts},
};

/// How requests are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Manner {
    /// How an answer is held to a schema.
    pub(crate) structured: StructuredOutput,
    /// Where the limit of tokens stands.
    pub(crate) tokens: TokensField,
    /// Whether a temperature may be sent.
    pub(crate) temperature: bool,
    /// Whether the usage of a stream may be asked for.
    pub(crate) stream_usage: bool,
}

/// The manner as far as it is known. What is learned holds for as long as the provider lives.
#[derive(Debug)]
pub(crate) struct Learned {
    manner: Mutex<Manner>,
    /// Whether the settings leave the way of structured output open.
    may_step_down: bool,
    /// Whether they leave the field for the limit of tokens open.
    may_swap_tokens: bool,
    first_tokens: TokensField,
}

impl Learned {
    /// `newest` is whether the server is one that knows the newest fields.
    pub(crate) fn new(config: &Config, newest: bool) -> Self {
        let usual = if newest { TokensField::MaxCompletionTokens } else { TokensField::MaxTokens };
        let first_tokens = config.max_tokens_field.unwrap_or(usual);
        Learned {
            manner: Mutex::new(Manner {
                structured: config.structured_output.unwrap_or(StructuredOutput::JsonSchema),
                tokens: first_tokens,
                temperature: true,
                stream_usage: true,
            }),
            may_step_down: config.structured_output.is_none(),
            may_swap_tokens: config.max_tokens_field.is_none(),
            first_tokens,
        }
    }

    /// The manner in force.
    pub(crate) fn manner(&self) -> Manner {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Learns from a refusal of what was written in the manner `asked`; the manner to ask in next, if there is another
    /// that might do.
    pub(crate) fn learn(&self, asked: Manner, status: u16, fault: &Fault) -> Option<Manner> {
        let next = self.other(asked, status, fault)?;
        tracing::debug!(
            status,
            ?next,
            "the server does not know a part of the request; asking in another way"
        );
        let mut manner = self.manner.lock().unwrap_or_else(PoisonError::into_inner);
        // Two calls may learn different things at the same time; nothing learned is forgotten.
        if next.structured != asked.structured && manner.structured == asked.structured {
            manner.structured = next.structured;
        }
        if next.tokens != asked.tokens {
            manner.tokens = next.tokens;
        }
        manner.temperature &= next.temperature;
        manner.stream_usage &= next.stream_usage;
        Some(*manner).filter(|manner| *manner != asked)
    }

    fn other(&self, asked: Manner, status: u16, fault: &Fault) -> Option<Manner> {
        // What is too long is counted in parts, which names them all.
        if !is_refusal_of_parts(fault, status) || is_about_length(fault) {
            return None;
        }
        if fault.does_not_know(match asked.tokens {
            TokensField::MaxTokens => "max_tokens",
            TokensField::MaxCompletionTokens => "max_completion_tokens",
        }) && self.may_swap_tokens
            && asked.tokens == self.first_tokens
        {
            let tokens = match asked.tokens {
                TokensField::MaxTokens => TokensField::MaxCompletionTokens,
                TokensField::MaxCompletionTokens => TokensField::MaxTokens,
            };
            return Some(Manner { tokens, ..asked });
        }
        if asked.temperature && fault.does_not_know("temperature") {
            return Some(Manner { temperature: false, ..asked });
        }
        if asked.stream_usage && fault.does_not_know("stream_options") {
            return Some(Manner { stream_usage: false, ..asked });
        }
        let structured = match asked.structured {
            StructuredOutput::JsonSchema if fault.names(&OF_SCHEMAS) => StructuredOutput::Tool,
            StructuredOutput::Tool if fault.names(&OF_TOOLS) => StructuredOutput::JsonBlock,
            _ => return None,
        };
        self.may_step_down.then_some(Manner { structured, ..asked })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Manner = Manner {
        structured: StructuredOutput::JsonSchema,
        tokens: TokensField::MaxTokens,
        temperature: true,
        stream_usage: true,
    };

    fn fault(message: &str) -> Fault {
        Fault { message: message.to_owned(), ..Fault::default() }
    }

    /// The words of servers, as people have reported them.
    #[test]
    fn learns_what_a_server_does_not_know() {
        let tool = Manner { structured: StructuredOutput::Tool, ..ALL };
        for (words, status, asked, next) in [
            ("This response_format type is unavailable now", 400, ALL, Some(tool)),
            (
                "Failed to deserialize the JSON body into the target type: response_format: response_format.type \
                 `json_schema` is unavailable now at line 1 column 1193",
                422,
                ALL,
                Some(tool),
            ),
            (
                "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
                400,
                ALL,
                Some(tool),
            ),
            (
                "deepseek-reasoner does not support this tool_choice",
                400,
                tool,
                Some(Manner { structured: StructuredOutput::JsonBlock, ..ALL }),
            ),
            (
                "No endpoints found that support tool use. Try disabling \"plan\".",
                404,
                tool,
                Some(Manner { structured: StructuredOutput::JsonBlock, ..ALL }),
            ),
            (
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' \
                 instead.",
                400,
                ALL,
                Some(Manner { tokens: TokensField::MaxCompletionTokens, ..ALL }),
            ),
            (
                "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not \
                 permitted'}]",
                422,
                ALL,
                Some(Manner { stream_usage: false, ..ALL }),
            ),
            (
                "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is \
                 supported.",
                400,
                ALL,
                Some(Manner { temperature: false, ..ALL }),
            ),
            (
                "max_tokens is too large: 512. This model supports at most 1 completion tokens.",
                400,
                ALL,
                None,
            ),
            ("temperature must be at most 1", 400, ALL, None),
            (
                "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8800 in the \
                 messages, 200 in the functions).",
                400,
                tool,
                None,
            ),
            ("The model `tool-llama` does not exist.", 404, tool, None),
            ("This response_format type is unavailable now", 500, ALL, None),
            ("Messages must not be empty", 400, ALL, None),
        ] {
            let learned = Learned::new(&Config::default(), false);
            assert_eq!(learned.learn(asked, status, &fault(words)).is_some(), next.is_some(), "{words}");
            if let Some(next) = next.filter(|_| asked == ALL) {
                assert_eq!(learned.manner(), next, "{words}");
            }
        }
    }

    #[test]
    fn what_is_set_is_not_changed_and_nothing_is_tried_for_ever() {
        let config = Config {
            structured_output: Some(StructuredOutput::JsonSchema),
            max_tokens_field: Some(TokensField::MaxTokens),
            ..Config::default()
        };
        let learned = Learned::new(&config, false);
        let schema = fault("response_format is not supported");
        let tokens = fault("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.");
        assert_eq!(learned.learn(learned.manner(), 400, &schema), None);
        assert_eq!(learned.learn(learned.manner(), 400, &tokens), None);

        let learned = Learned::new(&Config::default(), false);
        let other = learned.learn(ALL, 400, &tokens).unwrap();
        let neither = fault("unknown fields max_tokens, max_completion_tokens");
        assert_eq!(learned.learn(other, 400, &neither), None, "both were tried");
    }

    #[test]
    fn what_two_calls_learn_at_once_is_kept() {
        let learned = Learned::new(&Config::default(), false);
        learned.learn(ALL, 400, &fault("response_format is not supported")).unwrap();
        let both = learned.learn(ALL, 400, &fault("unsupported value: temperature")).unwrap();
        assert_eq!((both.structured, both.temperature), (StructuredOutput::Tool, false));
        // A third that had asked for the schema, too, does not step down twice.
        let third = learned.learn(ALL, 400, &fault("response_format is not supported")).unwrap();
        assert_eq!(third.structured, StructuredOutput::Tool);
    }
}
