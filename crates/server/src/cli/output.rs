//! What a command says at its end.

use crate::boot::BootError;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

/// A result, for people and for programs.
#[derive(Debug, Clone)]
pub struct Output {
    text: String,
    json: Value,
    failed: bool,
}

impl Output {
    /// The same thing said twice. What cannot be written as JSON is null.
    #[must_use]
    pub fn new(text: impl Into<String>, value: &impl Serialize) -> Self {
        Self { text: text.into(), json: serde_json::to_value(value).unwrap_or_default(), failed: false }
    }

    /// The command ran and has something to say, but what it says is not good: exit code 1.
    #[must_use]
    pub fn failed_unless(mut self, good: bool) -> Self {
        self.failed = !good;
        self
    }

    fn print(&self, as_json: bool) -> String {
        match (as_json, self.json.is_null(), self.text.trim_end()) {
            (true, true, _) | (false, _, "") => String::new(),
            (true, false, _) => format!("{:#}\n", self.json),
            (false, _, text) => format!("{text}\n"),
        }
    }

    /// The command did its work while it ran; nothing is left to say.
    #[must_use]
    pub fn silent() -> Self {
        Self { text: String::new(), json: Value::Null, failed: false }
    }
}

/// Why a command failed.
#[derive(Debug, Clone)]
pub struct Failure {
    code: String,
    detail: String,
}

impl Failure {
    /// A failure with a stable code.
    #[must_use]
    pub fn new(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: code.into(), detail: detail.into() }
    }
}

impl From<rapport_app::Error> for Failure {
    fn from(error: rapport_app::Error) -> Self {
        use rapport_app::Error;
        let code = match &error {
            Error::Refused { code, .. } | Error::Conflict { code, .. } => code,
            Error::NotFound(_) | Error::Store(rapport_store::Error::NotFound(_)) => "not_found",
            Error::Invalid { .. } | Error::Limits(_) => "invalid",
            Error::Vault(_) => "vault",
            Error::Store(_) => "database",
            _ => "failed",
        };
        Self::new(code, error.to_string())
    }
}

impl From<rapport_store::Error> for Failure {
    fn from(error: rapport_store::Error) -> Self {
        rapport_app::Error::from(error).into()
    }
}

impl From<BootError> for Failure {
    fn from(error: BootError) -> Self {
        match error {
            BootError::App(error) => error.into(),
            BootError::Store(error) => error.into(),
            BootError::Vault(error) => rapport_app::Error::from(error).into(),
            other => Self::new("cannot_start", other.to_string()),
        }
    }
}

/// Prints the end of a command. Text for people goes to standard output, failures to standard error; with `--json`
/// one document goes to standard output in both cases.
pub(super) fn show(result: Result<Output, Failure>, as_json: bool) -> ExitCode {
    let (code, out, err) = match (result, as_json) {
        (Ok(output), _) => (u8::from(output.failed), output.print(as_json), String::new()),
        (Err(failure), true) => {
            let document = json!({ "error": { "code": failure.code, "detail": failure.detail } });
            (1, format!("{document:#}\n"), String::new())
        }
        (Err(failure), false) => (1, String::new(), format!("rapport: {}\n", failure.detail)),
    };
    // A closed pipe (`| head`) is not our failure.
    let _ = std::io::stdout().write_all(out.as_bytes());
    let _ = std::io::stderr().write_all(err.as_bytes());
    ExitCode::from(code)
}
