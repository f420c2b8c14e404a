//! Whose an order is.

use super::Order;
use crate::error::Result;
use rapport_core::contact::identity::{Identity, IdentityKind, lookup_keys};
use rapport_core::id::lane_of;
use rapport_core::{ConnectionId, ContactId};
use rapport_store::{WriteTx, sync_contact};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What was found out about some orders' customers.
pub(super) struct Owners {
    /// Of each order; `None` where nobody is known, an error where a contact is named that does not exist.
    pub of: Vec<std::result::Result<Option<ContactId>, Unknown>>,
    /// The lanes of everybody found, and of the numbers of everybody who is not: whoever appears with one of these does
    /// so there.
    pub lanes: BTreeSet<u16>,
}

/// A contact was named that does not exist.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unknown;

/// Whether what is told of an order means the customer who is known: it names nobody, leads to the same one, or repeats
/// what was said of them and contradicts nothing of it.
pub(super) fn same(known: &Order, given: &Order, owner: Option<Uuid>) -> bool {
    if owner.is_some() {
        return owner == known.contact_id;
    }
    let said = [(&known.phone, &given.phone), (&known.email, &given.email), (&known.external_id, &given.external_id)];
    let named = || said.iter().filter(|(_, given)| given.is_some());
    let repeats = named().any(|(known, given)| known == given);
    named().all(|(known, given)| known.is_none() || known == given) && (repeats || named().next().is_none())
}

/// Finds the customers of orders by what each says of them. What leads to several of them leads to nobody.
///
/// # Errors
/// `Store`.
pub(super) async fn find(tx: &WriteTx, connections: &[ConnectionId], orders: &[Order]) -> Result<Owners> {
    let known = by_identity(tx, orders).await?;
    let remote = by_remote(tx, connections, orders).await?;
    let mut people = People::default();
    let named = orders.iter().filter_map(|order| order.contact_id);
    people.load(tx, known.values().chain(remote.values()).flatten().copied().chain(named).collect()).await?;
    let of_order = |order: &Order| {
        if let Some(id) = order.contact_id {
            return people.follow(id);
        }
        let by = |kind, value: &Option<String>| {
            let keys = value.iter().flat_map(|value| lookup_keys(&[Identity::new(kind, value.clone())]));
            let found = keys.filter_map(|key| known.get(&key)).flatten().filter_map(|id| people.follow(*id));
            found.collect::<BTreeSet<_>>()
        };
        let linked = || {
            let ids = order.external_id.iter().filter_map(|id| remote.get(id)).flatten();
            ids.filter_map(|id| people.follow(*id)).collect::<BTreeSet<_>>()
        };
        let mut found = by(IdentityKind::Phone, &order.phone);
        if found.is_empty() {
            found = by(IdentityKind::Email, &order.email);
        }
        if found.is_empty() {
            found = linked();
        }
        if found.len() == 1 { found.pop_first() } else { None }
    };
    let mut lanes = BTreeSet::new();
    let mut of = Vec::with_capacity(orders.len());
    for order in orders {
        let found = of_order(order);
        if let Some((_, lane)) = found {
            lanes.insert(lane);
        } else if let Some(phone) = &order.phone {
            lanes.insert(lane_of(tx.workspace(), phone.trim_start_matches('+')));
        }
        of.push(match found {
            None if order.contact_id.is_some() => Err(Unknown),
            found => Ok(found.map(|(id, _)| id)),
        });
    }
    Ok(Owners { of, lanes })
}

/// Whom numbers and addresses lead to: the one who is known by it, else everybody who has it written down.
async fn by_identity(tx: &WriteTx, orders: &[Order]) -> Result<BTreeMap<Identity, BTreeSet<Uuid>>> {
    let phones = orders.iter().filter_map(|order| Some(Identity::new(IdentityKind::Phone, order.phone.clone()?)));
    let emails = orders.iter().filter_map(|order| Some(Identity::new(IdentityKind::Email, order.email.clone()?)));
    let wanted: BTreeSet<Identity> = phones.chain(emails).collect();
    let keys = lookup_keys(&wanted.into_iter().collect::<Vec<_>>());
    let mut found: BTreeMap<Identity, BTreeSet<Uuid>> = BTreeMap::new();
    for (identity, owner) in sync_contact::owners(tx, &keys).await? {
        found.entry(identity).or_default().insert(owner.0);
    }
    for (identity, owner) in sync_contact::identified(tx, &keys).await? {
        found.insert(identity, BTreeSet::from([owner.0]));
    }
    Ok(found)
}

/// Whom the ids of connected CRMs lead to.
async fn by_remote(
    tx: &WriteTx,
    connections: &[ConnectionId],
    orders: &[Order],
) -> Result<BTreeMap<String, BTreeSet<Uuid>>> {
    let wanted: BTreeSet<String> = orders.iter().filter_map(|order| order.external_id.clone()).collect();
    let wanted: Vec<String> = wanted.into_iter().collect();
    let mut found: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    for connection in connections {
        for link in rapport_store::link::by_remote_for_write(tx, *connection, "contact", &wanted).await? {
            found.entry(link.remote_id).or_default().insert(link.local_id);
        }
    }
    Ok(found)
}

/// How often a contact that was merged may have been merged again.
const HOPS: usize = 8;

/// Contacts with their lanes, and where those lead that were merged away.
#[derive(Default)]
struct People {
    lanes: HashMap<Uuid, u16>,
    merged: HashMap<Uuid, Uuid>,
}

impl People {
    async fn load(&mut self, tx: &WriteTx, mut ids: BTreeSet<Uuid>) -> Result<()> {
        for _ in 0..HOPS {
            let wanted: Vec<ContactId> = ids.iter().map(|id| ContactId(*id)).collect();
            if wanted.is_empty() {
                return Ok(());
            }
            ids.clear();
            for row in sync_contact::get_for_write(tx, &wanted).await? {
                self.lanes.insert(row.id, u16::try_from(row.lane).unwrap_or(0));
                if let Some(into) = row.merged_into {
                    self.merged.insert(row.id, into);
                    ids.insert(into);
                }
            }
        }
        Ok(())
    }

    fn follow(&self, mut id: Uuid) -> Option<(ContactId, u16)> {
        for _ in 0..HOPS {
            match self.merged.get(&id) {
                Some(into) => id = *into,
                None => return self.lanes.get(&id).map(|lane| (ContactId(id), *lane)),
            }
        }
        None
    }
}
