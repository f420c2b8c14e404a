//! Access tokens of limited life: fetched once for all calls of a connection, renewed before their end or when the
//! other side no longer takes them.
//!
//! A token lives in memory, on the connection's line; what it is fetched with stands sealed in the row. While one is
//! being fetched everybody else waits for it, so that however many calls are refused in one moment, it is renewed once.

use super::credentials::{Credentials, Keep};
use super::line::Line;
use super::settings::SyncSettings;
use rapport_connectors::Secret;
use rapport_connectors::crm::oauth::REFRESH_TOKEN;
use rapport_connectors::crm::{Access, Answer, CrmError, ErrorClass, Grant, OAuth, Pace, Told, Trouble, Vendor};
use rapport_connectors::http::{Executor, Failure, Request, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Pauses before the token endpoint is asked again at once.
const AGAIN: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(1_000)];
/// A token is renewed when this share of its life is left, at most so long before its end.
const EARLY_SHARE: u32 = 10;
const EARLY_MOST: Duration = Duration::from_secs(300);
/// For so long a refusal for good answers everybody who asks: calls that wait in a row do not each ask again.
const REFUSED_FOR: Duration = Duration::from_secs(2);

/// What a line knows of its connection's token.
#[derive(Debug, Default)]
pub(crate) struct State {
    held: Option<Held>,
    /// A refresh token that came and is not stored yet, with the one it replaces: until it is, its token is not used.
    unsaved: Option<(Secret, Secret)>,
    refused: Option<(CrmError, Instant)>,
}

#[derive(Debug, Clone)]
struct Held {
    grant: Grant,
    renew_at: Instant,
}

/// Fetches the tokens of one connection.
pub(crate) struct Tokens {
    way: OAuth,
    vendor: &'static Vendor,
    base_url: String,
    pub(crate) keep: Keep,
}

/// What a fetch needs of whoever makes calls.
pub(crate) struct Means<'a> {
    pub http: &'a Arc<dyn Executor>,
    pub line: &'a Line,
    pub settings: &'a SyncSettings,
}

impl Tokens {
    /// `None` where the vendor's credentials are used as they are.
    pub(crate) fn of(vendor: &'static Vendor, way: Option<OAuth>, access: &Access, keep: Keep) -> Option<Self> {
        Some(Self { way: way?, vendor, base_url: access.base_url.clone(), keep })
    }

    /// Authorises a call.
    pub(crate) fn sign(&self, request: Request, grant: &Grant) -> Request {
        self.way.sign(request, &self.base_url, grant)
    }

    /// An address as the API's own.
    pub(crate) fn moved(&self, url: String, grant: &Grant) -> String {
        rapport_connectors::crm::oauth::moved(&url, &self.base_url, grant).unwrap_or(url)
    }

    /// A token to call with, fetched when there is none, when its end is near, or when the other side refused it:
    /// `refused` is the one that was.
    pub(crate) async fn get(&self, means: &Means<'_>, refused: Option<&Secret>) -> Answer<Grant> {
        let mut state = means.line.token.lock().await;
        self.save(&mut state).await?;
        let now = means.line.instant();
        if let Some(held) = &state.held
            && now < held.renew_at
            && refused != Some(&held.grant.token)
        {
            return Ok(held.grant.clone());
        }
        if let Some((error, until)) = &state.refused
            && now < *until
        {
            return Err(error.clone().into());
        }
        state.held = None;
        match self.fetch(means, &mut state).await {
            Ok(grant) => {
                state.refused = None;
                let early = (grant.life / EARLY_SHARE).min(EARLY_MOST);
                state.held = Some(Held { grant: grant.clone(), renew_at: means.line.instant() + grant.life - early });
                Ok(grant)
            }
            Err(trouble) => {
                if let Trouble::Refused(error) = &trouble {
                    let pause = match error.class {
                        ErrorClass::RateLimited => error.retry_after.unwrap_or(REFUSED_FOR),
                        _ => REFUSED_FOR,
                    };
                    state.refused = Some(((**error).clone(), means.line.instant() + pause));
                }
                Err(trouble)
            }
        }
    }

    /// Fetches a token. When the refresh token is refused and another process has changed it meanwhile, the new one is
    /// tried.
    async fn fetch(&self, means: &Means<'_>, state: &mut State) -> Answer<Grant> {
        let mut used = self.credentials().await?;
        loop {
            let access = Access { base_url: self.base_url.clone(), credentials: used.clone(), ..Access::default() };
            match self.ask(means, &access).await {
                Ok(grant) => {
                    let before = access.get(REFRESH_TOKEN);
                    if let Some(new) = grant.refresh.clone().filter(|new| *new != before) {
                        state.unsaved = Some((before, new));
                        self.save(state).await?;
                    }
                    return Ok(grant);
                }
                Err(trouble) if trouble.class() == Some(ErrorClass::AuthExpired) => {
                    let present = self.credentials().await?;
                    if present == used {
                        return Err(trouble);
                    }
                    used = present;
                }
                Err(trouble) => return Err(trouble),
            }
        }
    }

    async fn credentials(&self) -> Answer<Credentials> {
        self.keep.read().await.map_err(|error| unkept(&error))
    }

    /// Stores a refresh token that came and could not be stored yet.
    async fn save(&self, state: &mut State) -> Answer<()> {
        if let Some((used, new)) = &state.unsaved {
            self.keep.rotate(used, new).await.map_err(|error| unkept(&error))?;
            state.unsaved = None;
        }
        Ok(())
    }

    /// Asks the token endpoint, again where that may help.
    async fn ask(&self, means: &Means<'_>, access: &Access) -> Answer<Grant> {
        let mut tries = AGAIN.iter();
        loop {
            means.line.turn(Pace::Call, means.settings).await.map_err(Trouble::Resting)?;
            let trouble = match means.http.run(self.way.ask(self.vendor.kind, access)).await {
                Err(failure) => {
                    if !matches!(failure, Failure::Blocked(_)) {
                        means.line.down();
                    }
                    Trouble::Silent(failure)
                }
                Ok(response) => match self.read(means, &response) {
                    Ok(grant) => return Ok(grant),
                    Err(error) => error.into(),
                },
            };
            let again = match &trouble {
                Trouble::Silent(failure) => !matches!(failure, Failure::Blocked(_)),
                Trouble::Refused(error) => error.class == ErrorClass::Transient,
                Trouble::Resting(_) => false,
            };
            match tries.next() {
                Some(pause) if again && !means.line.rests() => means.line.pause(*pause).await,
                _ => return Err(trouble),
            }
        }
    }

    fn read(&self, means: &Means<'_>, response: &Response) -> Result<Grant, CrmError> {
        let read = self.way.read(response);
        match &read {
            Err(error) if error.class == ErrorClass::Transient => means.line.down(),
            _ => means.line.up(Told::default(), Pace::Call),
        }
        read
    }
}

/// Our own database is in the way: nothing was asked, and asking again later helps.
fn unkept(error: &crate::error::Error) -> Trouble {
    tracing::warn!(%error, "credentials of a connection cannot be read or stored now");
    Trouble::Silent(Failure::NotSent("the connection's credentials cannot be read or stored now".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::BoxFuture;
    use rapport_connectors::crm::oauth::{CLIENT_ID, CLIENT_SECRET};
    use rapport_connectors::crm::vendor;
    use rapport_connectors::http::Streamed;
    use serde_json::{Value, json};
    use std::sync::Mutex;
    use tokio::io::AsyncWrite;

    /// Answers each call after a moment, as the test says.
    struct Endpoint<F>(Mutex<Vec<String>>, F);

    impl<F: Fn(usize, &str) -> (u16, Value) + Send + Sync> Executor for Endpoint<F> {
        fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                let rapport_connectors::http::Body::Bytes(body) = request.body else { panic!("a form") };
                let form = String::from_utf8_lossy(&body).into_owned();
                let count = {
                    let mut asked = self.0.lock().unwrap();
                    asked.push(form.clone());
                    asked.len()
                };
                let (status, answer) = (self.1)(count, &form);
                Ok(Response::new(status, &[], answer.to_string()))
            })
        }

        fn stream<'a>(
            &'a self,
            _: Request,
            _: &'a mut (dyn AsyncWrite + Unpin + Send),
            _: u64,
        ) -> BoxFuture<'a, Result<Streamed, Failure>> {
            unreachable!("nothing is streamed")
        }
    }

    fn tokens() -> Tokens {
        let all = [(CLIENT_ID, "id"), (CLIENT_SECRET, "secret"), (REFRESH_TOKEN, "one")];
        let credentials: Credentials = all.map(|(name, value)| (name.to_owned(), value.into())).into();
        let base_url = "https://shop.example".to_owned();
        let access = Access { base_url, credentials: credentials.clone(), ..Access::default() };
        let salesforce = vendor("salesforce").unwrap();
        let keep = Keep::Memory(Mutex::new(credentials));
        Tokens::of(salesforce, salesforce.oauth.clone(), &access, keep).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_are_refused_one_token_is_fetched() {
        let endpoint = Arc::new(Endpoint(Mutex::default(), |count: usize, _: &str| {
            (200, json!({ "access_token": format!("t{count}"), "expires_in": 1_000 }))
        }));
        let (http, line, settings): (Arc<dyn Executor>, _, _) =
            (endpoint.clone(), Line::default(), SyncSettings::default());
        let (means, tokens) = (Means { http: &http, line: &line, settings: &settings }, tokens());
        let asked = || endpoint.0.lock().unwrap().len();
        let all = async |refused: Option<Secret>| {
            let calls = (0..20).map(|_| tokens.get(&means, refused.as_ref()));
            let got = futures::future::join_all(calls).await.into_iter().map(|grant| grant.unwrap().token);
            got.map(|token| token.expose().to_owned()).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!((all(None).await.into_iter().collect::<Vec<_>>(), asked()), (vec!["t1".to_owned()], 1));
        assert_eq!((all(Some("t1".into())).await.into_iter().collect::<Vec<_>>(), asked()), (vec!["t2".to_owned()], 2));
        // A refusal that comes late is of the token before.
        assert_eq!((all(Some("t1".into())).await.len(), asked()), (1, 2));
        tokio::time::sleep(Duration::from_secs(899)).await;
        assert_eq!((all(None).await.len(), asked()), (1, 2));
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!((all(None).await.len(), asked()), (1, 3), "renewed before its end");
    }

    #[tokio::test(start_paused = true)]
    async fn another_process_may_have_changed_the_refresh_token() {
        let tokens = Arc::new(tokens());
        let other = tokens.clone();
        let endpoint = Arc::new(Endpoint(Mutex::default(), move |_: usize, form: &str| {
            if form.ends_with("refresh_token=one") {
                // In this moment, another process has used it.
                futures::executor::block_on(other.keep.rotate(&"one".into(), &"two".into())).unwrap();
                return (400, json!({ "error": "invalid_grant", "error_description": "expired" }));
            }
            (200, json!({ "access_token": "t", "refresh_token": "three" }))
        }));
        let (http, line, settings): (Arc<dyn Executor>, _, _) =
            (endpoint.clone(), Line::default(), SyncSettings::default());
        let means = Means { http: &http, line: &line, settings: &settings };
        assert_eq!(tokens.get(&means, None).await.unwrap().token.expose(), "t");
        assert_eq!(endpoint.0.lock().unwrap().len(), 2);
        assert_eq!(tokens.keep.read().await.unwrap()[REFRESH_TOKEN].expose(), "three", "kept for the next time");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_answers_those_who_wait_and_trouble_is_tried_again() {
        let endpoint = Arc::new(Endpoint(Mutex::default(), |count: usize, _: &str| match count {
            1 => (400, json!({ "error": "invalid_grant" })),
            2 => (503, json!({})),
            3 => (200, json!({ "access_token": "t" })),
            _ => (429, json!({ "error": "slow_down" })),
        }));
        let (http, line, settings): (Arc<dyn Executor>, _, _) =
            (endpoint.clone(), Line::default(), SyncSettings::default());
        let (means, tokens) = (Means { http: &http, line: &line, settings: &settings }, tokens());
        let asked = || endpoint.0.lock().unwrap().len();
        let refused = futures::future::join_all((0..20).map(|_| tokens.get(&means, None))).await;
        let is_refused = |grant: &Answer<Grant>| {
            grant.as_ref().is_err_and(|trouble| trouble.class() == Some(ErrorClass::AuthExpired))
        };
        assert!(refused.iter().all(is_refused) && asked() == 1, "{} asked", asked());
        tokio::time::sleep(REFUSED_FOR).await;
        let grant = tokens.get(&means, None).await.unwrap();
        assert_eq!((grant.token.expose(), asked()), ("t", 3));
        for _ in 0..3 {
            let limited = tokens.get(&means, Some(&grant.token)).await.unwrap_err();
            assert_eq!((limited.class(), asked()), (Some(ErrorClass::RateLimited), 4), "it is left alone for a while");
        }
    }
}
