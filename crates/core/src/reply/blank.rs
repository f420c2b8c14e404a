//! Blanks in a text: `{first_name}`, `{city|your town}`, filled from what is known of the customer and of who writes.
//!
//! The same data as in a template's blanks ([`crate::template::bind`]), by the same names. What nothing fills keeps its
//! braces, so that whoever sends it sees it.

use crate::template::bind::{Person, datum};

/// Longest name of a blank, in characters.
const NAME: usize = 80;

/// What is known when a text is filled.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The customer.
    pub person: Person<'a>,
    /// Name of whoever writes.
    pub agent: &'a str,
    /// Name of the channel it goes over.
    pub channel: &'a str,
}

/// A text with its blanks filled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// The text; what nothing fills stands in it as it was written.
    pub text: String,
    /// The blanks that nothing fills, braces included, in their order, each once.
    pub missing: Vec<String>,
}

/// Fills a text. A blank is `{name}` or `{name|what stands there otherwise}`; braces around anything else are left alone.
#[must_use]
pub fn fill(text: &str, known: &Known<'_>) -> Filled {
    let mut filled = Filled { text: String::with_capacity(text.len()), missing: Vec::new() };
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        filled.text.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = rest.find('}') else { break };
        let (whole, inner) = (&rest[..=close], &rest[1..close]);
        let Some((name, otherwise)) = blank(inner) else {
            // Not a blank: its first brace is a character like any other.
            filled.text.push('{');
            rest = &rest[1..];
            continue;
        };
        match value(known, name).or_else(|| otherwise.map(str::to_owned)) {
            Some(words) => filled.text.push_str(&words),
            None => {
                filled.text.push_str(whole);
                if !filled.missing.iter().any(|known| known == whole) {
                    filled.missing.push(whole.to_owned());
                }
            }
        }
        rest = &rest[whole.len()..];
    }
    filled.text.push_str(rest);
    filled
}

/// The name in a blank and its fall-back.
fn blank(inner: &str) -> Option<(&str, Option<&str>)> {
    let (name, otherwise) = inner.split_once('|').map_or((inner, None), |(name, words)| (name, Some(words.trim())));
    let name = name.trim();
    let starts = name.chars().next().is_some_and(char::is_alphabetic);
    let sound = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '-'));
    let fits = starts && sound && name.chars().count() <= NAME;
    fits.then_some((name, otherwise.filter(|words| !words.is_empty())))
}

/// What is known under a name: whoever writes, the channel, the customer's data, and the customer's own fields by their
/// bare names too.
fn value(known: &Known<'_>, name: &str) -> Option<String> {
    let words = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    match name {
        "agent_name" => words(known.agent),
        "agent_first_name" => words(known.agent.split_whitespace().next()?),
        "channel" => words(known.channel),
        _ => datum(&known.person, name).or_else(|| datum(&known.person, &format!("field:{name}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blanks_take_what_is_known_then_what_stands_there_otherwise() {
        let fields = json!({ "city": "Aleppo", "steps": 3, "empty": " " });
        let shop = std::collections::BTreeMap::from([("order.number".to_owned(), "#1".to_owned())]);
        let person = Person {
            name: "Amal Haddad",
            phone: Some("+9715"),
            fields: Some(&fields),
            shop: Some(&shop),
            ..Person::default()
        };
        let known = Known { person, agent: "Omar Farouk", channel: "Dune" };
        let table = [
            ("Hello {first_name}, it is {agent_first_name} of {channel}.", "Hello Amal, it is Omar of Dune.", vec![]),
            ("{ name }/{phone}/{agent_name}", "Amal Haddad/+9715/Omar Farouk", vec![]),
            ("{city} {field:city} {steps}", "Aleppo Aleppo 3", vec![]),
            ("{email|no address} {empty| soon }", "no address soon", vec![]),
            ("{email} and {email}, {order}", "{email} and {email}, {order}", vec!["{email}", "{order}"]),
            (
                "{order.number}: {order.status|unknown}{shipment.expected}",
                "#1: unknown{shipment.expected}",
                vec!["{shipment.expected}"],
            ),
            ("{email|}", "{email|}", vec!["{email|}"]),
            ("a {2} { } {a b} {first_name", "a {2} { } {a b} {first_name", vec![]),
            ("{{first_name}} }{", "{Amal} }{", vec![]),
            ("أهلا {first_name} 👋", "أهلا Amal 👋", vec![]),
        ];
        for (text, expected, missing) in table {
            let filled = fill(text, &known);
            assert_eq!(
                (filled.text.as_str(), filled.missing),
                (expected, missing.into_iter().map(str::to_owned).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn nothing_known_fills_nothing() {
        let filled = fill("{first_name|there} {agent_name} {channel}", &Known::default());
        assert_eq!(filled.text, "there {agent_name} {channel}");
        assert_eq!(filled.missing, ["{agent_name}", "{channel}"]);
    }

    #[test]
    fn hostile_text_stays_cheap() {
        let text = "{".repeat(4_000) + &"{a|".repeat(4_000);
        assert_eq!(fill(&text, &Known::default()).text, text);
        assert!(fill(&"{x}".repeat(4_000), &Known::default()).missing.len() == 1);
    }
}
