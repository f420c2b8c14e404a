//! The binary, as an operator uses it.
#![allow(missing_docs, reason = "tests")]

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a command in its own folder; answers exit code and the JSON it printed.
fn rapport(folder: &Path, args: &[&str], input: &str) -> (i32, Value) {
    let mut child = command(folder).args(args).arg("--json").stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let json = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{args:?} printed {text:?}"));
    (output.status.code().unwrap(), json)
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rapport"));
    command.current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RAPPORT_")) {
        command.env_remove(name);
    }
    command
}

#[test]
fn from_nothing_to_a_first_call() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (code, made) =
        rapport(at, &["init", "--name", "Oasis", "--email", "amal@oasis.example", "--country", "AE"], "");
    assert_eq!((code, &made["workspace"]["name"]), (0, &"Oasis".into()), "{made}");
    assert_eq!(made["password"].as_str().unwrap().len(), 24);
    let token = made["token"].as_str().unwrap().to_owned();
    let (code, again) = rapport(at, &["init"], "");
    assert_eq!((code, &again["error"]["code"]), (1, &"not_empty".into()));

    let mut server = command(at).args(["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap());
    let address = loop {
        let mut line = String::new();
        assert!(log.read_line(&mut line).unwrap() > 0, "the server ended");
        let line: Value = serde_json::from_str(&line).unwrap();
        if line["message"] == "ready" {
            break line["listen"].as_str().unwrap().to_owned();
        }
    };
    let answer = call(&address, &token);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("amal@oasis.example"), "{answer}");
    stop(&mut server, &mut log, &token);
}

fn call(address: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head =
        format!("GET /api/v1/users HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A polite end within seconds, and a log without secrets.
fn stop(server: &mut std::process::Child, log: &mut impl Read, secret: &str) {
    let killed = Command::new("kill").arg(server.id().to_string()).status().unwrap();
    assert!(killed.success());
    let mut rest = String::new();
    log.read_to_string(&mut rest).unwrap();
    assert!(server.wait().unwrap().success(), "{rest}");
    assert!(rest.contains("stopped") && !rest.contains(secret), "{rest}");
}

#[test]
fn users_and_tokens_are_managed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (code, none) = rapport(at, &["user", "list"], "");
    assert_eq!((code, &none["error"]["code"]), (1, &"no_workspace".into()));
    rapport(at, &["init"], "");
    let add = ["user", "add", "omar@shop.example", "--name", "Omar", "--role", "supervisor", "--password-stdin"];
    let (code, added) = rapport(at, &add, "a good password\n");
    assert_eq!((code, &added["user"]["role"], &added["password"]), (0, &"supervisor".into(), &Value::Null), "{added}");
    assert_eq!(rapport(at, &add, "a good password\n").1["error"]["code"], "email_taken");
    let (_, changed) = rapport(at, &["user", "passwd", "Omar@shop.example"], "");
    assert!(changed["password"].is_string());
    assert_eq!(rapport(at, &["user", "disable", "omar@shop.example"], "").1["user"]["disabled"], true);
    assert_eq!(rapport(at, &["user", "disable", "owner@rapport.local"], "").1["error"]["code"], "last_owner");
    assert_eq!(rapport(at, &["user", "list"], "").1["items"].as_array().unwrap().len(), 2);

    let (_, made) =
        rapport(at, &["token", "create", "hook", "--role", "agent", "--scope", "inbox.read", "--expires-in", "30"], "");
    assert!(made["secret"].as_str().unwrap().starts_with("rpt_"), "{made}");
    let (_, listed) = rapport(at, &["token", "list"], "");
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let id = made["id"].as_str().unwrap();
    assert_eq!(rapport(at, &["token", "revoke", id], "").0, 0);
    assert_eq!(rapport(at, &["token", "revoke", id], "").1["error"]["code"], "not_found");
    assert_eq!(rapport(at, &["audit"], "").1["balanced"], true);
}

#[test]
fn a_backup_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    rapport(at, &["init"], "");
    let (code, copy) = rapport(at, &["backup", "copy.db"], "");
    assert_eq!((code, &copy["rows"]["workspace"]), (0, &1.into()), "{copy}");
    assert_eq!(rapport(at, &["restore", "copy.db"], "").1["error"]["code"], "not_empty");
    let other = at.join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::create_dir(other.join("data")).unwrap();
    std::fs::copy(at.join("data/master.key"), other.join("data/master.key")).unwrap();
    let (code, back) = rapport(&other, &["restore", "../copy.db"], "");
    assert_eq!((code, back["unreadable"].as_array().unwrap().len()), (0, 0), "{back}");
    assert_eq!(rapport(&other, &["user", "list"], "").1["items"].as_array().unwrap().len(), 1);
    let stranger = at.join("stranger");
    std::fs::create_dir(&stranger).unwrap();
    let (code, lost) = rapport(&stranger, &["restore", "../copy.db"], "");
    assert_eq!((code, lost["unreadable"].as_array().unwrap().len()), (1, 1), "another master key is told: {lost}");
    std::fs::write(at.join("broken.db"), "this is no database").unwrap();
    let empty = at.join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert_eq!(rapport(&empty, &["restore", "../broken.db"], "").0, 1);
    assert!(!empty.join("data/rapport.db").exists());
}

#[test]
fn wrong_settings_are_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rapport.toml"), "listn = \"x\"\n").unwrap();
    let (code, error) = rapport(folder.path(), &["migrate"], "");
    assert_eq!((code, &error["error"]["code"]), (1, &"bad_config".into()));
    assert!(error["error"]["detail"].as_str().unwrap().contains("listn"));
}

#[test]
fn the_document_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let (code, document) = rapport(folder.path(), &["openapi"], "");
    assert_eq!((code, document["openapi"].as_str().unwrap().starts_with("3.1")), (0, true));
}

#[test]
fn channels_are_connected_changed_and_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (code, none) = rapport(at, &["doctor"], "");
    assert_eq!((code, &none["findings"][0]["code"]), (1, &"schema".into()), "the doctor does not migrate");
    rapport(at, &["init"], "");
    let add = [
        "channel",
        "add",
        "whatsapp",
        "--phone-number-id",
        "1",
        "--waba-id",
        "2",
        "--access-token",
        "first",
        "--app-secret",
        "s",
        "--verify-token",
        "v",
        "--base-url",
    ];
    let (code, refused) = rapport(at, &[&add[..], &["http://127.0.0.1:9"]].concat(), "");
    assert_eq!((code, &refused["error"]["code"]), (1, &"invalid".into()), "plain http only where it is allowed");
    let (code, added) = rapport(at, &[&add[..], &["https://graph.invalid"]].concat(), "");
    assert_eq!((code, &added["findings"][0]["code"]), (0, &"unreachable".into()), "{added}");
    let id = added["id"].as_str().unwrap().to_owned();
    assert_eq!(added["webhook_url"], format!("http://127.0.0.1:8080/webhooks/whatsapp/{id}"));
    assert_eq!(rapport(at, &["channel", "pause", &id], "").1["status"], "paused");
    let untried = rapport(at, &["channel", "rotate-token", &id], "second\n");
    assert_eq!(
        (untried.0, &untried.1["error"]["code"]),
        (1, &"provider_unavailable".into()),
        "tried before it is taken"
    );
    assert_eq!(rapport(at, &["channel", "rotate-token", &id], "").1["error"]["code"], "invalid");
    assert_eq!(rapport(at, &["channel", "resume", &id], "").1["status"], "active");
    assert_eq!(rapport(at, &["channel", "list"], "").1["items"][0]["id"], id);
    routes_are_chosen_and_switched(at, &id, &add);
    let (code, found) = rapport(at, &["doctor"], "");
    let codes: Vec<&str> =
        found["findings"].as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect();
    assert!(code == 0 && codes.contains(&"unreachable") && codes.contains(&"none"), "{code} {codes:?}");
    assert_eq!(rapport(at, &["channel", "remove", &id], "").0, 0);
    assert_eq!(rapport(at, &["channel", "list"], "").1["items"], serde_json::json!([]));
}

/// A second number stands by, is switched to by hand, and is dropped again.
fn routes_are_chosen_and_switched(at: &Path, id: &str, add: &[&str]) {
    let mut second = [add, &["https://graph.invalid"]].concat();
    let place = second.iter().position(|word| *word == "1").unwrap();
    second[place] = "11";
    let other = rapport(at, &second, "").1["id"].as_str().unwrap().to_owned();
    let route = |words: &[&str]| rapport(at, &[&["channel", "route"][..], words].concat(), "");
    assert_eq!(route(&["show", id]).1["state"], "none");
    assert_eq!(route(&["switch", id, "standby"]).1["error"]["code"], "no_standby");
    assert_eq!(route(&["set", id, "--standby", id]).1["error"]["code"], "invalid", "not its own standby");
    let (code, set) = route(&["set", id, "--standby", &other, "--slow-ms", "800", "--probe-every", "600"]);
    assert_eq!((code, &set["standby_channel_id"]), (0, &other.as_str().into()), "{set}");
    assert_eq!((&set["slow_ms"], &set["probe_every_seconds"]), (&800.into(), &600.into()));
    let (code, over) = route(&["switch", id, "standby"]);
    assert_eq!((code, &over["active"], &over["pinned"]), (0, &"standby".into(), &true.into()), "{over}");
    assert_eq!(route(&["show", id]).1["reason"], "by_hand");
    assert_eq!(route(&["switch", id, "primary"]).1["active"], "primary");
    let mut shown = command(at);
    let text = shown.args(["channel", "route", "show", id]).output().unwrap().stdout;
    assert!(String::from_utf8(text).unwrap().starts_with("State    healthy"));
    assert_eq!(route(&["drop", id]).1["state"], "none");
    assert_eq!(rapport(at, &["channel", "remove", &other], "").0, 0);
}
