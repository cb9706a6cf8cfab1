use sqlparser::ast::{
    AfterMatchSkip, Join, JoinConstraint, JoinOperator, JsonPath, JsonPathElem, JsonTableColumn, Measure,
    PivotValueSource, SymbolDefinition, TableFactor, TableFunctionArgs, TableSample, TableSampleBucket,
    TableSampleKind, TableSampleQuantity, TableVersion, TableWithJoins, XmlNamespaceDefinition,
    XmlPassingArgument, XmlPassingClause, XmlTableColumn, XmlTableColumnOption,
};

use super::{Walk, Walker, clause};

impl Walker<'_> {
    pub(super) fn table_with_joins(&mut self, table: &TableWithJoins) -> Walk {
        let TableWithJoins { relation, joins } = table;
        self.table_factor(relation)?;
        joins.iter().try_for_each(|join| self.join(join))
    }

    pub(super) fn join(&mut self, join: &Join) -> Walk {
        let Join { relation, global, join_operator } = join;
        if *global {
            return Err(clause("GLOBAL JOIN", None));
        }
        self.table_factor(relation)?;
        match join_operator {
            JoinOperator::Join(constraint)
            | JoinOperator::Inner(constraint)
            | JoinOperator::Left(constraint)
            | JoinOperator::LeftOuter(constraint)
            | JoinOperator::Right(constraint)
            | JoinOperator::RightOuter(constraint)
            | JoinOperator::FullOuter(constraint)
            | JoinOperator::CrossJoin(constraint)
            | JoinOperator::StraightJoin(constraint) => self.join_constraint(constraint),
            JoinOperator::Semi(_)
            | JoinOperator::LeftSemi(_)
            | JoinOperator::RightSemi(_)
            | JoinOperator::Anti(_)
            | JoinOperator::LeftAnti(_)
            | JoinOperator::RightAnti(_)
            | JoinOperator::CrossApply
            | JoinOperator::OuterApply
            | JoinOperator::AsOf { match_condition: _, constraint: _ }
            | JoinOperator::ArrayJoin
            | JoinOperator::LeftArrayJoin
            | JoinOperator::InnerArrayJoin => Err(clause("this kind of join", None)),
        }
    }

    fn join_constraint(&mut self, constraint: &JoinConstraint) -> Walk {
        match constraint {
            JoinConstraint::On(expr) => self.expr(expr),
            JoinConstraint::Using(_) | JoinConstraint::Natural | JoinConstraint::None => Ok(()),
        }
    }

    fn table_factor(&mut self, table: &TableFactor) -> Walk {
        match table {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version,
                with_ordinality: _,
                partitions: _,
                json_path,
                sample,
                index_hints: _,
            } => {
                if !with_hints.is_empty() {
                    return Err(clause("WITH hints", None));
                }
                match args {
                    Some(TableFunctionArgs { args, settings }) => {
                        if settings.is_some() {
                            return Err(clause("SETTINGS", None));
                        }
                        self.table_function(name, args)?;
                    }
                    None => self.table(name)?,
                }
                if let Some(version) = version {
                    self.version(version)?;
                }
                if let Some(path) = json_path {
                    self.json_path(path)?;
                }
                self.sample_kind(sample.as_ref())?;
                self.range(name, alias.as_ref());
                self.alias(alias.as_ref())
            }
            TableFactor::Derived { lateral: _, subquery, alias, sample } => {
                self.query(subquery)?;
                self.sample_kind(sample.as_ref())?;
                self.range_alias(alias.as_ref());
                self.alias(alias.as_ref())
            }
            TableFactor::TableFunction { expr, alias } => {
                self.table_expression(expr)?;
                self.alias(alias.as_ref())
            }
            TableFactor::Function { lateral: _, name, args, with_ordinality: _, alias } => {
                self.table_function(name, args)?;
                self.alias(alias.as_ref())
            }
            TableFactor::UNNEST {
                alias,
                array_exprs,
                with_offset: _,
                with_offset_alias: _,
                with_ordinality: _,
            } => {
                self.exprs(array_exprs)?;
                self.range_alias(alias.as_ref());
                self.alias(alias.as_ref())
            }
            TableFactor::JsonTable { json_expr, json_path: _, columns, alias } => {
                self.expr(json_expr)?;
                self.json_columns(columns)?;
                self.alias(alias.as_ref())
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                self.table_with_joins(table_with_joins)?;
                self.alias(alias.as_ref())
            }
            TableFactor::Pivot {
                table,
                aggregate_functions,
                value_column,
                value_source,
                default_on_null,
                alias,
            } => {
                self.table_factor(table)?;
                self.exprs(aggregate_functions.iter().map(|function| &function.expr))?;
                self.exprs(value_column)?;
                self.pivot_source(value_source)?;
                self.exprs(default_on_null)?;
                self.alias(alias.as_ref())
            }
            TableFactor::Unpivot { table, value, name: _, columns, null_inclusion: _, alias } => {
                self.table_factor(table)?;
                self.expr(value)?;
                self.exprs(columns.iter().map(|column| &column.expr))?;
                self.alias(alias.as_ref())
            }
            TableFactor::MatchRecognize {
                table,
                partition_by,
                order_by,
                measures,
                rows_per_match: _,
                after_match_skip,
                pattern: _,
                symbols,
                alias,
            } => {
                self.table_factor(table)?;
                self.exprs(partition_by)?;
                self.order_exprs(order_by)?;
                self.exprs(measures.iter().map(|Measure { expr, alias: _ }| expr))?;
                match after_match_skip {
                    None
                    | Some(
                        AfterMatchSkip::PastLastRow
                        | AfterMatchSkip::ToNextRow
                        | AfterMatchSkip::ToFirst(_)
                        | AfterMatchSkip::ToLast(_),
                    ) => {}
                }
                self.exprs(symbols.iter().map(|SymbolDefinition { symbol: _, definition }| definition))?;
                self.alias(alias.as_ref())
            }
            TableFactor::XmlTable { namespaces, row_expression, passing, columns, alias } => {
                self.exprs(namespaces.iter().map(|XmlNamespaceDefinition { uri, name: _ }| uri))?;
                self.expr(row_expression)?;
                let XmlPassingClause { arguments } = passing;
                self.exprs(arguments.iter().map(|XmlPassingArgument { expr, alias: _, by_value: _ }| expr))?;
                for XmlTableColumn { name, option } in columns {
                    self.explain(name);
                    match option {
                        XmlTableColumnOption::ForOrdinality => {}
                        XmlTableColumnOption::NamedInfo { r#type, path, default, nullable: _ } => {
                            self.data_type(r#type)?;
                            self.exprs(path)?;
                            self.exprs(default)?;
                        }
                    }
                }
                self.alias(alias.as_ref())
            }
            TableFactor::OpenJsonTable { json_expr: _, json_path: _, columns: _, alias: _ } => {
                Err(clause("OPENJSON", None))
            }
            TableFactor::UnpivotExpr { expression: _, value_alias: _, attribute_alias: _ } => {
                Err(clause("UNPIVOT of an expression", None))
            }
            TableFactor::SemanticView {
                name: _,
                dimensions: _,
                metrics: _,
                facts: _,
                where_clause: _,
                alias: _,
            } => Err(clause("SEMANTIC_VIEW", None)),
        }
    }

    fn version(&mut self, version: &TableVersion) -> Walk {
        match version {
            TableVersion::ForSystemTimeAsOf(expr)
            | TableVersion::TimestampAsOf(expr)
            | TableVersion::VersionAsOf(expr) => self.expr(expr),
            TableVersion::Function(_) | TableVersion::Changes { changes: _, at: _, end: _ } => {
                Err(clause("this way of naming a version", None))
            }
        }
    }

    pub(super) fn json_path(&mut self, path: &JsonPath) -> Walk {
        let JsonPath { path } = path;
        path.iter().try_for_each(|element| match element {
            JsonPathElem::Dot { key: _, quoted: _ } => Ok(()),
            JsonPathElem::Bracket { key } | JsonPathElem::ColonBracket { key } => self.expr(key),
        })
    }

    fn json_columns(&mut self, columns: &[JsonTableColumn]) -> Walk {
        columns.iter().try_for_each(|column| match column {
            JsonTableColumn::Named(column) => self.data_type(&column.r#type),
            JsonTableColumn::ForOrdinality(_) => Ok(()),
            JsonTableColumn::Nested(nested) => self.json_columns(&nested.columns),
        })
    }

    fn sample_kind(&mut self, sample: Option<&TableSampleKind>) -> Walk {
        match sample {
            None => Ok(()),
            Some(TableSampleKind::BeforeTableAlias(sample) | TableSampleKind::AfterTableAlias(sample)) => {
                self.sample(sample)
            }
        }
    }

    pub(super) fn sample(&mut self, sample: &TableSample) -> Walk {
        let TableSample { modifier: _, name: _, quantity, seed: _, bucket, offset } = sample;
        if let Some(TableSampleQuantity { parenthesized: _, value, unit: _ }) = quantity {
            self.expr(value)?;
        }
        if let Some(TableSampleBucket { bucket: _, total: _, on }) = bucket {
            self.exprs(on)?;
        }
        self.exprs(offset)
    }

    pub(super) fn pivot_source(&mut self, source: &PivotValueSource) -> Walk {
        match source {
            PivotValueSource::List(values) => self.exprs(values.iter().map(|value| &value.expr)),
            PivotValueSource::Any(order) => self.order_exprs(order),
            PivotValueSource::Subquery(query) => self.query(query),
        }
    }
}
