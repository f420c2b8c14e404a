//! F33: files that are not what was told of them: larger, endless, of another kind, or a bomb for whoever unpacks them.

mod impostor;

use super::Context;
use super::scene::{Scene, post, write};
use super::sends::reach;
use crate::Result;
use crate::site::product::Kind as Site;
use crate::site::sandbox::Sandbox;
use impostor::{Impostor, Trick};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How much the process may grow while all of them are fetched and looked at.
const GROWTH: u64 = 128 << 20;

/// A file as the product stored it.
struct File {
    id: String,
    state: String,
    mime: String,
}

/// All tricks at once, while somebody talks with the shop.
pub async fn run(context: &Context) -> Result<()> {
    let sandbox = Sandbox::start(&context.binary).await?;
    let impostor = Impostor::start(sandbox.address()).await?;
    let url = format!("http://{}", impostor.address);
    let scene = Scene::at(context, sandbox, &url, Site::Sqlite, 1, 10).await?;
    let talks = scene.talk(6).await?;
    let node = scene.nodes[0].as_ref().ok_or("no node")?;
    let before = node.process.peak();
    for (number, trick) in Trick::ALL.iter().enumerate() {
        let status = post(&scene.site, &scene.site.channel, &picture(&scene, number, trick.name())).await?;
        context.report.check("F33 the message is taken", status == 200, &format!("{status}"));
    }
    talk(context, &scene, &talks).await?;
    let files = fetched(&scene).await?;
    for trick in Trick::ALL {
        let found = files.get(trick.name());
        let state = found.map_or("nothing", |file| file.state.as_str());
        let holds = if trick.is_too_large() { state == "failed" } else { state == "stored" };
        context.report.check(&format!("F33 {}", trick.about()), holds, state);
    }
    for trick in [Trick::Html, Trick::Polyglot] {
        served(context, &scene, trick, files.get(trick.name())).await?;
    }
    for trick in [Trick::Huge, Trick::Frames] {
        looked_at(context, &scene, trick, files.get(trick.name())).await?;
    }
    let growth = node.process.peak().saturating_sub(before);
    context.report.check("F33 memory stays bounded", growth < GROWTH, &format!("peak grew by {} MB", growth >> 20));
    let left = leftovers(&scene);
    context.report.check("F33 nothing half fetched is left on the disk", left <= 1, &format!("{left} files"));
    talk(context, &scene, &talks[3..]).await
}

/// A customer's picture whose file is `id`.
fn picture(scene: &Scene, number: usize, id: &str) -> Value {
    let channel = &scene.site.channel;
    let (wa_id, user_id) = crate::generate::customer_ids(9_700_000);
    json!({"object": "whatsapp_business_account", "entry": [{"id": channel.waba_id, "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": channel.display, "phone_number_id": channel.phone_number_id},
        "contacts": [{"profile": {"name": "Trickster"}, "wa_id": wa_id, "user_id": user_id}],
        "messages": [{"from": wa_id, "from_user_id": user_id, "id": crate::generate::wamid(78, number as u64),
            "timestamp": crate::clock::unix_seconds().to_string(), "type": "image",
            "image": {"mime_type": "image/jpeg", "id": id}}],
    }}]}]})
}

/// Texts go both ways, whatever is being fetched.
async fn talk(context: &Context, scene: &Scene, talks: &[String]) -> Result<()> {
    let mut slowest = Duration::ZERO;
    let mut all = true;
    for talk in talks.iter().take(3) {
        let began = Instant::now();
        let (wa_id, _) = crate::generate::customer_ids(9_800_000);
        scene.sandbox.write(&wa_id, "Are you there?").await?;
        let id = write(&scene.site.api(0), talk, "Yes.", None).await?;
        let out = ["sent", "delivered", "read"];
        let status = reach(scene, &id, &out, Duration::from_secs(10)).await?;
        all &= out.contains(&status.as_str());
        slowest = slowest.max(began.elapsed());
    }
    context.report.check(
        "F33 texts go both ways meanwhile",
        all && slowest < Duration::from_secs(4),
        &format!("slowest {} ms", slowest.as_millis()),
    );
    Ok(())
}

/// Waits until every file but the one that drips is stored or given up.
async fn fetched(scene: &Scene) -> Result<HashMap<String, File>> {
    let began = Instant::now();
    loop {
        let rows = scene.site.database.rows("SELECT provider_media_id, id, state, mime FROM media").await?;
        let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
        let files: HashMap<String, File> = rows
            .iter()
            .map(|row| (text(&row[0]), File { id: text(&row[1]), state: text(&row[2]), mime: text(&row[3]) }))
            .collect();
        let settled = |trick: &&Trick| {
            files.get(trick.name()).is_some_and(|file| matches!(file.state.as_str(), "stored" | "failed"))
        };
        if Trick::ALL.iter().filter(settled).count() == Trick::ALL.len() || began.elapsed() > Duration::from_secs(30) {
            return Ok(files);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A file of another kind than told is given out so that nothing in it runs.
async fn served(context: &Context, scene: &Scene, trick: Trick, file: Option<&File>) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    let head = head(scene, &format!("/api/v1/media/{}", file.id)).await?;
    let shown_as_page = head.contains("content-type: text/html") && !head.contains("content-disposition: attachment");
    let holds = head.contains("x-content-type-options: nosniff")
        && head.contains("sandbox")
        && !shown_as_page
        && !head.contains("content-type: image/jpeg");
    context.report.check(&format!("F33 {}: cannot run in a browser", trick.about()), holds, &file.mime);
    Ok(())
}

/// A bomb is refused by its header.
async fn looked_at(context: &Context, scene: &Scene, trick: Trick, file: Option<&File>) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    let began = Instant::now();
    let head = head(scene, &format!("/api/v1/media/{}/thumbnail", file.id)).await?;
    let status = head.get(9..12).unwrap_or_default().to_owned();
    let took = began.elapsed();
    context.report.check(
        &format!("F33 {}: not unpacked", trick.about()),
        status.starts_with('4') && took < Duration::from_secs(2),
        &format!("{status} after {} ms", took.as_millis()),
    );
    Ok(())
}

/// The head of an answer, in small letters.
async fn head(scene: &Scene, path: &str) -> Result<String> {
    let api = scene.site.api(0);
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
        api.address, api.token
    );
    let mut stream = tokio::net::TcpStream::connect(api.address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") && stream.read_buf(&mut bytes).await? > 0 {}
    Ok(String::from_utf8_lossy(&bytes).to_ascii_lowercase())
}

fn leftovers(scene: &Scene) -> usize {
    std::fs::read_dir(scene.site.folder.join("media/incoming")).map_or(0, |entries| entries.flatten().count())
}
