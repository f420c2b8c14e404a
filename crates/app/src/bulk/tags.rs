//! The tags that a change to many gives to customers and takes from them.

use super::{BulkAction, Kept, Stored};
use crate::auth::Caller;
use crate::contact::update::tagged;
use crate::error::{Error, Result};
use crate::tag::give::{TagChange, named_by};
use rapport_core::ContactId;
use rapport_core::contact::{TAGS_OF_CONTACT, tag_key, tags};
use rapport_store::WriteTx;
use rapport_store::contact::ContactRow;
use rapport_store::tag::{self, TagRow};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What a change did to a customer's tags, for taking it back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tagged {
    pub given: BTreeSet<Uuid>,
    pub taken: BTreeSet<Uuid>,
}

impl Tagged {
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.taken.is_empty()
    }
}

/// Refuses tags that a change cannot give or take away.
///
/// # Errors
/// `Invalid` (naming the field), `Store`.
pub(super) async fn check(tx: &WriteTx, action: &BulkAction) -> Result<()> {
    for (ids, gives, field) in
        [(&action.add_tag_ids, true, "add_tag_ids"), (&action.remove_tag_ids, false, "remove_tag_ids")]
    {
        if ids.len() > TAGS_OF_CONTACT {
            return Err(Error::invalid(field, format!("must be at most {TAGS_OF_CONTACT}")));
        }
        named_by(tx, &ids.iter().copied().collect::<Vec<_>>(), gives, field).await?;
    }
    if !action.add_tag_ids.is_disjoint(&action.remove_tag_ids) {
        return Err(Error::invalid("remove_tag_ids", "and add_tag_ids name the same tag"));
    }
    Ok(())
}

/// A customer before and after, with what that is in ids.
pub(super) struct Planned {
    pub before: ContactRow,
    pub after: ContactRow,
    pub tags: Tagged,
}

/// The tags of a batch, as the catalogue has them in its transaction.
pub(super) struct Tags {
    known: HashMap<Uuid, TagRow>,
    action: Tagged,
}

impl Tags {
    /// # Errors
    /// `Store`.
    pub async fn of(tx: &WriteTx, stored: &Stored, before: impl Iterator<Item = &Kept>) -> Result<Self> {
        let action = Tagged { given: stored.action.add_tag_ids.clone(), taken: stored.action.remove_tag_ids.clone() };
        let mut ids: BTreeSet<Uuid> = action.given.union(&action.taken).copied().collect();
        for kept in before {
            ids.extend(kept.tags.given.union(&kept.tags.taken));
        }
        Ok(Self { known: tag::some(tx, &ids).await?, action })
    }

    /// What happens to a customer's tags: what the change says, or the reverse of what it did (`undone`). A tag that was
    /// removed meanwhile is left out, and one that is no longer offered is not given.
    ///
    /// # Errors
    /// `NotFound`, `Invalid` (more tags than a contact may have), `Store`.
    pub async fn plan(&self, tx: &WriteTx, contact: ContactId, undone: Option<&Kept>) -> Result<Option<Planned>> {
        let wanted = match undone {
            Some(kept) => Tagged { given: kept.tags.taken.clone(), taken: kept.tags.given.clone() },
            None => self.action.clone(),
        };
        let offered = |row: &&TagRow| row.archived_at.is_none();
        let rows = |ids: &BTreeSet<Uuid>| ids.iter().filter_map(|id| self.known.get(id)).collect::<Vec<&TagRow>>();
        let (give, take) = (rows(&wanted.given).into_iter().filter(offered).collect::<Vec<_>>(), rows(&wanted.taken));
        if give.is_empty() && take.is_empty() {
            return Ok(None);
        }
        let names = |rows: &[&TagRow]| rows.iter().map(|row| row.name.clone()).collect();
        let change = TagChange { add: names(&give), remove: names(&take) };
        // Only tags of the catalogue are named, so that nobody's right to make one is asked for.
        let caller = Caller::system(tx.workspace());
        let Some((before, after)) = tagged(tx, &caller, contact, change).await? else { return Ok(None) };
        let keys = |row: &ContactRow| tags(&row.fields).iter().map(|name| tag_key(name)).collect::<BTreeSet<_>>();
        let (had, has) = (keys(&before), keys(&after));
        let ids = |rows: Vec<&TagRow>, from: &BTreeSet<String>, to: &BTreeSet<String>| {
            let moved = |row: &&TagRow| to.contains(&row.name_key) && !from.contains(&row.name_key);
            rows.into_iter().filter(moved).map(|row| row.id).collect()
        };
        let tags = Tagged { given: ids(give, &had, &has), taken: ids(take, &has, &had) };
        Ok(Some(Planned { before, after, tags }))
    }
}
