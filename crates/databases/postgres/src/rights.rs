//! What the role may do that SQLatte never needs.

use sqlatte_providers::Result;

use crate::{describe, error, limit::Limit, session::Session};

const RIGHTS: &str = include_str!("catalog/rights.sql");
const BETTER: &str = "docs/guides/postgresql.md shows how to make a role that can only read";

/// Rights beyond reading, a sentence each.
pub(crate) async fn excess(session: &mut Session, limit: Limit) -> Result<Vec<String>> {
    let found = describe::run(session, limit, RIGHTS, &[]).await?;
    let target = &session.connector.target;
    let read = |error| error::of_statement(error, target, "", limit);
    let Some(row) = found.first() else { return Ok(Vec::new()) };
    let role = &target.user;
    if row.try_get("superuser").map_err(read)? {
        return Ok(vec![format!(
            "the role `{role}` is a superuser, whom the server itself refuses nothing: {BETTER}"
        )]);
    }
    let mut excess = Vec::new();
    if let Some(roles) = row.try_get::<_, Option<Vec<String>>>("server_roles").map_err(read)? {
        let roles = roles.join("`, `");
        excess.push(format!(
            "the role `{role}` is a member of `{roles}`, which reach the server's files: {BETTER}"
        ));
    }
    let changeable: i64 = row.try_get("changeable").map_err(read)?;
    if changeable > 0 {
        let tables = if changeable == 1 { "1 table".to_owned() } else { format!("{changeable} tables") };
        excess.push(format!("the role `{role}` may change {tables}: {BETTER}"));
    }
    Ok(excess)
}
