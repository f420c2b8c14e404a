//! The HTTP server: plain HTTP/1.1 with keep-alive, able to cut a connection instead of answering.

use crate::{
    control, dialog360, freshdesk, hubspot, intercom,
    reply::{Cut, Reply},
    rest, salesforce, twilio, whatsapp,
    world::World,
    zendesk, zoho,
};
use axum::{Router, body::Body, http::Request, response::IntoResponse, routing::any};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::sync::Arc;
use tokio::net::TcpListener;
use tower::ServiceExt;

/// Largest request body taken (Meta's media limit and some room).
pub const MAX_BODY: usize = 110 << 20;

/// All endpoints. What is neither control, CRM nor another provider is the Graph API.
pub fn router(world: Arc<World>) -> Router {
    Router::new()
        .nest("/_sandbox", control::router())
        .route("/hubspot/{*rest}", any(hubspot::handle))
        .route("/zendesk/{*rest}", any(zendesk::handle))
        .route("/freshdesk/{*rest}", any(freshdesk::handle))
        .route("/zoho/{*rest}", any(zoho::handle))
        .route("/salesforce/{*rest}", any(salesforce::handle))
        .route("/intercom/{*rest}", any(intercom::handle))
        .route("/rest/{*rest}", any(rest::handle))
        .route("/dialog360/{*rest}", any(dialog360::handle))
        .route("/twilio/{*rest}", any(twilio::handle))
        .fallback(whatsapp::handle)
        .layer(axum::extract::DefaultBodyLimit::max(MAX_BODY))
        .with_state(world)
}

/// Accepts connections until the world stops.
pub async fn run(world: Arc<World>, listener: TcpListener) {
    let router = router(world.clone());
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors or an aborted handshake: give the system a moment.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                    continue;
                }
            },
            () = world.stop.cancelled() => return,
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let stop = world.stop.clone();
        tokio::spawn(async move {
            let service =
                TowerToHyperService::new(tower::service_fn(move |request: Request<hyper::body::Incoming>| {
                    answer(router.clone(), request)
                }));
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                // Errors here are clients that went away, or connections cut on purpose.
                _ = connection => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

/// Answers, or fails when the connection is to be cut: hyper then closes it without a byte.
pub async fn answer<B>(router: Router, request: Request<B>) -> Result<axum::response::Response, std::io::Error>
where
    B: axum::body::HttpBody<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    // The whole body is read first: a connection with unread bytes could not be used again.
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(Body::new(body), MAX_BODY).await else {
        return Ok(Reply::empty(413).into_response());
    };
    let response = match router.oneshot(Request::from_parts(parts, Body::from(body))).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if response.extensions().get::<Cut>().is_some() {
        return Err(std::io::Error::other("connection cut on purpose"));
    }
    Ok(response)
}
