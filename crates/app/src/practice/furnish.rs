//! Opening a room: a workspace with one practice channel, and with what agents work with at home.

use super::ROOM;
use crate::account::users::Presence;
use crate::account::workspace::set_wrapped_key;
use crate::audit::{Change, record};
use crate::auth::Caller;
use crate::channel::Secrets;
use crate::channel::add::WHATSAPP;
use crate::error::{Error, Result};
use crate::state::App;
use crate::vault::Place;
use rapport_connectors::provider::{Kind, practice};
use rapport_core::practice::words;
use rapport_core::{Ms, UserId, WorkspaceId};
use rapport_store::channel::ChannelRow;
use rapport_store::entity::user::Model as UserRow;
use rapport_store::entity::workspace::Model as WorkspaceRow;
use rapport_store::practice::{self as stored, RoomRow};
use rapport_store::template::TemplateRow;
use rapport_store::{WriteTx, closing, quick_reply, user, workspace};
use serde_json::json;
use uuid::Uuid;

/// The settings that agents feel: they are the same in the room.
const SAME: [&str; 2] = ["guard", "closing"];
/// The template for whoever wrote too long ago.
const TEMPLATE: &str = "practice_follow_up";
/// Messages a second.
const THROUGHPUT: i32 = 80;

/// The room of a workspace, made when there is none.
pub(super) async fn room(app: &App, caller: &Caller, home: WorkspaceId, user: UserId) -> Result<RoomRow> {
    let scope = app.store.workspace(home);
    let room = match stored::room(&scope.read()).await? {
        Some(room) => room,
        None => {
            let now = app.now();
            let tx = scope.write().await?;
            // Whoever holds this row is alone: there is never a second room.
            workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
            match stored::room_for_write(&tx).await? {
                Some(room) => room,
                None => {
                    let room = RoomRow {
                        workspace_id: home.0,
                        id: tx.new_id(now),
                        channel_id: tx.new_id(now),
                        created_by: user.0,
                        created_at: now.0,
                        ending_at: None,
                    };
                    stored::insert_room(&tx, room.clone()).await?;
                    record(&tx, now, caller, "practice.opened", ("practice", room.id), Change::default()).await?;
                    tx.commit().await?;
                    room
                }
            }
        }
    };
    // A stop between the two is mended by whoever comes next.
    let inside = app.store.workspace(WorkspaceId(room.id));
    if workspace::get(&inside.read()).await?.is_none() {
        furnish(app, home, &room).await?;
    }
    Ok(room)
}

/// Makes the workspace and everything in it, at once.
async fn furnish(app: &App, home: WorkspaceId, room: &RoomRow) -> Result<()> {
    let read = app.store.workspace(home).read();
    let own = workspace::get(&read).await?.ok_or(Error::NotFound("workspace"))?;
    let categories = closing::categories(&read, false).await?;
    let replies = quick_reply::all(&read).await?;
    let now = app.now();
    let id = WorkspaceId(room.id);
    let wrapped = app.vault.new_workspace_key(id)?;
    let mut row =
        WorkspaceRow { workspace_id: id.0, settings: json!({ ROOM: home }), created_at: now.0, ..own.clone() };
    for key in SAME {
        if let Some(value) = own.settings.get(key) {
            row.settings[key] = value.clone();
        }
    }
    set_wrapped_key(&mut row, &wrapped);
    let secrets = Secrets::new(ROOM.into(), None, "".into());
    let secret =
        app.vault.unlock(id, &wrapped)?.seal(Place::new("channel", "secret", room.channel_id), &secrets.write()?)?;
    let tx = app.store.workspace(id).write().await?;
    match workspace::insert(&tx, row).await {
        Ok(()) => {}
        // Somebody else made it in this moment, with another key than the one just unlocked.
        Err(error) if error.is_conflict() => {
            app.vault.forget(id);
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    }
    rapport_store::channel::insert(&tx, channel(room, &own.locale, secret, now)).await?;
    for category in categories {
        closing::insert_category(&tx, closing::CategoryRow { workspace_id: id.0, ..category }).await?;
    }
    for reply in replies.into_iter().filter(|reply| reply.audience == "shared") {
        quick_reply::insert(&tx, quick_reply::QuickReplyRow { workspace_id: id.0, ..reply }).await?;
    }
    tx.commit().await?;
    app.channels.forget();
    app.bells.send.ring();
    Ok(())
}

fn channel(room: &RoomRow, locale: &str, secret: Vec<u8>, now: Ms) -> ChannelRow {
    ChannelRow {
        workspace_id: room.id,
        id: room.channel_id,
        kind: WHATSAPP.to_owned(),
        provider: Kind::Practice.code().to_owned(),
        name: words(locale).get("channel").to_owned(),
        phone_number_id: room.channel_id.to_string(),
        waba_id: practice::ACCOUNT.to_owned(),
        portfolio_key: portfolio(room.id),
        display_phone: String::new(),
        base_url: practice::BASE.to_owned(),
        secret,
        status: "active".to_owned(),
        status_reason: None,
        quality: "GREEN".to_owned(),
        tier_limit: None,
        throughput: THROUGHPUT,
        daily_limit: None,
        last_event_at: None,
        last_error: None,
        token_set_at: now.0,
        settings: json!({}),
        created_at: now.0,
        updated_at: now.0,
    }
}

/// The send lane of a room's channel.
pub(super) fn portfolio(room: Uuid) -> String {
    format!("practice:{room}")
}

/// Lets somebody in: they are in the room as they are at home, and the template speaks their language.
pub(super) async fn admit(app: &App, home: WorkspaceId, room: &RoomRow, id: UserId) -> Result<()> {
    let own = user::get(&app.store.workspace(home).read(), id).await?.ok_or(Error::NotFound("user"))?;
    let now = app.now();
    let tx = app.store.workspace(WorkspaceId(room.id)).write().await?;
    workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("practice"))?;
    let template = template(&tx, room, &own.locale, now);
    let row = UserRow {
        workspace_id: room.id,
        // Nobody signs in here: the sign-in is at home.
        password_hash: String::new(),
        presence: Presence::Online.code().to_owned(),
        failed_logins: 0,
        locked_until: None,
        guide_hidden_at: Some(now.0),
        updated_at: now.0,
        ..own
    };
    match user::get_for_write(&tx, id).await? {
        Some(_) => user::update(&tx, row).await?,
        None => user::insert(&tx, row).await?,
    }
    rapport_store::template::upsert(&tx, vec![template]).await?;
    tx.commit().await?;
    Ok(())
}

fn template(tx: &WriteTx, room: &RoomRow, locale: &str, now: Ms) -> TemplateRow {
    let words = words(locale);
    let example = json!({ "body_text": [[words.get("template.example")]] });
    TemplateRow {
        workspace_id: room.id,
        id: tx.new_id(now),
        channel_id: room.channel_id,
        waba_id: practice::ACCOUNT.to_owned(),
        provider_id: TEMPLATE.to_owned(),
        name: TEMPLATE.to_owned(),
        language: words.template_language().to_owned(),
        category: "UTILITY".to_owned(),
        status: "APPROVED".to_owned(),
        quality: "GREEN".to_owned(),
        parameter_format: "POSITIONAL".to_owned(),
        components: json!([{ "type": "BODY", "text": words.get("template"), "example": example }]),
        rejected_reason: None,
        updated_at: now.0,
        ttl_seconds: None,
        fillings: None,
    }
}
