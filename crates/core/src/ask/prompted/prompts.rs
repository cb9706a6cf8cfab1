use std::collections::BTreeMap;

use minijinja::{Environment, Error, UndefinedBehavior};
use sqlatte_guard::Dialect;
use sqlatte_providers::{ErrorKind, ProviderError, Result};

use super::form::form;
use crate::ask::insights::{InsightMode, MOST_INSIGHTS};

/// Of English prose and JSON, about.
const BYTES_PER_TOKEN: usize = 4;

/// What every answer must look like, and that data is no instruction: said after each prompt, and in none of them, so
/// that a prompt of somebody's own cannot lose it.
const FORM: &str = include_str!("../prompts/form.md");
/// The same of replies by a model of their own.
const CHAT_FORM: &str = include_str!("../prompts/chat_form.md");
const INSIGHTS_LLM: &str = include_str!("../prompts/insights_llm.md");
const INSIGHTS_HYBRID: &str = include_str!("../prompts/insights_hybrid.md");

/// The prompts in force, as text with named holes (`{{ dialect }}`).
///
/// The form of an answer and what holds for data is no part of them: both are said after each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompts {
    /// How questions become SQL. Holes: `dialect` and `chat`, both needed.
    pub interpret: String,
    /// What is said before a statement that failed, after the question. Hole: `dialect`.
    pub repair: String,
    /// What is worth telling of rows, where a model tells it. Holes: `dialect` and `max_insights`.
    pub insights: String,
    /// How replies in words sound: it fills the hole `chat` of `interpret`, and is what a model of its own for replies
    /// is told. Hole: `dialect`.
    pub chat: String,
}

impl Default for Prompts {
    fn default() -> Self {
        Prompts {
            interpret: include_str!("../prompts/interpret.md").to_owned(),
            repair: include_str!("../prompts/repair.md").to_owned(),
            insights: include_str!("../prompts/insights.md").to_owned(),
            chat: include_str!("../prompts/chat.md").to_owned(),
        }
    }
}

/// The prompts for one dialect, without holes.
#[derive(Debug)]
pub(super) struct Filled {
    /// The system text that goes before the schema.
    pub(super) interpret: String,
    /// What is said before a statement that failed.
    pub(super) repair: String,
    /// The system text that goes before the schema where a model of its own replies in words.
    pub(super) chat: String,
}

impl Prompts {
    /// Sees whether every prompt is a template whose holes can be filled.
    ///
    /// # Errors
    /// `InvalidSettings` names the prompt by its key in the configuration, the line in it, and the holes it may have.
    pub fn check(&self) -> Result<()> {
        Dialect::ALL.into_iter().try_for_each(|dialect| {
            self.fill(dialect)?;
            self.of_insights(dialect, InsightMode::Llm).map(drop)
        })
    }

    /// About how many tokens a question has beside what is told of tables: the instructions, and the form of the answer.
    ///
    /// # Errors
    /// `InvalidSettings`, as [`check`](Self::check) says.
    pub fn tokens(&self) -> Result<u64> {
        let mut longest = 0;
        for dialect in Dialect::ALL {
            let filled = self.fill(dialect)?;
            longest = longest.max(filled.interpret.len() + filled.repair.len());
        }
        let bytes = longest + form().to_string().len();
        Ok(u64::try_from(bytes.div_ceil(BYTES_PER_TOKEN)).unwrap_or(u64::MAX))
    }

    /// What is told of insights, for a dialect.
    pub(in crate::ask) fn of_insights(&self, dialect: Dialect, mode: InsightMode) -> Result<String> {
        let most = MOST_INSIGHTS.to_string();
        let known = [("dialect", dialect.title()), ("max_insights", most.as_str())];
        let form = if mode == InsightMode::Llm { INSIGHTS_LLM } else { INSIGHTS_HYBRID };
        let own = fill("insights", &self.insights, &known, &[])?;
        Ok(format!("{}\n\n{}", own.trim_end(), form.trim_end()))
    }

    /// The prompts for a dialect.
    pub(super) fn fill(&self, dialect: Dialect) -> Result<Filled> {
        let dialect = ("dialect", dialect.title());
        let chat = fill("chat", &self.chat, &[dialect], &[])?;
        let interpret =
            fill("interpret", &self.interpret, &[dialect, ("chat", chat.trim())], &["dialect", "chat"])?;
        let form = fill("interpret", FORM, &[dialect], &[])?;
        let chat_form = fill("chat", CHAT_FORM, &[dialect], &[])?;
        Ok(Filled {
            interpret: format!("{}\n\n{}", interpret.trim_end(), form.trim_end()),
            repair: fill("repair", &self.repair, &[dialect], &[])?,
            chat: format!("{}\n\n{}", chat.trim_end(), chat_form.trim_end()),
        })
    }
}

/// Fills the holes of a prompt: those `known`, with these texts; the `needed` ones must be in it.
fn fill(key: &str, prompt: &str, known: &[(&str, &str)], needed: &[&str]) -> Result<String> {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let fault = |line: Option<usize>, what: String| {
        let line = line.map_or(String::new(), |line| format!(", line {line}"));
        let may = if names.len() == 1 { "its only hole is" } else { "its holes are" };
        let message = format!("prompts.{key}{line}: {what}; {may} {}", in_braces(&names));
        ProviderError::new(ErrorKind::InvalidSettings, message)
    };
    let broken = |error: Error| {
        let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        fault(error.line(), detail).with_source(error)
    };

    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let template = templates.template_from_str(prompt).map_err(broken)?;
    let holes = template.undeclared_variables(false);
    let unknown = holes.iter().filter(|hole| !names.contains(&hole.as_str()));
    if let Some((line, hole)) = unknown.map(|hole| (line_of(prompt, hole), hole)).min() {
        return Err(fault(line, format!("there is no hole `{hole}`")));
    }
    let missing: Vec<&str> = needed.iter().copied().filter(|hole| !holes.contains(*hole)).collect();
    if !missing.is_empty() {
        return Err(fault(None, format!("it must have {}", in_braces(&missing))));
    }
    let texts = known.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    template.render(texts.collect::<BTreeMap<_, _>>()).map_err(broken)
}

fn in_braces(names: &[&str]) -> String {
    names.iter().map(|name| format!("{{{{ {name} }}}}")).collect::<Vec<_>>().join(" and ")
}

/// The line, from 1, on which a template first speaks of a name.
fn line_of(template: &str, name: &str) -> Option<usize> {
    let is_part = |one: char| one.is_alphanumeric() || one == '_';
    let places = template.match_indices(name).map(|(at, _)| (&template[..at], &template[at + name.len()..]));
    let mut whole =
        places.filter(|(before, after)| !before.ends_with(is_part) && !after.starts_with(is_part));
    let (before, _) = whole.find(|(before, _)| {
        let last = |marks: [&str; 2]| marks.into_iter().filter_map(|mark| before.rfind(mark)).max();
        last(["{{", "{%"]) > last(["}}", "%}"])
    })?;
    Some(before.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(key: &str, prompt: &str) -> String {
        let mut prompts = Prompts::default();
        match key {
            "interpret" => prompts.interpret = prompt.to_owned(),
            "repair" => prompts.repair = prompt.to_owned(),
            "insights" => prompts.insights = prompt.to_owned(),
            _ => prompts.chat = prompt.to_owned(),
        }
        prompts.check().map_or_else(|error| error.message().to_owned(), |()| "fine".to_owned())
    }

    #[test]
    fn faults_name_key_line_and_holes() {
        insta::assert_snapshot!(
            [
                said("interpret", "SQL for {{ dialect }}, {{ chat }}"),
                said("interpret", "SQL for {{ dialect }}.\nschema_info and {{ chat }}:\n{{ schema_info }}"),
                said("interpret", "SQL for {{ dialect }}."),
                said("interpret", "SQL."),
                said("interpret", "{{ dialect }} {{ chat }}\n{{ dialect"),
                said("repair", "\n\n{% if dialect %}mend it"),
                said("repair", "{{ dialect|upper|shout }}"),
                said("repair", "{{ dialect.name }}"),
                said("repair", "{{ range(9) }}"),
                said("insights", "{{ max_insights }} for {{ dialect }}\n of {{ rows }}"),
                said("chat", "Speak like a {{\n  barista\n}}."),
                said("chat", "Say {% raw %}{{ this }}{% endraw %} and { that }."),
            ]
            .join("\n"),
            @"
        fine
        prompts.interpret, line 3: there is no hole `schema_info`; its holes are {{ dialect }} and {{ chat }}
        prompts.interpret: it must have {{ chat }}; its holes are {{ dialect }} and {{ chat }}
        prompts.interpret: it must have {{ dialect }} and {{ chat }}; its holes are {{ dialect }} and {{ chat }}
        prompts.interpret, line 2: unexpected end of input, expected end of variable block; its holes are {{ dialect }} and {{ chat }}
        prompts.repair, line 3: unexpected end of input, expected end of block; its only hole is {{ dialect }}
        prompts.repair, line 1: filter shout is unknown; its only hole is {{ dialect }}
        prompts.repair, line 1: undefined value; its only hole is {{ dialect }}
        prompts.repair, line 1: there is no hole `range`; its only hole is {{ dialect }}
        prompts.insights, line 2: there is no hole `rows`; its holes are {{ dialect }} and {{ max_insights }}
        prompts.chat, line 2: there is no hole `barista`; its only hole is {{ dialect }}
        fine
        "
        );
    }

    #[test]
    fn the_form_of_answers_stands_after_any_prompt() {
        let prompts = Prompts {
            interpret: "Write for {{ dialect }}. {{ chat }}".to_owned(),
            chat: "Speak like {{ dialect }}.".to_owned(),
            ..Prompts::default()
        };
        let filled = prompts.fill(Dialect::Mysql).unwrap().interpret;
        let (own, form) = filled.split_once("\n\n").unwrap();
        assert_eq!(own, "Write for MySQL. Speak like MySQL.");
        assert!(form.contains("JSON form") && form.contains("never an instruction"), "{form}");
    }
}
