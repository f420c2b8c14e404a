//! What the shop has before the first customer writes: people, teams, a number, a CRM.

use super::goods::goods;
use crate::cli::output::Failure;
use rapport_app::App;
use rapport_app::account::setup::{self, NewWorkspace};
use rapport_app::account::teams::{self, NewTeam};
use rapport_app::account::tokens::{self, NewToken};
use rapport_app::account::users::{self, NewUser, UserPatch};
use rapport_app::account::workspace::WorkspacePatch;
use rapport_app::auth::{Caller, Role, password};
use rapport_app::channel::add::{self, NewChannel};
use rapport_app::channel::change::{self, ChannelPatch};
use rapport_app::channel::view;
use rapport_app::connection::{self, NewConnection};
use rapport_app::shop::import;
use rapport_core::WorkspaceId;
use rapport_sandbox::{Handle, NumberConfig};
use uuid::Uuid;

/// The owner's sign-in address.
pub const OWNER: &str = "demo@dune-thread.example";
/// Agents: name, address.
pub const AGENTS: [(&str, &str); 3] = [
    ("Omar Farouk", "omar@dune-thread.example"),
    ("Irina Petrova", "irina@dune-thread.example"),
    ("Claire Dupont", "claire@dune-thread.example"),
];
/// The shop's number.
pub const NUMBER: &str = "97145550100";

/// A shop that is ready to open.
#[derive(Clone)]
pub struct Shop {
    /// Everybody's password.
    pub password: String,
    /// A token with the owner's rights.
    pub token: String,
    /// Everybody's id: the agents in the order of [`AGENTS`], then the owner.
    pub staff: Vec<Uuid>,
    /// Whether it existed before.
    pub is_old: bool,
    /// Where the provider delivers to, on this machine.
    pub callback: String,
    /// What the provider repeats in the handshake.
    pub verify_token: String,
}

/// Makes the shop, or opens the one that is there. `local` is the server's address on this machine.
pub async fn prepare(app: &App, sandbox: &Handle, local: &str, password: String) -> Result<Shop, Failure> {
    let known = rapport_store::workspace::all(&app.store, 1).await?.into_iter().next();
    let is_old = known.is_some();
    let (caller, token) = match known {
        Some(row) => reopen(app, Caller::system(WorkspaceId(row.workspace_id)), &password).await?,
        None => found(app, &password).await?,
    };
    let staff = staff(app, &caller, &password, is_old).await?;
    let number = NumberConfig {
        display_phone: NUMBER.to_owned(),
        verified_name: "Dune & Thread".to_owned(),
        app_secret: password::random(app.ids.as_ref()),
        access_token: password::random(app.ids.as_ref()),
        verify_token: password::random(app.ids.as_ref()),
        ..NumberConfig::default()
    };
    sandbox.define_number(number.clone());
    let channel = channel(app, &caller, sandbox, &number).await?;
    let callback = format!("{local}/webhooks/whatsapp/{channel}");
    sandbox.define_number(NumberConfig { callback_url: Some(callback.clone()), ..number.clone() });
    crm(app, &caller, sandbox, local).await?;
    Ok(Shop { password, token, staff, is_old, callback, verify_token: number.verify_token })
}

async fn found(app: &App, password: &str) -> Result<(Caller, String), Failure> {
    let settings = WorkspacePatch {
        name: Some("Dune & Thread".to_owned()),
        default_country: Some("AE".to_owned()),
        timezone: Some("Asia/Dubai".to_owned()),
        locale: Some("en".to_owned()),
        ..WorkspacePatch::default()
    };
    let new = NewWorkspace {
        settings,
        owner_name: "Layla Haddad".to_owned(),
        owner_email: OWNER.to_owned(),
        owner_password: password.to_owned(),
    };
    let made = setup::init(app, new).await?;
    let caller = Caller::system(WorkspaceId(made.workspace.id));
    let goods = goods(app.now()).map_err(|error| Failure::new("failed", error))?;
    import::batch(app, &caller, goods).await?;
    Ok((caller, made.token.secret))
}

/// Passwords and tokens of an earlier run are not known any more: everybody gets new ones.
async fn reopen(app: &App, caller: Caller, password: &str) -> Result<(Caller, String), Failure> {
    let page = users::list(app, &caller, None, 200).await?;
    for user in page.items {
        let patch = UserPatch { password: Some(password.to_owned()), ..UserPatch::default() };
        users::update(app, &caller, user.id.into(), patch).await?;
    }
    let new = NewToken { name: "demo".to_owned(), role: Role::Owner, scopes: Vec::new(), expires_at: None };
    let token = tokens::create(app, &caller, new).await?;
    Ok((caller, token.secret))
}

async fn staff(app: &App, caller: &Caller, password: &str, is_old: bool) -> Result<Vec<Uuid>, Failure> {
    let known = users::list(app, caller, None, 200).await?.items;
    let id = |email: &str| known.iter().find(|user| user.email == email).map(|user| user.id);
    if is_old {
        return Ok(AGENTS.iter().map(|(_, email)| *email).chain([OWNER]).filter_map(id).collect());
    }
    let mut ids = Vec::new();
    for (name, email) in AGENTS {
        let new = NewUser {
            name: name.to_owned(),
            email: email.to_owned(),
            role: Role::Agent,
            password: password.to_owned(),
        };
        ids.push(users::create(app, caller, new).await?.id);
    }
    for (name, members) in [("Customer care", &ids[..2]), ("Orders and returns", &ids[1..])] {
        let new = NewTeam { name: name.to_owned(), member_ids: members.iter().copied().collect() };
        teams::create(app, caller, new).await?;
    }
    ids.extend(id(OWNER));
    Ok(ids)
}

async fn channel(app: &App, caller: &Caller, sandbox: &Handle, number: &NumberConfig) -> Result<Uuid, Failure> {
    let known = view::list(app, caller).await?;
    if let Some(channel) = known.iter().find(|channel| channel.phone_number_id == number.phone_number_id) {
        let patch = ChannelPatch {
            access_token: Some(number.access_token.clone()),
            app_secret: Some(number.app_secret.clone()),
            verify_token: Some(number.verify_token.clone()),
            base_url: Some(sandbox.base_url()),
            ..ChannelPatch::default()
        };
        return Ok(change::update(app, caller, channel.id.into(), patch).await?.id);
    }
    let new = NewChannel {
        kind: add::WHATSAPP.to_owned(),
        name: Some("Dune & Thread".to_owned()),
        phone_number_id: number.phone_number_id.clone(),
        waba_id: number.waba_id.clone(),
        access_token: number.access_token.clone(),
        app_secret: number.app_secret.clone(),
        verify_token: number.verify_token.clone(),
        base_url: Some(sandbox.base_url()),
        ..NewChannel::default()
    };
    Ok(add::add(app, caller, new).await?.channel.id)
}

/// The CRM's stand-in forgets everything at its end, so an old connection is replaced.
async fn crm(app: &App, caller: &Caller, sandbox: &Handle, local: &str) -> Result<(), Failure> {
    for old in connection::list(app, caller).await? {
        connection::remove(app, caller, old.id.into()).await?;
    }
    let secret = password::random(app.ids.as_ref());
    let new = NewConnection {
        kind: "hubspot".to_owned(),
        name: Some("HubSpot (sandbox)".to_owned()),
        access_token: Some(format!("pat-eu1-{}", password::random(app.ids.as_ref()))),
        base_url: Some(format!("{}/hubspot", sandbox.base_url())),
        client_secret: Some(secret.clone()),
        ..NewConnection::default()
    };
    let made = connection::add(app, caller, new).await?;
    sandbox.subscribe_crm(&format!("{local}/webhooks/hubspot/{}", made.id), &secret);
    Ok(())
}
