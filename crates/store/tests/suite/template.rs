//! Templates: written again without losing their id, changed by the provider's reports, forgotten.

use crate::{NOW, channel, on_both, workspace};
use rapport_store::template::{self, Change, TemplateRow};
use serde_json::json;
use uuid::Uuid;

pub(crate) fn row(number: u128, language: &str) -> TemplateRow {
    TemplateRow {
        workspace_id: workspace(1).0,
        id: Uuid::from_u128(0x0190_0000_0000_7000_a000_0000_0000_0000 + number),
        channel_id: channel(1).0,
        waba_id: "200".to_owned(),
        provider_id: number.to_string(),
        name: "order".to_owned(),
        language: language.to_owned(),
        category: "UTILITY".to_owned(),
        status: "PENDING".to_owned(),
        quality: "UNKNOWN".to_owned(),
        parameter_format: "POSITIONAL".to_owned(),
        components: json!([{ "type": "BODY", "text": "Hello" }]),
        rejected_reason: None,
        updated_at: NOW.0,
        ttl_seconds: None,
        fillings: None,
    }
}

on_both! {
    async fn a_template_keeps_its_id_and_says_why_it_was_rejected(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let tx = scope.write().await.unwrap();
        template::upsert(&tx, vec![row(1, "en"), row(2, "ar")]).await.unwrap();
        // The same template under another id is still the one that is known.
        template::upsert(&tx, vec![row(3, "en")]).await.unwrap();
        let why = Some("INVALID_FORMAT".to_owned());
        let changed = template::change(&tx, "200", "order", "en", &Change::Status("REJECTED".to_owned(), why)).await;
        assert_eq!(changed.unwrap(), [row(1, "en").id]);
        tx.commit().await.unwrap();
        let read = scope.read();
        let rejected = template::get(&read, row(1, "en").id).await.unwrap().unwrap();
        assert_eq!((rejected.status.as_str(), rejected.rejected_reason.as_deref()), ("REJECTED", Some("INVALID_FORMAT")));
        assert!(template::get(&read, row(3, "en").id).await.unwrap().is_none());
        let stranger = db.store.workspace(workspace(2));
        assert!(template::get(&stranger.read(), rejected.id).await.unwrap().is_none(), "of another workspace");

        let foreign = stranger.write().await.unwrap();
        template::delete(&foreign, rejected.id).await.unwrap();
        template::set_status(&foreign, rejected.id, "APPROVED", NOW).await.unwrap();
        foreign.commit().await.unwrap();
        let tx = scope.write().await.unwrap();
        template::set_status(&tx, rejected.id, "PENDING_DELETION", NOW.plus(1)).await.unwrap();
        template::delete(&tx, row(2, "ar").id).await.unwrap();
        tx.commit().await.unwrap();
        let left = template::by_name(&scope.read(), "200", "order").await.unwrap();
        let left: Vec<_> = left.iter().map(|row| (row.status.as_str(), row.rejected_reason.as_deref())).collect();
        assert_eq!(left, [("PENDING_DELETION", None)]);
    }
}
