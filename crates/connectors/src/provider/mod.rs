//! One seam for everybody who carries our WhatsApp messages: Meta's Cloud API, 360dialog, Twilio, Bird, or a gateway
//! that speaks the contract of `docs/gateway.md`.
//!
//! A [`Provider`] is the access to one number at one provider. Everything is sans-I/O, as in the rest of the crate:
//!
//! | step | function | tells |
//! | --- | --- | --- |
//! | a delivery comes | [`Provider::verify`] | whether the provider sent it |
//! | it is cut up | [`Provider::split`] | [`RawItem`](crate::whatsapp::RawItem)s in Meta's shape: whatever the provider wrote, `whatsapp::decode` reads it |
//! | may it go at all? | [`Kind::carries`] | the kind and the provider, when not |
//! | a file goes along | [`Kind::takes_links`], else [`Provider::upload`] | a public link, or the provider's id |
//! | a look is registered first, at some | [`Provider::prepare`] | the key to keep its id under, and the request |
//! | a message goes | [`Provider::message`] | the request |
//! | the answer | [`Provider::read_send`], [`read_send_failure`] | accepted, rejected with a class, or ambiguous |
//! | a file came | [`Provider::media_info`], [`Provider::download`], [`Provider::redirected`] | where it is, and its bytes |
//! | courtesies | [`Provider::read_mark`] | nothing |
//! | set-up | [`Provider::number`], [`Provider::templates`], [`Provider::point`] | what the provider knows |
//! | a template is written | [`Provider::create_template`], [`Provider::submit_template`], [`Provider::delete_template`] | what became of it |
//!
//! Codes of all providers live in one space ([`meaning`](crate::whatsapp::meaning)): Meta's, Twilio's (five digits,
//! none of which Meta uses), and the words of the gateway contract, which stand for Meta's codes.

mod bird;
mod delivery;
mod dialog360;
pub mod error_table;
pub(crate) mod form;
mod gateway;
pub mod kind;
pub mod practice;
mod shape;
mod twilio;
mod writing;

pub use crate::whatsapp::media::{MediaInfo, Source};
pub use crate::whatsapp::numbers::PhoneNumber;
pub use crate::whatsapp::outcome::{SendOutcome, read_send_failure};
pub use crate::whatsapp::send::{Outbound, To};
pub use crate::whatsapp::signature::SignatureError;
pub use crate::whatsapp::templates::{Created, Edit, NewTemplate, Refusal, Template, TemplatePage};
pub use crate::whatsapp::{Api, ApiError, BadBody, Invalid, RetryClass, Split};
pub use delivery::{Delivery, link_fits, sign_link};
pub use kind::{Feature, Kind, Unsupported};

use crate::http::{Request, Response};
use crate::secret::Secret;
use crate::whatsapp;
use rapport_core::message::Content;
use rapport_core::time::Ms;
use serde_json::Value;

/// Access to one number at one provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Which one.
    pub kind: Kind,
    /// Where its API is, without trailing slash.
    pub base_url: String,
    /// The number: Meta's phone number id (`Meta`, `Dialog360`), its digits (`Twilio`), the channel's id (`Bird`),
    /// whatever the gateway calls it (`Gateway`).
    pub number_id: String,
    /// The account: Meta's WABA id (`Meta`, `Dialog360`), the account SID (`Twilio`), the workspace's id (`Bird`), any
    /// name (`Gateway`).
    pub account_id: String,
    /// Calls the API: access token, API key, auth token, access key; empty = a gateway that wants none.
    pub token: Secret,
    /// What deliveries may be signed with, the newest first: app secret, header secret, auth token, signing key,
    /// shared secret.
    pub signing: Vec<Secret>,
    /// Where the provider delivers to, as it is reached from outside, without query.
    pub hook_url: String,
}

/// What a send needs beyond the message itself.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// Now; some requests are signed with it.
    pub at: Ms,
    /// The template as the provider knows it, or what [`Provider::prepare`] made, for contents that are one. Needed by
    /// `Twilio`.
    pub template: Option<Registered<'a>>,
}

/// A template as it is registered with the provider.
#[derive(Debug, Clone, Copy)]
pub struct Registered<'a> {
    /// The provider's id of it.
    pub id: &'a str,
    /// Its components, as [`Provider::read_templates`] gave them.
    pub components: &'a Value,
}

/// What must exist at the provider before a message can be sent.
#[derive(Debug)]
pub struct Preparation {
    /// The same for all messages that look the same: 64 hexadecimal digits. The id in the answer may be kept under it.
    pub key: String,
    /// The call that makes it, answered with [`Provider::read_prepared`]. Made twice it does no harm.
    pub request: Request,
}

/// What is asked of a provider that it does not offer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It does not carry this kind of message.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// It would refuse a value.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl Provider {
    /// Meta's Graph API; `None` for everybody else.
    #[must_use]
    pub fn graph(&self) -> Option<Api> {
        (self.kind == Kind::Meta).then(|| Api::new(&self.base_url, whatsapp::api::DEFAULT_VERSION, self.token.clone()))
    }

    /// Meta's bodies, at Meta or at 360dialog.
    fn meta_like(&self) -> Api {
        match self.kind {
            Kind::Dialog360 => Api::dialog360(&self.base_url, &self.number_id, self.token.clone()),
            _ => Api::new(&self.base_url, whatsapp::api::DEFAULT_VERSION, self.token.clone()),
        }
    }

    /// Where our own files lie for those who fetch them: beside the webhook. Empty when the address has no webhook.
    fn files_url(&self) -> String {
        let base = self.hook_url.rsplit_once("/webhooks/").map(|(base, _)| base);
        base.map_or_else(String::new, |base| format!("{base}/files/"))
    }

    fn secrets(&self) -> Vec<&str> {
        self.signing.iter().map(Secret::expose).collect()
    }

    /// Is this delivery from the provider? Compared in constant time; any of [`Provider::signing`] may have signed.
    ///
    /// # Errors
    /// [`SignatureError`]; nothing of the body should be read then.
    pub fn verify(&self, delivery: &Delivery<'_>) -> Result<(), SignatureError> {
        self.signed_with(&self.secrets(), delivery)
    }

    /// Did the newest of [`Provider::signing`] sign this delivery? To be asked about one that [`Provider::verify`]
    /// believes: another of them did then.
    #[must_use]
    pub fn is_signed_anew(&self, delivery: &Delivery<'_>) -> bool {
        self.signed_with(self.secrets().get(..1).unwrap_or_default(), delivery).is_ok()
    }

    fn signed_with(&self, secrets: &[&str], delivery: &Delivery<'_>) -> Result<(), SignatureError> {
        match self.kind {
            Kind::Meta => whatsapp::signature::verify(secrets, delivery.header("x-hub-signature-256"), delivery.raw),
            Kind::Dialog360 => dialog360::verify(secrets, delivery),
            Kind::Twilio => twilio::sign::verify(secrets, &self.hook_url, delivery),
            Kind::Bird => bird::verify(secrets, &self.hook_url, delivery),
            Kind::Gateway => gateway::sign::verify(secrets, delivery),
            // Nothing of it comes from outside.
            Kind::Practice => Err(SignatureError::NoSecret),
        }
    }

    /// Cuts a delivery into items, in Meta's shape whoever wrote it.
    ///
    /// # Errors
    /// [`BadBody`] when it is over a limit or cannot be read at all; never because of unknown or odd content.
    pub fn split(&self, delivery: &Delivery<'_>) -> Result<Split, BadBody> {
        match self.kind {
            Kind::Meta | Kind::Dialog360 | Kind::Practice => whatsapp::split(delivery.raw),
            Kind::Twilio => twilio::inbound::split(self, delivery),
            Kind::Bird => bird::split(self, delivery.raw),
            Kind::Gateway => gateway::inbound::split(self, delivery.raw),
        }
    }

    /// What must be made at the provider before this can be sent; its id then stands in [`Sending::template`].
    ///
    /// # Errors
    /// [`Refused`] when the provider does not carry it or would refuse it.
    pub fn prepare(&self, content: &Content) -> Result<Option<Preparation>, Refused> {
        self.kind.carries(content)?;
        Ok(match self.kind {
            Kind::Twilio => twilio::content::prepare(self, content)?,
            Kind::Meta | Kind::Dialog360 | Kind::Bird | Kind::Gateway | Kind::Practice => None,
        })
    }

    /// The id in the answer to [`Provider::prepare`]'s request.
    ///
    /// # Errors
    /// [`ApiError`] when refused.
    pub fn read_prepared(&self, response: &Response) -> Result<String, ApiError> {
        twilio::content::read_prepared(response)
    }

    /// Whether a send failed because the provider does not know what [`Provider::prepare`] made.
    #[must_use]
    pub fn unprepared(&self, outcome: &SendOutcome) -> bool {
        let SendOutcome::Rejected { failure, .. } = outcome else { return false };
        self.kind == Kind::Twilio && failure.code == twilio::content::UNKNOWN
    }

    /// The call that sends a message. Files need `provider_media_id`: the provider's id of an upload, or a public link
    /// where [`Kind::takes_links`].
    ///
    /// # Errors
    /// [`Refused`] when the provider does not carry it or would refuse it.
    pub fn message(&self, outbound: &Outbound<'_>, sending: &Sending<'_>) -> Result<Request, Refused> {
        self.kind.carries(outbound.content)?;
        Ok(match self.kind {
            Kind::Meta | Kind::Dialog360 | Kind::Practice => {
                whatsapp::send::message(&self.meta_like(), &self.number_id, outbound)?
            }
            Kind::Twilio => twilio::send::message(self, outbound, sending)?,
            Kind::Bird => bird::message(self, outbound)?,
            Kind::Gateway => gateway::send::message(self, outbound, sending)?,
        })
    }

    /// Reads the answer to [`Provider::message`].
    #[must_use]
    pub fn read_send(&self, response: &Response) -> SendOutcome {
        match self.kind {
            Kind::Meta | Kind::Practice => whatsapp::read_send_response(response),
            Kind::Dialog360 => dialog360::read_send(response),
            Kind::Twilio => twilio::read_send(response),
            Kind::Bird => bird::read_send(response),
            Kind::Gateway => gateway::send::read_send(response),
        }
    }

    /// Marks a message of the customer, and all before it, as read; `typing` also shows that an answer is being
    /// written. `None` when the provider has nothing of the kind.
    #[must_use]
    pub fn read_mark(&self, message_id: &str, typing: bool, at: Ms) -> Option<Request> {
        match self.kind {
            Kind::Meta | Kind::Dialog360 | Kind::Practice => {
                Some(whatsapp::send::read_mark(&self.meta_like(), &self.number_id, message_id, typing))
            }
            // Twilio has no mark without the typing indicator.
            Kind::Twilio => typing.then(|| twilio::send::typing(self, message_id)),
            Kind::Bird => None,
            Kind::Gateway => Some(gateway::send::read_mark(self, message_id, typing, at)),
        }
    }

    /// Uploads a file that will be sent; `None` where files go as links. Answered with [`Provider::read_upload`].
    ///
    /// # Errors
    /// [`Invalid`] when boundary or MIME type cannot stand in a multipart frame.
    pub fn upload(
        &self,
        mime: &str,
        filename: &str,
        source: Source,
        boundary: &str,
    ) -> Result<Option<Request>, Invalid> {
        if self.kind.takes_links() {
            return Ok(None);
        }
        whatsapp::media::upload(&self.meta_like(), &self.number_id, mime, filename, source, boundary).map(Some)
    }

    /// The media id in the answer to [`Provider::upload`].
    ///
    /// # Errors
    /// [`ApiError`] when refused.
    pub fn read_upload(&self, response: &Response) -> Result<String, ApiError> {
        whatsapp::media::read_upload(response)
    }

    /// Asks where an inbound file is; `None` when its id is the address itself.
    #[must_use]
    pub fn media_info(&self, media_id: &str) -> Option<Request> {
        match self.kind {
            Kind::Meta | Kind::Practice => {
                Some(whatsapp::media::info(&self.meta_like(), media_id, Some(&self.number_id)))
            }
            // It knows the number by the key.
            Kind::Dialog360 => Some(whatsapp::media::info(&self.meta_like(), media_id, None)),
            Kind::Twilio | Kind::Bird | Kind::Gateway => None,
        }
    }

    /// Reads the answer to [`Provider::media_info`].
    ///
    /// # Errors
    /// [`ApiError`] when refused.
    pub fn read_media_info(&self, response: &Response) -> Result<MediaInfo, ApiError> {
        whatsapp::media::read_info(response)
    }

    /// Fetches an inbound file; to be run with `Executor::stream`. A redirection is followed with
    /// [`Provider::redirected`].
    ///
    /// # Errors
    /// [`Invalid`] for an address that our credentials must not be sent to.
    pub fn download(&self, url: &str, at: Ms) -> Result<Request, Invalid> {
        match self.kind {
            Kind::Meta | Kind::Practice => whatsapp::media::download(&self.meta_like(), url),
            Kind::Dialog360 => dialog360::download(self, &self.meta_like(), url),
            Kind::Twilio => twilio::download(self, url),
            Kind::Bird => bird::download(self, url),
            Kind::Gateway => gateway::send::download(self, url, at),
        }
    }

    /// Where a download was sent on to: once, without our credentials. `None` when it was not, or the provider never
    /// does that.
    #[must_use]
    pub fn redirected(&self, response: &Response) -> Option<Request> {
        let moved = matches!(response.status, 301 | 302 | 303 | 307 | 308);
        let to = response.header("location").filter(|_| moved && matches!(self.kind, Kind::Twilio | Kind::Bird))?;
        Some(delivery::plain_download(self.kind.vendor(), to))
    }

    /// Asks for a page of the account's templates; `None` when the provider has no such list.
    #[must_use]
    pub fn templates(&self, after: Option<&str>, at: Ms) -> Option<Request> {
        match self.kind {
            Kind::Meta => Some(whatsapp::templates::list(&self.meta_like(), &self.account_id, after)),
            Kind::Dialog360 => Some(dialog360::templates(&self.meta_like(), after)),
            Kind::Twilio => twilio::templates::list(self, after),
            Kind::Bird | Kind::Practice => None,
            Kind::Gateway => Some(gateway::setup::templates(self, after, at)),
        }
    }

    /// Reads the answer to [`Provider::templates`]. Components are Meta's, whoever wrote them.
    ///
    /// # Errors
    /// [`ApiError`] when refused.
    pub fn read_templates(&self, response: &Response) -> Result<TemplatePage, ApiError> {
        match self.kind {
            Kind::Meta | Kind::Practice => whatsapp::templates::read_list(response),
            Kind::Dialog360 => dialog360::read_templates(response),
            Kind::Twilio => twilio::templates::read_list(response, &self.files_url()),
            Kind::Bird | Kind::Gateway => gateway::setup::read_templates(response),
        }
    }

    /// Asks about the number: the cheapest call that needs the token, which is also how the route is probed.
    #[must_use]
    pub fn number(&self, at: Ms) -> Request {
        match self.kind {
            Kind::Meta | Kind::Practice => whatsapp::numbers::get(&self.meta_like(), &self.number_id),
            Kind::Dialog360 => dialog360::health(&self.meta_like()),
            Kind::Twilio => twilio::account(self),
            Kind::Bird => bird::channel(self),
            Kind::Gateway => gateway::setup::number(self, at),
        }
    }

    /// Reads the answer to [`Provider::number`]; what the provider does not tell is empty.
    ///
    /// # Errors
    /// [`ApiError`] when refused.
    pub fn read_number(&self, response: &Response) -> Result<PhoneNumber, ApiError> {
        match self.kind {
            Kind::Meta | Kind::Practice => whatsapp::numbers::read_number(response),
            Kind::Dialog360 => dialog360::read_health(response, &self.number_id),
            Kind::Twilio => twilio::read_account(response, &self.number_id),
            Kind::Bird => bird::read_channel(response, &self.number_id),
            Kind::Gateway => gateway::setup::read_number(response, &self.number_id),
        }
    }

    /// Points the provider's webhook here; `None` where a person does that in the provider's console, and for Meta,
    /// whose subscription has functions of its own. Answered with any 2xx.
    #[must_use]
    pub fn point(&self) -> Option<Request> {
        let secret = self.signing.first().filter(|_| self.kind == Kind::Dialog360)?;
        Some(dialog360::point(&self.meta_like(), &self.hook_url, secret))
    }

    /// Reads the answer to [`Provider::point`].
    ///
    /// # Errors
    /// [`ApiError`] when refused.
    pub fn read_point(&self, response: &Response) -> Result<(), ApiError> {
        if response.ok() { Ok(()) } else { Err(dialog360::read_error(response)) }
    }
}
