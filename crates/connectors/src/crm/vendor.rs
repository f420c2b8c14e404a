//! What a connector is, as data: the screens and commands that connect a CRM are drawn from it.

use super::hook::{Hint, HookCall, SignatureError};
use super::oauth::OAuth;
use super::seam::Crm;
use crate::json::BadBody;
use crate::rest::{self, Description};
use crate::secret::Secret;
use crate::{freshdesk, hubspot, intercom, salesforce, zendesk, zoho};
use rapport_core::matter::Object;
use rapport_core::time::Ms;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every CRM and help desk that can be connected.
pub const VENDORS: &[&Vendor] = &[
    &hubspot::VENDOR,
    &zendesk::VENDOR,
    &freshdesk::VENDOR,
    &zoho::VENDOR,
    &salesforce::VENDOR,
    &intercom::VENDOR,
    &rest::VENDOR,
];

/// The connector of a kind.
#[must_use]
pub fn vendor(kind: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.kind == kind).copied()
}

/// A connector.
pub struct Vendor {
    /// Its word in rows, addresses and the API.
    pub kind: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Where its API is.
    pub address: Address,
    /// What it must be told.
    pub credentials: &'static [Credential],
    /// Beside the required ones, all credentials of one of these lists are needed; empty = nothing more.
    pub either: &'static [&'static [&'static str]],
    /// How its tokens are fetched, where they are of limited life: whoever makes the calls authorises them.
    pub oauth: Option<OAuth>,
    /// What it can do.
    pub capabilities: Capabilities,
    /// Mappings of a new connection.
    pub seeds: &'static [Seed<'static>],
    /// The credential that signs webhooks.
    pub signing: &'static str,
    /// Headers of a delivery that [`Vendor::verify`] reads; lower case. Empty: whichever came once.
    pub hook_headers: &'static [&'static str],
    /// Whether a delivery is the vendor's. Any secret may fit.
    pub verify: fn(&[&str], &HookCall<'_>, Ms) -> Result<(), SignatureError>,
    /// What a delivery hints at.
    pub hints: fn(&[u8]) -> Result<Vec<Hint>, BadBody>,
    /// Opens a connection; `fields` are the properties that every read asks for.
    pub open: fn(&Access, &[String]) -> Arc<dyn Crm>,
}

impl Vendor {
    /// Whether its API is what its owner says of it: a connection needs a [`Description`].
    #[must_use]
    pub fn is_described(&self) -> bool {
        self.kind == rest::KIND
    }
}

impl std::fmt::Debug for Vendor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vendor").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Where a vendor's API is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// The same for everybody; another one is for stand-ins.
    Fixed(&'static str),
    /// Each account has its own, which looks like this.
    Own(&'static str),
}

/// Something a vendor must be told before it can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credential {
    /// Its word in the API.
    pub name: &'static str,
    /// Shown to nobody once it is stored.
    pub secret: bool,
    /// It cannot be left out.
    pub required: bool,
    /// Where it is found.
    pub help: &'static str,
}

/// What a connector can do, and what its limits are until the vendor tells others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// What it keeps beside contacts; [`Crm::matters`] answers for these.
    pub objects: &'static [Object],
    /// How fine the vendor's stamps are, ms. Two changes of one second share a stamp where it is 1000.
    pub resolution_ms: i64,
    /// The field that keeps our key.
    pub key: &'static str,
    /// Whether that field is ours alone. Where it is not, somebody else's value in it is left as it is.
    pub key_is_ours: bool,
    /// Most rows of one upsert.
    pub batch: usize,
    /// Whether one call reads many records by their ids; otherwise each costs a call.
    pub reads_many: bool,
    /// Spellings of numbers that one search takes.
    pub spellings: usize,
    /// Whether a merge tells the surviving record; otherwise the other one is only deleted.
    pub tells_merges: bool,
    /// How far what is read as changed may be behind, ms: the next look begins this long before the last end.
    pub overlap_ms: i64,
    /// Calls in ten seconds, less what other apps of the account may want.
    pub calls_per_10s: u32,
    /// Searches in a second.
    pub searches_per_second: u32,
    /// Pages of changes in a minute.
    pub exports_per_minute: u32,
}

/// A mapping of a new connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed<'a> {
    /// Our field.
    pub local: &'a str,
    /// Theirs.
    pub remote: &'a str,
    /// `both`, `push` or `pull`.
    pub direction: &'a str,
    /// Whether it is used from the start.
    pub enabled: bool,
}

/// The access to one account.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Where its API is, without trailing slash.
    pub base_url: String,
    /// Credentials by name.
    pub credentials: BTreeMap<String, Secret>,
    /// What its owner says of the API, for a connector that knows it by that alone.
    pub description: Option<Arc<Description>>,
}

impl Access {
    /// A credential; an empty one when it was not given.
    #[must_use]
    pub fn get(&self, name: &str) -> Secret {
        self.credentials.get(name).cloned().unwrap_or_else(|| Secret::new(""))
    }
}
