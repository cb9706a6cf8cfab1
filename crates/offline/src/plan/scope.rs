//! The tables of one `SELECT` and how they are joined.

use super::{Planned, Planner};
use crate::{
    model::{EdgeId, TableId},
    query::Ref,
    sql::{Expr, InstanceId, Join, Select, Source},
};

/// The tables joined so far, beginning with the base.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) base: InstanceId,
    pub(super) joins: Vec<Join>,
    /// Some join multiplies the base's rows.
    pub(super) fans_out: bool,
    /// New joins keep rows that have no partner.
    pub(super) outer: bool,
}

/// One step along a foreign key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) edge: EdgeId,
    /// From the referring table to the one referred to.
    pub(super) forward: bool,
}

impl Planner<'_> {
    pub(super) fn scope(&mut self, base: TableId) -> Scope {
        Scope { base: self.instance(base, None), joins: Vec::new(), fans_out: false, outer: false }
    }

    fn members(&self, scope: &Scope) -> Vec<InstanceId> {
        std::iter::once(scope.base).chain(scope.joins.iter().map(|join| join.instance)).collect()
    }

    pub(super) fn base_table(&self, scope: &Scope) -> TableId {
        self.instances[scope.base].table
    }

    /// The expression of a column, its table joined where it is not yet; only forwards unless `fan` is allowed.
    pub(super) fn reach(&mut self, scope: &mut Scope, column: Ref, fan: bool) -> Planned<Expr> {
        let table = self.column(column.column).table;
        let instance = match column.via {
            Some(edge) => self.reach_role(scope, edge)?,
            None => self.reach_table(scope, table, fan)?,
        };
        Ok(Expr::Column(instance, column.column))
    }

    /// The table a foreign key leads to, under the name of its role.
    pub(super) fn reach_role(&mut self, scope: &mut Scope, edge: EdgeId) -> Planned<InstanceId> {
        if let Some(join) = scope.joins.iter().find(|join| join.edge == edge && join.forward) {
            return Ok(join.instance);
        }
        let reference = self.model.edges.get(edge).ok_or("a reference is gone")?;
        let (from, role) = (reference.from, reference.role.join("_"));
        let parent = self.reach_table(scope, from, false)?;
        Ok(self.join(scope, parent, Hop { edge, forward: true }, Some(&role)))
    }

    pub(super) fn reach_table(
        &mut self,
        scope: &mut Scope,
        table: TableId,
        fan: bool,
    ) -> Planned<InstanceId> {
        if self.instances[scope.base].table == table {
            return Ok(scope.base);
        }
        if let Some(join) = scope
            .joins
            .iter()
            .find(|join| self.instances[join.instance].table == table && !self.is_role(join))
        {
            return Ok(join.instance);
        }
        let members: Vec<(InstanceId, TableId)> =
            self.members(scope).into_iter().map(|id| (id, self.instances[id].table)).collect();
        let starts: Vec<TableId> = members.iter().map(|(_, table)| *table).collect();
        let path = self.path(&starts, table, fan).ok_or_else(|| {
            format!(
                "{} and {} are not related",
                self.model.tables[starts[0]].name(),
                self.model.tables[table].name()
            )
        })?;
        let (start, hops) = path;
        let mut at = members.iter().find(|(_, table)| *table == start).map_or(scope.base, |(id, _)| *id);
        for hop in hops {
            at = self.join(scope, at, hop, None);
        }
        Ok(at)
    }

    fn is_role(&self, join: &Join) -> bool {
        join.forward && self.model.edges[join.edge].from == self.model.edges[join.edge].to
    }

    fn join(&mut self, scope: &mut Scope, parent: InstanceId, hop: Hop, role: Option<&str>) -> InstanceId {
        let edge = &self.model.edges[hop.edge];
        let table = if hop.forward { edge.to } else { edge.from };
        let optional = edge.optional;
        let role = role.filter(|role| !role.is_empty());
        let instance = self.instance(table, role);
        let on = self.on(parent, instance, hop);
        for id in [scope.base, parent, instance] {
            self.qualify(id);
        }
        scope.fans_out |= !hop.forward;
        let parent_outer = scope.joins.iter().any(|join| join.instance == parent && join.outer);
        let outer = parent_outer || (scope.outer && (optional || !hop.forward));
        scope.joins.push(Join {
            instance,
            on,
            also: Vec::new(),
            outer,
            edge: hop.edge,
            parent,
            forward: hop.forward,
        });
        instance
    }

    /// The equalities that join `there` to `here`.
    pub(super) fn on(&self, here: InstanceId, there: InstanceId, hop: Hop) -> Vec<(Expr, Expr)> {
        let edge = &self.model.edges[hop.edge];
        edge.from_columns
            .iter()
            .zip(&edge.to_columns)
            .map(|(&from, &to)| {
                if hop.forward {
                    (Expr::Column(there, to), Expr::Column(here, from))
                } else {
                    (Expr::Column(there, from), Expr::Column(here, to))
                }
            })
            .collect()
    }

    /// The cheapest way from one of `starts` to `goal`; backwards only where `fan` is allowed.
    pub(super) fn path(&self, starts: &[TableId], goal: TableId, fan: bool) -> Option<(TableId, Vec<Hop>)> {
        let count = self.model.tables.len();
        let mut cost = vec![f32::INFINITY; count];
        let mut came: Vec<Option<(TableId, Hop)>> = vec![None; count];
        for &start in starts {
            cost[start] = 0.0;
        }
        loop {
            let mut changed = false;
            for (id, edge) in self.model.edges.iter().enumerate() {
                if edge.from == edge.to {
                    continue;
                }
                let there = cost[edge.from] + edge.forward_cost();
                if there + 1e-6 < cost[edge.to] {
                    cost[edge.to] = there;
                    came[edge.to] = Some((edge.from, Hop { edge: id, forward: true }));
                    changed = true;
                }
                let back = cost[edge.to] + edge.backward_cost();
                if fan && back + 1e-6 < cost[edge.from] {
                    cost[edge.from] = back;
                    came[edge.from] = Some((edge.to, Hop { edge: id, forward: false }));
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        let mut hops = Vec::new();
        let mut at = goal;
        while let Some((before, hop)) = came.get(at).copied().flatten() {
            if hops.len() > count {
                return None;
            }
            hops.push(hop);
            at = before;
        }
        hops.reverse();
        if hops.iter().any(|hop| self.is_ambiguous(*hop)) {
            return None;
        }
        (starts.contains(&at) && !hops.is_empty()).then_some((at, hops))
    }

    /// Whether another foreign key leads the same way and nothing says which of them is meant.
    fn is_ambiguous(&self, hop: Hop) -> bool {
        let edge = &self.model.edges[hop.edge];
        !edge.role.is_empty()
            && self.model.edges.iter().enumerate().any(|(id, other)| {
                id != hop.edge
                    && (other.from, other.to) == (edge.from, edge.to)
                    && other.from_columns != edge.from_columns
            })
    }

    pub(super) fn select_from(&self, scope: Scope) -> Select {
        let mut select = Select::from(Source::Table(scope.base));
        select.joins = scope.joins;
        select
    }
}
