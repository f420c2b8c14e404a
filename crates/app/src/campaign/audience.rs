//! Whom a campaign is for: what was asked for, checked; and the same, found piece by piece.

use crate::error::{Error, Result};
use rapport_core::campaign::{Audience, Entry, Skip};
use rapport_core::contact::phone::{self, Phone};
use rapport_core::{CampaignId, ChannelId, ContactId};
use rapport_store::Read;
use rapport_store::campaign::{self, CampaignRow, NewRecipient, Person};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most entries of a list. With ids it then stays within the 1 MB of a request.
const LIST_MAX: usize = 25_000;
/// Longest tag, in characters.
const TAG_MAX: usize = 100;
/// Contacts looked at in one piece.
const PIECE: u64 = 500;

/// Kinds of audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CampaignAudienceKind)]
pub enum AudienceKind {
    /// Every contact with a conversation on the campaign's channel.
    Channel,
    /// Every contact with a tag.
    Tag,
    /// The contacts and numbers that are given.
    List,
}

/// Whom a campaign is for. Who is in it is looked up when it begins, not when it is written down.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignAudiencePut)]
pub struct AudiencePut {
    /// Which kind.
    pub kind: AudienceKind,
    /// The name of the tag, for `tag`: 1 to 100 characters.
    pub tag: Option<String>,
    /// For `list`: 1 to 25,000 contact ids and phone numbers. A number in any usual spelling; a local one is read in the
    /// workspace's country. Whoever stands there twice, also with a number and an id, is written to once. Numbers of
    /// nobody become contacts when the campaign begins.
    pub contacts: Option<Vec<String>>,
}

/// Whom a campaign is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignAudience)]
pub struct AudienceView {
    /// Which kind.
    pub kind: AudienceKind,
    /// The tag, for `tag`.
    #[schema(required)]
    pub tag: Option<String>,
    /// How many different entries the list has, for `list`.
    #[schema(required)]
    pub count: Option<usize>,
}

impl From<&Audience> for AudienceView {
    fn from(audience: &Audience) -> Self {
        match audience {
            Audience::Channel => Self { kind: AudienceKind::Channel, tag: None, count: None },
            Audience::Tag { tag } => Self { kind: AudienceKind::Tag, tag: Some(tag.clone()), count: None },
            Audience::List { count } => Self { kind: AudienceKind::List, tag: None, count: Some(*count) },
        }
    }
}

/// An audience as it is stored.
pub(super) fn stored(row: &CampaignRow) -> Result<Audience> {
    serde_json::from_value(row.audience.clone())
        .map_err(|error| Error::Internal(format!("the audience of campaign {}: {error}", row.id)))
}

/// Checks what was asked for: the audience, and the entries of its list.
pub(super) fn checked(put: AudiencePut, default_country: &str) -> Result<(Audience, Vec<String>)> {
    let AudiencePut { kind, tag, contacts } = put;
    let unwanted = match kind {
        AudienceKind::Tag => contacts.is_some().then_some("audience.contacts"),
        AudienceKind::List => tag.is_some().then_some("audience.tag"),
        AudienceKind::Channel if tag.is_some() => Some("audience.tag"),
        AudienceKind::Channel => contacts.is_some().then_some("audience.contacts"),
    };
    if let Some(field) = unwanted {
        return Err(Error::invalid(field, "does not belong to an audience of this kind"));
    }
    match kind {
        AudienceKind::Channel => Ok((Audience::Channel, Vec::new())),
        AudienceKind::Tag => {
            let tag = tag.unwrap_or_default().trim().to_owned();
            let length = tag.chars().count();
            if length == 0 || length > TAG_MAX || tag.chars().any(char::is_control) {
                return Err(Error::invalid("audience.tag", format!("must have 1 to {TAG_MAX} characters")));
            }
            Ok((Audience::Tag { tag }, Vec::new()))
        }
        AudienceKind::List => list(contacts.unwrap_or_default(), default_country),
    }
}

fn list(given: Vec<String>, default_country: &str) -> Result<(Audience, Vec<String>)> {
    if given.is_empty() || given.len() > LIST_MAX {
        let detail = format!("must have 1 to {LIST_MAX} contact ids or phone numbers, not {}", given.len());
        return Err(Error::invalid("audience.contacts", detail));
    }
    let (mut seen, mut entries) = (BTreeSet::new(), Vec::with_capacity(given.len()));
    for (at, text) in given.iter().enumerate() {
        let entry = match text.trim().parse::<Uuid>() {
            Ok(id) => Entry::Contact(ContactId(id)),
            Err(_) => {
                let number = phone::normalise(text, default_country).map_err(|error| {
                    let detail = format!("is neither a contact's id nor a phone number: {error}");
                    Error::invalid(format!("audience.contacts.{at}"), detail)
                })?;
                Entry::Phone(number.e164)
            }
        };
        let word = entry.word();
        if seen.insert(word.clone()) {
            entries.push(word);
        }
    }
    Ok((Audience::List { count: entries.len() }, entries))
}

/// Recipients found in one go, and where the next go begins.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// Contacts that are known.
    pub recipients: Vec<NewRecipient>,
    /// Numbers that may belong to nobody.
    pub numbers: Vec<Phone>,
    /// Where the next go begins.
    pub cursor: Option<String>,
    /// There is no next go.
    pub last: bool,
}

/// The recipients behind the campaign's cursor.
pub(super) async fn next(read: &Read, row: &CampaignRow) -> Result<Piece> {
    let after = || row.cursor.as_deref().and_then(|word| word.parse::<Uuid>().ok());
    match stored(row)? {
        Audience::Channel => Ok(known(&campaign::of_channel(read, ChannelId(row.channel_id), after(), PIECE).await?)),
        Audience::Tag { tag } => Ok(known(&campaign::tagged(read, &tag, after(), PIECE).await?)),
        Audience::List { .. } => {
            let part = row.cursor.as_deref().and_then(|word| word.parse::<i32>().ok()).unwrap_or(0);
            let Some(words) = campaign::list_part(read, CampaignId(row.id), part).await? else {
                return Ok(Piece { cursor: row.cursor.clone(), last: true, ..Piece::default() });
            };
            let mut piece = entries(read, &words).await?;
            piece.cursor = Some((part + 1).to_string());
            Ok(piece)
        }
    }
}

fn known(found: &[Person]) -> Piece {
    let recipient = |person: &Person| NewRecipient { contact: person.id, lane: person.lane, skip: None };
    Piece {
        recipients: found.iter().map(recipient).collect(),
        numbers: Vec::new(),
        cursor: found.last().map(|person| person.id.to_string()),
        last: (found.len() as u64) < PIECE,
    }
}

async fn entries(read: &Read, words: &[String]) -> Result<Piece> {
    let (mut ids, mut numbers) = (Vec::new(), Vec::new());
    for entry in words.iter().filter_map(|word| Entry::read(word)) {
        match entry {
            Entry::Contact(id) => ids.push(id),
            // It was read when the list was given; what cannot be read any more is nobody's number.
            Entry::Phone(number) => numbers.extend(phone::normalise(&number, "")),
        }
    }
    let rows = campaign::with_ids(read, &ids).await?;
    let lanes: HashMap<Uuid, i16> = rows.iter().map(|row| (row.id, row.lane)).collect();
    let recipient = |id: ContactId| match lanes.get(&id.0) {
        Some(lane) => NewRecipient { contact: id, lane: u16::try_from(*lane).unwrap_or(0), skip: None },
        None => NewRecipient { contact: id, lane: 0, skip: Some(Skip::Gone) },
    };
    Ok(Piece { recipients: ids.into_iter().map(recipient).collect(), numbers, ..Piece::default() })
}

/// How many the audience has now, by country; a number of a list counts for its own country.
pub(super) async fn countries(read: &Read, row: &CampaignRow) -> Result<BTreeMap<Option<String>, u64>> {
    let audience = stored(row)?;
    if audience == Audience::Channel {
        return Ok(campaign::countries_of(read, ChannelId(row.channel_id)).await?);
    }
    let mut counted: BTreeMap<Option<String>, u64> = BTreeMap::new();
    if let Audience::Tag { tag } = &audience {
        let mut after = None;
        loop {
            let found = campaign::tagged(read, tag, after, PIECE).await?;
            for person in &found {
                *counted.entry(person.country.clone()).or_default() += 1;
            }
            after = found.last().map(|person| person.id.0);
            if (found.len() as u64) < PIECE {
                return Ok(counted);
            }
        }
    }
    let mut part = 0;
    while let Some(words) = campaign::list_part(read, CampaignId(row.id), part).await? {
        let piece = entries(read, &words).await?;
        let ids: Vec<ContactId> =
            piece.recipients.iter().filter(|one| one.skip.is_none()).map(|one| one.contact).collect();
        for row in campaign::with_ids(read, &ids).await? {
            *counted.entry(row.country).or_default() += 1;
        }
        for number in piece.numbers {
            *counted.entry(number.country).or_default() += 1;
        }
        part += 1;
    }
    Ok(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(kind: AudienceKind, contacts: &[&str]) -> AudiencePut {
        let contacts = (kind == AudienceKind::List).then(|| contacts.iter().map(|one| (*one).to_owned()).collect());
        AudiencePut { kind, tag: None, contacts }
    }

    fn field(result: Result<(Audience, Vec<String>)>) -> String {
        match result {
            Err(Error::Invalid { field, .. }) => field.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_list_has_everybody_once() {
        let id = "01990000-0000-7000-8000-000000000001";
        let given = ["050 000 0001", "+971500000001", id, "00971500000002", " 01990000-0000-7000-8000-000000000001 "];
        let (audience, entries) = checked(put(AudienceKind::List, &given), "AE").unwrap();
        assert_eq!(audience, Audience::List { count: 3 });
        assert_eq!(entries, ["+971500000001", id, "+971500000002"]);
    }

    #[test]
    fn what_cannot_be_is_named() {
        assert_eq!(field(checked(put(AudienceKind::List, &[]), "AE")), "audience.contacts");
        assert_eq!(field(checked(put(AudienceKind::List, &["+971500000001", "Amal"]), "AE")), "audience.contacts.1");
        assert_eq!(field(checked(put(AudienceKind::Tag, &[]), "AE")), "audience.tag");
        let both = AudiencePut { tag: Some("vip".to_owned()), ..put(AudienceKind::Channel, &[]) };
        assert_eq!(field(checked(both, "AE")), "audience.tag");
        let many = vec!["+971500000001"; LIST_MAX + 1];
        assert_eq!(field(checked(put(AudienceKind::List, &many), "AE")), "audience.contacts");
    }
}
