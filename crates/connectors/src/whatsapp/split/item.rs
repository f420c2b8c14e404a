//! Building items: who they belong to, what makes them unique, and their small body.

use super::{RawItem, RawKind};
use crate::json::{self, BadBody, Fields};
use rapport_core::id::key16;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// Most bytes all items of one body may have together. Items repeat the metadata, so a crafted body could grow.
const MAX_OUTPUT: usize = 32 * 1024 * 1024;

/// The change an item comes from.
#[derive(Debug, Clone, Default)]
pub(super) struct Change<'a> {
    pub entry_id: Option<&'a RawValue>,
    pub entry_time: Option<&'a RawValue>,
    pub field: String,
}

impl Change<'_> {
    fn waba_id(&self) -> String {
        self.entry_id.and_then(json::scalar).unwrap_or_default()
    }
}

/// What all items of one change share.
#[derive(Debug, Default)]
pub(super) struct Frame<'a> {
    phone_number_id: String,
    product: Option<&'a RawValue>,
    metadata: Option<&'a RawValue>,
    contacts: Vec<Contact<'a>>,
    by_id: HashMap<String, usize>,
}

#[derive(Debug)]
struct Contact<'a> {
    raw: &'a RawValue,
    user_id: Option<String>,
    wa_id: Option<String>,
}

impl<'a> Frame<'a> {
    pub(super) fn of(value: &Fields<'a>) -> Self {
        let metadata = value.get("metadata");
        let phone_number_id =
            metadata.and_then(Fields::of).and_then(|fields| fields.text("phone_number_id")).unwrap_or_default();
        let mut frame = Self { phone_number_id, product: value.get("messaging_product"), metadata, ..Self::default() };
        for raw in value.get("contacts").map(json::elements).unwrap_or_default() {
            let Some(fields) = Fields::of(raw) else { continue };
            let contact = Contact { raw, user_id: fields.text("user_id"), wa_id: phone(fields.text("wa_id")) };
            for id in [&contact.user_id, &contact.wa_id].into_iter().flatten() {
                frame.by_id.insert(id.clone(), frame.contacts.len());
            }
            frame.contacts.push(contact);
        }
        frame
    }

    /// The contact with one of these ids; a lone contact without any match is taken to be meant.
    fn contact(&self, ids: &[Option<&str>]) -> Option<&Contact<'a>> {
        let found = ids.iter().flatten().find_map(|id| self.by_id.get(*id));
        match found {
            Some(at) => self.contacts.get(*at),
            None if self.contacts.len() == 1 => self.contacts.first(),
            None => None,
        }
    }
}

/// Digits without plus, as in `wa_id`.
fn phone(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim_start_matches('+').to_owned())
}

/// Collects items and watches their total size.
#[derive(Debug, Default)]
pub(super) struct Sink {
    items: Vec<RawItem>,
    bytes: usize,
}

impl Sink {
    pub(super) fn into_items(self) -> Vec<RawItem> {
        self.items
    }

    /// One element of a list.
    pub(super) fn item(
        &mut self,
        change: &Change<'_>,
        frame: &Frame<'_>,
        list: &str,
        kind: RawKind,
        element: &RawValue,
        fields: &Fields<'_>,
    ) -> Result<(), BadBody> {
        let (user_id, wa_id) = customer(list, kind, fields);
        let contact = frame.contact(&[user_id.as_deref(), wa_id.as_deref()]);
        let of_contact = |id: fn(&Contact<'_>) -> Option<String>| contact.and_then(id);
        let lane_key = user_id
            .or_else(|| of_contact(|contact| contact.user_id.clone()))
            .or(wa_id)
            .or_else(|| of_contact(|contact| contact.wa_id.clone()));
        let raw = contact.map(|contact| contact.raw);
        let body = self.body(change, frame, raw, &[(list, element)])?;
        let key = match kind {
            RawKind::Message | RawKind::Echo => fields.text("id").map(|id| key16(kind.code(), &id)),
            RawKind::Status => status_key(fields),
            RawKind::Other => None,
        };
        let key = key.unwrap_or_else(|| content_key(&body));
        self.push(change, frame, kind, lane_key, key, body);
        Ok(())
    }

    /// What is left of a change after its lists were cut out.
    pub(super) fn rest(
        &mut self,
        change: &Change<'_>,
        frame: &Frame<'_>,
        parts: &[(&str, &RawValue)],
    ) -> Result<(), BadBody> {
        // Equal names would hide one another: elements of one list that could not be cut are put together again.
        let mut grouped: Vec<(&str, Vec<&RawValue>)> = Vec::new();
        for (name, raw) in parts {
            match grouped.iter_mut().find(|(known, _)| known == name) {
                Some((_, raws)) => raws.push(raw),
                None => grouped.push((name, vec![raw])),
            }
        }
        let mut value = Writer::object();
        value.frame(frame, None);
        for (name, raws) in &grouped {
            match raws.as_slice() {
                [single] => value.raw(name, single.get()),
                several => {
                    let texts: Vec<&str> = several.iter().map(|raw| raw.get()).collect();
                    value.raw(name, &format!("[{}]", texts.join(",")));
                }
            }
        }
        let body = self.wrap(change, &value.close())?;
        let key = content_key(&body);
        self.push(change, frame, RawKind::Other, None, key, body);
        Ok(())
    }

    /// A value as it came, of a known number.
    pub(super) fn whole_of_number(
        &mut self,
        change: &Change<'_>,
        frame: &Frame<'_>,
        value: &RawValue,
    ) -> Result<(), BadBody> {
        let body = self.wrap(change, value.get())?;
        let key = content_key(&body);
        self.push(change, frame, RawKind::Other, None, key, body);
        Ok(())
    }

    /// Anything we cannot read as a change.
    pub(super) fn whole(&mut self, change: &Change<'_>, value: &RawValue) -> Result<(), BadBody> {
        self.whole_of_number(change, &Frame::default(), value)
    }

    fn body(
        &mut self,
        change: &Change<'_>,
        frame: &Frame<'_>,
        contact: Option<&RawValue>,
        lists: &[(&str, &RawValue)],
    ) -> Result<Vec<u8>, BadBody> {
        let mut value = Writer::object();
        value.frame(frame, contact);
        for (list, element) in lists {
            value.raw(list, &format!("[{}]", element.get()));
        }
        self.wrap(change, &value.close())
    }

    fn wrap(&mut self, change: &Change<'_>, value: &str) -> Result<Vec<u8>, BadBody> {
        let mut body = Writer::object();
        if let Some(id) = change.entry_id {
            body.raw("entry_id", id.get());
        }
        if let Some(time) = change.entry_time {
            body.raw("entry_time", time.get());
        }
        body.raw("field", &serde_json::Value::from(change.field.as_str()).to_string());
        body.raw("value", value);
        let body = body.close().into_bytes();
        self.bytes += body.len();
        if self.bytes > MAX_OUTPUT {
            return Err(BadBody::TooLarge { limit: MAX_OUTPUT, actual: self.bytes });
        }
        Ok(body)
    }

    fn push(
        &mut self,
        change: &Change<'_>,
        frame: &Frame<'_>,
        kind: RawKind,
        lane_key: Option<String>,
        key: [u8; 16],
        body: Vec<u8>,
    ) {
        let waba_id = change.waba_id();
        let number = Some(&frame.phone_number_id).filter(|id| !id.is_empty());
        let lane_key = lane_key.or_else(|| number.cloned()).unwrap_or_else(|| waba_id.clone());
        let phone_number_id = frame.phone_number_id.clone();
        self.items.push(RawItem { key, kind, phone_number_id, waba_id, lane_key, body });
    }
}

/// BSUID and WhatsApp id of the customer an element is about.
fn customer(list: &str, kind: RawKind, fields: &Fields<'_>) -> (Option<String>, Option<String>) {
    let (user_id, wa_id) = match (list, kind) {
        ("message_echoes", _) => ("to_user_id", "to"),
        ("user_preferences", _) => ("user_id", "wa_id"),
        ("calls", _) if fields.text("direction").as_deref() == Some("BUSINESS_INITIATED") => ("to_user_id", "to"),
        ("statuses", _) => ("recipient_user_id", "recipient_id"),
        _ => ("from_user_id", "from"),
    };
    (fields.text(user_id), phone(fields.text(wa_id)))
}

/// Each status of a message counts once; in groups once per member.
fn status_key(fields: &Fields<'_>) -> Option<[u8; 16]> {
    let id = fields.text("id")?;
    let part = |name: &str| fields.text(name).unwrap_or_default();
    let member = part("recipient_participant_id") + &part("recipient_participant_user_id");
    Some(key16("status", &[id, part("status"), part("timestamp"), member].join("\0")))
}

fn content_key(body: &[u8]) -> [u8; 16] {
    key16("other", &String::from_utf8_lossy(body))
}

/// Writes an object out of raw pieces.
struct Writer(String);

impl Writer {
    fn object() -> Self {
        Self("{".to_owned())
    }

    fn raw(&mut self, name: &str, value: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        // Names may come from outside (unknown keys), so they are written as JSON strings.
        self.0.push_str(&serde_json::Value::from(name).to_string());
        self.0.push(':');
        self.0.push_str(value);
    }

    fn frame(&mut self, frame: &Frame<'_>, contact: Option<&RawValue>) {
        if let Some(product) = frame.product {
            self.raw("messaging_product", product.get());
        }
        if let Some(metadata) = frame.metadata {
            self.raw("metadata", metadata.get());
        }
        if let Some(contact) = contact {
            self.raw("contacts", &format!("[{}]", contact.get()));
        }
    }

    fn close(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
