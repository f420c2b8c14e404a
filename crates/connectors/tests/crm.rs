//! One suite for every CRM connector, each against its stand-in: what a connector promises to the sync, whoever it is.

use futures::future::BoxFuture;
use rapport_connectors::crm::{
    Access, Ask, By, Changes, Crm, ErrorClass, Grant, KeyState, Next, Pace, RemoteRecord, Trouble, UpsertRow, vendor,
};
use rapport_connectors::http::{AllowList, Client, Config as HttpConfig, Executor, Method, Request, Response};
use rapport_connectors::rest::Description;
use rapport_core::time::Ms;
use rapport_sandbox::{Config, Handle, Make, Sandbox};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What differs from one stand-in to the next.
struct Desk {
    kind: &'static str,
    /// Where a person makes records.
    records: &'static str,
    /// The name's field, the number's and the address's.
    name: &'static str,
    phone: &'static str,
    email: &'static str,
    credentials: &'static [(&'static str, &'static str)],
    /// The one that is refused when it is wrong.
    token: &'static str,
    /// Part of the path of a write.
    write: &'static str,
    /// A field that takes only some values, and one it does not take.
    picky: (&'static str, &'static str),
    /// Whether an address can be taken away.
    empties_email: bool,
    /// Whether deleted records can be asked for; elsewhere only webhooks tell of them.
    tells_deleted: bool,
}

const DESKS: [Desk; 8] = [
    Desk {
        kind: "hubspot",
        records: "/hubspot/contacts",
        name: "firstname",
        phone: "phone",
        email: "email",
        credentials: &[("access_token", "pat-one")],
        token: "access_token",
        write: "batch/upsert",
        picky: ("email", "no address"),
        empties_email: true,
        tells_deleted: true,
    },
    Desk {
        kind: "zendesk",
        records: "/zendesk/users",
        name: "name",
        phone: "phone",
        email: "email",
        credentials: &[("email", "agent@shop.example"), ("api_token", "zd-one")],
        token: "api_token",
        write: "create_or_update",
        picky: ("user_fields.level", "level_silver"),
        empties_email: false,
        tells_deleted: true,
    },
    Desk {
        kind: "salesforce",
        records: "/salesforce/contacts",
        name: "LastName",
        phone: "MobilePhone",
        email: "Email",
        credentials: &[("client_id", "sf-client"), ("client_secret", "sf-secret"), ("refresh_token", "sf-refresh-one")],
        token: "refresh_token",
        write: "composite/sobjects",
        picky: ("Email", "no address"),
        empties_email: true,
        tells_deleted: true,
    },
    Desk {
        kind: "freshdesk",
        records: "/freshdesk/contacts",
        name: "name",
        phone: "mobile",
        email: "email",
        credentials: &[("api_key", "fd-one")],
        token: "api_key",
        write: "api/v2/contacts",
        picky: ("custom_fields.level", "silver"),
        empties_email: true,
        tells_deleted: true,
    },
    Desk {
        kind: "zoho",
        records: "/zoho/contacts",
        name: "Last_Name",
        phone: "Mobile",
        email: "Email",
        credentials: &[
            ("client_id", "1000.sandbox"),
            ("client_secret", "zoho-secret"),
            ("refresh_token", "1000.refresh-one"),
        ],
        token: "refresh_token",
        write: "Contacts/upsert",
        picky: ("Email", "no address"),
        empties_email: true,
        tells_deleted: true,
    },
    Desk {
        kind: "intercom",
        records: "/intercom/contacts",
        name: "name",
        phone: "phone",
        email: "email",
        credentials: &[("access_token", "ic-one")],
        token: "access_token",
        write: "/contacts",
        picky: ("email", "no address"),
        empties_email: false,
        tells_deleted: false,
    },
    Desk {
        kind: "rest",
        records: "/rest/flat/contacts",
        name: "name",
        phone: "mobile",
        email: "email",
        credentials: &[("token", "own-key")],
        token: "token",
        write: "api/customers",
        picky: ("level", "silver"),
        empties_email: true,
        tells_deleted: true,
    },
    Desk {
        kind: "rest",
        records: "/rest/nested/contacts",
        name: "profile.display_name",
        phone: "reach.phones[0].number",
        email: "reach.emails[0]",
        credentials: &[("client_id", "own-client"), ("client_secret", "own-secret")],
        token: "client_secret",
        write: "v2/people",
        picky: ("reach.emails[0]", "no address"),
        empties_email: true,
        tells_deleted: false,
    },
];

/// Calls without pace: refusals of the line are told, everything else is returned. A token of limited life is fetched
/// once, and not renewed.
struct Plain {
    http: Client,
    crm: Arc<dyn Crm>,
    base_url: String,
    token: Option<Result<Grant, Trouble>>,
}

impl Plain {
    async fn new(access: &Access, crm: Arc<dyn Crm>) -> Self {
        let http = client();
        let token = match crm.oauth() {
            None => None,
            Some(way) => Some(match http.run(way.ask(crm.vendor().kind, access)).await {
                Ok(response) => way.read(&response).map_err(Into::into),
                Err(failure) => Err(Trouble::Silent(failure)),
            }),
        };
        Self { http, crm, base_url: access.base_url.clone(), token }
    }
}

impl rapport_connectors::crm::Wire for Plain {
    fn call(&self, mut request: Request, pace: Pace) -> Ask<'_, Response> {
        Box::pin(async move {
            if let (Some(token), Some(way)) = (&self.token, self.crm.oauth()) {
                request = way.sign(request, &self.base_url, token.as_ref().map_err(Clone::clone)?);
            }
            let response = self.http.run(request).await.map_err(Trouble::Silent)?;
            if !response.ok() {
                let error = self.crm.refusal(&response, pace);
                if matches!(error.class, ErrorClass::RateLimited | ErrorClass::QuotaExhausted | ErrorClass::Transient) {
                    return Err(error.into());
                }
            }
            Ok(response)
        })
    }

    fn once(&self, request: Request, pace: Pace) -> Ask<'_, Response> {
        self.call(request, pace)
    }

    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

struct World {
    desk: &'static Desk,
    sandbox: Handle,
    crm: Arc<dyn Crm>,
    wire: Plain,
}

fn client() -> Client {
    let allow = AllowList::parse(["127.0.0.1"]).unwrap();
    Client::new(HttpConfig { allow, ..HttpConfig::default() }).unwrap()
}

impl World {
    async fn of(desk: &'static Desk) -> Self {
        let sandbox = Sandbox::start(Config::default()).await.unwrap();
        let (crm, wire) = Self::opened(desk, &sandbox, None).await;
        let world = Self { desk, sandbox, wire, crm };
        let wide = json!({ "search_per_second": 1_000, "burst_per_10s": 100_000 });
        let limits = json!({
            "hubspot": wide, "zendesk": { "calls_per_minute": 100_000, "exports_per_minute": 1_000 },
            "freshdesk": { "calls_per_minute": 100_000, "lists_per_minute": 1_000 },
            "intercom": { "calls_per_10s": 100_000 }, "rest": { "calls_per_second": 100_000 }
        });
        world.control(Method::Post, "/limits", Some(limits)).await;
        world
    }

    async fn opened(desk: &Desk, sandbox: &Handle, token: Option<&str>) -> (Arc<dyn Crm>, Plain) {
        let mut credentials: BTreeMap<_, _> =
            desk.credentials.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        if let Some(token) = token {
            credentials.insert(desk.token.to_owned(), token.into());
        }
        let base_url = format!("{}/{}", sandbox.base_url(), desk.kind);
        // What its owner says of it, where that must be said.
        let make = desk.records.strip_prefix("/rest/").and_then(|rest| Make::parse(rest.split('/').next()?));
        let description = make.map(|make| Arc::new(Description::read(&make.description()).unwrap()));
        let access = Access { base_url, credentials, description };
        let fields = [desk.name, desk.phone, desk.email].map(str::to_owned);
        let crm = (vendor(desk.kind).unwrap().open)(&access, &fields);
        (crm.clone(), Plain::new(&access, crm).await)
    }

    async fn control(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request =
            Request::new("sandbox", "control", method, format!("{}/_sandbox{path}", self.sandbox.base_url()));
        if let Some(body) = body {
            request = request.with_json(&body);
        }
        let response = self.wire.http.run(request).await.unwrap();
        assert!(response.ok(), "{path}: {} {}", response.status, String::from_utf8_lossy(&response.body));
        serde_json::from_slice(&response.body).unwrap()
    }

    async fn records(&self) -> Vec<Value> {
        let all = self.control(Method::Get, self.desk.records, None).await;
        let there = |record: &&Value| record["archived"] != true && record["active"] != false;
        all["items"].as_array().unwrap().iter().filter(there).cloned().collect()
    }

    /// A person makes a record; its id.
    async fn person(&self, name: &str, phone: &str) -> String {
        let made = self
            .control(Method::Post, self.desk.records, Some(json!({ self.desk.name: name, self.desk.phone: phone })))
            .await;
        made["id"].as_str().map_or_else(|| made["id"].to_string(), str::to_owned)
    }

    fn row(&self, key: &str, properties: &[(&str, &str)]) -> UpsertRow {
        let properties = properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        UpsertRow { key: key.to_owned(), id: None, properties }
    }

    /// Everything that changed, with the place to go on from.
    async fn swept(&self, mut place: Option<Value>, since: Ms) -> (Vec<RemoteRecord>, Ms, Option<Value>) {
        let mut all = Vec::new();
        for _ in 0..500 {
            let Changes { records, next } = self.crm.changes(&self.wire, place.as_ref(), since).await.unwrap();
            all.extend(records);
            match next {
                Next::More(next) => place = Some(next),
                Next::Done { up_to, resume } => return (all, up_to, resume),
            }
        }
        panic!("{}: it does not end", self.desk.kind);
    }
}

#[tokio::test]
async fn the_account_is_met_and_wrong_credentials_are_said() {
    for desk in &DESKS {
        let world = World::of(desk).await;
        let account = world.crm.account(&world.wire).await.unwrap();
        assert!(!account.id.is_empty() && account.record_url.is_some() && account.clock.is_some(), "{account:?}");
        assert_eq!(world.crm.key(&world.wire, true).await.unwrap(), KeyState::Ready, "{}", desk.kind);
        let fields = world.crm.describe(&world.wire).await.unwrap();
        for seed in world.crm.seeds() {
            assert!(fields.iter().any(|field| field.name == seed.remote), "{}: {}", desk.kind, seed.remote);
        }
        assert!(fields.iter().any(|field| field.name == world.crm.key_name()));
        let (wrong, wire) = World::opened(desk, &world.sandbox, Some("nonsense")).await;
        let refused = wrong.account(&wire).await.unwrap_err();
        assert_eq!(refused.class(), Some(ErrorClass::AuthExpired), "{}", desk.kind);
        let Trouble::Refused(error) = refused else { panic!("a refusal") };
        assert!(wrong.advice(&error).is_some());
        world.sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn rows_are_written_once_and_judged_each_for_itself() {
    for desk in &DESKS {
        let world = World::of(desk).await;
        world.crm.key(&world.wire, true).await.unwrap();
        let mut rows: Vec<UpsertRow> = (0..30)
            .map(|n| {
                let phone = format!("+4915112345{n:03}");
                world.row(&format!("key-{n}"), &[(desk.name, &format!("Name {n}")), (desk.phone, &phone)])
            })
            .collect();
        rows[3].properties.insert(desk.picky.0.to_owned(), desk.picky.1.to_owned());
        rows[4].properties.insert(desk.email.to_owned(), "ana@shop.example".to_owned());
        // One bad row may refuse a batch as a whole; then the sync asks one by one.
        let (mut ok, mut failed) = (0, Vec::new());
        match world.crm.upsert(&world.wire, &rows).await {
            Ok(result) => {
                ok = result.ok.len();
                failed = result.failed;
            }
            Err(_) => {
                for row in &rows {
                    match world.crm.upsert(&world.wire, std::slice::from_ref(row)).await {
                        Ok(result) => {
                            ok += result.ok.len();
                            failed.extend(result.failed);
                        }
                        Err(Trouble::Refused(error)) => {
                            failed
                                .push(rapport_connectors::crm::RowError { keys: vec![row.key.clone()], error: *error });
                        }
                        Err(other) => panic!("{}: {other}", desk.kind),
                    }
                }
            }
        }
        assert_eq!((ok, failed.len()), (29, 1), "{}: {failed:?}", desk.kind);
        assert_eq!(
            (failed[0].keys.as_slice(), failed[0].error.class),
            (&["key-3".to_owned()][..], ErrorClass::Invalid)
        );
        assert_eq!(failed[0].error.fields[0].field, desk.picky.0, "{}", desk.kind);
        rows[3].properties.remove(desk.picky.0);
        let again = world.crm.upsert(&world.wire, &rows).await.unwrap();
        assert_eq!((again.ok.len(), again.failed.len()), (30, 0), "{}", desk.kind);
        assert_eq!(world.records().await.len(), 30, "{}: nothing is made twice", desk.kind);
        // A change of one field leaves the others as they are.
        let id = again.ok.iter().find(|row| row.record.key.as_deref() == Some("key-4")).unwrap().record.id.clone();
        let change = UpsertRow { id: Some(id.clone()), ..world.row("key-4", &[(desk.phone, "+4915199999999")]) };
        world.crm.upsert(&world.wire, &[change]).await.unwrap();
        let found = world.crm.read_by(&world.wire, By::Key, &["key-4".to_owned()]).await.unwrap();
        assert_eq!((found.len(), found[0].properties[desk.name].as_str()), (1, "Name 4"), "{}", desk.kind);
        assert_eq!(found[0].phones, ["+4915199999999"]);
        assert_eq!(found[0].email.as_deref(), Some("ana@shop.example"));
        // An address that is somebody else's is a conflict, and harms neither.
        let taken = world.row("key-5", &[(desk.email, "ana@shop.example")]);
        let class = match world.crm.upsert(&world.wire, &[taken]).await {
            Ok(result) => result.failed[0].error.class,
            Err(trouble) => trouble.class().unwrap(),
        };
        assert_eq!(class, ErrorClass::Conflict, "{}", desk.kind);
        assert_eq!(world.records().await.len(), 30);
        world.sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn records_are_found_and_changed_by_id() {
    for desk in &DESKS {
        let world = World::of(desk).await;
        world.crm.key(&world.wire, true).await.unwrap();
        let id = world.person("Ana", "+49 151 12345678").await;
        let other = world.person("Bo", "+4915100000000").await;
        let (found, more) = world
            .crm
            .by_phone(&world.wire, &["+4915112345678".to_owned(), "+49 151 12345678".to_owned()])
            .await
            .unwrap();
        assert_eq!((found.len(), found[0].id.as_str(), more), (1, id.as_str(), false), "{}", desk.kind);
        let properties = BTreeMap::from([(desk.email.to_owned(), "ana@shop.example".to_owned())]);
        let changed = world.crm.update(&world.wire, &id, Some("key-1"), &properties).await.unwrap();
        assert_eq!(changed.id, id);
        let found = world.crm.read_by(&world.wire, By::Email, &["ana@shop.example".to_owned()]).await.unwrap();
        assert_eq!((found.len(), found[0].key.as_deref()), (1, Some("key-1")), "{}", desk.kind);
        let properties = BTreeMap::from([(desk.email.to_owned(), "new@shop.example".to_owned())]);
        world.crm.update(&world.wire, &id, None, &properties).await.unwrap();
        let found = world.crm.get(&world.wire, &id).await.unwrap().unwrap();
        assert_eq!(found.email.as_deref(), Some("new@shop.example"), "{}: the new one counts", desk.kind);
        let refused = world.crm.update(&world.wire, &other, None, &properties).await.unwrap_err();
        assert_eq!(refused.class(), Some(ErrorClass::Conflict), "{}", desk.kind);
        let empty = |name: &str| BTreeMap::from([(name.to_owned(), String::new())]);
        world.crm.update(&world.wire, &id, None, &empty(desk.phone)).await.unwrap();
        let emptied = world.crm.update(&world.wire, &id, None, &empty(desk.email)).await;
        assert_eq!(emptied.is_ok(), desk.empties_email, "{}", desk.kind);
        if let Err(Trouble::Refused(error)) = emptied {
            assert_eq!((error.class, error.fields[0].field.as_str()), (ErrorClass::Invalid, desk.email));
        }
        let found = world.crm.read_by(&world.wire, By::Id, std::slice::from_ref(&id)).await.unwrap();
        assert_eq!((found[0].email.is_none(), found[0].phones.len()), (desk.empties_email, 0), "{}", desk.kind);
        world.control(Method::Delete, &format!("{}/{other}", desk.records), None).await;
        assert_eq!(world.crm.get(&world.wire, &other).await.unwrap(), None, "{}", desk.kind);
        assert!(world.crm.read_by(&world.wire, By::Id, std::slice::from_ref(&other)).await.unwrap().is_empty());
        world.sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn nothing_that_changed_is_missed() {
    for desk in &DESKS {
        let world = World::of(desk).await;
        world.crm.key(&world.wire, true).await.unwrap();
        // All within a moment: many share a stamp.
        world.control(Method::Post, "/clock", Some(json!({ "speed": 0.001 }))).await;
        let mut ids = Vec::new();
        for n in 0..1_100 {
            ids.push(world.person(&format!("Name {n}"), &format!("+49151{n:07}")).await);
        }
        let (all, up_to, resume) = world.swept(None, Ms(0)).await;
        let mut seen: Vec<&str> = all.iter().map(|record| record.id.as_str()).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), ids.len(), "{}", desk.kind);
        world.control(Method::Post, "/clock", Some(json!({ "speed": 1, "advance_ms": 600_000 }))).await;
        let changed = json!({ desk.name: "Changed" });
        world.control(Method::Post, &format!("{}/{}", desk.records, ids[7]), Some(changed)).await;
        world.control(Method::Delete, &format!("{}/{}", desk.records, ids[8]), None).await;
        let overlap = world.crm.vendor().capabilities.overlap_ms;
        let (news, _, _) = world.swept(resume, up_to.plus(-overlap)).await;
        let found = news.iter().find(|record| record.id == ids[7]).unwrap();
        assert_eq!(found.properties[desk.name], "Changed", "{}", desk.kind);
        let (listed, _) = world.crm.deleted(&world.wire, None).await.unwrap();
        let is_gone = |record: &&RemoteRecord| record.id == ids[8] && record.archived;
        let is_told = news.iter().chain(&listed).any(|record| is_gone(&record));
        assert_eq!(is_told, desk.tells_deleted, "{}: deleted ones are told", desk.kind);
        world.sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_record() {
    for desk in &DESKS {
        let world = World::of(desk).await;
        world.crm.key(&world.wire, true).await.unwrap();
        let fault =
            json!({ "target": desk.kind, "kind": "drop_response", "times": 1, "match": { "path": desk.write } });
        world.control(Method::Post, "/faults", Some(fault)).await;
        let row = world.row("key-1", &[(desk.name, "Ana"), (desk.phone, "+4915112345678")]);
        let lost = world.crm.upsert(&world.wire, std::slice::from_ref(&row)).await;
        assert!(matches!(lost, Err(Trouble::Silent(_))), "{}", desk.kind);
        assert_eq!(world.crm.upsert(&world.wire, &[row]).await.unwrap().ok.len(), 1);
        assert_eq!(world.records().await.len(), 1, "{}", desk.kind);
        world.sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn two_who_create_at_once_make_one_record() {
    for desk in &DESKS {
        let world = World::of(desk).await;
        world.crm.key(&world.wire, true).await.unwrap();
        let rows = [world.row("key-1", &[(desk.name, "Ana"), (desk.phone, "+4915112345678")])];
        let (one, two) = tokio::join!(world.crm.upsert(&world.wire, &rows), world.crm.upsert(&world.wire, &rows));
        let id =
            |result: Result<rapport_connectors::crm::BatchResult, Trouble>| result.unwrap().ok[0].record.id.clone();
        assert_eq!(id(one), id(two), "{}", desk.kind);
        assert_eq!(world.records().await.len(), 1, "{}", desk.kind);
        world.sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn limits_and_trouble_are_told_apart() {
    for desk in &DESKS {
        let world = World::of(desk).await;
        for (status, class) in [
            (429, ErrorClass::RateLimited),
            (503, ErrorClass::Transient),
            (401, ErrorClass::AuthExpired),
            (403, ErrorClass::ForbiddenScope),
        ] {
            let fault =
                json!({ "target": desk.kind, "kind": "status", "status": status, "times": 1, "retry_after": 30 });
            world.control(Method::Post, "/faults", Some(fault)).await;
            let trouble = world.crm.describe(&world.wire).await.unwrap_err();
            assert_eq!(trouble.class(), Some(class), "{}: {status}", desk.kind);
            if let (429, Trouble::Refused(error)) = (status, &trouble) {
                assert_eq!(error.retry_after, Some(Duration::from_secs(30)), "{}", desk.kind);
            }
        }
        world.sandbox.shutdown().await;
    }
}
