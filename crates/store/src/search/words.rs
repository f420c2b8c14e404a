//! The dictionary: which words a workspace's documents hold, so that a word that is still being typed is looked up as
//! the few words it may become.
//!
//! How often a word occurs is only kept roughly (written when it has doubled), for frequent words would otherwise be
//! written again and again.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::WorkspaceId;
use sea_orm::{ConnectionTrait, Value};
use std::collections::HashMap;

/// Words remembered by one indexer; beyond it everything is forgotten, which costs some repeated writing.
const REMEMBERED: usize = 200_000;
/// The most words that one beginning stands for.
const MEANT: i64 = 32;
/// The most words looked at for it.
const LOOKED_AT: i64 = 20_000;

/// What an indexer knows of the dictionary.
#[derive(Debug, Default)]
pub struct Vocabulary {
    known: HashMap<(WorkspaceId, String), Times>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Times {
    written: i64,
    waiting: i64,
}

impl Vocabulary {
    /// Counts words; answers with those that are to be written now.
    fn count<'a>(&mut self, workspace: WorkspaceId, words: impl Iterator<Item = &'a String>) -> Vec<(String, i64)> {
        if self.known.len() > REMEMBERED {
            self.known.clear();
        }
        let mut fresh: HashMap<&String, i64> = HashMap::new();
        for word in words {
            *fresh.entry(word).or_default() += 1;
        }
        let mut due = Vec::new();
        for (word, times) in fresh {
            let known = self.known.entry((workspace, word.clone())).or_default();
            known.waiting += times;
            if known.waiting >= known.written {
                due.push((word.clone(), known.waiting));
                known.written += known.waiting;
                known.waiting = 0;
            }
        }
        // Always in one order, so that two writers cannot wait for each other.
        due.sort_unstable();
        due
    }

    /// Forgets everything: what was counted may not have been written.
    pub fn forget(&mut self) {
        self.known.clear();
    }
}

/// Writes down the words of documents.
pub(super) async fn learn<'a>(
    tx: &WriteTx,
    vocabulary: &mut Vocabulary,
    words: impl Iterator<Item = &'a String>,
) -> Result<()> {
    const WORD: &[Col] = &[col("word", Kind::Bytes), col("times", Kind::Big)];
    let mut rows = Rows::new(WORD);
    for (word, times) in vocabulary.count(tx.workspace(), words) {
        rows.push([word.into_bytes().into(), times.into()]);
    }
    let text = "INSERT INTO search_word (workspace_id, word, times) SELECT $1, v.column1, v.column2 FROM {rows} \
                WHERE true ON CONFLICT (workspace_id, word) DO UPDATE SET times = search_word.times + excluded.times";
    batch::execute(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], rows).await?;
    Ok(())
}

/// The most frequent words that begin so.
pub(super) async fn beginning(read: &Read, prefix: &str) -> Result<Vec<String>> {
    let from = prefix.as_bytes().to_vec();
    // UTF-8 has no byte 255, so this is beyond every word that begins so.
    let mut to = from.clone();
    to.push(0xFF);
    let text = "SELECT word FROM (SELECT word, times FROM search_word WHERE workspace_id = $1 AND word >= $2 \
                AND word < $3 LIMIT $4) AS begun ORDER BY times DESC, word LIMIT $5";
    let values: [Value; 5] = [read.workspace().0.into(), from.into(), to.into(), LOOKED_AT.into(), MEANT.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let word = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    rows.iter().map(|row| Ok(word(row.try_get_by_index(0)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn frequent_words_are_written_seldom() {
        let mut vocabulary = Vocabulary::default();
        let workspace = WorkspaceId(Uuid::from_u128(1));
        let word = "order".to_owned();
        let mut written = Vec::new();
        for _ in 0..100 {
            written.extend(vocabulary.count(workspace, [&word].into_iter()));
        }
        assert!(written.len() <= 8, "{written:?}");
        assert!(written.iter().map(|(_, times)| times).sum::<i64>() >= 50);
        vocabulary.forget();
        assert_eq!(vocabulary.count(workspace, [&word, &word].into_iter()), [("order".to_owned(), 2)]);
    }
}
