//! Configuration: defaults, then `rapport.toml`, then `RAPPORT_*`, then flags; the later wins.

mod keys;

pub use keys::{KEYS, Key};
pub use rapport_door::Net;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What an installation is told.
#[derive(Clone)]
pub struct Config {
    /// `sqlite:///...` or `postgres://...`.
    pub database_url: String,
    /// Where files are kept.
    pub data_dir: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where people and providers reach it, without a trailing slash.
    pub public_url: String,
    /// Which log lines: `info`, `rapport_app=debug,warn`, ...
    pub log: String,
    /// Private hosts that outgoing calls may reach.
    pub allow_hosts: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Net>,
    /// Bearer token for `/metrics`.
    pub metrics_token: Option<String>,
    /// The master key itself.
    pub master_key: Option<String>,
    /// The file with the master key.
    pub master_key_file: Option<PathBuf>,
    /// What operators call this process.
    pub node_name: String,
}

/// Says where things are, never a secret: the database URL may carry a password.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("data_dir", &self.data_dir)
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("log", &self.log)
            .field("node_name", &self.node_name)
            .finish_non_exhaustive()
    }
}

/// A setting that cannot be used. Names the key and where it was set, never a secret's value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadConfig(pub String);

/// Values by key, before they are read; lists are comma-separated.
pub type Values = BTreeMap<&'static str, (String, Source)>;

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The file.
    File(PathBuf),
    /// A variable of the environment.
    Env,
    /// A flag.
    Flag,
}

impl Config {
    /// Puts the layers together.
    ///
    /// # Errors
    /// [`BadConfig`] naming the key that is unknown or cannot be read.
    pub fn load(
        file: Option<&Path>,
        env: impl IntoIterator<Item = (String, String)>,
        flags: impl IntoIterator<Item = (&'static str, Option<String>)>,
    ) -> Result<Self, BadConfig> {
        let mut values = Values::new();
        if let Some(path) = file {
            from_file(path, &mut values)?;
        } else if Path::new("rapport.toml").is_file() {
            from_file(Path::new("rapport.toml"), &mut values)?;
        }
        from_env(env, &mut values)?;
        for (key, value) in flags {
            if let Some(value) = value {
                values.insert(key, (value, Source::Flag));
            }
        }
        Self::from_values(values)
    }

    fn from_values(mut values: Values) -> Result<Self, BadConfig> {
        let mut take = |key: &'static str| values.remove(key).map(|(value, _)| value);
        let listen: SocketAddr = parse("listen", &take("listen").unwrap_or_else(|| "127.0.0.1:8080".to_owned()))?;
        let data_dir = PathBuf::from(take("data_dir").unwrap_or_else(|| "data".to_owned()));
        let data_dir = std::path::absolute(&data_dir).map_err(|error| BadConfig(format!("data_dir: {error}")))?;
        let database_url =
            take("database_url").unwrap_or_else(|| format!("sqlite://{}", data_dir.join("rapport.db").display()));
        let public_url = take("public_url").unwrap_or_else(|| format!("http://{listen}"));
        let public_url = public_url.trim_end_matches('/').to_owned();
        if !public_url.starts_with("http://") && !public_url.starts_with("https://") {
            return Err(BadConfig("public_url must begin with http:// or https://".to_owned()));
        }
        let proxies = take("trusted_proxies").map(|text| list(&text)).unwrap_or_default();
        let trusted_proxies = proxies
            .iter()
            .map(|text| {
                Net::parse(text).ok_or_else(|| BadConfig(format!("trusted_proxies: {text} is no address or network")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            database_url,
            data_dir,
            listen,
            public_url,
            log: take("log").unwrap_or_else(|| "info".to_owned()),
            allow_hosts: take("allow_hosts").map(|text| list(&text)).unwrap_or_default(),
            trusted_proxies,
            metrics_token: take("metrics_token").filter(|token| !token.is_empty()),
            master_key: take("master_key").filter(|key| !key.is_empty()),
            master_key_file: take("master_key_file").map(PathBuf::from),
            node_name: take("node_name").unwrap_or_else(host_name),
        })
    }
}

fn host_name() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "rapport".to_owned() } else { name.to_owned() }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(key: &str, text: &str) -> Result<T, BadConfig> {
    text.parse().map_err(|error| BadConfig(format!("{key}: {text}: {error}")))
}

fn from_file(path: &Path, values: &mut Values) -> Result<(), BadConfig> {
    let bad = |error: &dyn std::fmt::Display| BadConfig(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| bad(&error))?;
    // The message of the TOML reader quotes the line, which may be a secret.
    let table: toml::Table =
        toml::from_str(&text).map_err(|error: toml::de::Error| bad(&format!("not TOML: {}", error.message())))?;
    for (name, value) in table {
        let key = keys::find(&name).ok_or_else(|| bad(&format!("unknown key {name}; known are {}", keys::names())))?;
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            toml::Value::Array(parts) => {
                let parts: Option<Vec<&str>> = parts.iter().map(toml::Value::as_str).collect();
                parts.ok_or_else(|| bad(&format!("{name} must be a list of texts")))?.join(",")
            }
            _ => return Err(bad(&format!("{name} must be a text or a list of texts"))),
        };
        values.insert(key, (text, Source::File(path.to_owned())));
    }
    Ok(())
}

/// Variables of ours that are no settings: the config file's own place, and what test and bench scripts use.
const NOT_SETTINGS: [&str; 3] = ["RAPPORT_CONFIG", "RAPPORT_TEST_", "RAPPORT_BENCH_"];

fn from_env(env: impl IntoIterator<Item = (String, String)>, values: &mut Values) -> Result<(), BadConfig> {
    for (name, value) in env {
        let Some(rest) = name.strip_prefix("RAPPORT_") else { continue };
        if NOT_SETTINGS.iter().any(|other| name.starts_with(other)) {
            continue;
        }
        let key = keys::find(&rest.to_ascii_lowercase()).filter(|_| !rest.bytes().any(|b| b.is_ascii_lowercase()));
        let key = key.ok_or_else(|| {
            BadConfig(format!(
                "unknown variable {name}; known keys are {} (in capitals, after RAPPORT_)",
                keys::names()
            ))
        })?;
        values.insert(key, (value, Source::Env));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn later_layers_win() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rapport.toml");
        std::fs::write(
            &file,
            "listen = \"127.0.0.1:1\"\nlog = \"warn\"\nallow_hosts = [\"a\", \"b\"]\nnode_name = \"n\"\n",
        )
        .unwrap();
        let config = Config::load(
            Some(&file),
            env(&[("RAPPORT_LISTEN", "127.0.0.1:2"), ("RAPPORT_LOG", "debug"), ("HOME", "/"), ("RAPPORT_TEST_X", "1")]),
            [("listen", Some("127.0.0.1:3".to_owned())), ("log", None)],
        )
        .unwrap();
        assert_eq!(config.listen.port(), 3);
        assert_eq!((config.log.as_str(), config.allow_hosts.len(), config.node_name.as_str()), ("debug", 2, "n"));
        assert_eq!(config.public_url, "http://127.0.0.1:3");
        assert!(config.database_url.starts_with("sqlite:///") && config.database_url.ends_with("/data/rapport.db"));
    }

    #[test]
    fn what_is_not_known_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rapport.toml");
        std::fs::write(&file, "listn = \"127.0.0.1:1\"\n").unwrap();
        let error = Config::load(Some(&file), [], []).unwrap_err().to_string();
        assert!(error.contains("unknown key listn") && error.contains("listen"), "{error}");
        for (name, value, part) in [
            ("RAPPORT_LISTN", "x", "unknown variable RAPPORT_LISTN"),
            ("RAPPORT_LISTEN", "nowhere", "listen: nowhere"),
            ("RAPPORT_PUBLIC_URL", "ftp://x", "public_url"),
            ("RAPPORT_TRUSTED_PROXIES", "10.0.0.0/99", "trusted_proxies"),
        ] {
            let error = Config::load(None, env(&[(name, value)]), []).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        std::fs::write(&file, "master_key = \"hush hush\" x\n").unwrap();
        let error = Config::load(Some(&file), [], []).unwrap_err().to_string();
        assert!(!error.contains("hush"), "{error}");
        let hidden = Config::load(
            None,
            env(&[("RAPPORT_MASTER_KEY", "hush"), ("RAPPORT_DATABASE_URL", "postgres://u:hush@h/d")]),
            [],
        );
        assert!(!format!("{:?}", hidden.unwrap()).contains("hush"));
    }
}
