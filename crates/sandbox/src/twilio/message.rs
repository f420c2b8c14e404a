//! Messages: sent, looked at, their files, and the typing indicator.

use super::{
    Call, compose,
    error::{Result, TwilioError, of_meta, text},
    hook, links, rfc2822,
    state::{File, Message, sid},
};
use crate::{
    reply::Reply,
    whatsapp::{
        content::wa_id,
        error::GraphError,
        messages,
        state::{State, Via},
    },
    world::World,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A message as Twilio shows it.
pub fn view(message: &Message, account: &str) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", message.sid);
    json!({
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": rfc2822(message.created),
        "date_sent": message.sent.map(rfc2822),
        "date_updated": rfc2822(message.updated),
        "direction": if message.inbound { "inbound" } else { "outbound-api" },
        "error_code": message.error,
        "error_message": message.error.map(text),
        "from": message.from,
        "messaging_service_sid": message.service,
        "num_media": message.files.len().to_string(),
        "num_segments": "1",
        "price": null,
        "price_unit": null,
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": format!("{uri}/Media.json")},
        "to": message.to,
        "uri": format!("{uri}.json"),
    })
}

/// `GET /Accounts/{sid}.json`.
pub fn account(sid: &str) -> Result<Reply> {
    Ok(Reply::ok(&json!({
        "sid": sid,
        "friendly_name": "Sandbox account",
        "status": "active",
        "type": "Full",
        "owner_account_sid": sid,
        "uri": format!("/2010-04-01/Accounts/{sid}.json"),
    })))
}

/// Sender, recipient and content of a request that Twilio takes.
struct Wanted {
    phone_number_id: String,
    display: String,
    wa_id: String,
    callback: Option<String>,
}

/// `POST /Messages.json`: what Twilio itself refuses is refused at once, what WhatsApp refuses fails a moment later.
pub fn create(world: &Arc<World>, call: &Call, forced: Option<i64>) -> Result<Reply> {
    let mut guard = world.wa();
    let state = &mut *guard;
    let wanted = wanted(state, call)?;
    let (mut body, shown, refused) = composed(state, call, &wanted)?;
    body["messaging_product"] = "whatsapp".into();
    body["to"] = format!("+{}", wanted.wa_id).into();
    let body = body.as_object().cloned().unwrap_or_default();
    let p = &wanted.phone_number_id;
    let taken = match refused {
        Some(code) => Err(GraphError::code(code)),
        None => messages::take(world, state, p, body.clone(), forced, Via::Twilio),
    };
    let answer = taken
        .unwrap_or_else(|error| messages::take_failing(world, state, p, body, &wanted.wa_id, error.code, Via::Twilio));
    let wamid = answer["messages"][0]["id"].as_str().unwrap_or("").to_owned();
    let addresses = call.form.get("MediaUrl").cloned().unwrap_or_default();
    let sid = sid(if addresses.is_empty() { "SM" } else { "MM" }, &wamid);
    let now = world.clock.now();
    let message = Message {
        files: addresses.iter().map(|link| sent_file(&sid, link, call)).collect(),
        sid: sid.clone(),
        wamid,
        inbound: false,
        from: format!("whatsapp:+{}", wanted.display),
        to: format!("whatsapp:+{}", wanted.wa_id),
        body: shown,
        status: "queued",
        error: None,
        callback: wanted.callback,
        service: call.field("MessagingServiceSid").map(str::to_owned),
        created: now,
        updated: now,
        sent: None,
    };
    let view = view(&message, &state.twilio.config.account_sid);
    state.twilio.keep(message);
    hook::tell(world, state, &sid, None);
    Ok(Reply::json(201, &view))
}

fn wanted(state: &State, call: &Call) -> Result<Wanted> {
    let to = call.field("To").ok_or_else(|| TwilioError::bad(21_604, "A 'To' phone number is required."))?;
    let wrong = || TwilioError::bad(21_211, format!("The 'To' number {to} is not a valid phone number."));
    let number = match (call.field("From"), call.field("MessagingServiceSid")) {
        (Some(from), _) => {
            let digits: String = from.chars().filter(char::is_ascii_digit).collect();
            if !from.starts_with("whatsapp:") || !to.starts_with("whatsapp:") {
                return Err(TwilioError::bad(
                    21_910,
                    "Invalid From and To pair. From and To should be of the same channel",
                ));
            }
            state.numbers.values().find(|number| number.config.display_phone == digits)
        }
        (None, Some(service)) if service.starts_with("MG") => state.numbers.values().next(),
        (None, Some(_)) => return Err(TwilioError::bad(21_705, "The Messaging Service Sid is invalid.")),
        (None, None) => return Err(TwilioError::bad(21_603, "A 'From' phone number is required.")),
    };
    let number = number
        .ok_or_else(|| TwilioError::bad(63_007, "Twilio could not find a Channel with the specified From address"))?;
    let wa_id = to.strip_prefix("whatsapp:").filter(|to| to.starts_with('+')).and_then(wa_id).ok_or_else(wrong)?;
    if wa_id == number.config.display_phone {
        return Err(TwilioError::bad(63_031, text(63_031)));
    }
    let callback = call.field("StatusCallback").map(str::to_owned);
    if callback.as_ref().is_some_and(|url| !reqwest::Url::parse(url).is_ok_and(|url| url.has_host())) {
        return Err(TwilioError::bad(21_609, "The 'StatusCallback' URL is not a valid URL"));
    }
    Ok(Wanted {
        phone_number_id: number.config.phone_number_id.clone(),
        display: number.config.display_phone.clone(),
        wa_id,
        callback: callback.or_else(|| number.config.twilio_status_url.clone()),
    })
}

/// The message in Meta's shape, the text a person sees, and WhatsApp's code when it cannot be sent at all.
fn composed(state: &State, call: &Call, wanted: &Wanted) -> Result<(Value, String, Option<i64>)> {
    if let Some(wanted_sid) = call.field("ContentSid") {
        return of_content(state, call, wanted_sid, wanted);
    }
    let body = call.field("Body").unwrap_or("");
    if body.chars().count() > 1_600 {
        return Err(TwilioError::bad(21_617, "The concatenated message body exceeds the 1600 character limit"));
    }
    let addresses = call.form.get("MediaUrl").map_or(&[][..], Vec::as_slice);
    let mut refused = None;
    let message = match (addresses, call.field("PersistentAction").and_then(place)) {
        ([], Some(place)) => place,
        ([], None) if body.is_empty() => {
            return Err(TwilioError::bad(21_619, "A text message body or media urls must be specified."));
        }
        ([], None) => json!({"type": "text", "text": {"body": body}}),
        ([link], _) => {
            if !reqwest::Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
                return Err(TwilioError::bad(21_620, "Invalid media URL(s)"));
            }
            let kind = match call.looked.get(link) {
                Some(Some(mime)) => links::kind_of_mime(mime),
                found => {
                    // Nothing came from there: the message is taken, and fails.
                    refused = found.map(|_| 131_053);
                    compose::kind_of_link(link)
                }
            };
            compose::media_message(kind, link, body)
        }
        _ => return Err(TwilioError::bad(21_623, "Number of media files exceeds allowed limit")),
    };
    Ok((message, body.to_owned(), refused))
}

/// `geo:latitude,longitude|label`.
fn place(action: &str) -> Option<Value> {
    let (point, label) = action.strip_prefix("geo:")?.split_once('|').unwrap_or((action.strip_prefix("geo:")?, ""));
    let (latitude, longitude) = point.split_once(',')?;
    let mut location = json!({"latitude": latitude, "longitude": longitude});
    if !label.is_empty() {
        location["name"] = label.into();
    }
    Some(json!({"type": "location", "location": location}))
}

fn of_content(state: &State, call: &Call, sid: &str, wanted: &Wanted) -> Result<(Value, String, Option<i64>)> {
    let content = state
        .twilio
        .contents
        .get(sid)
        .ok_or_else(|| TwilioError::bad(21_655, format!("The ContentSid {sid} is invalid")))?;
    let invalid = || TwilioError::bad(21_656, "The ContentVariables Parameter is invalid");
    let given: Map<String, Value> = match call.field("ContentVariables") {
        Some(text) => serde_json::from_str(text).map_err(|_| invalid())?,
        None => Map::new(),
    };
    // What is not given is taken from the samples.
    let mut values = content.variables.clone();
    values.extend(given);
    let waba = &state.numbers[&wanted.phone_number_id].config.waba_id;
    let template = content.template.as_ref().and_then(|id| state.templates.get(id)).filter(|t| t.waba == *waba);
    let message = match template {
        Some(template) if template.status != "PENDING" && template.status != "REJECTED" => {
            Some(compose::template_message(content, template, &values))
        }
        _ => compose::session_message(content, &values),
    };
    // A content that can only be a template and is none (yet).
    let refused = message.is_none().then_some(132_001);
    let message = message.unwrap_or_else(|| json!({"type": "text", "text": {"body": ""}}));
    let shown = compose::shown(&message, Some((content, &values)));
    Ok((message, shown, refused))
}

fn sent_file(message: &str, link: &str, call: &Call) -> File {
    let usual = match compose::kind_of_link(link) {
        "image" if link.to_lowercase().contains(".png") => "image/png",
        "image" => "image/jpeg",
        "video" => "video/mp4",
        "audio" => "audio/ogg",
        "sticker" => "image/webp",
        _ => "application/pdf",
    };
    let sid = sid("ME", &format!("{message}{link}"));
    let mime = call.looked.get(link).cloned().flatten();
    File { sid, mime: mime.unwrap_or_else(|| usual.to_owned()), media_id: None, link: Some(link.to_owned()) }
}

/// `GET /Messages.json?To=&From=`: newest first.
pub fn list(world: &Arc<World>, call: &Call) -> Result<Reply> {
    let state = world.wa();
    let twilio = &state.twilio;
    let is = |key: &str, value: &str| call.query.get(key).is_none_or(|wanted| wanted == value);
    let account = &twilio.config.account_sid;
    let all: Vec<Value> = twilio
        .order
        .iter()
        .rev()
        .filter_map(|sid| twilio.messages.get(sid))
        .filter(|message| is("To", &message.to) && is("From", &message.from))
        .map(|message| view(message, account))
        .collect();
    let (page, size, items) = call.page(&all);
    let at = |page: usize| format!("{}?PageSize={size}&Page={page}", call.path);
    Ok(Reply::ok(&json!({
        "messages": items,
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": (page * size + items.len()).saturating_sub(1),
        "first_page_uri": at(0),
        "previous_page_uri": page.checked_sub(1).map(at),
        "next_page_uri": ((page + 1) * size < all.len()).then(|| at(page + 1)),
        "uri": at(page),
    })))
}

/// `GET`, `POST` (takes the text away) and `DELETE /Messages/{sid}.json`.
pub fn one(world: &Arc<World>, call: &Call, sid: &str) -> Result<Reply> {
    let mut guard = world.wa();
    let state = &mut *guard;
    let account = state.twilio.config.account_sid.clone();
    let unknown = || TwilioError::not_found(&call.path);
    let message = state.twilio.messages.get_mut(sid).ok_or_else(unknown)?;
    match call.method.as_str() {
        "GET" => {}
        "POST" if call.form.get("Body").is_some_and(|body| body.iter().all(String::is_empty)) => message.body.clear(),
        "POST" => return Err(TwilioError::bad(20_001, "Only an empty Body is possible")),
        "DELETE" => {
            state.twilio.messages.remove(sid);
            return Ok(Reply::empty(204));
        }
        _ => return Err(unknown()),
    }
    Ok(Reply::ok(&view(message, &account)))
}

fn file_view(file: &File, message: &Message, account: &str) -> Value {
    json!({
        "account_sid": account,
        "content_type": file.mime,
        "date_created": rfc2822(message.created),
        "date_updated": rfc2822(message.created),
        "parent_sid": message.sid,
        "sid": file.sid,
        "uri": format!("/2010-04-01/Accounts/{account}/Messages/{}/Media/{}.json", message.sid, file.sid),
    })
}

/// `GET /Messages/{sid}/Media.json`.
pub fn files(world: &Arc<World>, call: &Call, sid: &str) -> Result<Reply> {
    let state = world.wa();
    let account = &state.twilio.config.account_sid;
    let message = state.twilio.messages.get(sid).ok_or_else(|| TwilioError::not_found(&call.path))?;
    let all: Vec<Value> = message.files.iter().map(|file| file_view(file, message, account)).collect();
    Ok(Reply::ok(&json!({
        "media_list": all,
        "page": 0,
        "page_size": 50,
        "start": 0,
        "end": all.len().saturating_sub(1),
        "first_page_uri": call.path,
        "previous_page_uri": null,
        "next_page_uri": null,
        "uri": call.path,
    })))
}

/// `GET /Messages/{sid}/Media/{sid}`: the bytes; with `.json` what is known of them; `DELETE` takes them away.
pub fn file(world: &Arc<World>, call: &Call, sid: &str, file: &str) -> Result<Reply> {
    let mut guard = world.wa();
    let state = &mut *guard;
    let unknown = || TwilioError::not_found(&call.path);
    let account = state.twilio.config.account_sid.clone();
    let plain = file.strip_suffix(".json").unwrap_or(file);
    let message = state.twilio.messages.get_mut(sid).ok_or_else(unknown)?;
    let at = message.files.iter().position(|file| file.sid == plain).ok_or_else(unknown)?;
    if call.method == "DELETE" {
        message.files.remove(at);
        return Ok(Reply::empty(204));
    }
    let found = &message.files[at];
    if file.ends_with(".json") {
        return Ok(Reply::ok(&file_view(found, message, &account)));
    }
    if let Some(link) = &found.link {
        return Ok(Reply::empty(307).with("location", link));
    }
    let now = world.clock.now();
    let media = found.media_id.as_ref().and_then(|id| state.media.get(id)).filter(|media| media.expires_at > now);
    let media = media.ok_or_else(unknown)?;
    let mut reply = Reply::empty(200);
    reply.body = (media.mime.clone(), media.data.clone());
    Ok(reply)
}

/// `POST /v2/Indicators/Typing.json`: also marks the message as read.
pub fn typing(world: &Arc<World>, call: &Call) -> Result<Reply> {
    let mut guard = world.wa();
    let state = &mut *guard;
    if call.field("channel") != Some("whatsapp") {
        return Err(TwilioError::bad(20_001, "channel must be whatsapp"));
    }
    let wanted = call.field("messageId").unwrap_or("");
    let wamid = state.twilio.messages.get(wanted).filter(|m| m.inbound).map(|m| m.wamid.clone());
    let wamid = wamid.ok_or_else(|| TwilioError::not_found(wanted))?;
    let p = state.inbound.get(&wamid).map(|message| message.phone_number_id.clone()).unwrap_or_default();
    let body = json!({
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": wamid,
        "typing_indicator": {"type": "text"},
    });
    let body = body.as_object().cloned().unwrap_or_default();
    messages::mark_read(state, &body, &p, world.clock.now())
        .map_err(|error| TwilioError::bad(of_meta(error.code), error.title))?;
    Ok(Reply::ok(&json!({"success": true})))
}
