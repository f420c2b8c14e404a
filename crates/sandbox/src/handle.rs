//! Starting a sandbox inside a process, and driving it without HTTP.

use crate::{
    Clock, Config, NumberConfig, deliver, serve, timers,
    whatsapp::{
        envelope,
        inbound::{self, Customer, Injected, Injection},
    },
    world::World,
};
use axum::{Router, body::Body, http::Request};
use bytes::Bytes;
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};

/// Starts sandboxes.
#[derive(Clone, Copy, Debug)]
pub struct Sandbox;

/// A running sandbox. Dropping it stops it.
pub struct Handle {
    /// Where it listens.
    pub addr: SocketAddr,
    world: Arc<World>,
    router: Router,
    server: JoinHandle<()>,
}

/// What a call was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// Raw body.
    pub body: Bytes,
}

/// A webhook that was not posted but handed over.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Where it would have gone.
    pub url: String,
    /// Names in lower case, and values, the signature among them.
    pub headers: Vec<(String, String)>,
    /// Raw body.
    pub body: Bytes,
}

impl Sandbox {
    /// Binds the address and serves until [`Handle::shutdown`] is called or the handle is dropped. Needs a Tokio
    /// runtime. Fails when the address cannot be bound.
    pub async fn start(config: Config) -> io::Result<Handle> {
        // Another part of the process may have chosen a provider already: that one is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind(config.listen).await?;
        let addr = listener.local_addr()?;
        let (world, lanes) = World::new(config, format!("http://{addr}"))?;
        let world = Arc::new(world);
        deliver::start(&world, lanes);
        tokio::spawn(timers::run(world.clone()));
        let router = serve::router(world.clone());
        let server = tokio::spawn(serve::run(world.clone(), listener));
        Ok(Handle { addr, world, router, server })
    }
}

impl Handle {
    /// `http://host:port`: the base URL for Graph API clients; the CRM is below `/hubspot`.
    pub fn base_url(&self) -> String {
        self.world.base_url.clone()
    }

    /// The sandbox's clock.
    pub fn clock(&self) -> Clock {
        self.world.clock.clone()
    }

    /// Adds or replaces a number (with its app and account).
    pub fn define_number(&self, number: NumberConfig) {
        let now = self.world.clock.now();
        self.world.wa().define(number, now);
    }

    /// Performs the webhook handshake with a callback; the error tells why it failed.
    pub async fn handshake(&self, callback_url: &str, verify_token: &str) -> Result<(), String> {
        envelope::handshake(&self.world, callback_url, verify_token).await
    }

    /// Writes a text as a customer (`from`: phone number) and waits for the first delivery of its webhook.
    /// `phone_number_id` `None` means the first number. The error tells what is wrong with the input.
    pub async fn inject_text(
        &self,
        phone_number_id: Option<&str>,
        from: &str,
        name: Option<&str>,
        text: &str,
    ) -> Result<Injected, String> {
        let message = serde_json::json!({"type": "text", "text": {"body": text}});
        self.inject(phone_number_id, from, name, message).await
    }

    /// Sends any message as a customer, in Meta's shape (`{type, <type>: {..}, context?, referral?}`).
    pub async fn inject(
        &self,
        phone_number_id: Option<&str>,
        from: &str,
        name: Option<&str>,
        message: serde_json::Value,
    ) -> Result<Injected, String> {
        let injection = Injection {
            from: Some(from.to_owned()),
            phone_number_id: phone_number_id.map(str::to_owned),
            name: name.map(str::to_owned),
            message: Some(message),
            ..Injection::default()
        };
        let (wamid, user_id, delivery) = inbound::inject(&self.world, injection)?;
        Ok(inbound::outcome(wamid, user_id, delivery, true).await)
    }

    /// What the business sent to a customer since running number `since`: (running number, request body).
    pub fn received(&self, to: &str, since: u64) -> Vec<(u64, serde_json::Value)> {
        let to = to.trim_start_matches('+');
        self.world
            .wa()
            .received
            .iter()
            .rev()
            .take_while(|entry| entry.n >= since)
            .filter(|entry| entry.to == to && entry.wamid.is_some())
            .map(|entry| (entry.n, entry.body.clone()))
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect()
    }

    /// The customer with that number or user id.
    pub fn customer(&self, id: &str) -> Option<Customer> {
        let state = self.world.wa();
        let key = state.users.get(id.trim_start_matches('+'))?;
        state.customers.get(key).cloned()
    }

    /// Answers a call without a connection; `None` where it would have been cut. A call that is no HTTP is answered 400.
    pub async fn ask(&self, method: &str, path: &str, headers: &[(String, String)], body: Bytes) -> Option<Answer> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let Ok(request) = request.body(Body::from(body)) else {
            return Some(Answer { status: 400, headers: Vec::new(), body: Bytes::new() });
        };
        let response = serve::answer(self.router.clone(), request).await.ok()?;
        let (parts, body) = response.into_parts();
        let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let body = axum::body::to_bytes(body, serve::MAX_BODY).await.ok()?;
        Some(Answer { status: parts.status.as_u16(), headers, body })
    }

    /// From now on webhooks are not posted: they come out here, and count as delivered.
    pub fn take_hooks(&self) -> mpsc::UnboundedReceiver<Hook> {
        let (sender, receiver) = mpsc::unbounded_channel();
        *self.world.taker.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(sender);
        receiver
    }

    /// Sets where CRM webhooks go.
    pub fn subscribe_crm(&self, target_url: &str, client_secret: &str) {
        let mut state = self.world.hs();
        state.config.webhook_url = Some(target_url.to_owned());
        state.config.client_secret = client_secret.to_owned();
    }

    /// Forgets all data and faults; numbers of the configuration are defined again.
    pub fn reset(&self) {
        self.world.reset();
    }

    /// Stops listening and delivering, and waits for the listener to end.
    pub async fn shutdown(mut self) {
        self.world.stop.cancel();
        // The task only ends early when the runtime is going down: nothing is left to wait for.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.world.stop.cancel();
    }
}
