//! New templates: a content whose type says what the components say, then the request for WhatsApp's approval
//! (`whatsapp-cloud-api.md` §16). A content that was submitted is never changed: another one takes its place.

use super::{call, host, read, read_error, templates};
use crate::http::{Method, Request, Response, percent};
use crate::provider::{Created, NewTemplate, Provider, Refusal};
use crate::whatsapp::api::{ApiError, Invalid, string};
use rapport_core::template::{Button, ButtonKind, Card, Definition, Header, Text, parse};
use serde_json::{Map, Value, json};

/// What stands on the button that copies a coupon's code; WhatsApp has words of its own for it.
const COPY: &str = "Copy offer code";

/// Makes the content. Its samples of files must be links to files of ours.
pub(crate) fn create(provider: &Provider, new: &NewTemplate<'_>) -> Result<Request, Invalid> {
    let (types, samples) = content(new, &provider.files_url())?;
    let mut body = json!({
        "friendly_name": format!("{}_{}", new.name, new.language),
        "language": new.language,
        "types": types,
    });
    if !samples.is_empty() {
        body["variables"] = samples.into();
    }
    let url = format!("{}/v1/Content", host(provider, "content"));
    Ok(call(provider, "template_create", Method::Post, url).with_json(&body))
}

/// `{"sid":"HX.."}`.
pub(crate) fn read_created(response: &Response) -> Result<Created, Refusal> {
    let odd = || Refusal::of(response, ApiError::odd(response, "no sid"));
    let body = read(response).map_err(|error| Refusal::of(response, error))?;
    Ok(Created { id: string(&body["sid"]).ok_or_else(odd)?, status: "PENDING".to_owned(), category: None })
}

/// Asks for WhatsApp's approval.
pub(crate) fn submit(provider: &Provider, sid: &str, new: &NewTemplate<'_>) -> Request {
    let url = format!("{}/ApprovalRequests/whatsapp", of_content(provider, sid));
    let body = json!({"name": new.name, "category": new.category});
    call(provider, "template_submit", Method::Post, url).with_json(&body)
}

/// `{"status":"received","category":"UTILITY",..}`.
pub(crate) fn read_submitted(sid: &str, response: &Response) -> Result<Created, Refusal> {
    let body = read(response).map_err(|error| Refusal::of(response, error))?;
    let (status, category) = templates::approval(&body).unwrap_or_else(|| ("PENDING".to_owned(), String::new()));
    let category = Some(category).filter(|word| !word.is_empty() && word != "UNKNOWN");
    Ok(Created { id: sid.to_owned(), status, category })
}

/// Deletes the content, and with it its template.
pub(crate) fn delete(provider: &Provider, sid: &str) -> Request {
    call(provider, "template_delete", Method::Delete, of_content(provider, sid))
}

/// 204, or 404 for one that is gone already.
pub(crate) fn read_deleted(response: &Response) -> Result<(), Refusal> {
    if response.ok() {
        return Ok(());
    }
    let refusal = Refusal::of(response, read_error(response));
    Err(if response.status == 404 { Refusal { code: "template_gone", ..refusal } } else { refusal })
}

/// The components as the list will show them.
pub(crate) fn as_read(provider: &Provider, new: &NewTemplate<'_>) -> Result<Value, Invalid> {
    let files = provider.files_url();
    let (types, samples) = content(new, &files)?;
    Ok(templates::components(&json!({"types": types, "variables": samples}), &files))
}

fn of_content(provider: &Provider, sid: &str) -> String {
    format!("{}/v1/Content/{}", host(provider, "content"), percent(sid))
}

/// The types of the content, and the samples of its variables.
fn content(new: &NewTemplate<'_>, files: &str) -> Result<(Value, Map<String, Value>), Invalid> {
    let format = Some(new.parameter_format);
    let definition = parse(new.components, format, new.category)
        .map_err(|error| Invalid::new("components", "a template's components", error.to_string()))?;
    if new.category == "AUTHENTICATION" {
        return Ok((json!({"whatsapp/authentication": code(new.components, &definition)?}), Map::new()));
    }
    if definition.expiring_offer || has(new.components, "LIMITED_TIME_OFFER") {
        return Err(lacks("an offer"));
    }
    let mut writing = Writing { samples: Map::new(), files, raw: new.components };
    let (word, content) =
        if definition.cards.is_empty() { writing.plain(&definition)? } else { writing.carousel(&definition)? };
    Ok((json!({ word: content }), writing.samples))
}

fn component<'a>(components: &'a Value, kind: &str) -> &'a Value {
    let mut all = components.as_array().into_iter().flatten();
    all.find(|one| one["type"].as_str().is_some_and(|word| word.eq_ignore_ascii_case(kind))).unwrap_or(&Value::Null)
}

fn has(components: &Value, kind: &str) -> bool {
    !component(components, kind).is_null()
}

fn lacks(what: &str) -> Invalid {
    Invalid::new("components", "what a content of Twilio has", what)
}

/// The words of a code are WhatsApp's own.
fn code(components: &Value, definition: &Definition) -> Result<Value, Invalid> {
    let [button] = &definition.buttons[..] else { return Err(lacks("no code button")) };
    let how = component(components, "BUTTONS")["buttons"][0]["otp_type"].as_str().unwrap_or_default();
    if button.kind != ButtonKind::Otp || !how.eq_ignore_ascii_case("COPY_CODE") {
        return Err(lacks("a code that is not copied"));
    }
    let advice = component(components, "BODY")["add_security_recommendation"] == true;
    let mut made = json!({
        "add_security_recommendation": advice,
        "actions": [{"type": "COPY_CODE", "copy_code_text": button.text}],
    });
    let minutes = &component(components, "FOOTER")["code_expiration_minutes"];
    if minutes.is_i64() {
        made["code_expiration_minutes"] = minutes.clone();
    }
    Ok(made)
}

/// A content while it is written: its variables are numbered through all its parts.
struct Writing<'a> {
    samples: Map<String, Value>,
    /// Where our files are.
    files: &'a str,
    raw: &'a Value,
}

impl Writing<'_> {
    /// One with what stands above, words, small print and buttons: the plainest type that has all of it.
    fn plain(&mut self, definition: &Definition) -> Result<(&'static str, Value), Invalid> {
        let mut made = json!({});
        let media = matches!(definition.header, Some(Header::Media { .. }));
        match &definition.header {
            Some(Header::Text(text)) => made["header_text"] = self.text(text).into(),
            Some(Header::Media { .. }) => made["media"] = json!([self.file(component(self.raw, "HEADER"))?]),
            None => {}
        }
        made["body"] = self.text(&definition.body).into();
        if let Some(footer) = &definition.footer {
            made["footer"] = footer.as_str().into();
        }
        let actions = self.actions(&definition.buttons, self.raw)?;
        let replies = definition.buttons.iter().filter(|button| button.kind == ButtonKind::QuickReply).count();
        let word = match (actions.len(), definition.header.is_some() || definition.footer.is_some()) {
            (0, false) => "twilio/text",
            (0, _) if media && definition.footer.is_none() => "twilio/media",
            (count, false) if replies == count => "twilio/quick-reply",
            (_, false) if replies == 0 => "twilio/call-to-action",
            _ => "whatsapp/card",
        };
        if !actions.is_empty() {
            made["actions"] = actions.into();
        }
        Ok((word, made))
    }

    fn carousel(&mut self, definition: &Definition) -> Result<(&'static str, Value), Invalid> {
        let body = self.text(&definition.body);
        let raw = &component(self.raw, "CAROUSEL")["cards"];
        let cards = definition.cards.iter().enumerate().map(|(at, card)| self.card(card, &raw[at]["components"]));
        let cards = cards.collect::<Result<Vec<Value>, Invalid>>()?;
        Ok(("twilio/carousel", json!({"body": body, "cards": cards})))
    }

    fn card(&mut self, card: &Card, raw: &Value) -> Result<Value, Invalid> {
        if !card.body.variables.is_empty() {
            return Err(lacks("a variable in a card's text"));
        }
        let media = self.file(component(raw, "HEADER"))?;
        Ok(json!({"body": card.body.text, "media": media, "actions": self.actions(&card.buttons, raw)?}))
    }

    /// A new variable.
    fn variable(&mut self, sample: &str) -> String {
        let number = self.samples.len() + 1;
        self.samples.insert(number.to_string(), sample.into());
        format!("{{{{{number}}}}}")
    }

    /// A text with its placeholders numbered on.
    fn text(&mut self, text: &Text) -> String {
        let samples = text.examples.iter().map(String::as_str).chain(std::iter::repeat(""));
        let numbered: Vec<(&String, String)> =
            text.variables.iter().zip(samples).map(|(name, sample)| (name, self.variable(sample))).collect();
        templates::each_placeholder(&text.text, |name| {
            let known = numbered.iter().find(|(known, _)| known.as_str() == name);
            known.map_or_else(|| format!("{{{{{name}}}}}"), |(_, variable)| variable.clone())
        })
    }

    /// The address of a header's file: ours, with what changes from send to send as its variable.
    fn file(&mut self, header: &Value) -> Result<String, Invalid> {
        let link = header["example"]["header_handle"][0].as_str().unwrap_or_default();
        let rest = link.strip_prefix(self.files).filter(|_| !self.files.is_empty());
        let rest = rest.ok_or_else(|| {
            Invalid::new("components.header.example", "a file that was uploaded here", "something else")
        })?;
        let variable = self.variable(rest);
        Ok(format!("{}{variable}", self.files))
    }

    /// The buttons among these components.
    fn actions(&mut self, buttons: &[Button], raw: &Value) -> Result<Vec<Value>, Invalid> {
        let raw = &component(raw, "BUTTONS")["buttons"];
        buttons.iter().enumerate().map(|(at, button)| self.action(button, &raw[at])).collect()
    }

    fn action(&mut self, button: &Button, raw: &Value) -> Result<Value, Invalid> {
        let title = button.text.as_str();
        let example = button.example.as_deref().unwrap_or_default();
        Ok(match button.kind {
            ButtonKind::QuickReply => json!({"type": "QUICK_REPLY", "title": title, "id": title}),
            ButtonKind::Url => {
                let url = button.url.as_deref().unwrap_or_default();
                // Meta's sample is the whole address, Twilio's is the variable's value.
                let start = url.split("{{").next().unwrap_or_default();
                let sample = example.strip_prefix(start).unwrap_or(example);
                let url = templates::each_placeholder(url, |_| self.variable(sample));
                json!({"type": "URL", "title": title, "url": url})
            }
            ButtonKind::PhoneNumber => json!({"type": "PHONE_NUMBER", "title": title, "phone": raw["phone_number"]}),
            ButtonKind::CopyCode => {
                let title = if title.is_empty() { COPY } else { title };
                json!({"type": "COPY_CODE", "title": title, "code": self.variable(example)})
            }
            _ => return Err(lacks("another kind of button")),
        })
    }
}
