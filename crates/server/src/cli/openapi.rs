//! `rapport openapi`

use super::output::{Failure, Output};

/// Prints the API's document; the same with and without `--json`.
pub fn run() -> Result<Output, Failure> {
    let document = crate::http::api::openapi();
    let text = document.to_pretty_json().map_err(|error| Failure::new("failed", error.to_string()))?;
    Ok(Output::new(text, &document))
}
