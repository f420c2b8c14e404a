//! F10 and F24: deliveries for a number or a channel that is not ours, and an event that cannot be decided.

use super::Context;
use super::scene::{Scene, post};
use crate::Result;
use crate::generate::Channel;
use crate::site::product::Kind;
use serde_json::json;
use std::time::Duration;

/// Both.
pub async fn run(context: &Context) -> Result<()> {
    let scene = Scene::new(context, Kind::Sqlite, 1, 1).await?;
    let before = scene.site.books(0).await?;
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "9", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "4930123456", "phone_number_id": "555555555555555"},
        "contacts": [{"profile": {"name": "Stray"}, "wa_id": "4915110000001", "user_id": "DE.1"}],
        "messages": [{"from": "4915110000001", "id": "wamid.STRAY", "timestamp": crate::clock::unix_seconds().to_string(),
            "type": "text", "text": {"body": "wrong number"}}],
    }}]}]});
    let status = post(&scene.site, &scene.site.channel, &body).await?;
    context.report.check(
        "F10 an unknown number is answered 200, or it comes back for 7 days",
        status == 200,
        &format!("{status}"),
    );
    scene.site.drain(Duration::from_secs(10)).await?;
    let after = scene.site.books(0).await?;
    let lines = scene.site.database.lines().await?;
    context.report.check(
        "F10 it is kept aside and shown to nobody",
        after.quarantined == before.quarantined + 1
            && lines.iter().all(|line| line.provider_id.as_deref() != Some("wamid.STRAY")),
        &format!("quarantined {} -> {}, {} lines", before.quarantined, after.quarantined, lines.len()),
    );
    let reason = scene.site.database.rows("SELECT error FROM raw_event WHERE state = 3").await?;
    let told = reason.iter().any(|row| row[0].as_deref().is_some_and(|text| !text.is_empty()));
    context.report.check("F10 with a reason", told, &format!("{reason:?}"));
    poison(context, &scene).await?;
    let after = scene.site.books(0).await?;
    let nowhere = Channel {
        path: "/webhooks/whatsapp/01890000-0000-7000-8000-000000000000".into(),
        ..scene.site.channel.clone()
    };
    let status = post(&scene.site, &nowhere, &body).await?;
    context.report.check(
        "F10 an unknown channel is not accepted",
        matches!(status, 401 | 403 | 404),
        &format!("{status}"),
    );
    let nonsense = Channel { path: "/webhooks/whatsapp/x".into(), ..scene.site.channel.clone() };
    let status = post(&scene.site, &nonsense, &body).await?;
    context.report.check("F10 nor one that is no id", matches!(status, 400 | 401 | 403 | 404), &format!("{status}"));
    let end = scene.site.books(0).await?;
    context.report.check(
        "F10 refused deliveries leave no trace in the books",
        end.received == after.received,
        &format!("{end:?}"),
    );
    Ok(())
}

/// An event that names nobody is set aside; what comes behind it over the same number goes on.
async fn poison(context: &Context, scene: &Scene) -> Result<()> {
    let channel = &scene.site.channel;
    let at = crate::clock::unix_seconds().to_string();
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": channel.waba_id, "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": channel.display, "phone_number_id": channel.phone_number_id},
        "messages": [
            {"id": "wamid.POISON", "timestamp": at, "type": "text", "text": {"body": "from nobody"}},
            {"id": "wamid.AFTER", "from": "4915110000002", "timestamp": at, "type": "text", "text": {"body": "from somebody"}},
        ],
    }}]}]});
    let status = post(&scene.site, channel, &body).await?;
    scene.site.drain(Duration::from_secs(10)).await?;
    let lines = scene.site.database.lines().await?;
    let has = |id: &str| lines.iter().any(|line| line.provider_id.as_deref() == Some(id));
    let aside = scene.site.database.number("SELECT COUNT(*) FROM raw_event WHERE state = 3").await?;
    context.report.check(
        "F24 an event that names nobody is set aside, the next one goes on",
        status == 200 && has("wamid.AFTER") && !has("wamid.POISON") && aside == 2,
        &format!("{status}, {aside} set aside"),
    );
    Ok(())
}
