//! The provider's stand-in: the witness that counts sends. It is never killed.

use super::process::Process;
use super::{free_port, output};
use crate::Result;
use crate::generate::Channel;
use crate::http::Api;
use crate::oracle::Sent;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A running sandbox.
pub struct Sandbox {
    api: Api,
    _process: Process,
}

/// The provider's code for a free-form message after the window (`whatsapp-cloud-api.md` §11).
const OUTSIDE_WINDOW: i64 = 131_047;

impl Sandbox {
    /// Starts one on a free port.
    pub async fn start(binary: &Path) -> Result<Self> {
        let address = free_port()?;
        let mut command = Command::new(binary);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RAPPORT_")) {
            command.env_remove(name);
        }
        command.args(["sandbox", "--listen", &address.to_string()]);
        let mut process = Process::start(&mut command, &output()?.join("sandbox.log"))?;
        let api = Api { address, token: String::new() };
        for _ in 0..500 {
            if api.get("/_sandbox/state").await.is_ok() {
                return Ok(Self { api, _process: process });
            }
            if !process.runs() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("the sandbox did not start: {}", process.tail()).into())
    }

    /// Where the provider's API is.
    pub fn address(&self) -> std::net::SocketAddr {
        self.api.address
    }

    /// Calls of its control.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Base URL of the provider's API.
    pub fn url(&self) -> String {
        format!("http://{}", self.api.address)
    }

    /// Defines the number of a channel.
    pub async fn number(&self, channel: &Channel, callback: &str, verify: &str) -> Result<()> {
        let number = json!({
            "phone_number_id": channel.phone_number_id,
            "waba_id": channel.waba_id,
            "display_phone": channel.display,
            "app_secret": channel.secret,
            "access_token": "sandbox-token",
            "callback_url": callback,
            "verify_token": verify,
        });
        self.api.post("/_sandbox/whatsapp/numbers", &number).await.map(drop)
    }

    /// A customer writes; returns once the webhook was answered.
    pub async fn write(&self, from: &str, text: &str) -> Result<()> {
        let message = json!({"from": from, "text": text});
        let told = self.api.post("/_sandbox/whatsapp/inbound", &message).await?;
        if told["delivery"] == "delivered" { Ok(()) } else { Err(format!("the webhook was not taken: {told}").into()) }
    }

    /// A customer writes to this number; returns once the webhook was answered.
    pub async fn write_to(&self, number: &str, from: &str, text: &str) -> Result<()> {
        let message = json!({"from": from, "text": text, "phone_number_id": number});
        let told = self.api.post("/_sandbox/whatsapp/inbound", &message).await?;
        if told["delivery"] == "delivered" { Ok(()) } else { Err(format!("the webhook was not taken: {told}").into()) }
    }

    /// From now on traffic is disturbed.
    pub async fn fault(&self, fault: &Value) -> Result<()> {
        self.api.post("/_sandbox/faults", fault).await.map(drop)
    }

    /// How long messages take to be sent, delivered and read from now on, milliseconds.
    pub async fn delays(&self, [sent_ms, delivered_ms, read_ms]: [u64; 3]) -> Result<()> {
        let delays = json!({"delays": {"sent_ms": sent_ms, "delivered_ms": delivered_ms, "read_ms": read_ms}});
        self.api.post("/_sandbox/limits", &delays).await.map(drop)
    }

    /// No more disturbances.
    pub async fn calm(&self) -> Result<()> {
        self.api.ok("DELETE", "/_sandbox/faults", None).await.map(drop)
    }

    /// Something happens to a number's side of the provider.
    pub async fn happen(&self, number: &str, event: &Value) -> Result<()> {
        self.api.post(&format!("/_sandbox/whatsapp/numbers/{number}/events"), event).await.map(drop)
    }

    /// A report about a message, whatever became of it.
    pub async fn tell(&self, status: &Value) -> Result<()> {
        self.api.post("/_sandbox/whatsapp/status", status).await.map(drop)
    }

    /// Everything it was asked to send, as it keeps it.
    pub async fn received(&self) -> Result<Vec<Value>> {
        let list = self.api.get("/_sandbox/whatsapp/received?limit=200000").await?;
        Ok(list["items"].as_array().cloned().unwrap_or_default())
    }

    /// Everything it was asked to send.
    pub async fn sent(&self) -> Result<Vec<Sent>> {
        let sent = |item: &Value| Sent {
            callback: item["biz_opaque_callback_data"].as_str().unwrap_or_default().to_owned(),
            accepted: item["wamid"].is_string(),
            // What was refused for a rate was not sent; what was refused for the window was.
            allowed: item["window_open"] == true
                || item["type"] == "template"
                || (item["wamid"].is_null() && item["error"]["code"] != OUTSIDE_WINDOW),
            to: item["to"].as_str().unwrap_or_default().to_owned(),
            at: item["at"].as_i64().unwrap_or(0),
        };
        Ok(self.received().await?.iter().map(sent).collect())
    }
}
