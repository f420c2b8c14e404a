//! Whether the components of a send fit the definition, so that the provider never has to say 132000, 132012 or
//! 132018.

use super::definition::{Button, ButtonKind, Definition, Format, Header, MediaFormat, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MismatchKind {
    /// Another number of parameters.
    Count,
    /// A parameter of another type.
    Type,
    /// A parameter name that is not defined, is missing, or comes twice.
    Name,
    /// Something required is not there.
    Missing,
    /// Something is there that the template does not have.
    Unexpected,
    /// A text the provider refuses: empty, line breaks, tabs, more than 4 spaces, too long.
    Text,
}

/// A send that does not fit its template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{component}: expected {expected}, got {got}")]
pub struct TemplateMismatch {
    /// Where: `header`, `body`, `buttons.0`, `cards.1.body`, `components`.
    pub component: String,
    /// What sort of misfit.
    pub kind: MismatchKind,
    /// What the definition asks for: a count, a type or names.
    pub expected: String,
    /// What was given.
    pub got: String,
}

type Fit = Result<(), TemplateMismatch>;

fn misfit(component: &str, kind: MismatchKind, expected: impl ToString, got: impl ToString) -> TemplateMismatch {
    TemplateMismatch { component: component.to_owned(), kind, expected: expected.to_string(), got: got.to_string() }
}

/// Checks the `components` of a send (Meta's shape; null or an empty list for none) against the definition.
///
/// # Errors
/// The first thing that does not fit, in reading order.
pub fn check(definition: &Definition, components: &Value) -> Fit {
    let given = Given::read("", components)?;
    let sections = Sections {
        prefix: "",
        format: definition.format,
        header: definition.header.as_ref(),
        body: &definition.body,
        buttons: &definition.buttons,
    };
    sections.fit(&given)?;
    match (definition.expiring_offer, given.offer) {
        (true, None) => return Err(misfit("offer", MismatchKind::Missing, "expiration_time_ms", "nothing")),
        (false, Some(_)) => return Err(misfit("offer", MismatchKind::Unexpected, "nothing", "limited_time_offer")),
        (true, Some(offer)) if offer_end(offer).is_none() => {
            return Err(misfit("offer", MismatchKind::Type, "expiration_time_ms", "something else"));
        }
        _ => {}
    }
    cards(definition, given.carousel)
}

fn offer_end(offer: &Value) -> Option<i64> {
    offer["parameters"][0]["limited_time_offer"]["expiration_time_ms"].as_i64()
}

/// The send components, sorted out by place.
#[derive(Default)]
struct Given<'a> {
    header: Option<&'a Value>,
    body: Option<&'a Value>,
    buttons: Vec<(usize, &'a Value)>,
    carousel: Option<&'a Value>,
    offer: Option<&'a Value>,
}

impl<'a> Given<'a> {
    fn read(prefix: &str, components: &'a Value) -> Result<Self, TemplateMismatch> {
        let place = format!("{prefix}components");
        let mut given = Self::default();
        let list = match components {
            Value::Null => return Ok(given),
            Value::Array(list) => list,
            _ => return Err(misfit(&place, MismatchKind::Type, "list", "something else")),
        };
        for component in list {
            let kind = component["type"].as_str().unwrap_or_default().to_ascii_lowercase();
            let slot = match kind.as_str() {
                "header" => &mut given.header,
                "body" => &mut given.body,
                "carousel" => &mut given.carousel,
                "limited_time_offer" => &mut given.offer,
                "button" => {
                    given.add_button(prefix, component)?;
                    continue;
                }
                _ => return Err(misfit(&place, MismatchKind::Unexpected, "header, body, button", kind)),
            };
            if slot.replace(component).is_some() {
                return Err(misfit(&format!("{prefix}{kind}"), MismatchKind::Unexpected, "once", "twice"));
            }
        }
        Ok(given)
    }

    fn add_button(&mut self, prefix: &str, component: &'a Value) -> Fit {
        let index = &component["index"];
        let number = index.as_u64().or_else(|| index.as_str().and_then(|text| text.trim().parse().ok()));
        let Some(at) = number.and_then(|number| usize::try_from(number).ok()) else {
            return Err(misfit(&format!("{prefix}buttons"), MismatchKind::Missing, "index", index));
        };
        if self.buttons.iter().any(|(known, _)| *known == at) {
            return Err(misfit(&format!("{prefix}buttons.{at}"), MismatchKind::Unexpected, "once", "twice"));
        }
        self.buttons.push((at, component));
        Ok(())
    }
}

/// The parts that a template and a carousel card have in common.
struct Sections<'a> {
    prefix: &'a str,
    format: Format,
    header: Option<&'a Header>,
    body: &'a Text,
    buttons: &'a [Button],
}

impl Sections<'_> {
    fn fit(&self, given: &Given<'_>) -> Fit {
        self.header_fits(given.header)?;
        let place = format!("{}body", self.prefix);
        texts(&place, self.format, self.body, &parameters(&place, given.body)?)?;
        self.buttons_fit(&given.buttons)
    }

    fn header_fits(&self, given: Option<&Value>) -> Fit {
        let place = format!("{}header", self.prefix);
        let parameters = parameters(&place, given)?;
        match self.header {
            Some(Header::Text(text)) => texts(&place, self.format, text, &parameters),
            Some(Header::Media { format }) => match parameters.as_slice() {
                [one] => media(&place, *format, one),
                other => Err(misfit(&place, MismatchKind::Count, 1, other.len())),
            },
            None if parameters.is_empty() => Ok(()),
            None => Err(misfit(&place, MismatchKind::Unexpected, 0, parameters.len())),
        }
    }

    fn buttons_fit(&self, given: &[(usize, &Value)]) -> Fit {
        for (at, component) in given {
            let place = format!("{}buttons.{at}", self.prefix);
            let Some(button) = self.buttons.get(*at) else {
                return Err(misfit(&place, MismatchKind::Unexpected, format!("{} buttons", self.buttons.len()), at));
            };
            button_fits(&place, button, component)?;
        }
        for (at, button) in self.buttons.iter().enumerate().filter(|(_, button)| button.is_required()) {
            if !given.iter().any(|(known, _)| *known == at) {
                let place = format!("{}buttons.{at}", self.prefix);
                return Err(misfit(&place, MismatchKind::Missing, button.kind.sub_type(), "nothing"));
            }
        }
        Ok(())
    }
}

fn parameters<'a>(place: &str, component: Option<&'a Value>) -> Result<Vec<&'a Value>, TemplateMismatch> {
    match component.map(|component| &component["parameters"]) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list.iter().collect()),
        Some(_) => Err(misfit(place, MismatchKind::Type, "list of parameters", "something else")),
    }
}

fn texts(place: &str, format: Format, text: &Text, given: &[&Value]) -> Fit {
    if given.len() != text.variables.len() {
        return Err(misfit(place, MismatchKind::Count, text.variables.len(), given.len()));
    }
    for parameter in given {
        text_parameter(place, parameter)?;
    }
    if format == Format::Positional {
        return match given.iter().find_map(|parameter| parameter["parameter_name"].as_str()) {
            Some(name) => Err(misfit(place, MismatchKind::Name, "no names", name)),
            None => Ok(()),
        };
    }
    let mut names: Vec<&str> = given.iter().map(|p| p["parameter_name"].as_str().unwrap_or_default()).collect();
    let mut wanted: Vec<&str> = text.variables.iter().map(String::as_str).collect();
    names.sort_unstable();
    wanted.sort_unstable();
    if names == wanted { Ok(()) } else { Err(misfit(place, MismatchKind::Name, wanted.join(", "), names.join(", "))) }
}

fn text_parameter(place: &str, parameter: &Value) -> Fit {
    let kind = parameter["type"].as_str().unwrap_or_default();
    let words = match kind {
        "text" => &parameter["text"],
        // Legacy; the provider shows the fall-back.
        "currency" | "date_time" => &parameter[kind]["fallback_value"],
        _ => return Err(misfit(place, MismatchKind::Type, "text", if kind.is_empty() { "nothing" } else { kind })),
    };
    match words.as_str() {
        Some(words) => sound(place, words, 1024),
        None => Err(misfit(place, MismatchKind::Type, "text", "something else")),
    }
}

/// 131008 and 132018: no empty text, no new line or tab, no more than four spaces in a row.
fn sound(place: &str, words: &str, longest: usize) -> Fit {
    let fault = if words.trim().is_empty() {
        "empty text"
    } else if words.contains(['\n', '\r', '\t']) {
        "line break or tab"
    } else if words.contains("     ") {
        "more than 4 spaces in a row"
    } else if words.chars().count() > longest {
        return Err(misfit(place, MismatchKind::Text, format!("at most {longest} characters"), words.chars().count()));
    } else {
        return Ok(());
    };
    Err(misfit(place, MismatchKind::Text, "plain text", fault))
}

fn media(place: &str, format: MediaFormat, parameter: &Value) -> Fit {
    let code = format.code();
    let kind = parameter["type"].as_str().unwrap_or("nothing");
    if kind != code {
        return Err(misfit(place, MismatchKind::Type, code, kind));
    }
    let object = &parameter[code];
    let present = |key: &str| !matches!(&object[key], Value::Null) && object[key] != "";
    let complete = match format {
        MediaFormat::Location => present("latitude") && present("longitude"),
        MediaFormat::Product => present("product_retailer_id"),
        // `media_id` is our own file, uploaded on the way out.
        _ => ["id", "link", "media_id"].into_iter().filter(|key| present(key)).count() == 1,
    };
    let wanted = match format {
        MediaFormat::Location => "latitude and longitude",
        MediaFormat::Product => "product_retailer_id",
        _ => "either id or link",
    };
    if complete { Ok(()) } else { Err(misfit(place, MismatchKind::Missing, wanted, "none or several")) }
}

fn button_fits(place: &str, button: &Button, component: &Value) -> Fit {
    let sub_type = component["sub_type"].as_str().unwrap_or_default().to_ascii_lowercase();
    let code_button = button.kind == ButtonKind::Otp && sub_type == "copy_code";
    if sub_type != button.kind.sub_type() && !code_button {
        return Err(misfit(place, MismatchKind::Type, button.kind.sub_type(), sub_type));
    }
    let given = parameters(place, Some(component))?;
    if !button.is_fillable() {
        // A link without placeholder takes nothing, and the provider counts what it is given.
        let count = given.len();
        return if count == 0 { Ok(()) } else { Err(misfit(place, MismatchKind::Unexpected, 0, count)) };
    }
    let one = match (given.as_slice(), button.is_required()) {
        ([one], _) => *one,
        ([], false) => return Ok(()),
        (other, _) => return Err(misfit(place, MismatchKind::Count, 1, other.len())),
    };
    let (wanted, field, longest) = match button.kind {
        ButtonKind::QuickReply => ("payload", "payload", 256),
        ButtonKind::Url => ("text", "text", 2000),
        ButtonKind::Otp if !code_button => ("text", "text", 15),
        ButtonKind::Otp | ButtonKind::CopyCode => ("coupon_code", "coupon_code", 20),
        _ => ("action", "action", 0),
    };
    let kind = one["type"].as_str().unwrap_or("nothing");
    if kind != wanted && !(button.kind == ButtonKind::QuickReply && kind == "text") {
        return Err(misfit(place, MismatchKind::Type, wanted, kind));
    }
    if wanted == "action" {
        return Ok(());
    }
    let field = if kind == "text" { "text" } else { field };
    one[field].as_str().map_or_else(
        || Err(misfit(place, MismatchKind::Missing, wanted, "nothing")),
        |words| sound(place, words, longest),
    )
}

fn cards(definition: &Definition, carousel: Option<&Value>) -> Fit {
    let empty = Vec::new();
    let given = carousel.and_then(|carousel| carousel["cards"].as_array()).unwrap_or(&empty);
    if given.len() != definition.cards.len() {
        return Err(misfit("cards", MismatchKind::Count, definition.cards.len(), given.len()));
    }
    for (at, card) in definition.cards.iter().enumerate() {
        let mut same = given.iter().filter(|given| given["card_index"].as_u64() == Some(at as u64));
        let (Some(found), None) = (same.next(), same.next()) else {
            return Err(misfit("cards", MismatchKind::Missing, format!("card_index {at} once"), "none or several"));
        };
        let prefix = format!("cards.{at}.");
        let parts = Given::read(&prefix, &found["components"])?;
        let sections = Sections {
            prefix: &prefix,
            format: definition.format,
            header: card.header.as_ref(),
            body: &card.body,
            buttons: &card.buttons,
        };
        sections.fit(&parts)?;
    }
    Ok(())
}
