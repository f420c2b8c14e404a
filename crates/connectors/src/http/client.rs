//! The one HTTP client: pooled, capped, guarded, without redirects and without proxies from the environment.

use super::guard::AllowList;
use super::{Body, Executor, Failure, Method, Request, Response, Streamed};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use futures::future::BoxFuture;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// How long an unused connection is kept. Short, because a server that closes one in the moment we write to it leaves
/// the outcome of a send unknown.
const POOL_IDLE: Duration = Duration::from_secs(20);

/// How the client behaves.
#[derive(Debug, Clone)]
pub struct Config {
    /// Private places that may be reached.
    pub allow: AllowList,
    /// Largest answer read into memory, in bytes.
    pub max_response: usize,
    /// Time to establish a connection, TLS included. Should be shorter than any request's own limit, so that running
    /// out of it is known to be "not sent".
    pub connect_timeout: Duration,
    /// Longest silence in the middle of an answer.
    pub read_timeout: Duration,
    /// `User-Agent` header.
    pub user_agent: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            allow: AllowList::none(),
            max_response: 5 * 1024 * 1024,
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            user_agent: concat!("Rapport/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// The real [`Executor`]. Cheap to clone; clones share the connection pool.
#[derive(Debug, Clone)]
pub struct Client {
    inner: reqwest::Client,
    allow: Arc<AllowList>,
    max_response: usize,
}

/// The client could not be made: no TLS provider installed, or no trusted certificates on this machine.
#[derive(Debug, thiserror::Error)]
#[error("cannot make an HTTP client: {0}")]
pub struct NoClient(String);

impl Client {
    /// Makes a client. The caller must have installed a rustls crypto provider (ring).
    ///
    /// # Errors
    /// [`NoClient`] when TLS cannot be set up.
    pub fn new(config: Config) -> Result<Self, NoClient> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(NoClient("no rustls crypto provider is installed".to_owned()));
        }
        Self::resolving(config, Arc::new(|host| Box::pin(ask_system(host))))
    }

    /// A client that asks `lookup` where a name is.
    fn resolving(config: Config, lookup: Lookup) -> Result<Self, NoClient> {
        let allow = Arc::new(config.allow);
        let inner = reqwest::Client::builder()
            .dns_resolver(Guarded { allow: Arc::clone(&allow), lookup })
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            // A second copy of a request is the caller's decision, who knows whether it is safe.
            .retry(reqwest::retry::never())
            .connect_timeout(config.connect_timeout)
            .read_timeout(config.read_timeout)
            .pool_idle_timeout(POOL_IDLE)
            .pool_max_idle_per_host(64)
            .user_agent(config.user_agent)
            .build()
            .map_err(|error| NoClient(chain(&error)))?;
        Ok(Self { inner, allow, max_response: config.max_response })
    }

    async fn send(&self, request: &Request) -> Result<reqwest::Response, Failure> {
        let url = Url::parse(&request.url).map_err(|error| Failure::Blocked(format!("malformed URL: {error}")))?;
        self.allow.check_url(&url).map_err(Failure::Blocked)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut builder = self.inner.request(method(request.method), url).timeout(request.timeout);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let secret = |text: &str| {
            let mut value = http::HeaderValue::try_from(text)
                .map_err(|_| Failure::Blocked("the token holds characters that no header may hold".to_owned()))?;
            value.set_sensitive(true);
            Ok(value)
        };
        for (name, value) in &request.named {
            builder = builder.header(name.as_str(), secret(value)?);
        }
        if let Some(token) = &request.bearer {
            builder = builder.header(http::header::AUTHORIZATION, secret(&format!("Bearer {}", token.expose()))?);
        }
        builder = match &request.body {
            Body::Empty if matches!(request.method, Method::Get) => builder,
            Body::Empty => builder.header(http::header::CONTENT_LENGTH, "0"),
            Body::Bytes(bytes) => builder.body(bytes.clone()),
            Body::File { head, path, tail } => file_body(builder, head, path, tail).await?,
        };
        builder.send().await.map_err(|error| failure(&host, error))
    }

    async fn read(&self, response: &mut reqwest::Response, reads: Option<usize>) -> Result<Bytes, Failure> {
        let told = response.content_length().unwrap_or(0);
        if reads.is_none() && told > self.max_response as u64 {
            return Err(Failure::Ambiguous(format!(
                "the answer has {told} bytes, over the cap of {}",
                self.max_response
            )));
        }
        let mut body = BytesMut::new();
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                // Who asks for the beginning goes by the status, which is there.
                Err(_) if reads.is_some() => break,
                Err(error) => return Err(Failure::Ambiguous(chain(&error.without_url()))),
            };
            if let Some(most) = reads
                && body.len() + chunk.len() >= most
            {
                body.extend_from_slice(chunk.get(..most - body.len()).unwrap_or(&chunk));
                break;
            }
            if body.len() + chunk.len() > self.max_response {
                return Err(Failure::Ambiguous(format!("the answer is longer than the cap of {}", self.max_response)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    async fn run_once(&self, request: &Request) -> Result<Response, Failure> {
        let mut response = self.send(request).await?;
        let body = self.read(&mut response, request.reads).await?;
        Ok(Response { status: response.status().as_u16(), headers: headers(&response), body })
    }

    async fn stream_once(
        &self,
        request: &Request,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
        cap: u64,
    ) -> Result<Streamed, Failure> {
        let over = || Failure::Blocked(format!("the file is larger than the cap of {cap} bytes"));
        let local = |error: std::io::Error| Failure::Blocked(format!("cannot store the file: {error}"));
        let mut response = self.send(request).await?;
        let (status, headers) = (response.status(), headers(&response));
        if !status.is_success() {
            let body = self.read(&mut response, request.reads).await?;
            let response = Response { status: status.as_u16(), headers, body };
            return Ok(Streamed { response, size: 0, sha256: String::new() });
        }
        if response.content_length().is_some_and(|told| told > cap) {
            return Err(over());
        }
        let (mut size, mut hash) = (0_u64, Sha256::new());
        while let Some(chunk) =
            response.chunk().await.map_err(|error| Failure::Ambiguous(chain(&error.without_url())))?
        {
            size += chunk.len() as u64;
            if size > cap {
                return Err(over());
            }
            hash.update(&chunk);
            sink.write_all(&chunk).await.map_err(local)?;
        }
        sink.flush().await.map_err(local)?;
        let response = Response { status: status.as_u16(), headers, body: Bytes::new() };
        Ok(Streamed { response, size, sha256: hex::encode(hash.finalize()) })
    }
}

impl Executor for Client {
    fn may_call(&self, url: &str) -> Result<(), String> {
        let url = Url::parse(url).map_err(|error| format!("malformed URL: {error}"))?;
        self.allow.check_url(&url)
    }

    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async move {
            let start = Instant::now();
            let result = self.run_once(&request).await;
            record(&request, start, result.as_ref().map(|response| response.status));
            result
        })
    }

    fn stream<'a>(
        &'a self,
        request: Request,
        sink: &'a mut (dyn AsyncWrite + Unpin + Send),
        cap: u64,
    ) -> BoxFuture<'a, Result<Streamed, Failure>> {
        Box::pin(async move {
            let start = Instant::now();
            let result = self.stream_once(&request, sink, cap).await;
            record(&request, start, result.as_ref().map(|streamed| streamed.response.status));
            result
        })
    }
}

/// Counts the call. Labels are vendor, operation and kind of outcome: a handful of values, never an id.
fn record(request: &Request, start: Instant, result: Result<u16, &Failure>) {
    let outcome = match result {
        Ok(200..=299) => "ok",
        Ok(429) => "limited",
        Ok(400..=499) => "refused",
        Ok(_) => "server_error",
        Err(Failure::NotSent(_)) => "not_sent",
        Err(Failure::Ambiguous(_)) => "ambiguous",
        Err(Failure::Blocked(_)) => "blocked",
    };
    let (vendor, operation) = (request.vendor, request.operation);
    metrics::counter!("rapport_http_requests_total", "vendor" => vendor, "operation" => operation, "outcome" => outcome)
        .increment(1);
    metrics::histogram!("rapport_http_request_seconds", "vendor" => vendor, "operation" => operation)
        .record(start.elapsed().as_secs_f64());
    if let Err(failure) = result {
        tracing::debug!(vendor, operation, %failure, "call failed");
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Patch => reqwest::Method::PATCH,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn headers(response: &reqwest::Response) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

async fn file_body(
    builder: reqwest::RequestBuilder,
    head: &Bytes,
    path: &std::path::Path,
    tail: &Bytes,
) -> Result<reqwest::RequestBuilder, Failure> {
    let local = |error: std::io::Error| Failure::Blocked(format!("cannot read the file to upload: {error}"));
    let file = tokio::fs::File::open(path).await.map_err(local)?;
    let size = file.metadata().await.map_err(local)?.len();
    let length = head.len() as u64 + size + tail.len() as u64;
    let piece = |bytes: &Bytes| futures::stream::iter([Ok::<_, std::io::Error>(bytes.clone())]);
    let body = piece(head).chain(tokio_util::io::ReaderStream::new(file)).chain(piece(tail));
    Ok(builder.header(http::header::CONTENT_LENGTH, length).body(reqwest::Body::wrap_stream(body)))
}

/// Sorts an error into what the caller must know: could the server have seen the request?
fn failure(host: &str, error: reqwest::Error) -> Failure {
    let error = error.without_url();
    if let Some(refusal) = find::<Refusal>(&error) {
        return Failure::Blocked(refusal.0.clone());
    }
    let text = format!("{host}: {}", chain(&error));
    if error.is_builder() {
        Failure::Blocked(text)
    } else if error.is_connect() || error.is_dns() {
        Failure::NotSent(text)
    } else {
        Failure::Ambiguous(text)
    }
}

fn find<'a, T: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// Finds the addresses of a name.
type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> + Send + Sync>;

async fn ask_system(host: String) -> std::io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host.as_str(), 0)).await?.collect())
}

/// Resolves names and lets only permitted addresses through.
struct Guarded {
    allow: Arc<AllowList>,
    lookup: Lookup,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refusal(String);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (allow, lookup) = (Arc::clone(&self.allow), Arc::clone(&self.lookup));
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = lookup(host.clone()).await?;
            let mut refused = None;
            let mut permitted = Vec::with_capacity(found.len());
            for address in found {
                match allow.check_address(&host, address.ip()) {
                    Ok(()) => permitted.push(address),
                    Err(reason) => refused = Some(reason),
                }
            }
            match refused {
                Some(reason) if permitted.is_empty() => Err(Refusal(reason).into()),
                _ => Ok(Box::new(permitted.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::net::TcpListener;

    /// A name that changes its mind: the first answer is a public address where nobody listens, all later ones are ours.
    fn rebinding(asked: &Arc<AtomicUsize>, public: bool) -> Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let count = Arc::clone(asked);
        let lookup: Lookup = Arc::new(move |_| {
            let time = count.fetch_add(1, Ordering::SeqCst);
            let address = if time == 0 && public { [192, 0, 2, 1] } else { [127, 0, 0, 1] };
            Box::pin(async move { Ok(vec![SocketAddr::from((address, 0))]) })
        });
        let allow = AllowList::parse(["192.0.2.1"]).expect("a rule");
        let config = Config { allow, connect_timeout: Duration::from_millis(300), ..Config::default() };
        Client::resolving(config, lookup).expect("a client")
    }

    #[tokio::test]
    async fn a_name_that_turns_inwards_is_caught_at_every_connection() {
        let trap = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("https://rebind.example:{}/", trap.local_addr().expect("an address").port());
        let get = || Request::new("test", "test", Method::Get, url.clone()).with_timeout(Duration::from_secs(2));
        let asked = Arc::new(AtomicUsize::new(0));
        let client = rebinding(&asked, true);
        // The connection goes to the very address that was judged: a second question, with another answer, is not asked.
        let first = client.run(get()).await.expect_err("nobody is there");
        assert!(matches!(first, Failure::NotSent(_) | Failure::Ambiguous(_)), "{first:?}");
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        for _ in 0..3 {
            let later = client.run(get()).await.expect_err("inside");
            assert!(matches!(&later, Failure::Blocked(why) if why.contains("127.0.0.1")), "{later:?}");
        }
        let knocked = tokio::time::timeout(Duration::from_millis(100), trap.accept()).await;
        assert!(knocked.is_err(), "somebody knocked");
    }

    #[tokio::test]
    async fn a_file_of_a_name_inside_is_not_fetched() {
        let trap = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("https://cdn.example:{}/", trap.local_addr().expect("an address").port());
        let client = rebinding(&Arc::new(AtomicUsize::new(0)), false);
        let get = Request::new("test", "media_download", Method::Get, url);
        let failure = client.stream(get, &mut Vec::new(), 10).await.expect_err("inside");
        assert!(matches!(failure, Failure::Blocked(_)), "{failure:?}");
        assert!(tokio::time::timeout(Duration::from_millis(100), trap.accept()).await.is_err());
    }
}
