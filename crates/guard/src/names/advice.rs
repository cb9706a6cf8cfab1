//! Sentences about names that do not exist, with what may have been meant.

use sqlparser::ast::Ident;

use super::{
    finding::{NameKind, UnknownName},
    nearest::{NEAR, nearest, similarity, singular},
    reader::Reader,
    scope::{Aliases, Columns, Relation, fits},
};
use crate::{Dialect, Position};

/// Names offered in one sentence.
const OFFERED: usize = 3;
/// Columns of a table listed where nothing is near.
const LISTED: usize = 30;
/// Faults told of one statement.
const TOLD: usize = 8;

impl Reader<'_> {
    /// Notes a column that none of these relations has.
    pub(super) fn missing_in(&mut self, relations: &[Relation], ident: &Ident) {
        let name = &ident.value;
        let result = self.result();
        let mut message = match relations {
            [] if !result.is_empty() => format!("there is no column `{name}` in the result"),
            [] => format!("there is no column `{name}`: the query has no FROM that could hold it"),
            [only] => format!("there is no column `{name}` in {}", self.called(only)),
            several => {
                let called: Vec<String> = several.iter().map(|one| self.called(one)).collect();
                format!("there is no column `{name}` in {}", any_of(&called))
            }
        };
        let near = self.near_here(relations, name);
        let text = if near.is_none() { quoted(ident) } else { None };
        let hints = [self.spelling(relations, ident), near, self.elsewhere(ident), text];
        let mut hints: Vec<String> = hints.into_iter().flatten().collect();
        let new = |one: &&String| !relations.iter().any(|relation| relation.columns.names().contains(one));
        let own: Vec<&str> = result.iter().filter(new).map(String::as_str).collect();
        if !own.is_empty() {
            hints.push(format!("the result has {}", own.join(", ")));
        }
        if hints.is_empty() {
            message.push_str(&self.listed(relations));
        } else {
            message.push_str(&format!("; {}", hints.join("; ")));
        }
        self.unknown(NameKind::Column, ident, message);
    }

    /// Notes a column of `USING` that one side of the join does not have.
    pub(super) fn missing_in_using(&mut self, side: &[Relation], other: &[Relation], ident: &Ident) {
        let called: Vec<String> = side.iter().map(|one| self.called(one)).collect();
        let name = &ident.value;
        let mut message =
            format!("there is no column `{name}` in {}, and USING needs it on both sides", any_of(&called));
        let from: Vec<usize> = other.iter().filter_map(|one| one.table).collect();
        let path = side.iter().filter_map(|one| one.table).find_map(|table| self.known.path(&from, table));
        match path.as_deref() {
            Some([(_, condition)]) => message.push_str(&format!("; write ON {condition}")),
            _ => message.push_str(&self.listed(side)),
        }
        self.unknown(NameKind::Column, ident, message);
    }

    /// Notes a name before a column that no table of the query goes by.
    pub(super) fn no_such_table(&mut self, idents: &[Ident]) {
        let [first, second, ..] = idents else { return };
        let qualifier: Vec<&str> =
            idents[..idents.len() - 1].iter().map(|ident| ident.value.as_str()).collect();
        let qualifier = qualifier.join(".");
        let mut message = format!("no table of this query is called `{qualifier}`");
        let here = |relation: &Relation, reader: &Self| {
            relation.table.map(|table| reader.known.tables[table].name.name().to_owned())
        };
        let hidden = self.relations().find(|relation| {
            relation.aliased && here(relation, self).is_some_and(|own| own.eq_ignore_ascii_case(&first.value))
        });
        let names: Vec<String> = self.relations().filter_map(|relation| relation.name.clone()).collect();
        let absent = self
            .known
            .tables
            .iter()
            .position(|table| idents.len() == 2 && table.name.name().eq_ignore_ascii_case(&first.value));
        if let Some(alias) = hidden.map(Relation::display) {
            message.push_str(&format!("; it goes by its alias: write `{alias}.{second}`"));
        } else if let Some(table) = absent {
            message.push_str(&format!("; `{}` exists: {}", self.name_of(table), self.how_to_join(table)));
            let known = &self.known.tables[table];
            if second.value != "*" && !known.columns.iter().any(|column| fits(self.dialect(), second, column))
            {
                let guesses = nearest(&second.value, known.columns.iter().map(String::as_str), OFFERED);
                message.push_str(&format!(", but it has no column `{second}`{}", did_you_mean(&guesses)));
            }
        } else {
            let near = nearest(&first.value, names.iter().map(String::as_str), OFFERED);
            let owners = self.owners_here(second);
            if !owners.is_empty() {
                message.push_str(&format!("; write {}", any_of(&owners)));
            } else if !near.is_empty() {
                message.push_str(&did_you_mean(&near));
            } else if let Some(hint) = self.elsewhere(second) {
                message.push_str(&format!("; {hint}"));
            } else if !names.is_empty() {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                message.push_str(&format!("; its tables are {}", names.join(", ")));
            }
        }
        self.unknown(NameKind::Table, first, message);
    }

    /// Notes a name that several tables of one `FROM` have.
    pub(super) fn ambiguous(&mut self, scope: usize, ident: &Ident) {
        let dialect = self.dialect();
        let Some(scope) = self.scopes.get(scope) else { return };
        let merged = scope.natural || scope.merged.iter().any(|name| fits(dialect, ident, name));
        let open = scope.relations.iter().any(|one| matches!(one.columns, Columns::Open));
        if merged || open {
            return;
        }
        let owners: Vec<String> = scope
            .relations
            .iter()
            .filter(|one| one.columns.have(dialect, ident))
            .filter_map(|one| one.name.as_ref())
            .map(|name| format!("`{name}.{}`", ident.value))
            .collect();
        if owners.len() > 1 {
            self.advise(format!("`{}` is ambiguous: write {}", ident.value, any_of(&owners)));
        }
    }

    pub(super) fn advise(&mut self, advice: String) {
        if self.findings.advice.len() < TOLD && !self.findings.advice.contains(&advice) {
            self.findings.advice.push(advice);
        }
    }

    fn unknown(&mut self, kind: NameKind, ident: &Ident, message: String) {
        let start = ident.span.start;
        let position = (start.line > 0).then_some(Position { line: start.line, column: start.column });
        let told = self.findings.unknown.iter().any(|told| told.message == message);
        if !told && self.findings.unknown.len() < TOLD {
            self.findings.unknown.push(UnknownName { kind, name: ident.value.clone(), position, message });
        }
    }

    /// The names of the result's columns, where they can be used.
    fn result(&self) -> Vec<String> {
        let scope = self.scopes.last().filter(|scope| scope.aliases == Aliases::Visible);
        let output = scope.and_then(|scope| scope.output.as_ref());
        let mut names: Vec<String> = output.map(|output| output.names().to_vec()).unwrap_or_default();
        names.dedup();
        names
    }

    /// PostgreSQL: the column is there, but only in quotes.
    fn spelling(&self, relations: &[Relation], ident: &Ident) -> Option<String> {
        if self.dialect() != Dialect::Postgresql {
            return None;
        }
        let columns = relations.iter().flat_map(|relation| relation.columns.names());
        let exact = columns.into_iter().find(|column| column.eq_ignore_ascii_case(&ident.value))?;
        let written = if *exact == exact.to_lowercase() { exact.clone() } else { format!("\"{exact}\"") };
        Some(format!("upper and lower case count here: write {written}"))
    }

    /// Near names among the relations at hand, their own columns or others'.
    fn near_here(&self, relations: &[Relation], name: &str) -> Option<String> {
        let exact = |relation: &&Relation| {
            let ident = Ident::new(name);
            relation.name.is_some() && relation.columns.have(self.dialect(), &ident)
        };
        let owners: Vec<String> = self
            .relations()
            .filter(exact)
            .map(|relation| format!("`{}.{name}`", relation.display()))
            .collect();
        if !owners.is_empty() {
            return Some(format!("{} exists: write that", any_of(&owners)));
        }
        let mut scored: Vec<(f64, &String)> = relations
            .iter()
            .flat_map(|relation| relation.columns.names().iter().map(move |column| (relation, column)))
            .map(|(relation, column)| (self.nearness(relation, name, column), column))
            .filter(|(score, _)| *score >= NEAR)
            .collect();
        scored.sort_by(|left, right| right.0.total_cmp(&left.0));
        let best = scored.first()?.0;
        let mut guesses: Vec<&str> = Vec::new();
        for (score, column) in scored {
            if score > best - 0.25 && guesses.len() < OFFERED && !guesses.contains(&column.as_str()) {
                guesses.push(column);
            }
        }
        Some(did_you_mean(&guesses).trim_start_matches([':', ' ']).trim_end_matches('?').to_owned())
    }

    /// `customer_name` is near `name` in `customers`.
    fn nearness(&self, relation: &Relation, name: &str, column: &str) -> f64 {
        let own = relation.table.map(|table| self.known.tables[table].name.name());
        let whole = own.map_or(0.0, |own| similarity(name, &format!("{}_{column}", singular(own))) - 0.05);
        similarity(name, column).max(whole)
    }

    /// Tables outside this query that have the column, and the way to them.
    fn elsewhere(&self, ident: &Ident) -> Option<String> {
        let present: Vec<usize> = self.relations().filter_map(|relation| relation.table).collect();
        let name = &ident.value;
        let mut found: Vec<(f64, usize, usize, &str)> = Vec::new();
        for (table, known) in self.known.tables.iter().enumerate() {
            if present.contains(&table) {
                continue;
            }
            let own = singular(known.name.name());
            let scored = known.columns.iter().map(|column| {
                let exact = if fits(Dialect::Sqlite, ident, column) { 1.0 } else { 0.0 };
                let whole = similarity(name, &format!("{own}_{column}")) - 0.05;
                (f64::max(exact, whole), column.as_str())
            });
            if let Some((score, column)) = scored.max_by(|left, right| left.0.total_cmp(&right.0))
                && score > 0.85
            {
                let distance = self.known.path(&present, table).map_or(9, |path| path.len());
                found.push((score, distance, table, column));
            }
        }
        found.sort_by(|left, right| left.1.cmp(&right.1).then(right.0.total_cmp(&left.0)));
        let told: Vec<String> = found
            .iter()
            .take(OFFERED)
            .map(|(_, _, table, column)| {
                format!("`{}.{column}` exists: {}", self.name_of(*table), self.how_to_join(*table))
            })
            .collect();
        (!told.is_empty()).then(|| told.join("; "))
    }

    fn how_to_join(&self, table: usize) -> String {
        let present: Vec<usize> = self.relations().filter_map(|relation| relation.table).collect();
        if present.contains(&table) {
            return "it is in this query already, but cannot be reached from here".to_owned();
        }
        match self.known.path(&present, table) {
            Some(path) if !path.is_empty() => {
                let joins = path.iter().map(|(table, on)| format!("join `{}` on {on}", self.name_of(*table)));
                joins.collect::<Vec<_>>().join(", then ")
            }
            _ => format!("join `{}`", self.name_of(table)),
        }
    }

    /// Where the relations of this query have such a column, with what stands before it.
    fn owners_here(&self, ident: &Ident) -> Vec<String> {
        let owning = self.relations().filter(|one| one.columns.have(self.dialect(), ident));
        owning
            .filter_map(|one| one.name.as_ref())
            .map(|name| format!("`{name}.{}`", ident.value))
            .take(OFFERED)
            .collect()
    }

    fn listed(&self, relations: &[Relation]) -> String {
        let mut text = String::new();
        for relation in relations.iter().take(OFFERED) {
            let names = relation.columns.names();
            if names.is_empty() {
                continue;
            }
            let more = if names.len() > LISTED { ", …" } else { "" };
            let names: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
            text.push_str(&format!("; {} has {}{more}", self.called(relation), names.join(", ")));
        }
        text
    }

    /// A relation as people know it: its table, with the alias where it has one.
    fn called(&self, relation: &Relation) -> String {
        let own = relation.table.map(|table| self.name_of(table));
        match (own, &relation.name) {
            (Some(own), Some(alias)) if relation.aliased && *alias != own => format!("`{own}` (`{alias}`)"),
            (Some(own), _) => format!("`{own}`"),
            (None, Some(name)) => format!("`{name}`"),
            (None, None) => relation.display().to_owned(),
        }
    }

    fn name_of(&self, table: usize) -> String {
        self.known.tables[table].name.name().to_owned()
    }
}

/// A name in double quotes may have been meant for a text.
fn quoted(ident: &Ident) -> Option<String> {
    let name = &ident.value;
    let text = name.replace('\'', "''");
    (ident.quote_style == Some('"'))
        .then(|| format!("\"{name}\" is a name in double quotes: write '{text}' if a text is meant"))
}

/// `: did you mean …?`, or nothing.
pub(crate) fn did_you_mean(guesses: &[&str]) -> String {
    if guesses.is_empty() {
        return String::new();
    }
    let quoted: Vec<String> = guesses.iter().map(|guess| format!("`{guess}`")).collect();
    format!(": did you mean {}?", any_of(&quoted))
}

fn any_of(names: &[String]) -> String {
    match names {
        [names @ .., last] if !names.is_empty() => format!("{} or {last}", names.join(", ")),
        names => names.concat(),
    }
}
