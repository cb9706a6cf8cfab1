//! A few connections, made when they are needed.

use std::sync::Arc;

use deadpool::{
    Runtime,
    managed::{self, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult, Timeouts},
};
use sqlatte_providers::{ErrorKind, ProviderError, Result};

use crate::{
    connect::{Connection, Connector},
    error::unexpected,
    limit::Limit,
    session::Session,
};

pub(crate) struct Pool {
    connections: managed::Pool<Manager>,
    connector: Arc<Connector>,
}

impl Pool {
    pub(crate) fn new(connector: Connector) -> Result<Self> {
        let connector = Arc::new(connector);
        let connections = managed::Pool::builder(Manager(Arc::clone(&connector)))
            .max_size(connector.target.pool_size)
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| unexpected("the pool cannot be made").with_source(error))?;
        Ok(Pool { connections, connector })
    }

    /// A connection of the caller's own, waiting for a free one until the deadline.
    pub(crate) async fn session(&self, limit: Limit) -> Result<Session> {
        let waiting = Timeouts { wait: Some(limit.left()), create: None, recycle: None };
        limit
            .hold(async {
                match self.connections.timeout_get(&waiting).await {
                    Ok(object) => Ok(Session::new(object, Arc::clone(&self.connector))),
                    Err(PoolError::Backend(error)) => Err(error),
                    Err(PoolError::Timeout(_)) => Err(self.exhausted()),
                    Err(error) => Err(unexpected("the pool gave no connection").with_source(error)),
                }
            })
            .await
    }

    /// Closes the connections that nobody uses: one of them was found dead, and the others are as old.
    pub(crate) fn forget_idle(&self) {
        self.connections.retain(|_, _| false);
    }

    fn exhausted(&self) -> ProviderError {
        let target = &self.connector.target;
        ProviderError::new(
            ErrorKind::Timeout,
            format!(
                "the time limit passed while waiting for one of the {} connections to `{}`: try again, or raise `pool_size`",
                target.pool_size,
                target.place()
            ),
        )
    }
}

pub(crate) struct Manager(Arc<Connector>);

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = ProviderError;

    async fn create(&self) -> Result<Connection> {
        self.0.connect().await
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<ProviderError> {
        if connection.client.is_closed() {
            return Err(RecycleError::message("the connection is closed"));
        }
        Ok(())
    }
}

/// A connection on loan from the pool.
pub(crate) type Lease = Object<Manager>;
