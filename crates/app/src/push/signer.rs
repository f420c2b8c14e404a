//! The workspace's pair of keys for notices: made when somebody first asks for it, kept sealed.

use crate::error::{Error, Result};
use crate::state::App;
use crate::vault::Place;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_connectors::push::{Signer, Unusable};
use rapport_core::WorkspaceId;
use rapport_store::setting;
use serde_json::json;

/// The workspace's signer. Browsers subscribe to its public key: it never changes.
///
/// # Errors
/// `Internal` when what is kept is damaged, `Vault`, `Store`.
pub(super) async fn signer(app: &App, workspace: WorkspaceId) -> Result<Signer> {
    let name = format!("push:{workspace}");
    let place = Place::new("setting", "push", workspace.0);
    let key = app.key(workspace).await?;
    let kept = match setting::get(&app.store, &name).await? {
        Some(kept) => kept,
        None => {
            let fresh = key.seal(place, &Signer::generate().map_err(unusable)?)?;
            // Another node may make one at the same moment: the first one stays.
            setting::get_or_init(&app.store, &name, json!({ "sealed": STANDARD.encode(fresh) })).await?
        }
    };
    let sealed = kept["sealed"].as_str().and_then(|text| STANDARD.decode(text).ok());
    let sealed = sealed.ok_or_else(|| Error::Internal("the keys for notices are damaged".to_owned()))?;
    Signer::read(&key.open(place, &sealed)?).map_err(unusable)
}

fn unusable(error: Unusable) -> Error {
    Error::Internal(error.to_string())
}
