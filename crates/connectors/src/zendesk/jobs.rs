//! Jobs: what became of a batch.

use super::api::{Api, read};
use crate::crm::CrmError;
use crate::crm::answer::{list, odd, text};
use crate::http::{Method, Request, Response, percent};
use std::collections::BTreeSet;

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// At its end, well or not.
    pub ended: bool,
    /// Users that were written. Rows that failed do not say reliably which they are.
    pub written: BTreeSet<String>,
}

/// Asks how a job stands.
#[must_use]
pub fn get(api: &Api, id: &str) -> Request {
    api.call("job_status", Method::Get, &format!("/job_statuses/{}", percent(id)))
}

/// Reads a job.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_job(response: &Response) -> Result<Job, CrmError> {
    let body = read(response)?;
    let job = &body["job_status"];
    let id = text(&job["id"]).ok_or_else(|| odd(response, "no job"))?;
    let good = |row: &&serde_json::Value| row["success"] != false && row["error"].is_null();
    Ok(Job {
        id,
        ended: matches!(job["status"].as_str(), Some("completed" | "failed" | "killed")),
        written: list(&job["results"]).iter().filter(good).filter_map(|row| text(&row["id"])).collect(),
    })
}
