//! Writing templates: one door, whoever takes them. What a provider has no words for was found before
//! (`core::template::draft::lacking`, by [`Kind::carrier`]); a builder that meets it all the same refuses.

use super::{Created, Edit, Kind, NewTemplate, Provider, Refusal, Refused, Unsupported, dialog360, twilio};
use crate::http::{Request, Response};
use crate::whatsapp::templates;
use serde_json::Value;
use std::path::PathBuf;

impl Provider {
    /// Hands a new template over. The sample of a media header stands in `example.header_handle`: the handle of an
    /// upload, or a link to our file where [`Kind::takes_links`].
    ///
    /// # Errors
    /// [`Refused`] when the provider takes no templates, or has no words for a part of this one.
    pub fn create_template(&self, new: &NewTemplate<'_>) -> Result<Request, Refused> {
        Ok(match self.kind {
            Kind::Meta => templates::create(&self.meta_like(), &self.account_id, new),
            Kind::Dialog360 => dialog360::create_template(&self.meta_like(), new),
            Kind::Twilio => twilio::writing::create(self, new)?,
            Kind::Bird | Kind::Gateway | Kind::Practice => return Err(self.takes_none().into()),
        })
    }

    /// Reads the answer to [`Provider::create_template`].
    ///
    /// # Errors
    /// [`Refusal`] when refused.
    pub fn read_created(&self, response: &Response) -> Result<Created, Refusal> {
        match self.kind {
            Kind::Dialog360 => dialog360::read_created(response),
            Kind::Twilio => twilio::writing::read_created(response),
            Kind::Meta | Kind::Bird | Kind::Gateway | Kind::Practice => templates::read_create(response),
        }
    }

    /// The call that asks WhatsApp for a review; `None` where handing over does that too.
    #[must_use]
    pub fn submit_template(&self, id: &str, new: &NewTemplate<'_>) -> Option<Request> {
        (self.kind == Kind::Twilio).then(|| twilio::writing::submit(self, id, new))
    }

    /// Reads the answer to [`Provider::submit_template`].
    ///
    /// # Errors
    /// [`Refusal`] when refused.
    pub fn read_submitted(&self, id: &str, response: &Response) -> Result<Created, Refusal> {
        twilio::writing::read_submitted(id, response)
    }

    /// A new template's components as [`Provider::read_templates`] will give them: what a send needs before the
    /// template is read for the first time.
    ///
    /// # Errors
    /// [`Refused`] as [`Provider::create_template`].
    pub fn template_as_read(&self, new: &NewTemplate<'_>) -> Result<Value, Refused> {
        match self.kind {
            Kind::Twilio => Ok(twilio::writing::as_read(self, new)?),
            _ => Ok(new.components.clone()),
        }
    }

    /// Changes a template, which is reviewed again; `None` where templates are not changed.
    #[must_use]
    pub fn edit_template(&self, id: &str, edit: &Edit<'_>) -> Option<Request> {
        (self.kind == Kind::Meta).then(|| templates::edit(&self.meta_like(), id, edit))
    }

    /// Lets a paused template be sent again; `None` where nobody can ask for that.
    #[must_use]
    pub fn unpause_template(&self, id: &str) -> Option<Request> {
        (self.kind == Kind::Meta).then(|| templates::unpause(&self.meta_like(), id))
    }

    /// Reads the answer to [`Provider::edit_template`] and [`Provider::unpause_template`].
    ///
    /// # Errors
    /// [`Refusal`] when refused.
    pub fn read_changed(&self, response: &Response) -> Result<(), Refusal> {
        templates::read_done(response)
    }

    /// Deletes a template: every language of the name, or with `id` this one. 360dialog always deletes the whole name,
    /// Twilio always the one with this id.
    #[must_use]
    pub fn delete_template(&self, name: &str, id: Option<&str>) -> Request {
        match (self.kind, id) {
            (Kind::Dialog360, _) => dialog360::delete_template(&self.meta_like(), name),
            (Kind::Twilio, id) => twilio::writing::delete(self, id.unwrap_or_default()),
            (_, id) => templates::delete(&self.meta_like(), &self.account_id, name, id),
        }
    }

    /// Whether every language is deleted by a call of its own.
    #[must_use]
    pub fn deletes_one_by_one(&self) -> bool {
        self.kind == Kind::Twilio
    }

    /// Reads the answer to [`Provider::delete_template`]; `template_gone` when there was none.
    ///
    /// # Errors
    /// [`Refusal`] when refused.
    pub fn read_deleted(&self, response: &Response) -> Result<(), Refusal> {
        match self.kind {
            Kind::Dialog360 => dialog360::read_deleted(response),
            Kind::Twilio => twilio::writing::read_deleted(response),
            Kind::Meta | Kind::Bird | Kind::Gateway | Kind::Practice => templates::read_done(response),
        }
    }

    /// Begins the upload of a header's sample; `app_id` is the app of the token, which only Meta asks for. `None` where
    /// samples are links. The answer is read with [`templates::read_session`].
    #[must_use]
    pub fn begin_sample(&self, app_id: &str, filename: &str, mime: &str, size: u64) -> Option<Request> {
        let api = self.meta_like();
        match self.kind {
            Kind::Meta => Some(templates::sample_begin(&api, app_id, filename, mime, size)),
            // The key stands for number and app; neither is in the path.
            Kind::Dialog360 => Some(templates::sample_begin(&api, &self.number_id, filename, mime, size)),
            Kind::Twilio | Kind::Bird | Kind::Gateway | Kind::Practice => None,
        }
    }

    /// Uploads the whole sample; the answer is read with [`templates::read_handle`].
    #[must_use]
    pub fn upload_sample(&self, session: &str, file: PathBuf) -> Request {
        templates::sample_upload(&self.meta_like(), session, file)
    }

    fn takes_none(&self) -> Unsupported {
        Unsupported { provider: self.kind.name(), kind: "template" }
    }
}
