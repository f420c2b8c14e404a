//! Writing rows one by one, where a vendor has no call for several.

use super::seam::{Answer, Ask, Trouble};
use super::value::{BatchResult, CrmError, ErrorClass, RowError, RowOk, UpsertRow};

/// Writes each row with `write`. A refusal that is about what was written concerns its row alone. Anything else ends the
/// batch: what is written by then stays written, and the rows that were not reached are told to wait.
///
/// # Errors
/// [`Trouble`] when it came before anything was written or refused.
pub(crate) async fn one_by_one<'a>(
    rows: &'a [UpsertRow],
    write: impl Fn(&'a UpsertRow) -> Ask<'a, RowOk> + Send + Sync,
) -> Answer<BatchResult> {
    let mut result = BatchResult::default();
    for (at, row) in rows.iter().enumerate() {
        match write(row).await {
            Ok(ok) => result.ok.push(ok),
            Err(Trouble::Refused(error)) if concerns_row(&error) => {
                result.failed.push(RowError { keys: vec![row.key.clone()], error: *error });
            }
            Err(trouble) if at == 0 => return Err(trouble),
            Err(trouble) => {
                let keys = rows[at..].iter().map(|row| row.key.clone()).collect();
                result.failed.push(RowError { keys, error: waits(trouble) });
                break;
            }
        }
    }
    Ok(result)
}

/// A refusal that is about what was written, not about the connection.
fn concerns_row(error: &CrmError) -> bool {
    use ErrorClass::{Conflict, Invalid, Locked, NotFound};
    matches!(error.class, Conflict | Invalid | Locked | NotFound)
}

/// Why the rest of a batch waits, as a refusal of each row.
fn waits(trouble: Trouble) -> CrmError {
    let message = trouble.to_string();
    match trouble {
        Trouble::Refused(error) => *error,
        Trouble::Resting(rest) if !rest.broken => {
            CrmError { retry_after: Some(rest.time), ..CrmError::new(429, ErrorClass::RateLimited, message) }
        }
        Trouble::Resting(_) | Trouble::Silent(_) => CrmError::new(503, ErrorClass::Transient, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::{RemoteRecord, Rest};
    use crate::http::Failure;
    use std::time::Duration;

    fn rows(count: usize) -> Vec<UpsertRow> {
        let row = |n: usize| UpsertRow { key: format!("k{n}"), id: None, properties: Default::default() };
        (0..count).map(row).collect()
    }

    async fn written(bad: &'static str, trouble: impl Fn() -> Trouble + Send + Sync) -> Answer<BatchResult> {
        let rows = rows(4);
        let trouble = &trouble;
        one_by_one(&rows, |row| {
            Box::pin(async move {
                if row.key == bad {
                    return Err(trouble());
                }
                Ok(RowOk { record: RemoteRecord { id: row.key.clone(), ..RemoteRecord::default() }, created: true })
            })
        })
        .await
    }

    #[tokio::test]
    async fn a_refused_row_is_passed_by_and_trouble_puts_the_rest_off() {
        let refused = || CrmError::new(400, ErrorClass::Invalid, "no").into();
        let result = written("k1", refused).await.unwrap();
        assert_eq!((result.ok.len(), result.failed[0].keys.as_slice()), (3, &["k1".to_owned()][..]));
        for (trouble, class) in [
            (Trouble::from(CrmError::new(429, ErrorClass::RateLimited, "slow down")), ErrorClass::RateLimited),
            (Trouble::from(CrmError::new(401, ErrorClass::AuthExpired, "who?")), ErrorClass::AuthExpired),
            (Trouble::Silent(Failure::Ambiguous("cut".to_owned())), ErrorClass::Transient),
            (Trouble::Resting(Rest { time: Duration::from_secs(9), broken: false }), ErrorClass::RateLimited),
            (Trouble::Resting(Rest { time: Duration::from_secs(9), broken: true }), ErrorClass::Transient),
        ] {
            let result = written("k2", || trouble.clone()).await.unwrap();
            assert_eq!((result.ok.len(), result.failed.len()), (2, 1), "{trouble}");
            assert_eq!(result.failed[0].keys, ["k2", "k3"]);
            assert_eq!(result.failed[0].error.class, class);
            assert!(written("k0", || trouble.clone()).await.is_err(), "nothing was done");
        }
    }
}
