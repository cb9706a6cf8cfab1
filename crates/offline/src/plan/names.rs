//! Names of the columns of an answer.

use super::Planner;
use crate::{
    dates::Grain,
    model::TableId,
    query::{Function, Measure, Operand},
    sql::Expr,
    synonyms::Concept,
};

impl Planner<'_> {
    pub(super) fn measure_name(&self, measure: &Measure) -> String {
        let base = match measure.operand {
            Operand::Rows(table) => return format!("{}_count", self.table_words(table)),
            Operand::Column(column) => self.column(column.column).name.to_lowercase(),
            Operand::Age(_) => "age".to_owned(),
            Operand::Concept(Concept::Revenue) => "revenue".to_owned(),
            Operand::Concept(Concept::UnitsSold) => "units_sold".to_owned(),
            Operand::Concept(Concept::Profit) => "profit".to_owned(),
            Operand::Concept(Concept::Given(at)) => {
                self.model.metrics.get(at).map_or_else(String::new, |metric| metric.column.clone())
            }
        };
        match measure.function {
            Function::Count | Function::CountDistinct => format!("{base}_count"),
            Function::Sum if matches!(measure.operand, Operand::Concept(_)) => base,
            Function::Sum if base.starts_with("total") => base,
            Function::Sum => format!("total_{base}"),
            Function::Average => format!("average_{base}"),
            Function::Minimum => format!("lowest_{base}"),
            Function::Maximum => format!("highest_{base}"),
        }
    }

    fn table_words(&self, table: TableId) -> String {
        self.model.tables[table].words.join("_")
    }

    pub(super) fn grain_name(grain: Grain) -> &'static str {
        match grain {
            Grain::Day => "day",
            Grain::Week => "week",
            Grain::Month => "month",
            Grain::Quarter => "quarter",
            Grain::Year => "year",
            Grain::Weekday => "weekday",
            Grain::Hour => "hour",
        }
    }

    /// Names the columns of a select list so that no two are the same.
    pub(super) fn name_columns(&self, columns: &mut [(Expr, Option<String>)]) {
        let mut taken: Vec<String> = Vec::new();
        for (expr, alias) in columns.iter_mut() {
            let own = match (&alias, &*expr) {
                (Some(alias), _) => alias.clone(),
                (None, Expr::Column(_, column)) => self.column(*column).name.clone(),
                _ => continue,
            };
            let mut name = own.clone();
            if taken.iter().any(|other| other.eq_ignore_ascii_case(&name))
                && let Expr::Column(instance, column) = expr
            {
                let instance = &self.instances[*instance];
                let owner = instance.alias.clone().unwrap_or_else(|| self.table_words(instance.table));
                name = format!("{owner}_{}", self.column(*column).name);
            }
            let mut number = 2;
            while taken.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
                name = format!("{own}_{number}");
                number += 1;
            }
            if name != own {
                *alias = Some(name.clone());
            }
            taken.push(name);
        }
    }
}
