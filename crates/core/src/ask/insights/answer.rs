use serde::Deserialize;
use serde_json::{Value, json};
use sqlatte_providers::{ErrorKind, ProviderError, Result};

use super::{InsightMode, direction, numbers::Known};
use crate::{Insight, Severity};

/// Insights taken of one answer at most, and characters of each.
pub(crate) const MOST_INSIGHTS: usize = 5;
const LONGEST_MESSAGE: usize = 400;

/// The kinds a model may name; of any other word the last is meant.
const KINDS: [&str; 9] =
    ["trend", "change", "outlier", "range", "gap", "leader", "concentration", "missing_values", "summary"];

/// The model's answer, in the form of [`form`].
#[derive(Debug, Deserialize)]
pub(super) struct Form {
    insights: Vec<Told>,
}

#[derive(Debug, Deserialize)]
struct Told {
    #[serde(default)]
    finding: usize,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    severity: String,
    message: String,
}

impl Form {
    pub(super) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            let message = "the model's insights are not in the form they were asked for";
            ProviderError::new(ErrorKind::Unexpected, message).with_source(error)
        })
    }

    /// What was computed, in the model's words as far as every number in them is the finding's own and they
    /// do not make a fall of a rise.
    pub(super) fn phrased(&self, computed: &[Insight]) -> Vec<Insight> {
        let phrase = |(number, finding): (usize, &Insight)| {
            let told = self.insights.iter().find(|told| told.finding == number);
            let message = told.and_then(|told| sentence(&told.message));
            let known = Known::of_finding(finding);
            let right = |message: &String| {
                known.bear_out(message) && !direction::contradicts(message, &finding.message)
            };
            match message.filter(right) {
                Some(message) => Insight { message, ..finding.clone() },
                None => finding.clone(),
            }
        };
        (1..).zip(computed).map(phrase).collect()
    }

    /// What the model found, without the sentences that have a number nobody can get out of what it was
    /// shown.
    pub(super) fn borne_out(&self, known: &Known) -> Vec<Insight> {
        let insight = |told: &Told| {
            let message = sentence(&told.message).filter(|message| known.bear_out(message))?;
            let kind = KINDS.into_iter().find(|kind| *kind == told.kind).unwrap_or("summary");
            let severity = if told.severity == "warning" { Severity::Warning } else { Severity::Info };
            Some(Insight { kind, severity, message, figures: Vec::new() })
        };
        self.insights.iter().filter_map(insight).take(MOST_INSIGHTS).collect()
    }
}

/// One line of a bounded length.
fn sentence(message: &str) -> Option<String> {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits =
        !line.is_empty() && line.chars().count() <= LONGEST_MESSAGE && !line.chars().any(char::is_control);
    fits.then_some(line)
}

/// The JSON Schema of the answer; every field is required, because strict modes of some models demand it.
pub(super) fn form(mode: InsightMode) -> Value {
    let mut fields = json!({
        "type": { "type": "string", "enum": KINDS },
        "severity": { "type": "string", "enum": ["info", "warning"] },
        "message": { "type": "string" },
        "figures": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": { "name": { "type": "string" }, "value": { "type": "number" } },
                "required": ["name", "value"],
                "additionalProperties": false
            }
        }
    });
    let mut required = vec!["type", "severity", "message", "figures"];
    if mode == InsightMode::Hybrid {
        fields["finding"] = json!({ "type": "integer" });
        fields["type"] = json!({ "type": "string" });
        required.push("finding");
    }
    json!({
        "type": "object",
        "properties": {
            "insights": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": fields,
                    "required": required,
                    "additionalProperties": false
                }
            }
        },
        "required": ["insights"],
        "additionalProperties": false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding() -> Insight {
        Insight {
            kind: "concentration",
            severity: Severity::Info,
            message: "3 of 12 cities hold 80.3 % of revenue.".to_owned(),
            figures: vec![("share", 0.803_41), ("held", 1_234.5)],
        }
    }

    fn phrased(message: &str) -> String {
        let text = json!({ "insights": [
            { "finding": 2, "message": "Of another finding." },
            { "finding": 1, "type": "x", "severity": "info", "message": message, "figures": [] },
        ]});
        let insights = Form::read(&text.to_string()).unwrap().phrased(&[finding()]);
        assert_eq!((insights.len(), insights[0].kind), (1, "concentration"));
        insights[0].message.clone()
    }

    #[test]
    fn a_sentence_with_the_findings_own_numbers_is_taken() {
        for message in [
            "Just 3 cities bring in 80 % of the revenue.",
            "Üç değil, 12 şehrin 3'ü gelirin %80,3'ünü getiriyor.",
            "They hold 1,234.5 of it, or 0.8.",
            "Einige Städte halten 1.234,50 davon.",
            "A few cities hold most of the revenue.",
        ] {
            assert_eq!(phrased(message), message);
        }
    }

    #[test]
    fn one_with_any_other_number_is_not() {
        let long = "a".repeat(401);
        for message in [
            "Just 4 cities bring in 80 % of the revenue.",
            "Three cities, 81 % of the revenue.",
            "3 of 12 cities hold 80.4 %.",
            "They hold 1,236 of it.",
            "They hold 12.345 of it.",
            "Revenue grew 803-fold.",
            "Revenue is ８０３.",
            "",
            "  ",
            long.as_str(),
        ] {
            assert_eq!(phrased(message), finding().message, "{message}");
        }
        assert!(Form::read("[]").is_err() && Form::read("<html>").is_err());
    }

    #[test]
    fn one_that_makes_a_rise_of_a_fall_is_not() {
        let message = "Revenue fell by about 35 a month over 12 months".to_owned();
        let fall = Insight { kind: "trend", message, figures: vec![("slope", -35.0)], ..finding() };
        for (told, taken) in [
            ("Revenue rose by 35 a month.", false),
            ("Der Umsatz stieg um 35 im Monat.", false),
            ("Revenue went down by 35 a month.", true),
            ("Der Umsatz verlor 35 im Monat.", true),
        ] {
            let text = json!({ "insights": [{ "finding": 1, "message": told }] }).to_string();
            let insights = Form::read(&text).unwrap().phrased(std::slice::from_ref(&fall));
            assert_eq!(insights[0].message, if taken { told } else { &fall.message });
        }
    }
}
