//! Who may be the same person (`product.md` D2): what two contacts have in common, and how much that tells.
//!
//! Nobody is compared with everybody. Each contact is filed under the keys of what it has ([`Traits::keys`], and those
//! of its name, which the text crate gives); whoever shares a key is compared.

use super::identity::{Identity, IdentityKind};
use super::{email, phone};
use crate::fold::letters;
use crate::time::DAY;
use crate::{ContactId, Ms};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How long what was bought counts.
pub const BOUGHT: i64 = 90 * DAY;
/// How alike two names are at least, 0 to 1.
pub const NAME: f64 = 0.8;
/// Most contacts under one key that are compared. What more of them share is common and tells little.
pub const COMMON: usize = 20;
/// Most keys of a contact.
pub const KEYS: usize = 24;
/// How long a merge can be taken back.
pub const UNDO: i64 = 30 * DAY;
/// Most suggestions about one contact, the likeliest first.
pub const SUGGESTED: usize = 10;
/// From which score on it is suggested, in percent.
const ENOUGH: f64 = 44.5;
/// Most values of a kind that are looked at.
const MOST: usize = 8;
/// An address is at least this long, in letters and digits; shorter ones are a town at most.
const ADDRESS: usize = 10;
/// A post code is at least this long.
const POSTCODE: usize = 4;
/// How much of an address is shown, in characters.
const SHOWN: usize = 200;

/// What a contact has that another one may have too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traits {
    /// Numbers, E.164.
    pub numbers: BTreeSet<String>,
    /// E-mail addresses as whoever gets them would compare them.
    pub emails: BTreeSet<String>,
    /// Addresses: letters and digits only, and as they are written.
    pub addresses: BTreeMap<String, String>,
    /// Post codes, likewise.
    pub postcodes: BTreeMap<String, String>,
    /// What was bought of late, by SKU.
    pub skus: BTreeSet<String>,
    /// ISO country.
    pub country: Option<String>,
}

impl Traits {
    /// Reads them from what is known of a contact. Own fields count by what they are called and by what they look like: a
    /// second number or address is often noted there.
    #[must_use]
    pub fn read(identities: &[Identity], fields: &Map<String, Value>, country: Option<&str>) -> Self {
        let mut traits = Self { country: country.map(str::to_owned), ..Self::default() };
        for identity in identities {
            match identity.kind {
                IdentityKind::Phone => traits.number(&identity.value, ""),
                IdentityKind::WaId => traits.number(&format!("+{}", identity.value), ""),
                IdentityKind::Email => traits.email(&identity.value),
                IdentityKind::Bsuid | IdentityKind::ParentBsuid => {}
            }
        }
        for (name, value) in fields {
            let text = match value {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            traits.field(&letters(name), &text);
        }
        traits
    }

    fn field(&mut self, name: &str, text: &str) {
        let called = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if text.contains('@') {
            self.email(text);
        } else if called(&["phone", "mobile", "tel", "whatsapp", "هاتف", "جوال", "موبايل"]) || text.starts_with('+')
        {
            let country = self.country.clone().unwrap_or_default();
            self.number(text, &country);
        } else if called(&["zip", "postcode", "postal", "رمزبريدي", "الرمزالبريدي"]) {
            place(&mut self.postcodes, text, POSTCODE);
        } else if called(&["address", "street", "adresse", "direccion", "endereco", "عنوان"]) {
            place(&mut self.addresses, text, ADDRESS);
        }
    }

    fn number(&mut self, text: &str, country: &str) {
        if self.numbers.len() < MOST
            && let Ok(number) = phone::normalise(text, country)
        {
            self.numbers.insert(number.e164);
        }
    }

    fn email(&mut self, text: &str) {
        if let Ok(address) = email::normalise(text) {
            let mailbox = mailbox(&address);
            if self.emails.len() < MOST {
                self.emails.insert(mailbox);
            }
        }
    }

    /// Under which keys the contact is filed. What was bought and where somebody lives is shared by too many to be one.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let numbers =
            self.numbers.iter().flat_map(|number| phone::variants(number)).map(|number| format!("n:{number}"));
        let emails = self.emails.iter().map(|address| format!("e:{address}"));
        let addresses = self.addresses.keys().map(|address| format!("a:{address}"));
        numbers.chain(emails).chain(addresses).collect()
    }
}

fn place(values: &mut BTreeMap<String, String>, text: &str, least: usize) {
    let key = letters(text);
    if values.len() < MOST && key.chars().count() >= least {
        values.entry(key).or_insert_with(|| text.chars().take(SHOWN).collect());
    }
}

/// The mailbox that an address leads to: what follows a plus is the owner's own, and Gmail knows no dots.
fn mailbox(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return address.to_owned() };
    let (local, _) = local.split_once('+').unwrap_or((local, ""));
    match domain {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
        _ => format!("{local}@{domain}"),
    }
}

/// A key as it is stored: FNV-1a, which stays the same for good. Two keys that meet by chance are told apart when the
/// contacts are compared.
#[must_use]
pub fn filed(key: &str) -> i64 {
    let hash = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    i64::from_ne_bytes(hash.to_ne_bytes())
}

/// How alike two names are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// 0 to 1.
    pub similarity: f64,
    /// Whether both names have several words.
    pub full: bool,
    /// Whether many have such a name.
    pub common: bool,
}

/// What two contacts have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Reason {
    /// A number, in whichever spelling.
    Number(String),
    /// An e-mail address.
    Email(String),
    /// An address.
    Address(String),
    /// A post code.
    Postcode(String),
    /// Names that are alike, in percent.
    Name(u8),
    /// Both bought it within 90 days, by SKU.
    Bought(String),
}

/// What comparing two contacts came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// How likely they are one person, in percent.
    pub score: u8,
    /// Why, the most telling first.
    pub reasons: Vec<Reason>,
}

/// Whether two contacts may be the same person. Each reason makes it likelier by itself; the same product or post code
/// alone, and a name that many have, are not enough. `None` when nothing suggests it.
#[must_use]
pub fn judge(one: &Traits, other: &Traits, name: Option<Alike>) -> Option<Likeness> {
    let mut found: Vec<(f64, Reason)> = Vec::new();
    let spellings: BTreeSet<String> = one.numbers.iter().flat_map(|number| phone::variants(number)).collect();
    let number = other.numbers.iter().find(|number| phone::variants(number).iter().any(|way| spellings.contains(way)));
    found.extend(number.map(|number| (0.95, Reason::Number(number.clone()))));
    found.extend(shared(&one.emails, &other.emails).map(|value| (0.9, Reason::Email(value))));
    found.extend(written(&one.addresses, &other.addresses).map(|value| (0.55, Reason::Address(value))));
    found.extend(written(&one.postcodes, &other.postcodes).map(|value| (0.2, Reason::Postcode(value))));
    found.extend(shared(&one.skus, &other.skus).map(|value| (0.3, Reason::Bought(value))));
    let abroad = one.country.is_some() && other.country.is_some() && one.country != other.country;
    if let Some(alike) = name.filter(|alike| alike.similarity >= NAME) {
        found.push((weight(alike, abroad && found.is_empty()), Reason::Name(percent(alike.similarity * 100.0))));
    }
    let doubt: f64 = found.iter().map(|(weight, _)| 1.0 - weight).product();
    let score = (1.0 - doubt) * 100.0;
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let reasons: Vec<Reason> = found.into_iter().map(|(_, reason)| reason).collect();
    (score >= ENOUGH && !reasons.is_empty()).then(|| Likeness { score: percent(score), reasons })
}

/// What a name tells: a full one from 0.45 to 0.75, less where many have it, where it is one word only, and where
/// nothing else speaks for two people in two countries.
fn weight(alike: Alike, abroad: bool) -> f64 {
    let full = 0.45 + (alike.similarity - NAME) / (1.0 - NAME) * 0.3;
    match (alike.full, alike.common) {
        (true, false) if abroad => full - 0.15,
        (true, false) => full,
        (true, true) | (false, false) => 0.3,
        (false, true) => 0.2,
    }
}

fn shared(one: &BTreeSet<String>, other: &BTreeSet<String>) -> Option<String> {
    one.intersection(other).next().cloned()
}

fn written(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> Option<String> {
    one.iter().find(|(key, _)| other.contains_key(*key)).map(|(_, text)| text.clone())
}

fn percent(value: f64) -> u8 {
    // Between 0 and 100, so that nothing is cut.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
    let percent = value.round().clamp(0.0, 100.0) as u8;
    percent
}

/// Which of two contacts that are one stays: the one that was known first, so that everybody decides alike.
#[must_use]
pub fn stays(one: (Ms, ContactId), other: (Ms, ContactId)) -> ContactId {
    one.min(other).1
}

/// Since when what was bought counts.
#[must_use]
pub fn bought_since(now: Ms) -> Ms {
    now.plus(-BOUGHT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn traits(identities: &[(IdentityKind, &str)], fields: Value, country: Option<&str>) -> Traits {
        let identities: Vec<Identity> = identities.iter().map(|(kind, value)| Identity::new(*kind, *value)).collect();
        Traits::read(&identities, fields.as_object().unwrap(), country)
    }

    fn alike(similarity: f64, full: bool, common: bool) -> Option<Alike> {
        Some(Alike { similarity, full, common })
    }

    #[test]
    fn what_is_noted_in_fields_is_read() {
        let known = traits(
            &[(IdentityKind::WaId, "971501234567"), (IdentityKind::Email, "a.mal+shop@gmail.com")],
            json!({ "Second phone": "050 765 4321", "backup": "Amal@Home.Example", "Shipping address": "12, Palm Street — Dubai",
                "zip_code": "SW1A 1AA", "رقم الجوال": "٠٥٠٧٦٥٤٣٢٢", "note": "12 palm street dubai", "visits": 7 }),
            Some("AE"),
        );
        assert_eq!(
            known.numbers.iter().map(String::as_str).collect::<Vec<_>>(),
            ["+971501234567", "+971507654321", "+971507654322"]
        );
        assert!(known.emails.contains("amal@gmail.com") && known.emails.contains("amal@home.example"));
        assert_eq!(known.addresses.keys().next().unwrap(), "12palmstreetdubai");
        assert_eq!(known.postcodes.keys().next().unwrap(), "sw1a1aa");
        assert!(known.keys().len() <= KEYS);
    }

    #[test]
    fn reasons_and_scores() {
        let none = || json!({});
        let (phone, mail) = (IdentityKind::Phone, IdentityKind::Email);
        let amal = traits(
            &[(phone, "+5511987654321"), (mail, "amal@shop.example")],
            json!({ "address": "12 Palm Street, Dubai", "zip": "12345" }),
            Some("BR"),
        );
        let bought = |traits: Traits| Traits { skus: ["A-1".to_owned()].into(), ..traits };
        type Case = (&'static str, Traits, Option<Alike>, Option<(u8, usize)>);
        let cases: Vec<Case> = vec![
            ("nobody", traits(&[(phone, "+5511912345678")], none(), None), None, None),
            (
                "a number in the spelling of old",
                traits(&[(IdentityKind::WaId, "551187654321")], none(), None),
                None,
                Some((95, 1)),
            ),
            (
                "a number noted in a field",
                traits(&[], json!({ "mobile": "+55 11 98765-4321" }), None),
                None,
                Some((95, 1)),
            ),
            ("the same mailbox", traits(&[], json!({ "mail": "AMAL+news@shop.example" }), None), None, Some((90, 1))),
            ("a name at the limit", traits(&[], none(), None), alike(0.8, true, false), Some((45, 1))),
            ("a name below it", traits(&[], none(), None), alike(0.79, true, false), None),
            ("the very name", traits(&[], none(), None), alike(1.0, true, false), Some((75, 1))),
            (
                "the very name in another country",
                traits(&[], none(), Some("AE")),
                alike(1.0, true, false),
                Some((60, 1)),
            ),
            ("a name that many have", traits(&[], none(), None), alike(1.0, true, true), None),
            ("one word", traits(&[], none(), None), alike(1.0, false, false), None),
            ("the address", traits(&[], json!({ "Street": "12 palm street dubai" }), None), None, Some((55, 1))),
            ("the post code", traits(&[], json!({ "postal_code": 12345 }), None), None, None),
            (
                "a common name with the post code",
                traits(&[], json!({ "zip": "12345" }), None),
                alike(1.0, true, true),
                None,
            ),
            (
                "one word and the same product",
                bought(traits(&[], none(), None)),
                alike(1.0, false, false),
                Some((51, 2)),
            ),
            ("the same product", bought(traits(&[], none(), None)), None, None),
            ("name and product", bought(traits(&[], none(), None)), alike(0.9, true, false), Some((72, 2))),
        ];
        for (what, other, name, expected) in cases {
            let amal = bought(amal.clone());
            let found = judge(&amal, &other, name);
            assert_eq!(found.as_ref().map(|found| (found.score, found.reasons.len())), expected, "{what}: {found:?}");
            assert_eq!(
                judge(&other, &amal, name).map(|found| found.score),
                found.map(|found| found.score),
                "{what}, the other way round"
            );
        }
    }

    proptest! {
        #[test]
        fn more_in_common_is_never_less_likely(similarity in 0.0_f64..=1.0, full in any::<bool>(), common in any::<bool>(), mail in any::<bool>(), zip in any::<bool>()) {
            let fields = |mail: bool, zip: bool| {
                let mut fields = json!({});
                if mail { fields["mail"] = json!("a@b.example"); }
                if zip { fields["zip"] = json!("12345"); }
                fields
            };
            let whole = traits(&[(IdentityKind::Email, "a@b.example")], json!({ "zip": "12345" }), None);
            let score = |fields: Value| judge(&whole, &traits(&[], fields, None), alike(similarity, full, common)).map_or(0, |found| found.score);
            let (some, more) = (score(fields(mail, zip)), score(fields(true, true)));
            prop_assert!(some <= more && more <= 100);
        }
    }

    #[test]
    fn the_place_of_a_key_is_known() {
        assert_eq!(filed("n:+971501234567"), filed("n:+971501234567"));
        assert_ne!(filed("n:+971501234567"), filed("e:+971501234567"));
        assert_eq!(filed(""), i64::from_ne_bytes(0xcbf2_9ce4_8422_2325_u64.to_ne_bytes()));
    }
}
