use super::consent::Consent;
use super::email;
use super::identity::{Identity, IdentityKind, Resolution, identities_of, lookup_keys, renamed, resolve};
use super::phone::{PhoneError, from_wa_id, normalise, search_digits, variants};
use super::window::{CLOSING_LEAD, Window, WindowState};
use crate::inbound::Customer;
use crate::time::{DAY, HOUR};
use crate::{ContactId, Ms};
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn numbers_as_people_write_them() {
    let table: &[(&str, &str, &str, &str)] = &[
        // Local forms with a default country.
        ("0912-345-678", "TW", "+886912345678", "TW"),
        ("0912 345 678", "tw", "+886912345678", "TW"),
        ("(650) 253-0000", "US", "+16502530000", "US"),
        ("020 7183 8750", "GB", "+442071838750", "GB"),
        ("8 (912) 345-67-89", "RU", "+79123456789", "RU"),
        ("0501234567", "SA", "+966501234567", "SA"),
        ("06 12 34 56 78", "FR", "+33612345678", "FR"),
        ("6123 4567", "HK", "+85261234567", "HK"),
        ("02 1234 5678", "IT", "+390212345678", "IT"),
        // International forms: the default country does not matter.
        ("+852 6123 4567", "TW", "+85261234567", "HK"),
        ("00852 6123 4567", "TW", "+85261234567", "HK"),
        ("011 852 6123 4567", "US", "+85261234567", "HK"),
        ("(+44) 7400 123456", "", "+447400123456", "GB"),
        ("+44 (0)7400 123456", "", "+447400123456", "GB"),
        ("+39 02 1234 5678", "", "+390212345678", "IT"),
        // International without plus.
        ("886912345678", "TW", "+886912345678", "TW"),
        ("447400123456", "TW", "+447400123456", "GB"),
        // Links and schemes.
        ("tel:+1-650-253-0000", "", "+16502530000", "US"),
        ("whatsapp:+886912345678", "", "+886912345678", "TW"),
        ("https://wa.me/886912345678?text=hi", "", "+886912345678", "TW"),
        // Extensions are dropped.
        ("+1 650-253-0000 ext. 12", "", "+16502530000", "US"),
        ("(650) 253-0000 x12", "US", "+16502530000", "US"),
        // Scripts, odd spaces, invisible characters.
        ("٠٥٠١٢٣٤٥٦٧", "SA", "+966501234567", "SA"),
        ("＋８８６９１２３４５６７８", "", "+886912345678", "TW"),
        ("+91 ९८७६५ ४३२१०", "", "+919876543210", "IN"),
        ("\u{202a}+886\u{a0}912\u{2011}345\u{2011}678\u{202c}", "", "+886912345678", "TW"),
        // National oddities.
        ("+52 1 55 1234 5678", "", "+525512345678", "MX"),
        ("+52 55 1234 5678", "", "+525512345678", "MX"),
        ("+55 31 8888-7777", "", "+5531988887777", "BR"),
        ("+55 31 98888-7777", "", "+5531988887777", "BR"),
        ("(31) 8888-7777", "BR", "+5531988887777", "BR"),
        ("+55 11 3456-7890", "", "+551134567890", "BR"),
        ("+54 9 11 2345-6789", "", "+5491123456789", "AR"),
        ("011 15 2345-6789", "AR", "+5491123456789", "AR"),
    ];
    for (raw, country, e164, region) in table {
        let phone = normalise(raw, country).unwrap_or_else(|error| panic!("{raw} in {country:?}: {error}"));
        assert_eq!((phone.e164.as_str(), phone.country.as_deref()), (*e164, Some(*region)), "{raw} in {country:?}");
    }
}

#[test]
fn texts_that_are_no_numbers() {
    let table: &[(&str, &str, PhoneError)] = &[
        ("", "TW", PhoneError::Empty),
        (" \u{a0} ", "TW", PhoneError::Empty),
        ("call me", "TW", PhoneError::NotANumber),
        ("ana123456789@example.com", "TW", PhoneError::NotANumber),
        ("0912-345-678", "", PhoneError::UnknownCountry),
        ("0912-345-678", "??", PhoneError::UnknownCountry),
        ("+999 123 456 789", "", PhoneError::UnknownCountry),
        ("+1 650", "", PhoneError::TooShort),
        ("12", "TW", PhoneError::TooShort),
        ("+44 7400 123456 123456 1", "", PhoneError::TooLong),
        // Loses a zero each time it is read.
        ("+61 000000000", "", PhoneError::Invalid),
    ];
    for (raw, country, error) in table {
        assert_eq!(normalise(raw, country), Err(*error), "{raw} in {country:?}");
    }
    assert_eq!(normalise(&"1".repeat(5_000), "US"), Err(PhoneError::NotANumber));
    // A local form that no number of the country has is not guessed at.
    assert!(normalise("123456789", "TW").is_err());
}

#[test]
fn whatsapp_ids() {
    let table: &[(&str, &str, Option<&str>)] = &[
        ("886912345678", "+886912345678", Some("TW")),
        ("5215512345678", "+525512345678", Some("MX")),
        ("553188887777", "+5531988887777", Some("BR")),
        ("5491123456789", "+5491123456789", Some("AR")),
        ("+16505551234", "+16505551234", Some("US")),
        // Accounts exist even where the numbering plan says no.
        ("15550001111", "+15550001111", None),
        ("999000111222", "+999000111222", None),
    ];
    for (id, e164, country) in table {
        let phone = from_wa_id(id).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!((phone.e164.as_str(), phone.country.as_deref()), (*e164, *country), "{id}");
    }
    for id in ["", "US.13491208655302741918", "12345", "1203630123456789012", "ana@example.com", "12345-67890"] {
        assert!(from_wa_id(id).is_err(), "{id}");
    }
}

#[test]
fn spellings_for_look_ups() {
    let table: &[(&str, &[&str])] = &[
        ("+5531988887777", &["+5531988887777", "+553188887777"]),
        ("+553188887777", &["+553188887777", "+5531988887777"]),
        ("+551134567890", &["+551134567890"]),
        ("+5511912345678", &["+5511912345678"]),
        ("+525512345678", &["+525512345678", "+5215512345678"]),
        ("+5215512345678", &["+5215512345678", "+525512345678"]),
        ("+541123456789", &["+541123456789", "+5491123456789"]),
        ("+5491123456789", &["+5491123456789", "+541123456789"]),
        ("+22990011234", &["+22990011234", "+2290190011234"]),
        ("+886912345678", &["+886912345678"]),
        ("+", &["+"]),
    ];
    for (number, spellings) in table {
        assert_eq!(&variants(number), spellings, "{number}");
    }
}

#[test]
fn digits_typed_into_search() {
    assert_eq!(search_digits("0912 34").as_deref(), Some("91234"));
    assert_eq!(search_digits("+886 912-345").as_deref(), Some("886912345"));
    assert_eq!(search_digits("٠٩١٢٣٤").as_deref(), Some("91234"));
    assert_eq!(search_digits("00886 912").as_deref(), Some("886912"));
    for text in ["", "12", "order 12345", "ana", "000"] {
        assert_eq!(search_digits(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn normalising_is_total_and_settles(raw in "\\PC{0,40}", country in "(TW|US|BR|MX|AR|IT|BJ|)") {
        if let Ok(phone) = normalise(&raw, &country) {
            prop_assert!(phone.e164.starts_with('+') && phone.e164[1..].bytes().all(|b| b.is_ascii_digit()));
            prop_assert_eq!(normalise(&phone.e164, ""), Ok(phone.clone()));
            prop_assert_eq!(from_wa_id(phone.digits()), Ok(phone));
        }
    }

    #[test]
    fn digits_settle_too(raw in "[+0]{0,2}[0-9]{5,16}", country in "(TW|US|BR|MX|AR|IT|BJ|)") {
        if let Ok(phone) = normalise(&raw, &country) {
            prop_assert_eq!(normalise(&phone.e164, ""), Ok(phone.clone()));
        }
    }

    #[test]
    fn spellings_find_each_other(number in "\\+(55|52|54|229|886)[0-9]{6,11}") {
        for other in variants(&number) {
            prop_assert!(variants(&other).contains(&number), "{} -> {}", number, other);
        }
    }

    #[test]
    fn addresses_settle(raw in "\\PC{0,30}@?[a-zA-Z.-]{0,20}") {
        if let Ok(address) = email::normalise(&raw) {
            prop_assert_eq!(email::normalise(&address), Ok(address.clone()));
        }
    }

    #[test]
    fn a_window_never_shrinks(first in 0i64..10_000, second in 0i64..10_000) {
        let far = Ms(i64::MAX);
        let one = Window::default().opened(Ms(first), far).opened(Ms(second), far);
        let other = Window::default().opened(Ms(second), far).opened(Ms(first), far);
        prop_assert_eq!(one, other);
        prop_assert_eq!(one.expires_at, Some(Ms(first.max(second)).plus(DAY)));
    }
}

#[test]
fn addresses() {
    let table: &[(&str, Result<&str, email::EmailError>)] = &[
        (" Ana.Silva@Example.COM ", Ok("ana.silva@example.com")),
        ("mailto:ana@example.com?subject=x", Ok("ana@example.com")),
        ("Ana <ana@example.com>", Ok("ana@example.com")),
        ("ana+shop@example.co.uk.", Ok("ana+shop@example.co.uk")),
        ("用户@例子.公司", Ok("用户@例子.公司")),
        ("", Err(email::EmailError::Empty)),
        ("ana", Err(email::EmailError::Invalid)),
        ("ana@localhost", Err(email::EmailError::Invalid)),
        ("ana@10.0.0.1", Err(email::EmailError::Invalid)),
        ("ana@@example.com", Err(email::EmailError::Invalid)),
        ("a b@example.com", Err(email::EmailError::Invalid)),
        ("ana@exa_mple.com", Err(email::EmailError::Invalid)),
    ];
    for (raw, expected) in table {
        assert_eq!(email::normalise(raw).as_deref().map_err(|error| *error), *expected, "{raw}");
    }
    let long = format!("{}@example.com", "a".repeat(65));
    assert_eq!(email::normalise(&long), Err(email::EmailError::TooLong));
}

fn customer(wa_id: Option<&str>, user_id: Option<&str>) -> Customer {
    Customer { wa_id: wa_id.map(str::to_owned), user_id: user_id.map(str::to_owned), ..Customer::default() }
}

fn ids(pairs: &[(IdentityKind, &str)]) -> Vec<Identity> {
    pairs.iter().map(|(kind, value)| Identity::new(*kind, *value)).collect()
}

#[test]
fn ids_of_a_customer() {
    use IdentityKind::{Bsuid, ParentBsuid, Phone, WaId};
    let full = Customer {
        parent_user_id: Some("US.ENT.1".into()),
        username: Some("ana".into()),
        ..customer(Some("5215512345678"), Some("MX.1"))
    };
    let expected = [(Bsuid, "MX.1"), (ParentBsuid, "US.ENT.1"), (WaId, "5215512345678"), (Phone, "+525512345678")];
    assert_eq!(identities_of(&full, ""), ids(&expected));
    assert_eq!(identities_of(&customer(None, Some("MX.1")), "MX"), ids(&[(Bsuid, "MX.1")]));
    assert_eq!(identities_of(&customer(Some(""), None), "MX"), ids(&[]));
    let local = [(WaId, "0912345678"), (Phone, "+886912345678")];
    assert_eq!(identities_of(&customer(Some("0912345678"), None), "TW"), ids(&local));
    let keys = lookup_keys(&ids(&[(Phone, "+5531988887777"), (WaId, "553188887777")]));
    for key in ids(&[(Phone, "+553188887777"), (WaId, "5531988887777")]) {
        assert!(keys.contains(&key), "{key:?}");
    }
    for kind in IdentityKind::ALL {
        assert_eq!(IdentityKind::parse(kind.code()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
    }
}

#[test]
fn shared_ids_keep_the_oldest_contact() {
    let contact = |n: u128| ContactId(Uuid::from_u128(n));
    let identity = Identity::new(IdentityKind::Phone, "+1");
    let row = |n: u128, at: i64| (identity.clone(), contact(n), Ms(at));
    assert_eq!(resolve(&[]), Resolution::None);
    assert_eq!(resolve(&[row(1, 5), row(1, 5)]), Resolution::One(contact(1)));
    let several = Resolution::Several { keep: contact(2), merge: vec![contact(1), contact(3)] };
    assert_eq!(resolve(&[row(3, 7), row(1, 5), row(2, 3), row(1, 5)]), several);
    // Equal ages: the smaller id, whatever the order.
    let tie = Resolution::Several { keep: contact(1), merge: vec![contact(2)] };
    assert_eq!(resolve(&[row(2, 3), row(1, 3)]), tie);
    assert_eq!(resolve(&[row(1, 3), row(2, 3)]), tie);
}

#[test]
fn changes_of_number_and_user_id() {
    use IdentityKind::{Bsuid, Phone, WaId};
    type Ids<'a> = &'a [(IdentityKind, &'a str)];
    type Side = (Option<&'static str>, Option<&'static str>);
    let old_number: Ids<'_> = &[(WaId, "886912345678"), (Phone, "+886912345678")];
    let new_number: Ids<'_> = &[(WaId, "886987654321"), (Phone, "+886987654321")];
    let everything: (Vec<_>, Vec<_>) =
        ([&[(Bsuid, "TW.2")], new_number].concat(), [&[(Bsuid, "TW.1")], old_number].concat());
    let table: &[(Side, Side, Ids<'_>, Ids<'_>)] = &[
        ((Some("886912345678"), None), (Some("886987654321"), None), new_number, old_number),
        ((Some("886912345678"), Some("TW.1")), (Some("886987654321"), Some("TW.2")), &everything.0, &everything.1),
        // The new number is hidden: the old one is gone all the same.
        ((Some("886912345678"), Some("TW.1")), (None, Some("TW.2")), &[(Bsuid, "TW.2")], &everything.1),
        // Only the number is told; the old BSUID went with it.
        ((Some("886912345678"), Some("TW.1")), (Some("886987654321"), None), new_number, &everything.1),
        // An id learnt is no change.
        ((Some("886912345678"), None), (Some("886912345678"), Some("TW.1")), &[(Bsuid, "TW.1")], &[]),
        ((Some("886912345678"), Some("TW.1")), (None, Some("TW.1")), &[], &[]),
    ];
    for (old, new, add, retire) in table {
        let rotation = renamed(&customer(old.0, old.1), &customer(new.0, new.1), "");
        assert_eq!((rotation.add, rotation.retire), (ids(add), ids(retire)), "{old:?} -> {new:?}");
    }
}

#[test]
fn the_window_closes_exactly_after_24_hours() {
    let said = Ms(1_000_000);
    let window = Window::default().opened(said, said.plus(500));
    let end = said.plus(DAY);
    let table: &[(Ms, bool, WindowState)] = &[
        (said, true, WindowState::Open { left: DAY }),
        (end.plus(-1), true, WindowState::Open { left: 1 }),
        (end, false, WindowState::Closed { since: 0 }),
        (end.plus(1), false, WindowState::Closed { since: 1 }),
    ];
    for (now, open, state) in table {
        assert_eq!((window.is_open(*now), window.state(*now)), (*open, *state), "{now}");
    }
    assert_eq!(Window::default().state(said), WindowState::Never);
    assert!(!Window::default().is_open(said) && !Window::default().closing_soon(said, DAY));
    assert!(!window.closing_soon(end.plus(-CLOSING_LEAD - 1), CLOSING_LEAD));
    assert!(window.closing_soon(end.plus(-CLOSING_LEAD), CLOSING_LEAD));
    assert!(!window.closing_soon(end, CLOSING_LEAD));
    // A provider clock an hour ahead does not lengthen the window.
    assert_eq!(Window::default().opened(said.plus(HOUR), said).expires_at, Some(end));
}

#[test]
fn the_ledger_adds_up() {
    use Consent::{OptedIn, OptedOut, Unknown};
    assert_eq!(Consent::of_ledger(&[]), Unknown);
    assert_eq!(Consent::of_ledger(&[(Ms(2), OptedOut), (Ms(1), OptedIn)]), OptedOut);
    assert_eq!(Consent::of_ledger(&[(Ms(1), OptedOut), (Ms(2), OptedIn)]), OptedIn);
    assert_eq!(Consent::of_ledger(&[(Ms(1), OptedOut), (Ms(1), OptedIn)]), OptedOut);
    for consent in [OptedIn, OptedOut, Unknown] {
        assert_eq!(Consent::parse(consent.code()), consent);
        assert_eq!(serde_json::to_value(consent).unwrap(), consent.code());
    }
}
