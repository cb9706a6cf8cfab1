//! The grammar of questions about the catalogue.
//!
//! ```text
//! question  = opening table [exists] [criterion]
//!           | opening column (of | exists) name          "which columns does orders have"
//!           | describe name                              "describe the orders table"
//!           | in which table be subject [stored]
//!           | where (be | do person have) subject data [stored]
//!           | [opening] (place | data) [exists]          "show me the schema"
//! opening   = how many | [show] number of | [show] [which] [be] [names of] | be there | do (person | place) have
//! exists    = be [there] | do (person | place) (have | exist) | exist | in place
//! criterion = [be] (about | for | related to | have | with) subject
//!           | (have | with) column [called] name | called name
//! ```
//!
//! A word that has no place in it means that something else is asked.

use super::words::{Class, Noun, Word, of};

/// What is asked about the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    /// How many tables there are, or views alone.
    Count { views: bool },
    /// Which there are, or which views.
    All { views: bool },
    /// Which there are about a subject, in the question's own words.
    Subject(String),
    /// Whether there is a table of this name.
    Named(String),
    /// Which tables have a column of this name.
    WithColumn(String),
    /// What columns a table has: only if there is such a table, else something else is asked.
    Columns(String),
}

impl About {
    /// Whether it is asked with the word for views.
    pub(super) fn is_of_views(&self) -> bool {
        matches!(self, About::Count { views: true } | About::All { views: true })
    }
}

/// How what follows is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Count,
    /// "Which tables", "is there a table".
    Which,
    /// "Show": a single table may be the form of an answer.
    Show,
    /// Nothing is said before.
    None,
}

/// Understands a question about the catalogue.
pub(super) fn read(question: &str) -> Option<About> {
    let words = of(question)?;
    // "do you know"
    let rest = Rest(&words).without(&[&[Class::Do, Class::Person, Class::Exist]]);
    rest.wherein()
        .or_else(|| rest.columns())
        .or_else(|| rest.described())
        .or_else(|| rest.tables())
        .or_else(|| rest.whole())
}

/// The words that are not read yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest<'a>(pub(super) &'a [Word]);

impl<'a> Rest<'a> {
    /// What follows words of these classes.
    fn after(self, classes: &[Class]) -> Option<Rest<'a>> {
        let (head, tail) = self.0.split_at_checked(classes.len())?;
        head.iter().zip(classes).all(|(word, class)| word.class == *class).then_some(Rest(tail))
    }

    /// What follows the first of these that fits; all of it if none does.
    pub(super) fn without(self, ways: &[&[Class]]) -> Rest<'a> {
        ways.iter().find_map(|way| self.after(way)).unwrap_or(self)
    }

    fn is_done(self) -> bool {
        self.0.is_empty()
    }

    fn opening(self) -> (Opening, Rest<'a>) {
        use Class::{
            Be, Do, Exist, Have, How, Many, Names, Number, Of, Person, Place, Show, There, To, Which,
        };
        let shown = self.after(&[Show]);
        let asked = shown.unwrap_or(self).without(&[&[To, Person], &[Person]]);
        for way in [&[How, Many][..], &[Number, Of], &[Which, Be, Number, Of], &[Number]] {
            if let Some(rest) = asked.after(way) {
                return (Opening::Count, rest);
            }
        }
        // "do any tables"
        if let Some(rest) = asked.after(&[Do]).filter(|rest| rest.noun().is_some()) {
            return (Opening::Which, rest);
        }
        for way in [&[Be, There][..], &[Do, Person, Have], &[Do, Place, Have], &[Do, Person, Exist]] {
            if let Some(rest) = asked.after(way) {
                return (Opening::Which, rest);
            }
        }
        let asked_for = asked.without(&[&[Which, Be], &[Which]]);
        let named = asked_for.without(&[&[Names, Of], &[Names], &[Show, Of], &[Of]]);
        let opening = match (asked_for.0.len() < asked.0.len(), named.0.len() < asked_for.0.len(), shown) {
            (true, ..) | (_, true, _) => Opening::Which,
            (_, _, Some(_)) => Opening::Show,
            _ => Opening::None,
        };
        (opening, named)
    }

    /// A word for tables or views.
    fn noun(self) -> Option<(Noun, Rest<'a>)> {
        let (word, rest) = self.0.split_first()?;
        let Class::Table(noun) = word.class else { return None };
        // "tables and views"
        if let [and, other, tail @ ..] = rest
            && matches!(and.text.as_str(), "and" | "or")
            && matches!(other.class, Class::Table(_))
        {
            return Some((Noun { views: false, plural: true }, Rest(tail)));
        }
        Some((noun, Rest(rest)))
    }

    /// What says no more than that there are some, and where.
    fn exists(self) -> Rest<'a> {
        use Class::{Be, Do, Exist, Have, In, Of, Person, Place, There, To};
        let mut rest = self;
        loop {
            let next = rest.without(&[
                &[Be, There],
                &[There, Be],
                &[Be, In, Place],
                &[Do, Person, Have],
                &[Do, Place, Have],
                &[Do, Person, Class::Show],
                &[Do, Person, Exist],
                &[Do, Exist],
                &[Person, Have],
                &[Person, Do, Class::Show],
                &[Person, Do, Exist],
                &[Exist],
                &[There],
                &[To],
                &[In, Place],
                &[Of, Place],
                &[Class::For, Place],
                &[Place],
                &[In],
            ]);
            if next.0.len() == rest.0.len() {
                return rest;
            }
            rest = next;
        }
    }

    /// Which tables, how many, and those about something.
    fn tables(self) -> Option<About> {
        use Class::{Be, Called, Column, Have, Which, With};
        let (opening, rest) = self.opening();
        if opening == Opening::Which
            && let Some(data) = rest.after(&[Class::Data])
        {
            // "is there data about suppliers?"
            let (of, weak) = data.exists().about()?;
            return (!weak && of.0.len() <= 2).then(|| of.subject().map(About::Subject))?;
        }
        // "the database's tables"
        let (noun, rest) = rest.without(&[&[Class::Place, Be], &[Class::Place]]).noun()?;
        // "the table names", "table list"
        let (noun, opening, rest) = match rest.after(&[Class::Names]).or_else(|| rest.after(&[Class::Show])) {
            Some(rest) => (Noun { plural: true, ..noun }, Opening::Which, rest),
            None => (noun, opening, rest),
        };
        let rest = rest.exists();
        let bare = rest.after(&[Be]).unwrap_or(rest);
        if bare.is_done() {
            return match opening {
                Opening::Count => Some(About::Count { views: noun.views }),
                Opening::None => None,
                // "which tables?" may go on from anything
                Opening::Which if self.0.len() == 2 && self.after(&[Which]).is_some() => None,
                _ => noun.plural.then_some(About::All { views: noun.views }),
            };
        }
        let told = rest.without(&[&[Which]]);
        if let Some(name) = told.without(&[&[Be]]).after(&[Called]) {
            return (opening != Opening::Show).then(|| name.name().map(About::Named))?;
        }
        if let Some(held) = [Have, With].iter().find_map(|class| told.after(&[*class])) {
            let columns = held.0.iter().any(|word| word.class == Column);
            if columns {
                return held.column().map(About::WithColumn);
            }
            let data = held.0.iter().any(|word| word.class == Class::Data);
            // "with" may say how the answer is to look
            let holding =
                told.0.first().is_some_and(|word| !matches!(word.text.as_str(), "with" | "has" | "have"));
            let clear = match opening {
                Opening::Which => true,
                Opening::Count => data,
                Opening::Show | Opening::None => (data || holding) && noun.plural,
            };
            return clear.then(|| held.subject().map(About::Subject))?;
        }
        let (of, weak) = told.without(&[&[Be]]).about()?;
        let clear = match opening {
            Opening::Which => true,
            Opening::Count => !weak,
            Opening::Show => noun.plural,
            Opening::None => !weak || noun.plural,
        };
        clear.then(|| of.subject().map(About::Subject))?
    }

    /// What follows "about" and the like, and whether that could mean something else.
    fn about(self) -> Option<(Rest<'a>, bool)> {
        use Class::{About, Data, Do, For, Have, Related, To, With};
        if let Some(rest) = self.after(&[Have, Data, About]).or_else(|| self.after(&[Have, Data, For])) {
            return Some((rest, false));
        }
        let strict = [&[About][..], &[Related, To], &[Related, With], &[Related, For], &[To, Do, With]];
        if let Some(rest) = strict.iter().find_map(|way| self.after(way)) {
            return Some((rest, false));
        }
        self.after(&[For]).map(|rest| (rest, true))
    }

    /// "In which table is the price kept?", "where is customer data stored?"
    fn wherein(self) -> Option<About> {
        use Class::{Be, Column, Data, Do, Have, In, Person, Show, Stored, Table, There, Where, Which};
        if let Some(rest) = self.after(&[In, Which]) {
            let (_, rest) = rest.noun()?;
            let kept = rest.without(&[&[Be], &[Do, Person, Show], &[Do, Person, Have]]);
            if kept.0.len() == rest.0.len() {
                return None;
            }
            if kept.0.iter().any(|word| word.class == Column) {
                return kept.without(&[&[There]]).column().map(About::WithColumn);
            }
            return kept.subject().map(About::Subject);
        }
        let rest = self.after(&[Where])?;
        let ways = [&[Be][..], &[Do, Person, Have], &[Do, Person, Show]];
        let kept = ways.iter().find_map(|way| rest.after(way))?;
        if kept.0.iter().any(|word| word.class == Column) {
            return kept.column().map(About::WithColumn);
        }
        let of_data = kept.0.iter().any(|word| matches!(word.class, Data | Table(_)));
        let (last, _) = kept.0.split_last()?;
        let in_rows = last.class != Stored && rest.after(&[Be]).is_some();
        (of_data && !in_rows).then(|| kept.subject().map(About::Subject))?
    }

    /// "What columns does orders have?", "the columns of orders".
    fn columns(self) -> Option<About> {
        use Class::{Be, Called, Column, Do, Have, In, Of, There};
        let (opening, rest) = self.opening();
        let Some(rest) = rest.after(&[Column]) else {
            // "the orders table's columns", "is there a column called status"
            let (last, head) = rest.0.split_last()?;
            let having = head.len() > 1 && head.iter().any(|word| matches!(word.class, Have | Class::With));
            let named = last.class == Column && !having && opening != Opening::None;
            return named.then(|| Rest(head).name().map(About::Columns))?;
        };
        if let Some(name) = rest.without(&[&[Be]]).after(&[Called]) {
            return name.name().map(About::WithColumn);
        }
        if let Some(rest) = rest.after(&[Do]) {
            let (last, head) = rest.0.split_last()?;
            return (last.class == Have).then(|| Rest(head).name().map(About::Columns))?;
        }
        let placed = rest.without(&[&[Be, There], &[Be]]);
        let of = [Of, In, Class::For].iter().find_map(|class| placed.after(&[*class]));
        of?.name().map(About::Columns)
    }

    /// "Describe the orders table", "the structure of orders", "what is in the orders table?"
    fn described(self) -> Option<About> {
        use Class::{Be, Describe, Do, Have, In, Names, Of, Place, Show, Structure, Which};
        if let Some(rest) = self.after(&[Describe]) {
            return rest.name().map(About::Columns);
        }
        let (opening, rest) = self.opening();
        for what in [Structure, Place, Names] {
            if let Some(rest) =
                rest.after(&[what]).and_then(|rest| [Of, In].iter().find_map(|class| rest.after(&[*class])))
            {
                return rest.name().map(About::Columns);
            }
        }
        if let Some((last, head)) = rest.0.split_last()
            && matches!(last.class, Structure | Place)
            && matches!(opening, Opening::Show | Opening::Which)
        {
            return Rest(head).name().map(About::Columns);
        }
        let table = |words: &[Word]| words.iter().any(|word| matches!(word.class, Class::Table(_)));
        if let Some(rest) = self.after(&[Show, Class::About]).filter(|rest| table(rest.0)) {
            return rest.tables_alone().or_else(|| rest.name().map(About::Columns));
        }
        let within = [&[Which, Be, In][..], &[Which, Class::Data, Be, In]];
        let within = within.iter().find_map(|way| self.after(way));
        if let Some(rest) = within.filter(|rest| table(rest.0)) {
            return rest.name().map(About::Columns);
        }
        let rest = self.after(&[Which, Do]).filter(|rest| table(rest.0))?;
        let (last, head) = rest.0.split_last()?;
        (last.class == Have).then(|| Rest(head).name().map(About::Columns))?
    }

    /// "Tables" with nothing beside it, where it is clear that all are meant.
    fn tables_alone(self) -> Option<About> {
        let (noun, rest) = self.noun()?;
        (noun.plural && rest.is_done()).then_some(About::All { views: noun.views })
    }

    /// "Show me the schema", "what data do you have?", "what is in the database?"
    fn whole(self) -> Option<About> {
        use Class::{Be, Data, Describe, Do, Have, How, In, Many, Names, Of, Place, Structure, Which};
        let all = Some(About::All { views: false });
        if let Some(rest) = self.after(&[How, Many, Place]) {
            return rest.exists().without(&[&[Be]]).is_done().then_some(About::Count { views: false });
        }
        for way in
            [&[Which, Be, In, Place][..], &[Which, Do, Place, Have], &[Describe, Place], &[Describe, Data]]
        {
            if self.after(way).is_some_and(|rest| rest.exists().is_done()) {
                return all;
            }
        }
        let (opening, rest) = self.opening();
        let rest = rest.without(&[&[Names, Of], &[Structure, Of]]);
        if matches!(opening, Opening::Show | Opening::Which)
            && let Some(rest) = rest.after(&[Place]).or_else(|| rest.after(&[Data]))
        {
            let rest = rest.without(&[&[Structure], &[Names], &[Be]]).exists();
            // "which data?" may go on from anything
            let asked = self.0.len() > 2 || self.after(&[Class::Show]).is_some();
            return (asked && rest.without(&[&[Be]]).is_done()).then_some(all)?;
        }
        None
    }
}
