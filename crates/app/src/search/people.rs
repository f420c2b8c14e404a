//! People in the index: what they are found by, and which of it met a query.

use crate::error::Result;
use rapport_core::{ContactId, Ms};
use rapport_store::Read;
use rapport_store::search::{self, After, Filter, Found, Group, Part, Person};
use rapport_text::{PeopleQuery, Query};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use uuid::Uuid;

/// The most own fields a contact is found by.
const FIELDS: usize = 30;
/// The longest value of a field that is looked into, in characters.
const LONGEST: usize = 200;

/// The longest list of tags that is looked into, in characters.
const LONGEST_LIST: usize = 1_000;

/// A value a contact is found by, besides the name.
pub(super) struct Detail {
    /// `phone`, `email`, `username`, the identity's kind, or the field's name.
    pub kind: String,
    /// The value as it is stored.
    pub value: String,
}

/// Everything a contact is found by besides the name, the most telling first.
pub(super) fn details(person: &Person) -> Vec<Detail> {
    let row = &person.row;
    let own = [("phone", &row.phone), ("email", &row.email), ("username", &row.username)];
    let own = own.into_iter().filter_map(|(kind, value)| Some((kind.to_owned(), value.clone()?)));
    let fields = row.fields.as_object().into_iter().flatten().take(FIELDS).filter_map(|(name, value)| match value {
        Value::String(text) => Some((name.clone(), text.chars().take(LONGEST).collect())),
        Value::Number(number) => Some((name.clone(), number.to_string())),
        Value::Array(items) if name == "tags" => {
            let names: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            Some((name.clone(), names.join(", ").chars().take(LONGEST_LIST).collect()))
        }
        _ => None,
    });
    let mut seen = BTreeSet::new();
    let all = own.chain(person.identities.iter().cloned()).chain(fields);
    all.filter(|(_, value): &(String, String)| !value.is_empty() && seen.insert(value.clone()))
        .map(|(kind, value)| Detail { kind, value })
        .collect()
}

/// What the index knows of a contact.
pub(super) fn document(person: &Person) -> Found {
    let details = details(person);
    let mut words = vec![person.row.name.as_str()];
    // Numbers are found by any piece of them; their ends as terms of their own would only swell the index.
    words.extend(details.iter().filter(|detail| !is_number(&detail.value)).map(|detail| detail.value.as_str()));
    let indexed = rapport_text::indexed(&words.join("\n"));
    let mut terms = indexed.terms;
    for text in std::iter::once(&person.row.name).chain(details.iter().map(|detail| &detail.value)) {
        for term in rapport_text::digit_terms(text) {
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
    }
    Found { contact: ContactId(person.row.id), at: last_heard(person), terms, words: indexed.words }
}

fn last_heard(person: &Person) -> Ms {
    Ms(person.row.last_inbound_at.unwrap_or(person.row.created_at))
}

fn is_number(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.'))
}

/// People that were found, the last heard first.
pub(super) struct People {
    pub people: Vec<Person>,
    pub next: Option<After>,
}

/// The contacts that meet a query.
pub(super) async fn found(
    read: &Read,
    asked: &PeopleQuery,
    after: Option<After>,
    limit: u64,
    patience: Duration,
) -> Result<People> {
    let mut groups: Vec<Group> = asked.words.iter().flat_map(|word| super::asked(word).groups).collect();
    groups.extend(asked.number_terms().into_iter().map(|term| Group { terms: vec![term], prefixes: Vec::new() }));
    let query = search::Query { groups };
    let page = search::find(read, Part::Contacts, &query, &Filter::default(), after, limit, patience).await?;
    let ids: BTreeSet<ContactId> = page.hits.iter().map(|hit| ContactId(hit.document)).collect();
    let mut rows: HashMap<Uuid, Person> = if ids.is_empty() {
        HashMap::new()
    } else {
        search::details(read, &ids).await?.into_iter().map(|person| (person.row.id, person)).collect()
    };
    let people = page.hits.iter().filter_map(|hit| rows.remove(&hit.document));
    // The groups of four digits may stand in two numbers: each piece must stand in one.
    let mut people: Vec<Person> =
        people.filter(|person| asked.numbers.iter().all(|number| holds(person, number))).collect();
    // The index follows the day they were heard; within a page they stand by the moment.
    people.sort_by_key(|person| std::cmp::Reverse(last_heard(person)));
    Ok(People { people, next: page.next })
}

fn holds(person: &Person, number: &str) -> bool {
    rapport_text::number_ranges(&person.row.name, number).is_some()
        || details(person).iter().any(|detail| rapport_text::number_ranges(&detail.value, number).is_some())
}

/// The places of a text that met the query, in UTF-16 units.
pub(super) fn marks(text: &str, asked: &PeopleQuery) -> Vec<[usize; 2]> {
    let words = Query {
        groups: asked.words.iter().flat_map(|word| word.groups.clone()).collect(),
        prefixes: asked.words.iter().flat_map(|word| word.prefixes.clone()).collect(),
    };
    let numbers = asked.numbers.iter().filter_map(|number| rapport_text::number_ranges(text, number));
    let mut marks: Vec<[usize; 2]> =
        rapport_text::highlights(text, &words).into_iter().chain(numbers).map(|(from, to)| [from, to]).collect();
    marks.sort_unstable();
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_store::contact::ContactRow;

    #[test]
    fn people_are_found_by_everything_that_is_theirs() {
        let row = ContactRow {
            workspace_id: Uuid::from_u128(1),
            id: Uuid::from_u128(7),
            lane: 0,
            name: "Amal Haddad".to_owned(),
            phone: Some("+966501234567".to_owned()),
            email: Some("amal.h@dune.example".to_owned()),
            username: None,
            language: None,
            country: None,
            timezone: None,
            lifecycle: "lead".to_owned(),
            source: None,
            owner_id: None,
            fields: serde_json::json!({"last_order": "ORD-2024-77", "vip": true, "visits": 12}),
            field_stamps: serde_json::json!({}),
            marketing_consent: "unknown".to_owned(),
            first_inbound_at: None,
            last_inbound_at: None,
            merged_into: None,
            version: 1,
            created_at: 1,
            updated_at: 1,
        };
        let person = Person { row, identities: vec![("wa_id".to_owned(), "966501234567".to_owned())] };
        let found = document(&person);
        let knows = |term: &str| found.terms.iter().any(|known| known == term);
        for term in ["amal", "haddad", "dune", "ord", "2024", "77"] {
            assert!(knows(term), "{term}: {:?}", found.terms);
        }
        let asked = rapport_text::people_query("050 1234");
        assert!(asked.number_terms().iter().all(|term| knows(term)));
        assert!(holds(&person, "5012345") && !holds(&person, "7654"));
        assert_eq!(marks("+966501234567", &asked), [[4, 10]]);
        assert_eq!(marks("Amal Haddad", &rapport_text::people_query("had")), [[5, 11]]);
    }
}
