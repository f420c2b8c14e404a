//! What the first-run guide asks, on both databases.

use crate::query::{contact, conversation, id, save};
use crate::{NOW, channel, on_both, workspace};
use rapport_core::inbox::{Book, Change, NewMessage};
use rapport_core::message::{Content, Direction, Status};
use rapport_core::time::MINUTE;
use rapport_core::{ContactId, ConversationId, MessageId, UserId};
use rapport_store::{guide, ingest};

on_both! {
    async fn each_question_is_about_one_workspace(db: &TestStore) {
        let (ours, other) = (db.store.workspace(workspace(1)), db.store.workspace(workspace(2)));
        let read = ours.read();
        assert!(!guide::has_message(&read).await.unwrap());
        let mut silent = conversation(1, channel(1));
        silent.first_response_at = Some(NOW);
        save(&ours, vec![Change::CreateContact(contact(1)), Change::CreateConversation(silent)]).await;
        assert!(!guide::has_message(&read).await.unwrap(), "we wrote, nobody else did");
        let mut changes = Vec::new();
        for (number, since) in [(2, 5), (3, -5)] {
            let mut row = conversation(number, channel(1));
            row.last_inbound_at = Some(NOW);
            row.waiting_since = Some(NOW.plus(since * MINUTE));
            changes.extend([Change::CreateContact(contact(number)), Change::CreateConversation(row)]);
        }
        save(&ours, changes).await;
        assert!(guide::has_message(&read).await.unwrap());
        assert_eq!(guide::waiting(&read).await.unwrap(), Some(ConversationId(id(2, 3))), "the longest wait");
        assert!(!guide::is_answered(&read).await.unwrap());
        let user = UserId(id(7, 1));
        assert!(!guide::has_colleagues(&read, user).await.unwrap());
        assert!(!guide::has_crm(&read).await.unwrap());
        assert!(!guide::has_message(&other.read()).await.unwrap());
        assert_eq!(guide::waiting(&other.read()).await.unwrap(), None);
    }

    async fn an_answer_counts_once_the_provider_took_it(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let read = scope.read();
        let user = UserId(id(7, 1));
        let mut row = conversation(1, channel(1));
        row.last_inbound_at = Some(NOW);
        row.first_response_at = Some(NOW);
        save(&scope, vec![Change::CreateContact(contact(1)), Change::CreateConversation(row)]).await;
        assert!(!guide::is_answered(&read).await.unwrap(), "written, and not on its way");
        let tx = scope.write().await.unwrap();
        let mut book = Book::default();
        let message = MessageId(tx.new_id(NOW));
        book.apply(vec![Change::InsertMessage(answer(message, user))]);
        let mut taken = book.message(message).cloned().unwrap();
        taken.sent_at = Some(NOW);
        book.apply(vec![Change::UpdateMessage(taken)]);
        ingest::save(&tx, &book.drain(), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(guide::is_answered(&read).await.unwrap());
        assert!(guide::is_answered_by(&read, user, NOW).await.unwrap());
        assert!(!guide::is_answered_by(&read, UserId(id(7, 2)), NOW).await.unwrap(), "a colleague's");
        assert!(!guide::is_answered_by(&read, user, NOW.plus(1)).await.unwrap(), "before they were here");
    }
}

fn answer(message: MessageId, user: UserId) -> NewMessage {
    NewMessage {
        id: message,
        conversation_id: ConversationId(id(2, 1)),
        contact_id: ContactId(id(1, 1)),
        channel_id: channel(1),
        direction: Direction::Out,
        at: NOW,
        created_at: NOW,
        author_kind: "user".to_owned(),
        author_id: Some(user.0),
        author_name: None,
        provider_id: Some("wamid.out".to_owned()),
        client_id: None,
        content: Content::Text { body: "Yes".to_owned(), preview_url: None },
        preview: "Yes".to_owned(),
        status: Status::Sent,
        reply_to_provider_id: None,
        reply_to_id: None,
        media_id: None,
    }
}
