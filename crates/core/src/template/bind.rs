//! What goes into a template's blanks when nobody types it: the customer's own data, else words that always fit. With
//! a fall-back in every blank no send can come back as 132000.

use super::definition::{Definition, Variable, variables};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Data of the customer that has a name of its own. Own fields are `field:<name>`; orders have the names of the shop.
pub const SOURCES: [&str; 5] = ["first_name", "name", "phone", "email", "country"];
/// How own fields of the customer are named.
const OWN: &str = "field:";
/// Longest name of an own field, and longest fall-back.
const SOURCE_MAX: usize = 80;
const FALLBACK_MAX: usize = 200;

/// What fills one blank by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Filling {
    /// Which of the customer's data: one of [`SOURCES`], or `field:<own field>`; `None` = none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What stands there when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
}

/// Fillings under the keys of [`super::variables`].
pub type Fillings = BTreeMap<String, Filling>;

/// What is known of the customer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Person<'a> {
    /// Name as shown.
    pub name: &'a str,
    /// E.164 number.
    pub phone: Option<&'a str>,
    /// E-mail address.
    pub email: Option<&'a str>,
    /// ISO 3166 country.
    pub country: Option<&'a str>,
    /// Own fields, an object.
    pub fields: Option<&'a Value>,
    /// What is known of their order, under the names of [`crate::shop::NAMES`].
    pub shop: Option<&'a BTreeMap<String, String>>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Somebody gave it for this message.
    Given,
    /// The customer's data.
    Contact,
    /// The fall-back.
    Fallback,
}

/// The blanks of a template with what is in them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bound {
    /// Values under the keys of [`super::variables`], for [`super::fill`].
    pub values: BTreeMap<String, String>,
    /// Where each comes from.
    pub origins: BTreeMap<String, Origin>,
    /// Keys that nothing fills.
    pub missing: Vec<String>,
}

/// A filling that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The template has no such blank, or it holds no words.
    #[error("there is no blank of that name that words could fill")]
    NoBlank,
    /// A word that is no source.
    #[error(
        "the source is first_name, name, phone, email, country, field:<own field> or one of an order such as order.number"
    )]
    NoSource,
    /// Words that the provider would refuse.
    #[error("a fall-back has 1 to 200 characters, no line break or tab and no more than 4 spaces in a row")]
    NoFallback,
}

/// Whether words can stand in a blank: texts, ends of links, codes.
#[must_use]
pub fn takes_words(variable: &Variable) -> bool {
    matches!(variable.kind.as_str(), "text" | "url" | "code")
}

/// Whether fillings fit the blanks of their template.
///
/// # Errors
/// The first key that does not fit, and why.
pub fn check_fillings(blanks: &[Variable], fillings: &Fillings) -> Result<(), (String, Unfit)> {
    for (key, filling) in fillings {
        let unfit = |why| Err((key.clone(), why));
        if !blanks.iter().any(|blank| blank.key == *key && takes_words(blank)) {
            return unfit(Unfit::NoBlank);
        }
        if filling.source.as_deref().is_some_and(|source| !is_source(source)) {
            return unfit(Unfit::NoSource);
        }
        if filling.fallback.as_deref().is_some_and(|words| !is_sound(words)) {
            return unfit(Unfit::NoFallback);
        }
    }
    Ok(())
}

fn is_source(source: &str) -> bool {
    let own = source.strip_prefix(OWN).is_some_and(|name| !name.trim().is_empty());
    (own && source.chars().count() <= SOURCE_MAX) || SOURCES.contains(&source) || crate::shop::is_name(source)
}

fn is_sound(words: &str) -> bool {
    !words.trim().is_empty()
        && words.chars().count() <= FALLBACK_MAX
        && !words.contains(['\n', '\r', '\t'])
        && !words.contains("     ")
}

/// What fills a blank that nobody has chosen anything for: one that is named after the customer's name takes the name,
/// and where that is not known a word in the template's language that fits after a greeting.
#[must_use]
pub fn usual(blank: &Variable, language: &str) -> Filling {
    let source = match blank.label.to_ascii_lowercase().as_str() {
        "first_name" | "firstname" | "name" | "customer_name" | "customer" => "first_name",
        "full_name" | "fullname" => "name",
        _ => return Filling::default(),
    };
    if blank.kind != "text" {
        return Filling::default();
    }
    Filling { source: Some(source.to_owned()), fallback: Some(greeted(language).to_owned()) }
}

/// How a customer without a known name is greeted.
fn greeted(language: &str) -> &'static str {
    match language.split('_').next().unwrap_or_default() {
        "ar" => "عميلنا",
        "fr" => "cher client",
        "es" | "pt" => "cliente",
        "ru" => "покупатель",
        "zh" if matches!(language, "zh_TW" | "zh_HK") => "顧客",
        "zh" => "顾客",
        _ => "there",
    }
}

/// What fills a blank: what was chosen for it, else the usual.
#[must_use]
pub fn filling_of(blank: &Variable, language: &str, fillings: &Fillings) -> Filling {
    fillings.get(&blank.key).cloned().unwrap_or_else(|| usual(blank, language))
}

/// Fills the blanks of a template for a customer: what was given first, then the customer's data, then the fall-back.
#[must_use]
pub fn bind(
    definition: &Definition,
    language: &str,
    fillings: &Fillings,
    person: &Person<'_>,
    given: &BTreeMap<String, String>,
) -> Bound {
    let mut bound = Bound::default();
    for blank in variables(definition) {
        let typed = given.get(&blank.key).filter(|value| !value.trim().is_empty());
        let found = match typed {
            Some(value) => Some((value.clone(), Origin::Given)),
            None if takes_words(&blank) => {
                let filling = filling_of(&blank, language, fillings);
                let data = filling.source.as_deref().and_then(|source| datum(person, source));
                let words = data.map(|words| (words, Origin::Contact));
                words.or_else(|| Some((tidy(filling.fallback.as_deref()?)?, Origin::Fallback)))
            }
            None => None,
        };
        match found {
            Some((value, origin)) => {
                bound.values.insert(blank.key.clone(), value);
                bound.origins.insert(blank.key, origin);
            }
            None => bound.missing.push(blank.key),
        }
    }
    bound
}

/// What is known of the customer under the name of a source; `None` when nothing is.
#[must_use]
pub fn datum(person: &Person<'_>, source: &str) -> Option<String> {
    if let Some(name) = source.strip_prefix(OWN) {
        return match person.fields?.get(name)? {
            Value::String(words) => tidy(words),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
    }
    match source {
        "first_name" => tidy(person.name.split_whitespace().next()?),
        "name" => tidy(person.name),
        "phone" => tidy(person.phone?),
        "email" => tidy(person.email?),
        "country" => tidy(person.country?),
        _ => tidy(person.shop?.get(source)?),
    }
}

/// The words as the provider takes them: single spaces, no line breaks; nothing when nothing is left.
fn tidy(words: &str) -> Option<String> {
    let words: Vec<&str> = words.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::{check, fill, parse};
    use super::*;
    use serde_json::json;

    fn named() -> Definition {
        let components = json!([
            { "type": "BODY", "text": "Hello {{name}}, parcel {{number}} of {{shop}} is here." },
            { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Track", "url": "https://x.example/{{1}}" }] }
        ]);
        parse(&components, Some("NAMED"), "UTILITY").unwrap()
    }

    fn chosen(rows: &[(&str, Option<&str>, Option<&str>)]) -> Fillings {
        let filling = |source: Option<&str>, fallback: Option<&str>| Filling {
            source: source.map(str::to_owned),
            fallback: fallback.map(str::to_owned),
        };
        rows.iter().map(|(key, source, fallback)| ((*key).to_owned(), filling(*source, *fallback))).collect()
    }

    #[test]
    fn given_then_data_then_fallback() {
        let definition = named();
        let fields = json!({ "parcel": "  A\n17 ", "steps": 3, "empty": "" });
        let amal = Person { name: "Amal  Haddad", fields: Some(&fields), ..Person::default() };
        let fillings = chosen(&[
            ("body.number", Some("field:parcel"), Some("unknown")),
            ("body.shop", Some("field:empty"), Some("our shop")),
            ("buttons.0", Some("field:steps"), None),
        ]);
        let bound = bind(&definition, "en", &fillings, &amal, &BTreeMap::new());
        let value = |key: &str| (bound.values[key].as_str(), bound.origins[key]);
        assert_eq!(value("body.name"), ("Amal", Origin::Contact));
        assert_eq!(value("body.number"), ("A 17", Origin::Contact), "a line break would be refused");
        assert_eq!(value("body.shop"), ("our shop", Origin::Fallback));
        assert_eq!(value("buttons.0"), ("3", Origin::Contact));
        assert!(bound.missing.is_empty());
        let given = BTreeMap::from([("body.name".to_owned(), "Dr Haddad".to_owned())]);
        let bound = bind(&definition, "en", &fillings, &amal, &given);
        assert_eq!((bound.values["body.name"].as_str(), bound.origins["body.name"]), ("Dr Haddad", Origin::Given));
        let components = fill(&definition, &bound.values).unwrap();
        assert_eq!(check(&definition, &components), Ok(()), "so 132000 cannot come back");
    }

    #[test]
    fn nobody_is_greeted_without_a_word() {
        let nobody = Person::default();
        for (language, word) in [("en_US", "there"), ("ar", "عميلنا"), ("zh_TW", "顧客"), ("xx", "there")] {
            let bound = bind(&named(), language, &Fillings::new(), &nobody, &BTreeMap::new());
            assert_eq!(bound.values["body.name"], word, "{language}");
            assert_eq!(bound.missing, ["body.number", "body.shop", "buttons.0"]);
        }
        // What was chosen counts, also when it was to have none.
        let none = chosen(&[("body.name", None, None)]);
        assert_eq!(bind(&named(), "en", &none, &nobody, &BTreeMap::new()).missing[0], "body.name");
    }

    #[test]
    fn fillings_fit_their_template() {
        let blanks = variables(&named());
        let why = |row| check_fillings(&blanks, &chosen(&[row])).map_err(|(_, why)| why);
        assert_eq!(why(("body.name", Some("phone"), Some("there"))), Ok(()));
        assert_eq!(why(("body.other", None, None)), Err(Unfit::NoBlank));
        assert_eq!(why(("body.name", Some("password"), None)), Err(Unfit::NoSource));
        assert_eq!(why(("body.name", Some("field:"), None)), Err(Unfit::NoSource));
        for words in ["", " ", "a\nb", "a     b"] {
            assert_eq!(why(("body.name", None, Some(words))), Err(Unfit::NoFallback), "{words:?}");
        }
        assert_eq!(why(("body.name", None, Some(&"x".repeat(201)))), Err(Unfit::NoFallback));
        let picture =
            parse(&json!([{ "type": "HEADER", "format": "IMAGE" }, { "type": "BODY", "text": "x" }]), None, "");
        let blanks = variables(&picture.unwrap());
        let row = chosen(&[("header.image", None, Some("x"))]);
        assert_eq!(check_fillings(&blanks, &row).map_err(|(_, why)| why), Err(Unfit::NoBlank), "a file is no word");
    }
}
