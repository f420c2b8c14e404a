//! What people and programs do on both sides, and what the post does with webhooks.

use super::person::{self, Field, Person};
use super::world::World;
use crate::Result;
use rand::Rng;
use rapport_app::clock::Clock;
use rapport_app::connection::hook::{self, Delivery};
use rapport_app::contact::create::{NewContact, create};
use rapport_app::contact::update::{ContactPatch, update};
use rapport_core::ContactId;
use rapport_core::time::{MINUTE, SECOND};
use serde_json::{Map, Value};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

/// A side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The product.
    Here,
    /// The CRM.
    There,
}

impl World {
    /// A person nobody knows yet.
    pub fn stranger(&self) -> Person {
        let number = self.number();
        let mut rng = self.rng();
        let mut person =
            Person { name: person::name(&mut rng, number), phone: person::phone(number), ..Person::default() };
        if rng.random_bool(0.6) {
            person.email = person::email(&mut rng, number);
        }
        if rng.random_bool(0.5) {
            person.city = person::city(&mut rng, number);
        }
        person
    }

    /// Somebody makes a contact here.
    pub async fn create_here(&self, person: &Person) -> Result<ContactId> {
        let mut fields = Map::new();
        if !person.city.is_empty() {
            fields.insert("city".to_owned(), person.city.as_str().into());
        }
        let email = Some(person.email.clone()).filter(|email| !email.is_empty());
        let new = NewContact { name: person.name.clone(), phone: person.phone.clone(), email, fields };
        let id = ContactId(create(&self.app(), &self.caller, new).await?.id);
        self.say(|| format!("{id} is made here: {person:?}"));
        let mut known = self.known();
        known.here.push(id);
        known.changes += 1;
        Ok(id)
    }

    /// Somebody makes a contact there.
    pub async fn create_there(&self, person: &Person) -> Result<String> {
        let given: Vec<(Field, String)> = Field::ALL
            .into_iter()
            .map(|field| (field, person.get(field).to_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let made = self.wire.control("POST", self.stand.contacts, &self.stand.write(&given)).await?;
        let there = self.stand.read(&made);
        self.say(|| format!("{} is made there: {person:?}", there.id));
        let mut known = self.known();
        known.there.push(there.id.clone());
        known.changes += 1;
        Ok(there.id)
    }

    /// Somebody edits a field here; the value is one nobody had before.
    pub async fn edit_here(&self, id: ContactId, field: Field) -> Result<()> {
        let value = self.value(field, Side::Here);
        self.say(|| format!("{field} of {id} is edited here: {value:?}"));
        let some = Some(value).filter(|value| !value.is_empty());
        let patch = match field {
            Field::Name => ContactPatch { name: Some(some), ..ContactPatch::default() },
            Field::Email => ContactPatch { email: Some(some), ..ContactPatch::default() },
            // Numbers are changed by the provider's word only.
            Field::Phone => return Ok(()),
            Field::City => {
                let fields = [("city".to_owned(), some.map_or(Value::Null, Value::from))].into_iter().collect();
                ContactPatch { fields: Some(fields), ..ContactPatch::default() }
            }
        };
        match update(&self.app(), &self.caller, id, patch).await {
            Ok(_) => self.known().changes += 1,
            // Merged or deleted meanwhile.
            Err(rapport_app::Error::NotFound(_)) => {}
            Err(error) => self.known().wrong.push(format!("an edit of {field} here: {error}")),
        }
        Ok(())
    }

    /// Somebody edits a field there.
    pub async fn edit_there(&self, id: &str, field: Field) -> Result<()> {
        if !self.stand.edits.contains(&field) {
            return Ok(());
        }
        let mut value = self.value(field, Side::There);
        if field == Field::Phone && self.rng().random_bool(0.7) {
            // The same number, written otherwise.
            let Some(there) = self.there(id).await? else { return Ok(()) };
            value = person::spelled(&mut self.rng(), &there.person.phone);
        }
        self.say(|| format!("{field} of {id} is edited there: {value:?}"));
        let path = format!("{}/{id}", self.stand.contacts);
        // Who was deleted or merged meanwhile cannot be edited.
        if self.wire.control("POST", &path, &self.stand.write(&[(field, value)])).await.is_ok() {
            self.known().changes += 1;
        }
        Ok(())
    }

    fn value(&self, field: Field, side: Side) -> String {
        let number = self.number();
        let may_be_empty = match side {
            Side::Here => field != Field::Phone,
            Side::There => self.stand.empties.contains(&field),
        };
        let mut rng = self.rng();
        if may_be_empty && rng.random_bool(0.15) {
            return String::new();
        }
        match field {
            Field::Name => person::name(&mut rng, number),
            Field::Phone => person::phone(number),
            Field::Email => person::email(&mut rng, number),
            Field::City => person::city(&mut rng, number),
        }
    }

    /// A contact there as it stands.
    pub async fn there(&self, id: &str) -> Result<Option<super::stand::There>> {
        Ok(self.all_there().await?.into_iter().find(|there| there.id == id))
    }

    /// All contacts there, those that are gone too.
    pub async fn all_there(&self) -> Result<Vec<super::stand::There>> {
        let all = self.wire.control("GET", self.stand.contacts, &Value::Null).await?;
        let items = all["items"].as_array().ok_or("the stand-in lists no contacts")?;
        if all["total"].as_u64().is_some_and(|total| total > items.len() as u64) {
            return Err("the stand-in does not list all contacts".into());
        }
        Ok(items.iter().map(|item| self.stand.read(item)).collect())
    }

    fn anybody_here(&self) -> Option<ContactId> {
        let known = self.known();
        let count = known.here.len();
        known.here.get(self.rng().random_range(0..count.max(1))).copied()
    }

    fn anybody_there(&self) -> Option<String> {
        let known = self.known();
        let count = known.there.len();
        known.there.get(self.rng().random_range(0..count.max(1))).cloned()
    }

    /// One thing happens, by chance.
    pub async fn act(&self) -> Result<()> {
        let (pick, field) = {
            let mut rng = self.rng();
            (rng.random_range(0..100), Field::ALL[rng.random_range(0..Field::ALL.len())])
        };
        match pick {
            0..32 => self.one_edit(Side::Here, field).await,
            32..64 => self.one_edit(Side::There, field).await,
            64..74 => self.both_edit(field).await,
            74..81 => {
                let person = self.stranger();
                self.create_here(&person).await.map(drop)
            }
            81..88 => {
                let person = self.stranger();
                self.create_there(&person).await.map(drop)
            }
            88..91 => self.delete_there().await,
            91..94 => self.join_there().await,
            94..96 => self.join_here().await,
            96..98 => self.restart(),
            _ => {
                let ms = self.rng().random_range(10 * MINUTE..180 * MINUTE);
                self.pass(ms).await;
                Ok(())
            }
        }
    }

    /// What happens while a call is on its way; 0 to 3 says what.
    pub async fn meanwhile(&self, pick: u32) {
        let done = match pick {
            0 => {
                rapport_app::jobs::step(&self.app(), "crm", 1).await;
                Ok(())
            }
            1 => self.one_edit(Side::Here, Field::City).await,
            2 => self.one_edit(Side::There, Field::Name).await,
            _ => self.post().await,
        };
        if let Err(error) = done {
            self.known().wrong.push(format!("meanwhile: {error}"));
        }
    }

    async fn one_edit(&self, side: Side, field: Field) -> Result<()> {
        match (side, self.anybody_here(), self.anybody_there()) {
            (Side::Here, Some(id), _) => self.edit_here(id, field).await,
            (Side::There, _, Some(id)) => self.edit_there(&id, field).await,
            _ => Ok(()),
        }
    }

    /// The same person's same field, on both sides within moments.
    async fn both_edit(&self, field: Field) -> Result<()> {
        let Some(here) = self.anybody_here() else { return Ok(()) };
        let app = self.app();
        let read = app.store.workspace(self.caller.workspace).read();
        let links = rapport_store::link::of_contact(&read, here).await?;
        let Some(link) = links.into_iter().next() else { return Ok(()) };
        let (first, gap) = {
            let mut rng = self.rng();
            (rng.random_bool(0.5), rng.random_range(0..1_500) * i64::from(rng.random_bool(0.5)))
        };
        for side in if first { [Side::Here, Side::There] } else { [Side::There, Side::Here] } {
            match side {
                Side::Here => self.edit_here(here, field).await?,
                Side::There => self.edit_there(&link.remote_id, field).await?,
            }
            self.pass(gap).await;
        }
        Ok(())
    }

    async fn delete_there(&self) -> Result<()> {
        if let Some(id) = self.anybody_there() {
            let path = format!("{}/{id}", self.stand.contacts);
            // Who is gone already cannot be deleted again.
            if self.wire.control("DELETE", &path, &Value::Null).await.is_ok() {
                self.say(|| format!("{id} is deleted there"));
                let mut known = self.known();
                known.there.retain(|other| *other != id);
                known.changes += 1;
            }
        }
        Ok(())
    }

    async fn join_there(&self) -> Result<()> {
        let (Some(winner), Some(loser)) = (self.anybody_there(), self.anybody_there()) else { return Ok(()) };
        if winner != loser && self.wire.call(&(self.stand.merge)(&winner, &loser)).await.is_ok() {
            self.say(|| format!("{loser} is joined into {winner} there"));
            let alive: Vec<String> =
                self.all_there().await?.into_iter().filter(|there| there.alive).map(|there| there.id).collect();
            let mut known = self.known();
            known.there = alive;
            known.changes += 1;
        }
        Ok(())
    }

    async fn join_here(&self) -> Result<()> {
        let (Some(keep), Some(gone)) = (self.anybody_here(), self.anybody_here()) else { return Ok(()) };
        if keep != gone {
            self.join(keep, gone).await?;
            let mut known = self.known();
            known.here.retain(|other| *other != gone);
            known.changes += 1;
        }
        Ok(())
    }

    /// Learns whom synchronisation has made on either side.
    pub async fn look_round(&self) -> Result<()> {
        let here = self.all_here().await?;
        let there = self.all_there().await?;
        let mut known = self.known();
        known.here = here.into_iter().map(|row| ContactId(row.id)).collect();
        known.there = there.into_iter().filter(|there| there.alive).map(|there| there.id).collect();
        Ok(())
    }

    /// Webhooks that are due arrive: late, twice, in any order, or never.
    pub async fn post(&self) -> Result<()> {
        self.breathe().await;
        let now = self.time.now();
        while let Some(letter) = self.arrived() {
            if self.is_deaf.load(Ordering::SeqCst) {
                continue;
            }
            let mut rng = self.rng();
            let copies = match rng.random_range(0..20) {
                0..2 => 0,
                2..5 => 2,
                _ => 1,
            };
            for _ in 0..copies {
                let late = if rng.random_bool(0.1) { 10 * MINUTE } else { 5 * SECOND };
                let at = now.plus(rng.random_range(0..late));
                self.mail.lock().unwrap_or_else(PoisonError::into_inner).push((at, letter.clone()));
            }
        }
        loop {
            let letter = {
                let mut mail = self.mail.lock().unwrap_or_else(PoisonError::into_inner);
                let due: Vec<usize> = (0..mail.len()).filter(|at| mail[*at].0 <= now).collect();
                if due.is_empty() {
                    return Ok(());
                }
                mail.swap_remove(due[self.rng().random_range(0..due.len())]).1
            };
            self.deliver(&letter).await?;
        }
    }

    async fn deliver(&self, letter: &rapport_sandbox::Hook) -> Result<()> {
        let app = self.app();
        let path = letter.url.strip_prefix(&app.settings.public_url).unwrap_or(&letter.url);
        let wanted = hook::headers(self.stand.kind).unwrap_or_default();
        let headers: Vec<(&str, &str)> = letter
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| wanted.is_empty() || wanted.contains(name))
            .collect();
        let delivery = Delivery { kind: self.stand.kind, path, body: &letter.body, headers: &headers };
        let done = hook::receive(&app, self.connection(), &delivery).await;
        self.say(|| format!("a webhook comes: {}", done.is_ok()));
        let mut known = self.known();
        match done {
            Ok(_) => known.hooks.0 += 1,
            // Too old when it came.
            Err(rapport_app::Error::Unauthenticated) => known.hooks.1 += 1,
            Err(error) => known.wrong.push(format!("a webhook: {error}")),
        }
        Ok(())
    }

    /// Whether webhooks are on their way.
    pub fn is_expecting(&self) -> bool {
        !self.mail.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// All contacts here that were not merged away.
    pub async fn all_here(&self) -> Result<Vec<rapport_store::sync_contact::ContactRow>> {
        let app = self.app();
        let read = app.store.workspace(self.caller.workspace).read();
        let (mut rows, mut after) = (Vec::new(), uuid::Uuid::nil());
        loop {
            let page = rapport_store::sync_contact::changed_since(&read, rapport_core::Ms(0), after, 500).await?;
            let Some(last) = page.last() else { return Ok(rows) };
            after = last.0;
            rows.extend(rapport_store::sync_contact::get(&read, &page).await?);
        }
    }
}

/// A row as a person.
pub fn person_of(row: &rapport_store::sync_contact::ContactRow) -> Person {
    Person {
        name: row.name.clone(),
        phone: row.phone.clone().unwrap_or_default(),
        email: row.email.clone().unwrap_or_default(),
        city: row.fields.get("city").and_then(Value::as_str).unwrap_or_default().to_owned(),
    }
}
