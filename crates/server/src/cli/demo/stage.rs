//! How the demo acts: as a customer through the sandbox, as an agent through the API. Nothing here reaches into the
//! product.

use rapport_connectors::Secret;
use rapport_connectors::http::{Executor, Method, Request, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// What makes a play: the sandbox, and the product as a browser or program sees it.
#[derive(Clone)]
pub struct Stage {
    http: Arc<dyn Executor>,
    sandbox: String,
    product: String,
    token: Secret,
    business: String,
}

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub struct Agent(String);

impl Stage {
    /// A stage. `sandbox` and `product` are base addresses, `business` the shop's number.
    pub fn new(http: Arc<dyn Executor>, sandbox: String, product: String, token: &str, business: &str) -> Self {
        Self { http, sandbox, product, token: token.into(), business: business.to_owned() }
    }

    /// A customer says something; returns the message's id. `at`: when, UTC seconds; `None` = now.
    ///
    /// # Errors
    /// A sentence when the webhook was not taken.
    pub async fn say(&self, phone: &str, name: &str, message: Value, at: Option<i64>) -> Result<String, String> {
        let body = json!({ "from": phone, "name": name, "message": message, "timestamp": at });
        let told = self.control("/_sandbox/whatsapp/inbound", &body).await?;
        taken(&told)?;
        Ok(told["wamid"].as_str().unwrap_or_default().to_owned())
    }

    /// The shop answered on its phone, before it had Rapport.
    ///
    /// # Errors
    /// A sentence when the webhook was not taken.
    pub async fn echo(&self, phone: &str, text: &str, id: &str, at: i64) -> Result<(), String> {
        let echo = json!({
            "from": self.business, "to": phone, "id": id, "timestamp": at.to_string(), "type": "text", "text": { "body": text },
        });
        let number = "106540352242922";
        let metadata = json!({ "display_phone_number": self.business, "phone_number_id": number });
        let value = json!({ "messaging_product": "whatsapp", "metadata": metadata, "message_echoes": [echo] });
        let told =
            self.control("/_sandbox/whatsapp/raw", &json!({ "field": "smb_message_echoes", "value": value })).await?;
        taken(&told)
    }

    /// What the business sent since running number `since`: (running number, to, kind).
    ///
    /// # Errors
    /// A sentence when the sandbox does not answer.
    pub async fn received(&self, since: u64) -> Result<Vec<(u64, String, String)>, String> {
        let url = format!("{}/_sandbox/whatsapp/received?since={since}", self.sandbox);
        let told = json_of(&self.run(Request::new("sandbox", "received", Method::Get, url)).await?)?;
        let item = |item: &Value| {
            let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
            Some((item["n"].as_u64()?, text("to"), text("type")))
        };
        Ok(told["items"].as_array().into_iter().flatten().filter_map(item).collect())
    }

    /// Calls the API with the owner's token.
    ///
    /// # Errors
    /// A sentence with what it answered.
    pub async fn api(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let request = Request::new("demo", "api", method, format!("{}{path}", self.product)).with_bearer(&self.token);
        let request = match body {
            Some(body) => request.with_json(body),
            None => request,
        };
        json_of(&self.run(request).await?)
    }

    /// Signs in as a browser does.
    ///
    /// # Errors
    /// A sentence with what the API answered.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Agent, String> {
        let request = Request::new("demo", "sign_in", Method::Post, format!("{}/api/v1/session", self.product));
        let answer = self.run(request.with_json(&json!({ "email": email, "password": password }))).await?;
        let cookies = answer.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str());
        let session =
            cookies.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.starts_with("rapport_session="));
        session.map(|pair| Agent(pair.to_owned())).ok_or_else(|| format!("{email} cannot sign in: {}", answer.status))
    }

    /// Writes to a customer as an agent.
    ///
    /// # Errors
    /// A sentence with what the API answered.
    pub async fn reply(&self, agent: &Agent, conversation: &str, text: &str) -> Result<(), String> {
        let url = format!("{}/api/v1/conversations/{conversation}/messages", self.product);
        let mut request = Request::new("demo", "reply", Method::Post, url);
        request.headers.push(("cookie", agent.0.clone()));
        request.headers.push(("x-rapport-csrf", "1".to_owned()));
        let request = request.with_json(&json!({ "content": { "type": "text", "body": text } }));
        json_of(&self.run(request).await?).map(drop)
    }

    async fn control(&self, path: &str, body: &Value) -> Result<Value, String> {
        let request = Request::new("sandbox", "control", Method::Post, format!("{}{path}", self.sandbox));
        json_of(&self.run(request.with_json(body)).await?)
    }

    async fn run(&self, request: Request) -> Result<Response, String> {
        self.http.run(request).await.map_err(|failure| failure.to_string())
    }
}

fn json_of(answer: &Response) -> Result<Value, String> {
    let text = String::from_utf8_lossy(&answer.body);
    if !answer.ok() {
        return Err(format!("{}: {text}", answer.status));
    }
    if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).map_err(|error| error.to_string()) }
}

fn taken(told: &Value) -> Result<(), String> {
    if told["delivery"] == "delivered" { Ok(()) } else { Err(format!("the webhook was not taken: {told}")) }
}
