//! The first-run guide: reads what is there and lets `core` say what comes next.

use crate::account::users::Presence;
use crate::auth::{Caller, Permission};
use crate::channel::view;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::guide::{self, Action, Facts, May, NEW_FOR, Number};
use rapport_core::{Ms, UserId};
use rapport_store::channel::ChannelRow;
use rapport_store::entity::user::Model;
use rapport_store::{guide as stored, user, workspace};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The guide of the signed-in person, as things stand now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Guide)]
pub struct GuideView {
    /// The steps in their order; none for who has nothing to do here.
    pub steps: Vec<StepView>,
    /// Whether everything is done.
    pub done: bool,
    /// Whether it belongs on the first screen.
    pub shown: bool,
    /// Whether the person put it away.
    pub hidden: bool,
}

/// A step of the guide.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = GuideStep)]
pub struct StepView {
    /// `present`, `channel`, `message`, `answer`, `colleagues` or `crm`.
    pub name: &'static str,
    /// `done`, `next` (the one to do now), `open` (can be done at any time) or `waits` (for another step or somebody
    /// else).
    pub state: &'static str,
    /// `go_online`, `add_channel`, `open_channel`, `write`, `open_conversation`, `open_inbox`, `invite` or `connect_crm`;
    /// null when the step is done or waits.
    #[schema(required)]
    pub action: Option<&'static str>,
    /// The channel the action is about.
    #[schema(required)]
    pub channel_id: Option<Uuid>,
    /// The number to write to.
    #[schema(required)]
    pub phone: Option<String>,
    /// The conversation the action is about.
    #[schema(required)]
    pub conversation_id: Option<Uuid>,
}

/// The caller's guide.
///
/// # Errors
/// `Forbidden` for a token, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<GuideView> {
    let id = caller.user()?;
    let read = app.store.workspace(caller.workspace).read();
    let person = user::get(&read, id).await?.ok_or(Error::NotFound("user"))?;
    let hidden = person.guide_hidden_at.is_some();
    let guide = guide::guide(&facts(app, caller, id, &person).await?);
    Ok(GuideView {
        done: guide.is_done,
        shown: guide.is_shown,
        hidden,
        steps: guide.steps.into_iter().map(StepView::from).collect(),
    })
}

async fn facts(app: &App, caller: &Caller, id: UserId, person: &Model) -> Result<Facts> {
    let read = app.store.workspace(caller.workspace).read();
    let may = May {
        write: caller.permissions.has(Permission::InboxWrite),
        connect_numbers: caller.permissions.has(Permission::ChannelManage),
        invite: caller.permissions.has(Permission::UserManage),
        connect_crm: caller.permissions.has(Permission::ConnectionManage),
    };
    let now = app.now();
    let made = workspace::get(&read).await?.ok_or(Error::NotFound("workspace"))?.created_at;
    let (person_made, has_message) = (Ms(person.created_at), stored::has_message(&read).await?);
    let is_answered = match () {
        () if !has_message => false,
        () if may.connect_numbers => stored::is_answered(&read).await?,
        // Later nobody asks any more, and there would be ever more to read.
        () if now.since(person_made) < NEW_FOR => stored::is_answered_by(&read, id, person_made).await?,
        () => false,
    };
    Ok(Facts {
        may,
        now,
        workspace_made: Ms(made),
        person_made,
        is_present: person.presence == Presence::Online.code(),
        is_hidden: person.guide_hidden_at.is_some(),
        numbers: view::rows(app, caller).await?.iter().map(number).collect(),
        has_message,
        waiting: stored::waiting(&read).await?,
        is_answered,
        has_colleagues: stored::has_colleagues(&read, id).await?,
        has_crm: stored::has_crm(&read).await?,
    })
}

fn number(row: &ChannelRow) -> Number {
    let phone = Some(row.display_phone.clone()).filter(|phone| !phone.is_empty());
    Number { id: row.id.into(), works: row.status == "active", phone }
}

impl From<guide::Step> for StepView {
    fn from(step: guide::Step) -> Self {
        let mut view = Self {
            name: step.name.code(),
            state: step.state.code(),
            action: None,
            channel_id: None,
            phone: None,
            conversation_id: None,
        };
        view.action = step.action.map(|action| match action {
            Action::GoOnline => "go_online",
            Action::AddChannel => "add_channel",
            Action::OpenChannel(id) => {
                view.channel_id = Some(id.0);
                "open_channel"
            }
            Action::Write(id, phone) => {
                view.channel_id = Some(id.0);
                view.phone = Some(phone);
                "write"
            }
            Action::OpenConversation(id) => {
                view.conversation_id = Some(id.0);
                "open_conversation"
            }
            Action::OpenInbox => "open_inbox",
            Action::Invite => "invite",
            Action::ConnectCrm => "connect_crm",
        });
        view
    }
}
