//! Every setting there is.

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in `rapport.toml`; in capitals after `RAPPORT_` in the environment.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// Every setting, as `rapport --help` and the manual list them.
pub const KEYS: &[Key] = &[
    Key { name: "database_url", about: "sqlite:///path or postgres://...; default: rapport.db in the data folder" },
    Key { name: "data_dir", about: "folder for files; default: ./data" },
    Key { name: "listen", about: "address and port; default: 127.0.0.1:8080" },
    Key { name: "public_url", about: "where people and providers reach this installation; default: http://<listen>" },
    Key { name: "log", about: "log filter; default: info" },
    Key { name: "allow_hosts", about: "private hosts, addresses or networks that outgoing calls may reach" },
    Key { name: "trusted_proxies", about: "addresses or networks whose X-Forwarded-For is believed" },
    Key { name: "metrics_token", about: "bearer token for /metrics; default: this machine only" },
    Key { name: "master_key", about: "the key that protects stored secrets: 32 bytes in hex or base64" },
    Key { name: "master_key_file", about: "file with that key; default: master.key in the data folder" },
    Key { name: "node_name", about: "what operators call this process; default: the host's name" },
];

/// The key of this name.
pub(super) fn find(name: &str) -> Option<&'static str> {
    KEYS.iter().map(|key| key.name).find(|key| *key == name)
}

/// All names, for error messages.
pub(super) fn names() -> String {
    KEYS.iter().map(|key| key.name).collect::<Vec<_>>().join(", ")
}
