//! What a provider must have before it takes a message: made once for all messages of one look, its id kept. Made a
//! second time it does no harm, and nothing was sent meanwhile, so every failure is safe.

use super::hand::{Halt, again, ask, hopeless, unsent};
use crate::channel::Channel;
use crate::state::App;
use rapport_connectors::provider::SendOutcome;
use rapport_core::WorkspaceId;
use rapport_core::guard::Priority;
use rapport_core::message::Content;

/// The id to send this content by; `None` where it is sent as it is.
pub(super) async fn ready(
    app: &App,
    workspace: WorkspaceId,
    (channel, priority): (&Channel, Priority),
    content: &Content,
) -> Result<Option<String>, Halt> {
    let provider = channel.access(&app.settings);
    let wanted = provider.prepare(content).map_err(|refused| hopeless(&refused.to_string()))?;
    let Some(wanted) = wanted else { return Ok(None) };
    let scope = app.store.workspace(workspace);
    let known = rapport_store::prepared::get(&scope.read(), &channel.waba_id, &wanted.key).await;
    if let Some(id) = known.map_err(|error| again(&error.to_string()))? {
        return Ok(Some(id));
    }
    let response = ask(app, channel, priority, wanted.request).await?;
    let id = provider.read_prepared(&response).map_err(|error| unsent(&error))?;
    let kept = async {
        let tx = scope.write().await?;
        rapport_store::prepared::put(&tx, &channel.waba_id, &wanted.key, &id, app.now()).await?;
        tx.commit().await
    };
    if let Err(error) = kept.await {
        // The message can go; the next one of this look makes another.
        tracing::warn!(channel = %channel.id, %error, "the id of what was made at the provider is not kept");
    }
    Ok(Some(id))
}

/// The provider does not know what was made any more: the next try makes it anew.
pub(super) async fn lost(app: &App, workspace: WorkspaceId, channel: &Channel, id: &str) -> SendOutcome {
    let forgotten = async {
        let tx = app.store.workspace(workspace).write().await?;
        rapport_store::prepared::forget(&tx, &channel.waba_id, id).await?;
        tx.commit().await
    };
    match forgotten.await {
        Ok(()) => again("the provider does not know the content any more; it is made anew"),
        Err(error) => again(&error.to_string()),
    }
}
