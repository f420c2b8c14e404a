//! Who may call what: read from the OpenAPI document, enforced before any handler runs.
//!
//! Every operation carries `x-permission`: a permission's code, `any` (whoever is known) or `public`. The document is
//! the table, so it cannot say one thing and the server do another; a route without the mark stops the start, a route
//! without document is refused.

use super::api::practice::cookie::PRACTICE_COOKIE;
use super::caller::{self, Caller};
use super::origin::is_foreign;
use super::problem::Problem;
use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rapport_app::App;
use rapport_app::auth::{Credential, Permission, authenticate};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

/// The extension of an operation that says who may call it.
pub const MARK: &str = "x-permission";
/// The header that a page of another site cannot send.
pub const CSRF_HEADER: &str = "x-rapport-csrf";

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever is known.
    Known,
    /// Who has the permission.
    Needs(Permission),
}

/// The table with what is needed to enforce it.
#[derive(Clone)]
pub struct Guard {
    app: App,
    table: Arc<HashMap<(Method, String), Access>>,
}

impl Guard {
    /// Reads the table from the document.
    ///
    /// # Errors
    /// A sentence naming the operation that says nothing, or nonsense.
    pub fn new(app: App, document: &OpenApi) -> Result<Self, String> {
        let mut table = HashMap::new();
        for (path, item) in &document.paths.paths {
            for (method, operation) in operations(item) {
                table.insert((method.clone(), path.clone()), access(&method, path, operation)?);
            }
        }
        Ok(Self { app, table: Arc::new(table) })
    }
}

/// The operations of a path with their methods.
pub fn operations(item: &PathItem) -> Vec<(Method, &Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
        (Method::PATCH, &item.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?))).collect()
}

fn access(method: &Method, path: &str, operation: &Operation) -> Result<Access, String> {
    let mark = operation.extensions.as_ref().and_then(|extensions| extensions.get(MARK)).and_then(|mark| mark.as_str());
    match mark {
        Some("public") => Ok(Access::Public),
        Some("any") => Ok(Access::Known),
        Some(code) => Permission::parse(code)
            .map(Access::Needs)
            .ok_or_else(|| format!("{method} {path}: {code} is not a permission")),
        None => Err(format!("{method} {path} does not say who may call it ({MARK})")),
    }
}

/// Finds out who asks and lets only those through who may.
pub async fn authorise(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match check(&guard, &parts).await {
        Ok(Some(caller)) => {
            parts.extensions.insert(caller);
        }
        Ok(None) => {}
        Err(problem) => return problem.into_response(),
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn check(guard: &Guard, request: &Parts) -> Result<Option<Caller>, Problem> {
    let path = request.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let method = if request.method == Method::HEAD { &Method::GET } else { &request.method };
    let Some(access) = guard.table.get(&(method.clone(), path.to_owned())) else {
        // Either the method does not exist here, or the route is missing in the document: nobody may.
        return Err(Problem::of_status(StatusCode::METHOD_NOT_ALLOWED));
    };
    let bearer = request.headers.contains_key(axum::http::header::AUTHORIZATION);
    if !request.method.is_safe() && !bearer && is_foreign(&request.headers, &guard.app.settings.public_url) {
        // Also where nobody is known yet: nobody shall be signed in to somebody else's account unawares.
        let detail = "The request comes from a page of another site.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "csrf_missing", detail));
    }
    let Some(credential) = caller::credential(&request.headers) else {
        return match access {
            Access::Public => Ok(None),
            Access::Known | Access::Needs(_) => Err(Problem::of_status(StatusCode::UNAUTHORIZED)),
        };
    };
    if *access == Access::Public {
        return Ok(None);
    }
    let mut caller = authenticate(&guard.app, &credential).await?;
    if matches!(credential, Credential::Session(_))
        && let Some(room) = caller::cookie(&request.headers, PRACTICE_COOKIE).and_then(|text| text.parse().ok())
    {
        caller = rapport_app::practice::seat(&guard.app, caller, room).await?;
    }
    let writes = !request.method.is_safe();
    if writes && matches!(credential, Credential::Session(_)) && !request.headers.contains_key(CSRF_HEADER) {
        let detail = "Requests with the session cookie that change something must carry the header X-Rapport-Csrf: 1.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "csrf_missing", detail));
    }
    if let Access::Needs(permission) = access {
        caller.require(*permission)?;
    }
    Ok(Some(Caller(Arc::new(caller))))
}
