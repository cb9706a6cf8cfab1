//! What the columns of a table are for: its label, its day, whether its rows are people.

use super::{ColumnId, Model, TableId};

impl Model {
    pub(super) fn choose_roles(&mut self, table: TableId) {
        let columns = self.tables[table].columns.clone();
        let named = |words: &[&str]| {
            columns.iter().copied().find(|&id| {
                let column = &self.columns[id];
                column.is_text()
                    && column.words.len() <= 2
                    && column.words.iter().map(String::as_str).eq(words.iter().copied())
            })
        };
        let first = named(&["first", "name"]).or_else(|| named(&["fname"])).or_else(|| named(&["forename"]));
        let last = named(&["last", "name"]).or_else(|| named(&["lname"])).or_else(|| named(&["surname"]));
        let labels = match (first, last) {
            (Some(first), Some(last)) => vec![first, last],
            _ => named(&["name"])
                .or_else(|| named(&["full", "name"]))
                .or_else(|| named(&["title"]))
                .or_else(|| named(&["label"]))
                .or_else(|| named(&["username"]))
                .or_else(|| named(&["user", "name"]))
                .or_else(|| self.column_named_as(table, &columns))
                .or_else(|| self.only_name_column(&columns))
                .into_iter()
                .collect(),
        };
        let main_date = columns
            .iter()
            .copied()
            .filter(|&id| self.columns[id].is_date)
            .min_by_key(|&id| self.date_rank(id));
        let main_date = main_date.filter(|&id| !self.columns[id].is_birth).or_else(|| {
            // a year is a date as well, where nothing says the day
            let mut years = columns.iter().copied().filter(|&id| self.columns[id].is_year);
            years.next().filter(|_| years.next().is_none())
        });
        let person_words = [
            "customer",
            "client",
            "employee",
            "person",
            "user",
            "student",
            "teacher",
            "staff",
            "member",
            "patient",
            "doctor",
            "player",
            "artist",
            "author",
            "singer",
            "actor",
            "driver",
            "worker",
            "instructor",
            "physician",
            "professor",
            "candidate",
            "guest",
            "passenger",
            "pilot",
            "coach",
            "manager",
            "buyer",
            "owner",
            "friend",
        ];
        let is_people =
            self.tables[table].words.last().is_some_and(|word| person_words.contains(&word.as_str()))
                || columns.iter().any(|&id| self.columns[id].is_birth)
                || first.is_some();
        let entry = &mut self.tables[table];
        entry.labels = labels;
        entry.main_date = main_date;
        entry.is_people = is_people;
    }

    /// `city.City`: the column that is called like its table.
    pub(super) fn column_named_as(&self, table: TableId, columns: &[ColumnId]) -> Option<ColumnId> {
        let words = &self.tables[table].words;
        columns.iter().copied().find(|&id| {
            let column = &self.columns[id];
            column.is_text() && !column.is_foreign_key && column.words == *words
        })
    }

    pub(super) fn only_name_column(&self, columns: &[ColumnId]) -> Option<ColumnId> {
        let mut named = columns.iter().copied().filter(|&id| {
            let column = &self.columns[id];
            column.is_text()
                && !column.is_foreign_key
                && column.words.last().is_some_and(|word| word == "name" || word == "title")
        });
        let only = named.next()?;
        named.next().is_none().then_some(only)
    }

    /// Lower is likelier to be the day the row came to be.
    pub(super) fn date_rank(&self, id: ColumnId) -> u32 {
        let column = &self.columns[id];
        if column.is_birth {
            return 9;
        }
        let late = [
            "left",
            "end",
            "ended",
            "delivered",
            "updated",
            "modified",
            "closed",
            "deleted",
            "last",
            "expires",
            "due",
            "to",
            "counted",
        ];
        let early =
            ["created", "ordered", "order", "placed", "start", "date", "hired", "registered", "transaction"];
        match () {
            () if column.has_word(&late) => 6,
            () if column.has_word(&early) => {
                if column.nullable {
                    1
                } else {
                    0
                }
            }
            () => {
                if column.nullable {
                    3
                } else {
                    2
                }
            }
        }
    }
}
