//! A template's definition, read from Meta's `components`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a template is for; decides price and rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// To sell; needs consent.
    Marketing,
    /// About something of the customer's.
    Utility,
    /// One-time codes.
    Authentication,
}

impl Category {
    /// The short code of the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Utility => "utility",
            Self::Authentication => "authentication",
        }
    }

    /// Reads Meta's word in any case. A word we do not know counts as marketing, the strictest.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word.to_ascii_uppercase().as_str() {
            "UTILITY" => Self::Utility,
            "AUTHENTICATION" => Self::Authentication,
            _ => Self::Marketing,
        }
    }
}

/// How placeholders are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `{{1}}`, `{{2}}`: filled in order.
    Positional,
    /// `{{first_name}}`: filled by name.
    Named,
}

/// The kind of file a header shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaFormat {
    /// Picture.
    Image,
    /// Film.
    Video,
    /// File.
    Document,
    /// Place.
    Location,
    /// Catalogue product.
    Product,
}

impl MediaFormat {
    /// Meta's word for the parameter.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "document",
            Self::Location => "location",
            Self::Product => "product",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Image, Self::Video, Self::Document, Self::Location, Self::Product]
            .into_iter()
            .find(|format| format.code().eq_ignore_ascii_case(word))
    }
}

/// A text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    /// The text as defined, placeholders included.
    pub text: String,
    /// Names of its placeholders in the order they are filled: by number, or of first appearance.
    pub variables: Vec<String>,
    /// Samples, as many as known.
    pub examples: Vec<String>,
}

/// What stands above the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Header {
    /// Words, with at most one placeholder.
    Text(Text),
    /// A file or place, given with every send.
    Media {
        /// Which.
        format: MediaFormat,
    },
}

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// Sends an answer; a payload may be given.
    QuickReply,
    /// Opens a link; the end of it must be given when it has a placeholder.
    Url,
    /// Calls a number.
    PhoneNumber,
    /// Copies a coupon code, which must be given.
    CopyCode,
    /// Opens a flow; token and data may be given.
    Flow,
    /// Shows the catalogue; a picture may be given.
    Catalog,
    /// Shows several products, which must be given.
    Mpm,
    /// Copies or fills in a one-time code, which must be given.
    Otp,
    /// Order details, which must be given.
    OrderDetails,
    /// Anything else: given nothing, it works as defined.
    Other,
}

impl ButtonKind {
    fn parse(word: &str) -> Self {
        match word.to_ascii_uppercase().as_str() {
            "QUICK_REPLY" => Self::QuickReply,
            "URL" => Self::Url,
            "PHONE_NUMBER" => Self::PhoneNumber,
            "COPY_CODE" => Self::CopyCode,
            "FLOW" => Self::Flow,
            "CATALOG" => Self::Catalog,
            "MPM" => Self::Mpm,
            "OTP" => Self::Otp,
            "ORDER_DETAILS" => Self::OrderDetails,
            _ => Self::Other,
        }
    }

    /// Meta's `sub_type` of the send component.
    #[must_use]
    pub fn sub_type(self) -> &'static str {
        match self {
            Self::QuickReply => "quick_reply",
            // Meta turns a code button into a link with the code at its end.
            Self::Url | Self::Otp => "url",
            Self::PhoneNumber => "phone_number",
            Self::CopyCode => "copy_code",
            Self::Flow => "flow",
            Self::Catalog => "catalog",
            Self::Mpm => "mpm",
            Self::OrderDetails => "order_details",
            Self::Other => "other",
        }
    }
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it does.
    pub kind: ButtonKind,
    /// What it says.
    pub text: String,
    /// The link, placeholder included, of link buttons.
    pub url: Option<String>,
    /// Sample of what must be given.
    pub example: Option<String>,
}

impl Button {
    /// Whether every send must give something for it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        match self.kind {
            ButtonKind::Url => self.url.as_deref().is_some_and(|url| !placeholders(url).is_empty()),
            ButtonKind::CopyCode | ButtonKind::Otp | ButtonKind::Mpm | ButtonKind::OrderDetails => true,
            _ => false,
        }
    }

    /// Whether a send may give something for it.
    #[must_use]
    pub fn is_fillable(&self) -> bool {
        self.is_required() || matches!(self.kind, ButtonKind::QuickReply | ButtonKind::Flow | ButtonKind::Catalog)
    }
}

/// A card of a carousel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Picture or film above.
    pub header: Option<Header>,
    /// Words.
    pub body: Text,
    /// Buttons.
    pub buttons: Vec<Button>,
}

/// What a template consists of and asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// What it is for.
    pub category: Category,
    /// How placeholders are written.
    pub format: Format,
    /// What stands above.
    pub header: Option<Header>,
    /// The words.
    pub body: Text,
    /// Small print; no placeholders.
    pub footer: Option<String>,
    /// Buttons in order; their place is the send component's `index`.
    pub buttons: Vec<Button>,
    /// Cards of a carousel, in order.
    pub cards: Vec<Card>,
    /// A limited-time offer that counts down: every send gives its end.
    pub expiring_offer: bool,
}

/// Why a definition cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `components` is not a list.
    #[error("a template's components must be a list")]
    NotAList,
    /// A component or button without its type.
    #[error("component {0} has no type")]
    NoType(usize),
    /// A header of a format we do not know: what it asks for cannot be checked.
    #[error("header format {0} is not known")]
    UnknownHeader(String),
    /// Nothing to read in it.
    #[error("the template has no body")]
    NoBody,
}

/// Reads Meta's `components` with the template's `parameter_format` (positional when absent) and category.
///
/// # Errors
/// When the shape is not that of a template. Component types that ask for nothing and are not known are passed over.
pub fn parse(components: &Value, parameter_format: Option<&str>, category: &str) -> Result<Definition, TemplateError> {
    let format = match parameter_format {
        Some(word) if word.eq_ignore_ascii_case("NAMED") => Format::Named,
        _ => Format::Positional,
    };
    let category = Category::parse(category);
    let parts = Parts::read(components, format)?;
    let mut body = parts.body.ok_or(TemplateError::NoBody)?;
    if category == Category::Authentication && body.variables.is_empty() {
        // Meta writes the words of these itself; the code is their one parameter, whether it shows the text or not.
        body.variables.push("1".to_owned());
        if body.text.is_empty() {
            "{{1}}".clone_into(&mut body.text);
        }
    }
    Ok(Definition {
        category,
        format,
        header: parts.header,
        body,
        footer: parts.footer,
        buttons: parts.buttons,
        cards: parts.cards,
        expiring_offer: parts.expiring_offer,
    })
}

#[derive(Default)]
struct Parts {
    header: Option<Header>,
    body: Option<Text>,
    footer: Option<String>,
    buttons: Vec<Button>,
    cards: Vec<Card>,
    expiring_offer: bool,
}

impl Parts {
    fn read(components: &Value, format: Format) -> Result<Self, TemplateError> {
        let mut parts = Self::default();
        for (at, component) in components.as_array().ok_or(TemplateError::NotAList)?.iter().enumerate() {
            let kind = component["type"].as_str().ok_or(TemplateError::NoType(at))?;
            match kind.to_ascii_uppercase().as_str() {
                "HEADER" => parts.header = header(component, format)?,
                "BODY" => parts.body = Some(body(component, format)),
                "FOOTER" => parts.footer = component["text"].as_str().map(str::to_owned),
                "BUTTONS" => parts.buttons = buttons(component),
                "CAROUSEL" => parts.cards = cards(component, format)?,
                "LIMITED_TIME_OFFER" => {
                    parts.expiring_offer = component["limited_time_offer"]["has_expiration"] == Value::Bool(true);
                }
                _ => {}
            }
        }
        Ok(parts)
    }
}

fn header(component: &Value, format: Format) -> Result<Option<Header>, TemplateError> {
    let word = component["format"].as_str().unwrap_or("TEXT");
    if word.eq_ignore_ascii_case("TEXT") {
        return Ok(Some(Header::Text(header_text(component, format))));
    }
    if word.eq_ignore_ascii_case("NONE") {
        return Ok(None);
    }
    let media = MediaFormat::parse(word).ok_or_else(|| TemplateError::UnknownHeader(word.to_owned()))?;
    Ok(Some(Header::Media { format: media }))
}

/// The text of a header component, with its variables and samples.
pub(super) fn header_text(component: &Value, format: Format) -> Text {
    let example = &component["example"];
    text(component, format, &example["header_text"], &example["header_text_named_params"])
}

/// The text of a body component, with its variables and samples.
pub(super) fn body(component: &Value, format: Format) -> Text {
    let example = &component["example"];
    // The samples are a list of lists, one for each set.
    let plain = if example["body_text"][0].is_array() { &example["body_text"][0] } else { &example["body_text"] };
    text(component, format, plain, &example["body_text_named_params"])
}

fn text(component: &Value, format: Format, plain: &Value, named: &Value) -> Text {
    let text = component["text"].as_str().unwrap_or_default().to_owned();
    let mut variables = placeholders(&text);
    if format == Format::Positional {
        variables.sort_by_key(|name| name.parse::<u32>().unwrap_or(u32::MAX));
    }
    let sample = |(at, name): (usize, &String)| {
        let by_name = named.as_array().into_iter().flatten().find(|sample| sample["param_name"] == name.as_str());
        let value = by_name.map_or(&plain[at], |sample| &sample["example"]);
        value.as_str().unwrap_or_default().to_owned()
    };
    let examples = variables.iter().enumerate().map(sample).collect();
    Text { text, variables, examples }
}

fn buttons(component: &Value) -> Vec<Button> {
    let list = component["buttons"].as_array().into_iter().flatten();
    list.map(|button| {
        let example = &button["example"];
        let sample = example.as_str().or_else(|| example[0].as_str());
        Button {
            kind: ButtonKind::parse(button["type"].as_str().unwrap_or_default()),
            text: button["text"].as_str().unwrap_or_default().to_owned(),
            url: button["url"].as_str().map(str::to_owned),
            example: sample.map(str::to_owned),
        }
    })
    .collect()
}

fn cards(component: &Value, format: Format) -> Result<Vec<Card>, TemplateError> {
    let list = component["cards"].as_array().into_iter().flatten();
    list.map(|card| {
        let parts = Parts::read(&card["components"], format)?;
        Ok(Card { header: parts.header, body: parts.body.unwrap_or_default(), buttons: parts.buttons })
    })
    .collect()
}

/// The names between `{{` and `}}`, each once, in order of appearance.
pub(super) fn placeholders(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((_, name, after)) = next_placeholder(rest) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        rest = after;
    }
    names
}

/// The text before the first placeholder, its name, and the text after it.
pub(super) fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|at| at + from) {
        let inner = &text[open + 2..];
        if let Some(close) = inner.find("}}") {
            let name = inner[..close].trim();
            if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                return Some((&text[..open], name, &inner[close + 2..]));
            }
        }
        from = open + 1;
    }
    None
}

/// One thing a person fills in before sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// The key for [`super::fill`]: `body.1`, `body.first_name`, `header.image`, `buttons.0`, `cards.1.body.1`, `offer`.
    pub key: String,
    /// Where it shows: `header`, `body`, `button`, `offer`.
    pub component: String,
    /// What is wanted: `text`, `image`, `video`, `document`, `location`, `product`, `url`, `code`, `time`, `products`,
    /// `order`.
    pub kind: String,
    /// Sample, may be empty.
    pub example: String,
    /// The name, number or button text, for the label.
    pub label: String,
}

/// Everything a send must give, in the order it shows. Optional things (button payloads) are not among them.
#[must_use]
pub fn variables(definition: &Definition) -> Vec<Variable> {
    let mut all = Vec::new();
    section("", definition.header.as_ref(), &definition.body, &definition.buttons, &mut all);
    if definition.expiring_offer {
        all.push(variable("offer".to_owned(), "offer", "time", "", ""));
    }
    for (at, card) in definition.cards.iter().enumerate() {
        section(&format!("cards.{at}."), card.header.as_ref(), &card.body, &card.buttons, &mut all);
    }
    all
}

fn section(prefix: &str, header: Option<&Header>, body: &Text, buttons: &[Button], all: &mut Vec<Variable>) {
    let mut words = |place: &str, text: &Text| {
        for (at, name) in text.variables.iter().enumerate() {
            let example = text.examples.get(at).map_or("", String::as_str);
            all.push(variable(format!("{prefix}{place}.{name}"), place, "text", example, name));
        }
    };
    if let Some(Header::Text(text)) = header {
        words("header", text);
    }
    words("body", body);
    if let Some(Header::Media { format }) = header {
        let code = format.code();
        all.insert(
            all.len() - body.variables.len(),
            variable(format!("{prefix}header.{code}"), "header", code, "", code),
        );
    }
    for (at, button) in buttons.iter().enumerate().filter(|(_, button)| button.is_required()) {
        let kind = match button.kind {
            ButtonKind::Url => "url",
            ButtonKind::Mpm => "products",
            ButtonKind::OrderDetails => "order",
            _ => "code",
        };
        let example = button.example.as_deref().unwrap_or_default();
        all.push(variable(format!("{prefix}buttons.{at}"), "button", kind, example, &button.text));
    }
}

fn variable(key: String, component: &str, kind: &str, example: &str, label: &str) -> Variable {
    Variable {
        key,
        component: component.to_owned(),
        kind: kind.to_owned(),
        example: example.to_owned(),
        label: label.to_owned(),
    }
}
