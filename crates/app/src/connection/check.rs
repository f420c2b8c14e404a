//! Checking one connection on request: asks the CRM, and says what to do about what is wrong.

use super::change::opened;
use crate::auth::{Caller, Permission};
use crate::crm::open::Open;
use crate::crm::remote::Remote;
use crate::doctor::{Finding, State, Words};
use crate::error::Result;
use crate::state::App;
use rapport_connectors::crm::{KeyState, Property, Trouble};
use rapport_core::matter::Object;
use rapport_core::time::MINUTE;
use rapport_core::{ConnectionId, Ms};
use rapport_store::connection::PAUSED;
use rapport_store::sync_job;

const fn words(
    check: &'static str,
    code: &'static str,
    state: State,
    title: &'static str,
    cause: &'static str,
    fix: &'static str,
) -> Words {
    Words { check, code, state, title, cause, fix }
}

const TOKEN_OK: Words = words(
    "connection.token",
    "ok",
    State::Ok,
    "The CRM takes the access token",
    "It belongs to account {account}.",
    "",
);
const TOKEN_REFUSED: Words = words(
    "connection.token",
    "refused",
    State::Blocking,
    "The CRM refuses the access token",
    "{reason}",
    "Enter a new access token; what waits then goes on.",
);
const UNREACHABLE: Words = words(
    "connection.token",
    "unreachable",
    State::Blocking,
    "The CRM cannot be reached",
    "{error}",
    "Check the address of the connection and this machine's way to it. Changes wait meanwhile; nothing is lost.",
);
const SCOPES_OK: Words =
    words("connection.scopes", "ok", State::Ok, "The token's rights suffice", "Records and fields can be read.", "");
const SCOPES_MISSING: Words = words(
    "connection.scopes",
    "missing",
    State::Blocking,
    "The token lacks rights",
    "{reason}",
    "Give the credentials the rights that are named here.",
);
const KEY_OK: Words = words(
    "connection.key",
    "ok",
    State::Ok,
    "Records carry our key",
    "The property {property} is there and unique.",
    "",
);
const KEY_MISSING: Words = words(
    "connection.key",
    "missing",
    State::Warning,
    "Our key is missing in the CRM",
    "There is no contact property {property}.",
    "It is made with the next contact that is brought over; the credentials need the right to make fields for it.",
);
const KEY_NOT_UNIQUE: Words = words(
    "connection.key",
    "not_unique",
    State::Blocking,
    "Our key is not unique in the CRM",
    "The contact property {property} does not hold unique values.",
    "Delete the property in the CRM; Rapport then makes it anew.",
);
const FIELDS_OK: Words =
    words("connection.fields", "ok", State::Ok, "The mapped fields are there", "{count} fields are in use.", "");
const FIELDS_GONE: Words = words(
    "connection.fields",
    "gone",
    State::Warning,
    "Mapped fields are missing in the CRM",
    "{names}",
    "Map other fields or switch these mappings off; everything else goes on.",
);
const FIELDS_LOCKED: Words = words(
    "connection.fields",
    "read_only",
    State::Warning,
    "Mapped fields can no longer be written",
    "{names}",
    "Set their direction to pull; everything else goes on.",
);
const CLOCK_OK: Words =
    words("connection.clock", "ok", State::Ok, "Both clocks agree", "They differ by {seconds} s.", "");
const CLOCK_OFF: Words = words(
    "connection.clock",
    "off",
    State::Warning,
    "The clocks differ",
    "The CRM's clock and this machine's differ by {seconds} s.",
    "Let this machine set its clock by NTP: when both sides change a field, the later change wins.",
);
const QUOTA_OK: Words = words(
    "connection.quota",
    "ok",
    State::Ok,
    "There are calls left",
    "{remaining} of {daily} calls are left today.",
    "",
);
const QUOTA_LOW: Words = words(
    "connection.quota",
    "low",
    State::Warning,
    "The day's calls run out",
    "{remaining} of {daily} calls are left today.",
    "See which other apps use the account's calls, or look for changes less often.",
);
const LIST_CUT: Words = words(
    "connection.list",
    "cut",
    State::Warning,
    "More had changed than the CRM shows",
    "It showed {shown} changed records and no more.",
    "The others come over when they change again, or when one of these customers writes. To bring them all over now, change \
     one of their fields there in parts of less than that.",
);
const UNSEEN: Words = words(
    "connection.matters",
    "unseen",
    State::Warning,
    "Changes of {what}s in the CRM are not seen",
    "{reason}",
    "Give the credentials these rights: {rights}. Contacts go on meanwhile, and what is changed here goes over.",
);
const FAILED: Words = words(
    "connection.failed",
    "dead_letters",
    State::Warning,
    "Changes were given up",
    "{count} changes wait for a person.",
    "Read the reasons under dead letters, mend the cause, then replay them.",
);
const IS_PAUSED: Words = words(
    "connection.status",
    "paused",
    State::Warning,
    "The connection is paused",
    "A person switched it off.",
    "Switch it on to go on.",
);

/// Looks at one connection.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`, `Vault`.
pub async fn check(app: &App, caller: &Caller, id: ConnectionId) -> Result<Vec<Finding>> {
    caller.require(Permission::ConnectionManage)?;
    let open = opened(app, caller, id).await?;
    let mut findings = Vec::new();
    if open.row.status == PAUSED {
        findings.push(IS_PAUSED.finding());
    }
    match open.remote.account().await {
        Err(trouble) => findings.push(unreachable(&open.remote, &trouble)),
        Ok(account) => {
            findings.push(TOKEN_OK.finding().with("account", account.id));
            findings.extend(account.clock.map(|theirs| clocks(theirs, app.now())));
            if !open.remote.key_name().is_empty() {
                findings.push(key(&open).await);
            }
            findings.extend(fields(&open).await);
            if open.row.status == rapport_store::connection::ERROR {
                open.recover(app).await?;
            }
        }
    }
    findings.extend(quota(&open));
    let shown = open.row.cursor.get("resume").and_then(|resume| open.remote.beyond(resume));
    findings.extend(shown.map(|shown| LIST_CUT.finding().with("shown", shown)));
    findings.extend(open.remote.can().objects.iter().filter_map(|object| unseen(&open, *object)));
    let waits = sync_job::backlog(&app.store.workspace(caller.workspace).read(), id).await?;
    if waits.dead > 0 {
        findings.push(FAILED.finding().with("count", waits.dead));
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.state));
    Ok(findings.into_iter().map(|finding| finding.about("connection", open.row.id, &open.row.name)).collect())
}

fn unreachable(remote: &Remote, trouble: &Trouble) -> Finding {
    match remote.repair(trouble) {
        Some(reason) => TOKEN_REFUSED.finding().with("reason", reason),
        None => UNREACHABLE.finding().with("error", trouble),
    }
}

fn clocks(theirs: Ms, ours: Ms) -> Finding {
    let off = ours.since(theirs).abs();
    let words = if off > MINUTE { CLOCK_OFF } else { CLOCK_OK };
    words.finding().with("seconds", off / 1_000)
}

async fn key(open: &Open) -> Finding {
    let words = match open.remote.key(false).await {
        Ok(KeyState::Ready) => KEY_OK,
        Ok(KeyState::Missing) => KEY_MISSING,
        Ok(KeyState::NotUnique) => KEY_NOT_UNIQUE,
        Err(trouble) => return rights(&open.remote, &trouble),
    };
    words.finding().with("property", open.remote.key_name())
}

fn rights(remote: &Remote, trouble: &Trouble) -> Finding {
    match remote.repair(trouble) {
        Some(reason) => SCOPES_MISSING.finding().with("reason", reason),
        None => UNREACHABLE.finding().with("error", trouble),
    }
}

async fn fields(open: &Open) -> Vec<Finding> {
    let properties = match open.remote.describe().await {
        Ok(properties) => properties,
        Err(trouble) => return vec![rights(&open.remote, &trouble)],
    };
    let mut findings = vec![SCOPES_OK.finding()];
    let used: Vec<_> = open.mappings.iter().filter(|mapping| mapping.enabled).collect();
    let found = |name: &str| properties.iter().find(|property: &&Property| property.name == name);
    let name = |mapping: &&rapport_core::sync::Mapping| mapping.remote_field.clone();
    let gone: Vec<String> = used.iter().filter(|mapping| found(&mapping.remote_field).is_none()).map(name).collect();
    let locked: Vec<String> = used
        .iter()
        .filter(|mapping| mapping.direction != rapport_core::sync::Direction::Pull)
        .filter(|mapping| found(&mapping.remote_field).is_some_and(|property| property.read_only))
        .map(name)
        .collect();
    if !gone.is_empty() {
        findings.push(FIELDS_GONE.finding().with("names", gone.join(", ")));
    }
    if !locked.is_empty() {
        findings.push(FIELDS_LOCKED.finding().with("names", locked.join(", ")));
    }
    if gone.is_empty() && locked.is_empty() {
        findings.push(FIELDS_OK.finding().with("count", used.len()));
    }
    findings
}

/// What keeps the rounds from seeing how deals or cases stand over there.
fn unseen(open: &Open, object: Object) -> Option<Finding> {
    let reason = open.line.unseen(object)?;
    let finding = UNSEEN.finding().with("what", object.code()).with("reason", reason);
    Some(finding.with("rights", open.remote.rights(object)))
}

fn quota(open: &Open) -> Option<Finding> {
    let quota = open.line.quota()?;
    let words = if quota.remaining.saturating_mul(5) < quota.daily { QUOTA_LOW } else { QUOTA_OK };
    Some(words.finding().with("remaining", quota.remaining).with("daily", quota.daily))
}
