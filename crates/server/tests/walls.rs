//! The walls between the crates, read from Cargo's own metadata: who may depend on whom, and on what.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Direct dependencies of each workspace crate, development ones left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let name = package["name"].as_str().unwrap_or_default().to_owned();
            let needs = package["dependencies"].as_array().into_iter().flatten();
            let needs = needs.filter(|dependency| dependency["kind"].as_str() != Some("dev"));
            (name, needs.filter_map(|dependency| dependency["name"].as_str().map(str::to_owned)).collect())
        })
        .collect()
}

#[test]
fn crates_depend_only_along_the_arrows() {
    let allowed: BTreeMap<&str, &[&str]> = [
        ("rapport-core", &[][..]),
        ("rapport-text", &[]),
        ("rapport-store", &["rapport-core"]),
        ("rapport-connectors", &["rapport-core"]),
        ("rapport-sandbox", &["rapport-core"]),
        ("rapport-app", &["rapport-core", "rapport-text", "rapport-store", "rapport-connectors"]),
        ("rapport-door", &["rapport-core", "rapport-store", "rapport-connectors", "rapport-app"]),
        (
            "rapport-server",
            &["rapport-core", "rapport-store", "rapport-app", "rapport-connectors", "rapport-door", "rapport-sandbox"],
        ),
    ]
    .into();
    let found = dependencies();
    for (name, allowed) in allowed {
        let needs = found.get(name).unwrap_or_else(|| panic!("{name} is missing"));
        for ours in needs.iter().filter(|need| need.starts_with("rapport-")) {
            assert!(allowed.contains(&ours.as_str()), "{name} must not depend on {ours}");
        }
    }
}

#[test]
fn what_belongs_to_one_crate_stays_there() {
    let found = dependencies();
    let rules: [(&str, &[&str]); 5] = [
        // SQL only in the store.
        ("sea-orm", &["rapport-store"]),
        ("sqlx", &["rapport-store"]),
        // HTTP servers only at the edge.
        ("axum", &["rapport-door", "rapport-server", "rapport-sandbox"]),
        // Outgoing calls only through the one executor; the sandbox delivers webhooks as the vendor would.
        ("reqwest", &["rapport-connectors", "rapport-sandbox"]),
        ("clap", &["rapport-server"]),
    ];
    for (library, homes) in rules {
        for (name, needs) in found.iter().filter(|(name, _)| name.as_str() != "rapport-bench") {
            assert!(!needs.contains(library) || homes.contains(&name.as_str()), "{name} must not use {library}");
        }
    }
}

#[test]
fn the_domain_is_free_of_the_outside_world() {
    let found = dependencies();
    for name in ["rapport-core", "rapport-text"] {
        for outside in ["tokio", "futures", "tracing", "rand", "http", "hyper", "metrics", "log"] {
            assert!(!found[name].contains(outside), "{name} must not use {outside}");
        }
    }
    for outside in ["rapport-store", "sea-orm"] {
        assert!(!found["rapport-connectors"].contains(outside), "connectors must not know the database");
    }
}
