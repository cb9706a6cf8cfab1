use std::sync::{Mutex, MutexGuard, PoisonError};

/// Who answers what: rules in the order they were made, then a fallback.
#[derive(Debug)]
pub(crate) struct Script<A>(Mutex<Rules<A>>);

#[derive(Debug)]
struct Rules<A> {
    rules: Vec<Rule<A>>,
    fallback: Option<A>,
}

#[derive(Debug)]
struct Rule<A> {
    /// Text the question must contain; `None` fits every question.
    needle: Option<String>,
    /// How often it still answers; `None` for ever.
    left: Option<usize>,
    answer: A,
}

impl<A: Clone> Script<A> {
    pub(crate) fn new() -> Self {
        Script(Mutex::new(Rules { rules: Vec::new(), fallback: None }))
    }

    pub(crate) fn add(&self, needle: Option<&str>, left: Option<usize>, answer: A) {
        self.rules().rules.push(Rule { needle: needle.map(str::to_owned), left, answer });
    }

    pub(crate) fn set_fallback(&self, answer: A) {
        self.rules().fallback = Some(answer);
    }

    /// The answer of the first rule that fits and is not used up, else the fallback.
    pub(crate) fn answer(&self, question: &str) -> Option<A> {
        let mut rules = self.rules();
        let fits = |rule: &&mut Rule<A>| {
            rule.left != Some(0) && rule.needle.as_ref().is_none_or(|needle| question.contains(needle))
        };
        match rules.rules.iter_mut().find(fits) {
            Some(rule) => {
                rule.left = rule.left.map(|left| left - 1);
                Some(rule.answer.clone())
            }
            None => rules.fallback.clone(),
        }
    }

    /// A test that failed elsewhere has done the rules no harm.
    fn rules(&self) -> MutexGuard<'_, Rules<A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_answer_in_order_until_used_up() {
        let script = Script::new();
        script.add(Some("cats"), None, "cats");
        script.add(None, Some(2), "twice");
        script.add(Some("dogs"), None, "dogs");
        let answers = ["dogs", "cats", "birds", "dogs", "birds"].map(|question| script.answer(question));
        assert_eq!(answers, [Some("twice"), Some("cats"), Some("twice"), Some("dogs"), None]);
        script.set_fallback("else");
        assert_eq!(script.answer("birds"), Some("else"));
    }
}
