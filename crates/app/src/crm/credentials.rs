//! Where the credentials of a connection are read when a token is fetched, and kept when the other side changed them.

use crate::connection::secret::Secrets;
use crate::error::{Error, Result};
use crate::state::App;
use crate::vault::{Place, WorkspaceKey};
use rapport_connectors::Secret;
use rapport_connectors::crm::oauth::REFRESH_TOKEN;
use rapport_core::{ConnectionId, WorkspaceId};
use rapport_store::connection::{self, Change, ConnectionRow};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Credentials by name.
pub(crate) type Credentials = BTreeMap<String, Secret>;

/// The place of a connection's credentials.
pub(crate) enum Keep {
    /// In memory, while a connection is being made or repaired.
    Memory(Mutex<Credentials>),
    /// Sealed in the connection's row.
    Row(Box<Row>),
}

/// A connection's row.
pub(crate) struct Row {
    pub app: App,
    pub workspace: WorkspaceId,
    pub id: ConnectionId,
}

impl Keep {
    /// The credentials as they are now: another process may have changed them since the connection was opened.
    pub(crate) async fn read(&self) -> Result<Credentials> {
        match self {
            Self::Memory(held) => Ok(held.lock().unwrap_or_else(PoisonError::into_inner).clone()),
            Self::Row(row) => {
                let read = row.app.store.workspace(row.workspace).read();
                let stored = connection::get(&read, row.id).await?.ok_or(Error::NotFound("connection"))?;
                Ok(opened(&row.app.key(row.workspace).await?, &stored)?.0)
            }
        }
    }

    /// Puts the refresh token that counts from now on in the place of the one it was got with. Where a person entered
    /// another one meanwhile, that one stays.
    pub(crate) async fn rotate(&self, used: &Secret, new: &Secret) -> Result<()> {
        match self {
            Self::Memory(held) => {
                let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
                held.insert(REFRESH_TOKEN.to_owned(), new.clone());
                Ok(())
            }
            Self::Row(row) => row.rotate(used, new).await,
        }
    }
}

impl Row {
    async fn rotate(&self, used: &Secret, new: &Secret) -> Result<()> {
        let key = self.app.key(self.workspace).await?;
        let now = self.app.now();
        let tx = self.app.store.workspace(self.workspace).write().await?;
        let Some(stored) = connection::get_for_write(&tx, self.id).await? else { return Ok(()) };
        let mut secrets = opened(&key, &stored)?;
        if secrets.get(REFRESH_TOKEN) != *used {
            return Ok(());
        }
        secrets.0.insert(REFRESH_TOKEN.to_owned(), new.clone());
        let sealed = key.seal(Place::new("connection", "secret", stored.id), &secrets.write()?)?;
        connection::change(&tx, self.id, Change { secret: Some(sealed), ..Change::default() }, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The credentials of a row.
pub(crate) fn opened(key: &WorkspaceKey, row: &ConnectionRow) -> Result<Secrets> {
    Secrets::read(&key.open(Place::new("connection", "secret", row.id), &row.secret)?)
}
