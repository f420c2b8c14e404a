//! Which messages were made from which template: how often it is used, and what waits to be sent with it.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::entity::template_use::{ActiveModel, Entity};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::{MessageId, Ms};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use std::collections::HashMap;

/// A template as messages name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Named {
    /// The account.
    pub waba_id: String,
    /// Its name.
    pub name: String,
    /// Its language, with underscore.
    pub language: String,
}

/// How much a template is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uses {
    /// Messages made since the moment asked for.
    pub made: i64,
    /// When the last of them was made.
    pub last_at: Option<Ms>,
    /// Messages that wait to be sent.
    pub waiting: i64,
}

/// Notes a message in the transaction that makes it.
///
/// # Errors
/// What the database said.
pub async fn note(tx: &WriteTx, message: MessageId, template: &Named, now: Ms) -> Result<()> {
    let row = ActiveModel {
        workspace_id: Set(tx.workspace().0),
        message_id: Set(message.0),
        waba_id: Set(template.waba_id.clone()),
        name: Set(template.name.clone()),
        language: Set(template.language.clone()),
        at: Set(now.0),
    };
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// [`note`] for many messages of one template.
///
/// # Errors
/// What the database said.
pub async fn note_all(tx: &WriteTx, messages: &[MessageId], template: &Named, now: Ms) -> Result<()> {
    const COLS: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("message_id", Kind::Uuid),
        col("waba_id", Kind::Text),
        col("name", Kind::Text),
        col("language", Kind::Text),
        col("at", Kind::Big),
    ];
    let mut rows = Rows::new(COLS);
    for message in messages {
        rows.push([
            tx.workspace().0.into(),
            message.0.into(),
            template.waba_id.clone().into(),
            template.name.clone().into(),
            template.language.clone().into(),
            now.0.into(),
        ]);
    }
    batch::insert(tx.conn(), tx.backend(), "template_use", "", rows).await?;
    Ok(())
}

/// How much each template was used since a moment. Those that were not are left out.
///
/// # Errors
/// What the database said.
pub async fn since(read: &Read, since: Ms) -> Result<HashMap<Named, Uses>> {
    let mut found: HashMap<Named, Uses> = HashMap::new();
    let text = "SELECT waba_id, name, language, count(*), max(at) FROM template_use \
                WHERE workspace_id = $1 AND at >= $2 GROUP BY waba_id, name, language";
    let values = [read.workspace().0.into(), since.0.into()];
    for row in read.conn().query_all_raw(sql::with(read.backend(), text, values)).await? {
        let uses = found.entry(named(&row)?).or_default();
        uses.made = row.try_get_by_index(3)?;
        uses.last_at = Some(Ms(row.try_get_by_index(4)?));
    }
    let text = "SELECT u.waba_id, u.name, u.language, count(*) FROM send_queue AS q \
                JOIN template_use AS u ON u.workspace_id = q.workspace_id AND u.message_id = q.message_id \
                WHERE q.workspace_id = $1 GROUP BY u.waba_id, u.name, u.language";
    let values = [read.workspace().0.into()];
    for row in read.conn().query_all_raw(sql::with(read.backend(), text, values)).await? {
        found.entry(named(&row)?).or_default().waiting = row.try_get_by_index(3)?;
    }
    Ok(found)
}

fn named(row: &sea_orm::QueryResult) -> Result<Named> {
    Ok(Named { waba_id: row.try_get_by_index(0)?, name: row.try_get_by_index(1)?, language: row.try_get_by_index(2)? })
}
