//! The provider of practice: a stand-in inside this process.
//!
//! What practice customers write is put into the shape of Meta's webhooks here, like what any other provider writes.
//! What agents send is built as for Meta and answered by [`Stage`], which stands before the way out and lets nothing
//! that is meant for practice through. Its address cannot exist (RFC 2606), should anything ever get past.

use super::shape::{Item, Person, change, seconds, split_entries};
use crate::http::{Executor, Failure, Method, Request, Response, Streamed};
use crate::json::BadBody;
use crate::whatsapp::Split;
use bytes::Bytes;
use futures::future::BoxFuture;
use rapport_core::Ms;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Where practice channels have their API.
pub const BASE: &str = "https://practice.invalid";
/// The account whose templates they use.
pub const ACCOUNT: &str = "practice";
/// The file that the photo of something broken is known by.
const PHOTO_ID: &str = "practice-photo";
const PHOTO: &[u8] = include_bytes!("practice.png");

/// A practice customer at a practice number.
#[derive(Debug, Clone, Copy)]
pub struct Customer<'a> {
    /// The number the customer writes to.
    pub number_id: &'a str,
    /// The customer's number: one that cannot exist.
    pub wa_id: &'a str,
    /// The customer's name.
    pub name: &'a str,
}

/// What a practice customer sends.
#[derive(Debug, Clone, Copy)]
pub enum Said<'a> {
    /// Words.
    Text(&'a str),
    /// The photo, with a caption.
    Photo(&'a str),
}

impl Customer<'_> {
    /// A message, as events to be accepted. The id makes a repeat harmless.
    ///
    /// # Errors
    /// [`BadBody`], which does not happen for what is built here.
    pub fn says(&self, said: Said<'_>, id: &str, at: Ms) -> Result<Split, BadBody> {
        let (kind, content) = match said {
            Said::Text(body) => ("text", json!({ "body": body })),
            Said::Photo(caption) => {
                let sha256 = hex::encode(Sha256::digest(PHOTO));
                ("image", json!({ "id": PHOTO_ID, "mime_type": "image/png", "caption": caption, "sha256": sha256 }))
            }
        };
        let mut message = self.item(id, at);
        message.insert("type".to_owned(), kind.into());
        message.insert(kind.to_owned(), content);
        self.split(Item::Message(message))
    }

    /// What became of a message to the customer: `sent`, `delivered` or `read`.
    ///
    /// # Errors
    /// [`BadBody`], which does not happen for what is built here.
    pub fn receipt(&self, id: &str, status: &str, at: Ms) -> Result<Split, BadBody> {
        let mut report = self.item(id, at);
        report.insert("status".to_owned(), status.into());
        self.split(Item::Status(report))
    }

    fn item(&self, id: &str, at: Ms) -> Map<String, Value> {
        let mut item = Map::new();
        item.insert("id".to_owned(), id.into());
        item.insert("timestamp".to_owned(), seconds(at.0).into());
        item
    }

    fn split(&self, item: Item) -> Result<Split, BadBody> {
        let name = matches!(item, Item::Message(_)).then(|| self.name.to_owned());
        let person = Person { wa_id: Some(self.wa_id.to_owned()), name, ..Person::default() };
        split_entries(vec![change(ACCOUNT, self.number_id, "", &person, vec![item])])
    }
}

/// The way out, with practice standing before it.
pub struct Stage {
    outside: Arc<dyn Executor>,
}

impl Stage {
    /// Stands before `outside`.
    #[must_use]
    pub fn before(outside: Arc<dyn Executor>) -> Self {
        Self { outside }
    }
}

fn is_ours(url: &str) -> bool {
    url.strip_prefix(BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Executor for Stage {
    fn may_call(&self, url: &str) -> Result<(), String> {
        if is_ours(url) { Err("this address is kept for practice".to_owned()) } else { self.outside.may_call(url) }
    }

    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        if is_ours(&request.url) {
            return Box::pin(std::future::ready(Ok(answer(&request))));
        }
        self.outside.run(request)
    }

    fn stream<'a>(
        &'a self,
        request: Request,
        sink: &'a mut (dyn AsyncWrite + Unpin + Send),
        cap: u64,
    ) -> BoxFuture<'a, Result<Streamed, Failure>> {
        if is_ours(&request.url) { Box::pin(photo(sink)) } else { self.outside.stream(request, sink, cap) }
    }
}

/// As the Cloud API would.
fn answer(request: &Request) -> Response {
    let sent = request.json().unwrap_or_default();
    let body = match (request.operation, request.method) {
        ("send", _) => {
            let to = sent["to"].as_str().unwrap_or_default();
            // The same message handed over twice would be one: the id follows from ours.
            let id = format!("practice.{}", sent["biz_opaque_callback_data"].as_str().unwrap_or_default());
            json!({ "messages": [{ "id": id }], "contacts": [{ "input": to, "wa_id": to }] })
        }
        ("media_upload", _) => json!({ "id": "practice-upload" }),
        ("media_info", _) => json!({
            "id": PHOTO_ID, "url": format!("{BASE}/photo.png"), "mime_type": "image/png", "file_size": PHOTO.len(),
            "sha256": hex::encode(Sha256::digest(PHOTO)),
        }),
        (_, Method::Get) => json!({ "id": ACCOUNT, "status": "CONNECTED", "quality_rating": "GREEN" }),
        _ => json!({ "success": true }),
    };
    Response::new(200, &[("content-type", "application/json")], Bytes::from(body.to_string()))
}

async fn photo(sink: &mut (dyn AsyncWrite + Unpin + Send)) -> Result<Streamed, Failure> {
    sink.write_all(PHOTO).await.map_err(|error| Failure::Blocked(error.to_string()))?;
    sink.flush().await.map_err(|error| Failure::Blocked(error.to_string()))?;
    Ok(Streamed {
        response: Response::new(200, &[("content-type", "image/png")], Bytes::new()),
        size: PHOTO.len() as u64,
        sha256: hex::encode(Sha256::digest(PHOTO)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Kind, Outbound, Provider, SendOutcome, Sending, To};
    use crate::secret::Secret;
    use rapport_core::message::Content;

    /// Nothing of practice may come here.
    struct Outside;

    impl Executor for Outside {
        fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
            Box::pin(std::future::ready(Err(Failure::NotSent(request.url))))
        }

        fn stream<'a>(
            &'a self,
            request: Request,
            _: &'a mut (dyn AsyncWrite + Unpin + Send),
            _: u64,
        ) -> BoxFuture<'a, Result<Streamed, Failure>> {
            Box::pin(std::future::ready(Err(Failure::NotSent(request.url))))
        }
    }

    fn provider() -> Provider {
        Provider {
            kind: Kind::Practice,
            base_url: BASE.to_owned(),
            number_id: "p1".to_owned(),
            account_id: ACCOUNT.to_owned(),
            token: Secret::new("practice"),
            signing: Vec::new(),
            hook_url: String::new(),
        }
    }

    #[tokio::test]
    async fn practice_is_answered_inside_and_everything_else_goes_out() {
        let stage = Stage::before(Arc::new(Outside));
        let content = Content::Text { body: "hello".to_owned(), preview_url: None };
        let outbound =
            Outbound { to: To::Phone("999000000001"), content: &content, reply_to: None, callback: Some("rpt:m:1") };
        let request = provider().message(&outbound, &Sending { at: Ms(0), template: None }).unwrap();
        let outcome = provider().read_send(&stage.run(request).await.unwrap());
        assert!(matches!(outcome, SendOutcome::Accepted { wamid, .. } if wamid == "practice.rpt:m:1"));
        for url in ["https://graph.facebook.com/x", "https://practice.invalid.example/x", "http://practice.invalid/"] {
            let call = stage.run(Request::new("whatsapp", "send", Method::Post, url)).await;
            assert_eq!(call, Err(Failure::NotSent(url.to_owned())), "{url}");
        }
        assert!(stage.may_call(BASE).is_err() && stage.may_call("https://graph.facebook.com").is_ok());
    }

    #[tokio::test]
    async fn the_photo_comes_whole() {
        let stage = Stage::before(Arc::new(Outside));
        let asked = provider().media_info(PHOTO_ID).unwrap();
        let info = provider().read_media_info(&stage.run(asked).await.unwrap()).unwrap();
        let mut bytes = Vec::new();
        let request = provider().download(&info.url, Ms(0)).unwrap();
        let streamed = stage.stream(request, &mut bytes, 1 << 20).await.unwrap();
        assert_eq!((bytes.as_slice(), Some(streamed.sha256), info.size), (PHOTO, info.sha256, Some(streamed.size)));
    }

    #[test]
    fn what_customers_write_is_an_event_once() {
        let customer = Customer { number_id: "p1", wa_id: "999000000001", name: "Maya" };
        let said = |id| customer.says(Said::Text("hello"), id, Ms(1_000)).unwrap().items;
        let (one, again, other) = (said("a"), said("a"), said("b"));
        assert_eq!(one.len(), 1);
        assert_eq!(one[0].key, again[0].key);
        assert_ne!(one[0].key, other[0].key);
        let read = customer.receipt("practice.x", "read", Ms(2_000)).unwrap().items;
        assert_eq!(read[0].kind, crate::whatsapp::RawKind::Status);
        assert_eq!(customer.says(Said::Photo("look"), "c", Ms(0)).unwrap().items.len(), 1);
    }

    #[test]
    fn nobody_delivers_to_a_practice_number_from_outside() {
        let find = |_: &str| None;
        let delivery = crate::provider::Delivery { headers: &find, query: "", raw: b"{}", at: Ms(0) };
        assert!(provider().verify(&delivery).is_err());
        assert_eq!(Kind::parse("practice"), Some(Kind::Practice));
        assert!(!Kind::ALL.contains(&Kind::Practice), "nobody connects one by hand");
    }
}
