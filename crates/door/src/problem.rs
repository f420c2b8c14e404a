//! Errors as RFC 9457 problem documents, with a stable `code`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rapport_app::Error;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;
use utoipa::openapi::{ContentBuilder, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What an endpoint returns.
pub type Answer<T> = Result<T, Problem>;

/// An error on its way out; boxed, because every handler's result carries room for one.
#[derive(Debug, Clone)]
pub struct Problem(Box<Document>);

impl Deref for Problem {
    type Target = Document;

    fn deref(&self) -> &Document {
        &self.0
    }
}

/// An error as it is sent: RFC 9457 with a stable code and, where one value is at fault, its name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Document {
    /// A name for the kind of problem: `urn:rapport:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable; programs decide by it.
    pub code: Cow<'static, str>,
    /// For people: what is wrong and what would help.
    pub detail: String,
    /// The value at fault, as the request names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds after which another attempt makes sense; also sent as `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// More about this kind of problem: `verdict` of a refused message, `problems` (code, field, limit, actual) of one
    /// that the provider would not take, `id` of what exists already, `provider_code`.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

impl Problem {
    /// A problem with this status, code and explanation.
    #[must_use]
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let code = code.into();
        Self(Box::new(Document {
            kind: format!("urn:rapport:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code,
            detail: detail.into(),
            field: None,
            retry_after: None,
            more: BTreeMap::new(),
        }))
    }

    /// Names the value at fault.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Adds a member; what cannot be written as JSON is null.
    #[must_use]
    pub fn with(mut self, name: &str, value: &impl Serialize) -> Self {
        self.0.more.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    /// Says when to try again, seconds.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// What a bare status says: for errors made below us, which come without a document.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status.as_u16() {
            400 => ("bad_request", "The request cannot be read."),
            401 => ("unauthenticated", "Sign in or send an API token."),
            403 => ("forbidden", "You may not do this."),
            404 => ("not_found", "There is no such thing."),
            405 => ("method_not_allowed", "This address does not know this method."),
            408 => ("timeout", "The request took too long to arrive."),
            413 => ("too_large", "The body is larger than this endpoint takes."),
            415 => ("unsupported_media_type", "This endpoint does not take this type or encoding of body."),
            429 => ("rate_limited", "Too many requests."),
            503 => ("unavailable", "The server cannot answer right now; try again."),
            _ => ("error", "The request failed."),
        };
        Self::new(status, code, detail)
    }

    fn internal() -> Self {
        let detail = "Something went wrong in the server. The log tells more under this request's X-Request-Id.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(&*self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(what) => Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}.")),
            Error::Invalid { field, detail } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", format!("{field} {detail}")).with_field(field)
            }
            Error::Limits(problems) => {
                let field = problems.first().map(|problem| problem.field.clone()).unwrap_or_default();
                let detail = rapport_app::error::sentence(&problems);
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
                    .with_field(field)
                    .with("problems", &problems)
            }
            Error::Refused { code, detail } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail),
            Error::Provider { code, detail } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "provider_refused", detail).with("provider_code", &code)
            }
            Error::Judged { code, detail, verdict } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail).with("verdict", &verdict)
            }
            Error::Draft(problems) => draft(&problems),
            Error::Declined { code, reason, advice } => {
                let detail = format!("WhatsApp did not accept it: {reason} {advice}");
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
                    .with("reason", &reason)
                    .with("advice", &advice)
            }
            Error::Conflict { code, detail } => Self::new(StatusCode::CONFLICT, code, detail),
            Error::Exists { code, detail, id } => Self::new(StatusCode::CONFLICT, code, detail).with("id", &id),
            Error::Forbidden(detail) => Self::new(StatusCode::FORBIDDEN, "forbidden", detail),
            Error::Unauthenticated => Self::of_status(StatusCode::UNAUTHORIZED),
            Error::BadCredentials => {
                Self::new(StatusCode::UNAUTHORIZED, "bad_credentials", "E-mail or password is wrong.")
            }
            Error::Limited { retry_after_ms } => {
                let seconds = u64::try_from(retry_after_ms).unwrap_or(0).div_ceil(1_000).max(1);
                let detail = format!("Too many attempts. Try again in {seconds} s.");
                Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).with_retry_after(seconds)
            }
            Error::Overloaded(what) => {
                tracing::warn!(what, "shedding load");
                Self::of_status(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(1)
            }
            Error::Store(error) => store(&error),
            other => {
                tracing::error!(error = %other, "request failed");
                Self::internal()
            }
        }
    }
}

/// The first rule that a template breaks, and all of them.
fn draft(problems: &[rapport_app::channel::template_draft::ProblemView]) -> Problem {
    let (detail, field) = problems.first().map_or_else(Default::default, |one| (one.detail.clone(), one.path.clone()));
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "template_invalid", format!("{field}: {detail}"))
        .with_field(field)
        .with("template_problems", &problems)
}

fn store(error: &rapport_store::Error) -> Problem {
    use rapport_store::Error as Store;
    match error {
        Store::NotFound(what) => Problem::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}.")),
        Store::Conflict(_) => Problem::new(StatusCode::CONFLICT, "conflict", "This exists already."),
        Store::Stale(_) => {
            Problem::new(StatusCode::CONFLICT, "stale", "Somebody else changed this meanwhile. Read it again.")
        }
        Store::Unavailable(_) | Store::Full(_) => {
            tracing::warn!(%error, "the database cannot answer");
            Problem::of_status(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(1)
        }
        _ => {
            tracing::error!(%error, "request failed");
            Problem::internal()
        }
    }
}

/// The answer to a panic; what happened is in the log.
#[must_use]
pub fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Problem::internal().into_response()
}

/// For `responses(.., Problems)`: the errors every endpoint may answer with.
pub struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let content = || ContentBuilder::new().schema(Some(utoipa::openapi::Ref::from_schema_name("Problem"))).build();
        let response = |text: &str| ResponseBuilder::new().description(text).content(MEDIA_TYPE, content()).build();
        BTreeMap::from([
            ("4XX".to_owned(), RefOr::T(response("The request cannot be fulfilled; `code` says why."))),
            ("5XX".to_owned(), RefOr::T(response("The server failed; the same request may succeed later."))),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_get_the_status_that_tells_the_caller_what_to_do() {
        let cases: [(Error, u16, &str); 8] = [
            (Error::NotFound("user"), 404, "not_found"),
            (Error::invalid("email", "is wrong"), 422, "invalid"),
            (Error::conflict("email_taken", ""), 409, "email_taken"),
            (Error::Forbidden(String::new()), 403, "forbidden"),
            (Error::BadCredentials, 401, "bad_credentials"),
            (Error::Limited { retry_after_ms: 1_500 }, 429, "rate_limited"),
            (Error::Store(rapport_store::Error::Full("disk".into())), 503, "unavailable"),
            (Error::Internal("secret".into()), 500, "internal"),
        ];
        for (error, status, code) in cases {
            let problem = Problem::from(error);
            assert_eq!((problem.status, problem.code.as_ref()), (status, code));
            assert!(!problem.detail.contains("secret"));
        }
        assert_eq!(Problem::from(Error::Limited { retry_after_ms: 1_500 }).retry_after, Some(2));
    }
}
