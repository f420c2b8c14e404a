//! What a channel keeps secret, as it is sealed in its row.

use super::number::object;
use crate::error::{Error, Result};
use rapport_connectors::Secret;
use rapport_core::Ms;
use rapport_core::time::DAY;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long deliveries may still be signed with the secrets before the newest. Milliseconds.
const GRACE_MS: i64 = 7 * DAY;
/// Secrets that are valid at once: the newest, the one the provider still signs with, and one that was entered wrongly
/// between them.
const MOST: usize = 3;
/// Says among a channel's settings until when the last of the secrets before the newest is valid; 0: they are not.
const UNTIL: &str = "previous_secret_until";
/// Says among a channel's settings when a delivery last came that one of several secrets signed: the newest.
pub(super) const NEWEST_AT: &str = "newest_secret_at";
/// The same: one of those before it, and not the newest.
pub(super) const OLDER_AT: &str = "older_secret_at";

/// Until when deliveries may be signed with a secret before the newest; `None`: they may not.
pub(crate) fn previous_until(settings: &Value, now: Ms) -> Option<Ms> {
    settings[UNTIL].as_i64().map(Ms).filter(|until| now < *until)
}

/// Whether the provider signs with a secret before the newest still, as the last delivery tells.
pub(crate) fn signs_with_older(settings: &Value) -> bool {
    settings[OLDER_AT].as_i64() > settings[NEWEST_AT].as_i64()
}

/// The secrets were replaced: notes until when those before the newest are valid, if there are any. Which of them the
/// provider signs with is to be seen anew.
pub(super) fn keep_previous(settings: &mut Value, secrets: &Secrets, now: Ms) {
    object(settings);
    settings[UNTIL] = match secrets.app_secrets.len() {
        0 | 1 => 0.into(),
        _ => secrets.ends.iter().flatten().copied().max().unwrap_or(now.plus(GRACE_MS)).0.into(),
    };
    (settings[NEWEST_AT], settings[OLDER_AT]) = (Value::Null, Value::Null);
}

/// The same for a channel whose secret was replaced before there was an end to the time of those before: once the
/// provider is seen to sign with the newest. One that was never told it would be cut off without a word.
pub(super) fn end_previous(settings: &mut Value, secrets: &Secrets, now: Ms) {
    if secrets.app_secrets.len() > 1 && settings[UNTIL].is_null() && settings[NEWEST_AT].is_i64() {
        keep_previous(settings, secrets, now);
    }
}

/// Token and secrets of a number, whatever its provider calls them.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Calls the provider.
    pub access_token: Secret,
    /// Signs deliveries; the newest first. Several are valid at once while one is being replaced.
    pub app_secrets: Vec<Secret>,
    /// Until when each of those before the newest is valid; `None`: as long as the channel's settings say.
    pub(super) ends: Vec<Option<Ms>>,
    /// Answers the handshake.
    pub verify_token: Secret,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    access_token: String,
    app_secrets: Vec<String>,
    /// Missing in rows from before each secret had an end of its own.
    #[serde(default)]
    ends: Vec<Option<i64>>,
    verify_token: String,
}

impl Secrets {
    /// A token and one secret that signs.
    #[must_use]
    pub fn new(access_token: Secret, signing: Option<Secret>, verify_token: Secret) -> Self {
        Self { access_token, app_secrets: signing.into_iter().collect(), ends: Vec::new(), verify_token }
    }

    /// Makes this the newest secret that may sign; the one before it is valid for a while from now on, and those before
    /// that one as long as they were. False: it was the newest already.
    pub(super) fn sign_with(&mut self, secret: Secret, now: Ms) -> bool {
        if self.app_secrets.first() == Some(&secret) {
            return false;
        }
        let known = std::mem::replace(&mut self.app_secrets, vec![secret.clone()]);
        let ends = std::mem::take(&mut self.ends);
        let ends = std::iter::once(Some(now.plus(GRACE_MS))).chain(ends);
        let kept = known.into_iter().zip(ends).filter(|(known, _)| *known != secret).take(MOST - 1);
        for (known, end) in kept {
            self.app_secrets.push(known);
            self.ends.push(end);
        }
        true
    }

    /// Only the newest secret stays valid.
    pub(super) fn retire_previous(&mut self) {
        self.app_secrets.truncate(1);
        self.ends.clear();
    }

    /// Leaves out the secrets whose time is over; those without an end of their own have the one that the channel's
    /// settings say, if any.
    pub(super) fn forget_expired(&mut self, settings: &Value, now: Ms) {
        let common = settings[UNTIL].as_i64().map(Ms);
        let mut known = std::mem::take(&mut self.app_secrets).into_iter();
        let ends = std::mem::take(&mut self.ends);
        self.app_secrets.extend(known.next());
        for (secret, end) in known.zip(ends) {
            let end = end.or(common);
            if end.is_none_or(|end| now < end) {
                self.app_secrets.push(secret);
                self.ends.push(end);
            }
        }
    }

    /// Reads the opened bytes of a row.
    ///
    /// # Errors
    /// `Internal` when they are not what [`Secrets::write`] made.
    pub fn read(plain: &[u8]) -> Result<Self> {
        let plain: Plain = serde_json::from_slice(plain)
            .map_err(|_| Error::Internal("a channel's secrets cannot be read".to_owned()))?;
        let mut ends: Vec<Option<Ms>> = plain.ends.into_iter().map(|end| end.map(Ms)).collect();
        ends.resize(plain.app_secrets.len().saturating_sub(1), None);
        Ok(Self {
            access_token: plain.access_token.into(),
            ends,
            app_secrets: plain.app_secrets.into_iter().map(Secret::from).collect(),
            verify_token: plain.verify_token.into(),
        })
    }

    /// The bytes to seal.
    ///
    /// # Errors
    /// `Internal`, which cannot happen for strings.
    pub fn write(&self) -> Result<Vec<u8>> {
        let plain = Plain {
            access_token: self.access_token.expose().to_owned(),
            app_secrets: self.app_secrets.iter().map(|secret| secret.expose().to_owned()).collect(),
            ends: self.ends.iter().map(|end| end.map(|end| end.0)).collect(),
            verify_token: self.verify_token.expose().to_owned(),
        };
        serde_json::to_vec(&plain).map_err(|error| Error::Internal(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn valid(secrets: &Secrets, settings: &Value, now: Ms) -> String {
        let mut secrets = Secrets::read(&secrets.write().unwrap()).unwrap();
        secrets.forget_expired(settings, now);
        assert_eq!(secrets.ends.len() + 1, secrets.app_secrets.len());
        secrets.app_secrets.iter().map(|secret| secret.expose()).collect::<Vec<_>>().join(" ")
    }

    /// Replacing one secret more does not prolong the ones before.
    #[test]
    fn every_secret_ends_seven_days_after_it_was_replaced() {
        let mut settings = Value::Null;
        let mut secrets = Secrets::new("".into(), Some("a".into()), "".into());
        for (day, secret, until) in [(0, "b", 7), (6, "c", 13), (6, "c", 13), (6, "a", 13), (6, "c", 13)] {
            let now = Ms(day * DAY);
            let is_new = secrets.app_secrets[0].expose() != secret;
            assert_eq!(secrets.sign_with(secret.into(), now), is_new);
            keep_previous(&mut settings, &secrets, now);
            assert_eq!(previous_until(&settings, now), Some(Ms(until * DAY)), "{day} {secret}");
        }
        assert_eq!(valid(&secrets, &settings, Ms(13 * DAY - 1)), "c a b", "a was the newest on the sixth day");
        assert_eq!(valid(&secrets, &settings, Ms(13 * DAY)), "c");

        let mut secrets = Secrets::new("".into(), Some("a".into()), "".into());
        secrets.sign_with("b".into(), Ms(0));
        secrets.sign_with("c".into(), Ms(6 * DAY));
        keep_previous(&mut settings, &secrets, Ms(6 * DAY));
        assert_eq!(valid(&secrets, &settings, Ms(7 * DAY - 1)), "c b a");
        assert_eq!(valid(&secrets, &settings, Ms(7 * DAY)), "c b");
        assert_eq!(valid(&secrets, &settings, Ms(13 * DAY)), "c");
        secrets.retire_previous();
        assert_eq!(valid(&secrets, &settings, Ms(0)), "c");
    }

    /// Rows from before had one end for all, or none.
    #[test]
    fn secrets_from_before_keep_their_end() {
        let old = br#"{"access_token":"","app_secrets":["b","a"],"verify_token":""}"#;
        let mut secrets = Secrets::read(old).unwrap();
        for (until, now, expected) in
            [(json!(null), 9, "b a"), (json!(10), 9, "b a"), (json!(10), 10, "b"), (json!(0), 0, "b")]
        {
            assert_eq!(valid(&secrets, &json!({ UNTIL: until }), Ms(now)), expected);
        }
        secrets.forget_expired(&json!({ UNTIL: 10 }), Ms(9));
        secrets.sign_with("c".into(), Ms(9));
        let mut settings = json!({});
        keep_previous(&mut settings, &secrets, Ms(9));
        assert_eq!(valid(&secrets, &settings, Ms(10)), "c b");
    }

    /// A clock that nobody sees starts only when the provider is known to have the newest.
    #[test]
    fn an_end_begins_once_the_newest_signs() {
        let secrets = Secrets::read(br#"{"access_token":"","app_secrets":["b","a"],"verify_token":""}"#).unwrap();
        for (before, expected) in [
            (json!({}), None),
            (json!({ OLDER_AT: 5 }), None),
            (json!({ NEWEST_AT: 5 }), Some(Ms(9 + 7 * DAY))),
            (json!({ NEWEST_AT: 5, UNTIL: 12 }), Some(Ms(12))),
        ] {
            let mut settings = before.clone();
            end_previous(&mut settings, &secrets, Ms(9));
            assert_eq!(previous_until(&settings, Ms(9)), expected, "{before}");
        }
    }
}
