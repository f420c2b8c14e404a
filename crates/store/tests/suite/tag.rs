//! Tags: carried over, given, renamed, merged, and what shows only their contacts.

use crate::query::{contact, conversation, id, save};
use crate::{NOW, channel, number, on_both, workspace};
use rapport_core::ContactId;
use rapport_core::inbox::Change;
use rapport_store::query::conversation_list::{self, Filter, Sort};
use rapport_store::query::{contact_list, contact_page};
use rapport_store::tag::{self, TagRow};
use rapport_store::testing::{TestStore, execute};
use rapport_store::{Scope, contact as people, merge};
use serde_json::{Value, json};
use uuid::Uuid;

async fn fields(scope: &Scope, number: u128) -> Value {
    contact_page::get(&scope.read(), ContactId(id(1, number))).await.unwrap().unwrap().fields
}

/// Writes the field `tags` of a contact, as an edit does.
async fn mark(scope: &Scope, number: u128, tags: Value) {
    let tx = scope.write().await.unwrap();
    let mut row = people::get_for_write(&tx, ContactId(id(1, number))).await.unwrap().unwrap();
    row.fields["tags"] = tags;
    people::update(&tx, &row).await.unwrap();
    tx.commit().await.unwrap();
}

async fn catalogue(scope: &Scope) -> Vec<TagRow> {
    tag::list(&scope.read(), true).await.unwrap()
}

async fn find(scope: &Scope, name: &str) -> TagRow {
    catalogue(scope).await.into_iter().find(|row| row.name == name).unwrap()
}

async fn people_with(scope: &Scope, tag: Uuid) -> Vec<u128> {
    let read = scope.read();
    let rows = contact_list::page(&read, None, Some(tag), contact_list::Sort::Created, None, 9).await.unwrap();
    rows.iter().map(|row| row.contact.id.as_u128() & 0xffff).collect()
}

async fn three_people(db: &TestStore) -> Scope {
    let scope = db.store.workspace(workspace(1));
    let mut changes: Vec<Change> = (1..=3).map(|number| Change::CreateContact(contact(number))).collect();
    changes.extend((1..=3).map(|number| Change::CreateConversation(conversation(number, channel(1)))));
    save(&scope, changes).await;
    scope
}

on_both! {
    async fn what_contacts_had_in_a_field_is_carried_over(db: &TestStore) {
        let scope = three_people(db).await;
        let write = |number: u128, fields: Value| {
            format!("UPDATE contact SET fields = '{fields}' WHERE name = 'Customer {number}'")
        };
        for text in [
            write(1, json!({ "tags": "VIP, عيد", "city": "Cairo" })),
            write(2, json!({ "tags": ["vip", " vip  ", "\u{200b}"] })),
            write(3, json!({ "tags": 3 })),
            "DELETE FROM seaql_migrations WHERE version = 'm0025_tags'".to_owned(),
        ] {
            execute(&db.store, &text).await.unwrap();
        }
        db.store.migrate().await.unwrap();
        let names: Vec<String> = catalogue(&scope).await.into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["VIP", "عيد"], "one tag in two spellings is one");
        assert_eq!(fields(&scope, 1).await, json!({ "tags": ["VIP", "عيد"], "city": "Cairo" }));
        assert_eq!(fields(&scope, 2).await, json!({ "tags": ["VIP"] }));
        assert_eq!(fields(&scope, 3).await, json!({ "tags": 3 }), "what was never a tag stays");
        let left = "SELECT count(*) FROM contact WHERE CAST(fields AS text) LIKE '%tags%'";
        assert_eq!(number(db, left).await, 1, "the field itself is empty now");
    }

    async fn contacts_are_written_with_their_tags(db: &TestStore) {
        let scope = three_people(db).await;
        mark(&scope, 1, json!("VIP; summer")).await;
        mark(&scope, 2, json!(["vip"])).await;
        assert_eq!(fields(&scope, 1).await["tags"], json!(["summer", "VIP"]));
        assert_eq!(fields(&scope, 2).await["tags"], json!(["VIP"]), "as the catalogue has it");
        let vip = find(&scope, "VIP").await;
        assert_eq!(people_with(&scope, vip.id).await, [2, 1]);
        assert_eq!(tag::carriers(&scope.read(), vip.id).await.unwrap(), 2);
        let stranger = db.store.workspace(workspace(2));
        assert!(catalogue(&stranger).await.is_empty() && tag::get(&stranger.read(), vip.id).await.unwrap().is_none());
        // Nothing of the tags is touched by a change of something else.
        let before = number(db, "SELECT count(*) FROM search_dirty").await;
        mark(&scope, 2, json!(["VIP"])).await;
        assert_eq!(number(db, "SELECT count(*) FROM search_dirty").await, before);
        mark(&scope, 1, json!(["summer"])).await;
        assert!(number(db, "SELECT count(*) FROM search_dirty").await > before, "people are found by their tags");
        assert_eq!(people_with(&scope, vip.id).await, [2]);
        mark(&scope, 1, Value::Null).await;
        assert_eq!(fields(&scope, 1).await["tags"], Value::Null);
        let filter = Filter { tag: Some(vip.id), ..Filter::default() };
        let (rows, _) = conversation_list::page(&scope.read(), &filter, Sort::Latest, None, NOW, 9).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.conversation.id).collect::<Vec<_>>(), [id(2, 2)]);
    }

    async fn a_contact_has_fifty_tags_at_most(db: &TestStore) {
        let scope = three_people(db).await;
        let many: Vec<String> = (0..60).map(|number| format!("tag {number}")).collect();
        mark(&scope, 1, json!(many)).await;
        assert_eq!(fields(&scope, 1).await["tags"].as_array().unwrap().len(), 50);
        let others: Vec<String> = (0..500).map(|number| format!("other {number}")).collect();
        for piece in others.chunks(40) {
            mark(&scope, 2, json!(piece)).await;
        }
        assert_eq!(catalogue(&scope).await.len(), 500, "the catalogue has an end, too");
    }

    async fn a_tag_is_renamed_everywhere_at_once(db: &TestStore) {
        let scope = three_people(db).await;
        mark(&scope, 1, json!(["VIP"])).await;
        let mut row = find(&scope, "VIP").await;
        let dirty = number(db, "SELECT count(*) FROM search_dirty").await;
        let tx = scope.write().await.unwrap();
        (row.name, row.name_key) = ("Gold".to_owned(), "gold".to_owned());
        tag::update(&tx, row.clone()).await.unwrap();
        let twin = TagRow { id: id(9, 1), ..row };
        tx.commit().await.unwrap();
        assert_eq!(fields(&scope, 1).await["tags"], json!(["Gold"]));
        assert_eq!(number(db, "SELECT count(*) FROM search_dirty").await, dirty + 1, "and found by the new name");
        let tx = scope.write().await.unwrap();
        assert!(tag::insert(&tx, twin).await.unwrap_err().is_conflict());
    }

    async fn merging_hands_contacts_over_and_leads_on(db: &TestStore) {
        let scope = three_people(db).await;
        for (number, tags) in [(1, json!(["old", "new"])), (2, json!(["old"])), (3, json!(["older"]))] {
            mark(&scope, number, tags).await;
        }
        let (old, new) = (find(&scope, "old").await, find(&scope, "new").await);
        for (gone, kept) in [(find(&scope, "older").await, old.clone()), (old.clone(), new.clone())] {
            loop {
                let tx = scope.write().await.unwrap();
                let mut row = tag::get_for_write(&tx, gone.id).await.unwrap().unwrap();
                if tag::hand_over(&tx, gone.id, Some(kept.id), 1).await.unwrap() == 0 {
                    tag::lead_on(&tx, gone.id, kept.id).await.unwrap();
                    row.merged_into = Some(kept.id);
                    tag::update(&tx, row).await.unwrap();
                    tx.commit().await.unwrap();
                    break;
                }
                tx.commit().await.unwrap();
            }
        }
        assert_eq!(people_with(&scope, new.id).await, [3, 2, 1]);
        assert_eq!(people_with(&scope, old.id).await, [3, 2, 1], "its id leads to what it became");
        assert_eq!(catalogue(&scope).await.len(), 1);
        // A CRM that still knows the old name means the new tag.
        mark(&scope, 3, json!("Older, extra")).await;
        assert_eq!(fields(&scope, 3).await["tags"], json!(["extra", "new"]));
        assert_eq!(number(db, "SELECT count(*) FROM contact_tag").await, 4);
    }

    async fn tags_follow_a_contact_that_is_merged(db: &TestStore) {
        let scope = three_people(db).await;
        // Their open conversations would have to be joined before.
        execute(&db.store, "DELETE FROM conversation").await.unwrap();
        mark(&scope, 1, json!(["a", "b"])).await;
        mark(&scope, 2, json!(["b", "c"])).await;
        let tx = scope.write().await.unwrap();
        merge::contacts(&tx, ContactId(id(1, 1)), ContactId(id(1, 2)), 0, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(fields(&scope, 1).await["tags"], json!(["a", "b", "c"]));
        assert_eq!(number(db, "SELECT count(*) FROM contact_tag").await, 3);
    }
}
