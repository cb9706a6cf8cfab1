//! The interpreter as the pipeline sees it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use sqlatte_core::{Context, Draft, Intent, Interpretation, Interpreted, Interpreter, Speaker};
use sqlatte_providers::{Result, Usage};
use tokio::sync::OnceCell;

use crate::{
    query::Query,
    reader::{Knowledge, Unread},
    smalltalk::{self, Talk},
    suggest,
    token::{Token, tokenise},
};

/// Schemas kept indexed at a time.
const SCHEMAS_KEPT: usize = 8;
/// Questions offered where one could not be read.
const NEAREST: usize = 3;
/// Questions asked before that are read again for a follow-up.
const EARLIER_QUESTIONS: usize = 12;

/// Reads questions without a model: the same words on the same schema always give the same SQL.
#[derive(Debug, Default)]
pub struct Offline {
    kept: Mutex<VecDeque<(u64, Slot)>>,
}

/// A schema that is indexed once, by whoever asks about it first.
type Slot = Arc<OnceCell<Arc<Known>>>;

/// A schema indexed, with the questions it can be asked.
#[derive(Debug)]
struct Known {
    knowledge: Knowledge,
    questions: std::sync::OnceLock<Vec<String>>,
}

impl Offline {
    /// An engine that knows no schema yet; each is indexed when it is first asked about.
    pub fn new() -> Self {
        Offline::default()
    }

    async fn known(&self, context: &Context<'_>) -> Arc<Known> {
        let revision = context.schema.revision;
        let cell = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            match kept.iter().find(|(known, _)| *known == revision) {
                Some((_, cell)) => Arc::clone(cell),
                None => {
                    let cell = Arc::new(OnceCell::new());
                    kept.push_back((revision, Arc::clone(&cell)));
                    if kept.len() > SCHEMAS_KEPT {
                        kept.pop_front();
                    }
                    cell
                }
            }
        };
        let known = cell
            .get_or_init(async || {
                let knowledge = Knowledge::read_from(&context.schema, context.catalog).await;
                Arc::new(Known { knowledge, questions: std::sync::OnceLock::new() })
            })
            .await;
        Arc::clone(known)
    }
}

impl Known {
    fn questions(&self, context: &Context<'_>) -> &[String] {
        self.questions.get_or_init(|| self.knowledge.questions(context.today))
    }

    /// The question before this one, with all it took over from those before it.
    fn before(&self, context: &Context<'_>) -> Option<Query> {
        let asked = context.conversation.iter().filter(|message| message.speaker == Speaker::User);
        let questions: Vec<&str> = asked.map(|message| message.text.as_str()).collect();
        let recent = questions.len().saturating_sub(EARLIER_QUESTIONS);
        let mut before: Option<Query> = None;
        for question in &questions[recent..] {
            if let Ok(read) = self.knowledge.read(question, before.as_ref(), context.today) {
                before = Some(read.query);
            }
        }
        before
    }
}

#[async_trait]
impl Interpreter for Offline {
    fn name(&self) -> String {
        "offline".to_owned()
    }

    fn reads_text(&self) -> bool {
        false
    }

    async fn interpret(&self, question: &str, context: &Context<'_>) -> Result<Interpreted> {
        let tokens = tokenise(question);
        let talk = smalltalk::recognise(&tokens);
        if let Some(message) = talk.and_then(reply) {
            return Ok(replied(
                Interpretation::Chat { message: message.to_owned() },
                "chat",
                1.0,
                "It is small talk.",
            ));
        }
        let known = self.known(context).await;
        if let Some(reason) = talk.and_then(refusal) {
            return Ok(known.declined(reason.to_owned(), &tokens, context));
        }
        let before = known.before(context);
        Ok(match known.knowledge.read(question, before.as_ref(), context.today) {
            Ok(read) => {
                let reasoning = format!("Every word of the question was read. {}", read.explanation);
                let draft = Draft {
                    sql: read.sql,
                    explanation: read.explanation,
                    readings: read.readings,
                    confidence: read.confidence,
                    follow_ups: read.follow_ups,
                };
                replied(Interpretation::Sql(draft), "sql", read.confidence, &reasoning)
            }
            Err(Unread::Ambiguous(message, options)) => replied(
                Interpretation::Clarify { message, options },
                "sql",
                0.5,
                "The question can be read in more than one way.",
            ),
            Err(Unread::Words(words)) => {
                let reason =
                    format!("I do not know what {} means in this database.", suggest::name_words(&words));
                known.declined(reason, &tokens, context)
            }
            Err(Unread::Trouble(trouble)) => known.declined(
                format!("I could not make a query of this question: {trouble}."),
                &tokens,
                context,
            ),
        })
    }

    async fn starters(&self, context: &Context<'_>, count: usize) -> Result<Vec<String>> {
        let known = self.known(context).await;
        Ok(known.questions(context).iter().take(count).cloned().collect())
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}

impl Known {
    fn declined(&self, reason: String, tokens: &[Token], context: &Context<'_>) -> Interpreted {
        let nearest = suggest::nearest(self.questions(context), tokens, NEAREST);
        let reasoning = reason.clone();
        replied(Interpretation::Unanswerable { reason, nearest }, "sql", 0.0, &reasoning)
    }
}

fn replied(
    interpretation: Interpretation,
    intent: &'static str,
    confidence: f64,
    reasoning: &str,
) -> Interpreted {
    Interpreted {
        interpretation,
        intent: Intent { intent, confidence, reasoning: reasoning.to_owned() },
        usage: Usage::default(),
    }
}

/// What is answered to small talk.
fn reply(talk: Talk) -> Option<&'static str> {
    Some(match talk {
        Talk::Greeting => {
            "Hello! Ask me something about your data, for example a count, a total by month or a top ten."
        }
        Talk::Thanks => "You are welcome. What else would you like to know about your data?",
        Talk::Goodbye => "Goodbye!",
        Talk::HowAreYou => "Ready for your questions. What would you like to know about your data?",
        Talk::Help => {
            "I read questions about the tables of this database and answer them with SQL: counts, sums and averages, \
             groups (\"by month\", \"per customer\"), rankings (\"top 5 ... by ...\"), conditions, dates in words, and \
             follow-ups such as \"and by month?\". I only read; I never change data."
        }
        Talk::Empty => "Ask me something about your data.",
        Talk::Command | Talk::Reasoning => return None,
    })
}

/// Why what is no question about data is not answered.
fn refusal(talk: Talk) -> Option<&'static str> {
    Some(match talk {
        Talk::Command => "I only read data; I cannot change, send or create anything.",
        Talk::Reasoning => {
            "I can look up and add up what is in this database, but not explain, advise or foresee."
        }
        _ => return None,
    })
}
