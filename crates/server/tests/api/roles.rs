//! Who may call what: a second reading of the table, by hand, and every endpoint tried with every role.

use crate::harness::{Endpoint, TestApp};

/// Operation and the least role that may call it; `public` and `any` as they say. A new endpoint needs a line here.
const TABLE: &str = include_str!("roles.txt");

const ROLES: [&str; 5] = ["viewer", "agent", "supervisor", "admin", "owner"];

fn expected(endpoint: &Endpoint) -> &'static str {
    let name = format!("{} {}", endpoint.method, endpoint.path.trim_start_matches("/api/v1"));
    let line = TABLE.lines().find(|line| line.rsplit_once(' ').is_some_and(|(operation, _)| operation.trim() == name));
    line.and_then(|line| line.rsplit_once(' '))
        .map(|(_, least)| least)
        .unwrap_or_else(|| panic!("roles.txt has no line for {name}"))
}

#[tokio::test]
async fn every_endpoint_lets_in_exactly_the_roles_of_the_table() {
    let (test, token) = TestApp::with_owner().await;
    for role in &ROLES[..4] {
        test.user(&token, role).await;
    }
    for endpoint in test.document.endpoints() {
        let least = expected(&endpoint);
        let path = endpoint.params.iter().fold(endpoint.path.clone(), |path, param| {
            path.replace(&format!("{{{param}}}"), "00000000-0000-7000-8000-000000000000")
        });
        let body = test.document.smallest_body(&endpoint);
        let stranger = test.nobody().send(endpoint.method.clone(), &path, body.clone()).await;
        let known = ROLES.iter().position(|role| *role == least);
        if least == "public" {
            assert_ne!(stranger.text("/code"), "unauthenticated", "{} {path}", endpoint.method);
            continue;
        }
        assert_eq!(stranger.problem(), (401, "unauthenticated".to_owned()), "{} {path}", endpoint.method);
        for (rank, role) in ROLES.iter().enumerate() {
            // A fresh browser each time: some endpoints end the session.
            let browser = test.browser(&format!("{role}@a.example")).await;
            let reply = browser.send(endpoint.method.clone(), &path, body.clone()).await;
            let may = known.is_none_or(|least| rank >= least);
            let forbidden = reply.status == 403;
            assert_eq!(!forbidden, may, "{} {path} as {role}: {} {}", endpoint.method, reply.status, reply.body);
            assert_ne!(reply.status, 401, "{} {path} as {role}", endpoint.method);
            assert!(reply.status < 500, "{} {path} as {role}: {}", endpoint.method, reply.body);
        }
    }
}

#[test]
fn the_table_has_no_line_too_many() {
    let document = crate::harness::Document::read();
    let known: Vec<String> = document
        .endpoints()
        .iter()
        .map(|endpoint| format!("{} {}", endpoint.method, endpoint.path.trim_start_matches("/api/v1")))
        .collect();
    for line in TABLE.lines().filter(|line| !line.trim().is_empty()) {
        let (operation, least) = line.rsplit_once(' ').unwrap();
        assert!(known.contains(&operation.trim().to_owned()), "{operation} is not an endpoint");
        assert!(ROLES.contains(&least) || ["public", "any"].contains(&least), "{line}");
    }
}
