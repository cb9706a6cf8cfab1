//! Rows as text, for types whose binary form is not read here, or which have none.
//!
//! The driver asks for binary results only. So the user's statement is bound to a portal, as always by the
//! extended protocol, and the rows are fetched from that portal by `FETCH` statements of our own, which
//! answer in text.

use std::{iter, mem::ManuallyDrop, pin::Pin};

use futures::StreamExt;
use sqlatte_providers::{Row, Value};
use tokio_postgres::{
    Client, Error, Portal, SimpleQueryMessage, SimpleQueryRow, SimpleQueryStream, Statement, types::Type,
};

use crate::{
    rows::{End, Gathered},
    session::quoted,
    text,
};

/// Rows of a page; the next one is on its way while this one is read.
const PAGE: usize = 500;
/// The forms that the texts are read in.
const FORMS: &str = "; SET LOCAL datestyle = ISO; SET LOCAL intervalstyle = iso_8601; SET LOCAL bytea_output = hex; \
                     SET LOCAL extra_float_digits = 1";
/// The name that the driver has given to the portal: the only one there is in this transaction.
const NAME: &str = "SELECT name FROM pg_catalog.pg_cursors WHERE name <> ''";

/// A statement whose rows are fetched page by page.
pub(crate) struct Pages {
    types: Vec<Type>,
    fetch: String,
    current: Pin<Box<SimpleQueryStream>>,
    following: Pin<Box<SimpleQueryStream>>,
    /// Rows read from the current page.
    read: usize,
    /// Closed when dropped.
    _portal: Portal,
}

impl Pages {
    /// `settings` are those of the session's transaction.
    pub(crate) async fn open(
        client: &mut Client,
        statement: &Statement,
        settings: &str,
    ) -> Result<Self, Error> {
        // Only a transaction of the driver's own can have portals; one within another would be a warning in
        // the server's log.
        client.batch_execute("ROLLBACK").await?;
        let transaction = client.build_transaction().read_only(true).start().await?;
        // The session ends it; dropping the driver's view of it would do that too soon.
        let transaction = ManuallyDrop::new(transaction);
        transaction.batch_execute(&[settings, FORMS].concat()).await?;
        let portal = transaction.bind_raw(statement, iter::empty::<&str>()).await?;
        let client = transaction.client();
        let answers = client.simple_query(NAME).await?;
        let names = answers.iter().filter_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        let fetch = format!("FETCH FORWARD {PAGE} FROM {}", quoted(names.last().unwrap_or_default()));
        Ok(Pages {
            types: statement.columns().iter().map(|column| column.type_().clone()).collect(),
            current: Box::pin(client.simple_query_raw(&fetch).await?),
            following: Box::pin(client.simple_query_raw(&fetch).await?),
            fetch,
            read: 0,
            _portal: portal,
        })
    }

    /// Gathers rows until a batch is full, or the statement has ended.
    pub(crate) async fn gather(
        &mut self,
        client: &Client,
        gathered: &mut Gathered,
        left: &mut u64,
    ) -> Result<End, Error> {
        loop {
            match self.current.next().await.transpose()? {
                Some(SimpleQueryMessage::Row(row)) => {
                    self.read += 1;
                    let bytes = (0..row.len()).filter_map(|index| row.get(index)).map(str::len).sum();
                    if let Some(end) = gathered.add(|| self.decode(&row), bytes, left) {
                        return Ok(end);
                    }
                }
                Some(_) => {}
                None if self.read < PAGE => return Ok(End::Complete),
                None => {
                    let following = Box::pin(client.simple_query_raw(&self.fetch).await?);
                    self.current = std::mem::replace(&mut self.following, following);
                    self.read = 0;
                }
            }
        }
    }

    fn decode(&self, row: &SimpleQueryRow) -> Row {
        let cell = |(index, of): (usize, &Type)| match row.get(index) {
            Some(text) => text::value(of, text),
            None => Value::Null,
        };
        self.types.iter().enumerate().map(cell).collect()
    }
}
