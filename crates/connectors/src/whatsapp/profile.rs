//! The business profile customers see (§12).

use super::api::{Api, ApiError, Invalid, read, string};
use crate::http::{Method, Request, Response};
use serde_json::{Value, json};

const FIELDS: &str = "about,address,description,email,profile_picture_url,websites,vertical";
/// Most characters of a text, as Meta counts them.
pub const ABOUT_MAX: usize = 139;
/// Most characters of the address.
pub const ADDRESS_MAX: usize = 256;
/// Most characters of the description.
pub const DESCRIPTION_MAX: usize = 512;
/// Most characters of the e-mail address.
pub const EMAIL_MAX: usize = 128;
/// Most websites.
pub const WEBSITES_MAX: usize = 2;
/// Most characters of a website.
pub const WEBSITE_MAX: usize = 256;

/// The lines of business Meta knows.
pub const VERTICALS: &[&str] = &[
    "UNDEFINED",
    "OTHER",
    "AUTO",
    "BEAUTY",
    "APPAREL",
    "EDU",
    "ENTERTAIN",
    "EVENT_PLAN",
    "FINANCE",
    "GROCERY",
    "GOVT",
    "HOTEL",
    "HEALTH",
    "NONPROFIT",
    "PROF_SERVICES",
    "RETAIL",
    "TRAVEL",
    "RESTAURANT",
    "NOT_A_BIZ",
];

/// What customers see of the business; what is not set is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// The line under the name.
    pub about: String,
    /// Street address.
    pub address: String,
    /// What the business does.
    pub description: String,
    /// Where to write to.
    pub email: String,
    /// Web addresses.
    pub websites: Vec<String>,
    /// Line of business, one of [`VERTICALS`]; empty when not told.
    pub vertical: String,
    /// Where the picture is.
    pub picture_url: Option<String>,
}

/// What is to change; `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// The line under the name; cannot be emptied.
    pub about: Option<String>,
    /// Street address.
    pub address: Option<String>,
    /// What the business does.
    pub description: Option<String>,
    /// Where to write to.
    pub email: Option<String>,
    /// Web addresses.
    pub websites: Option<Vec<String>>,
    /// Line of business.
    pub vertical: Option<String>,
}

/// Asks for the profile.
#[must_use]
pub fn get(api: &Api, phone_number_id: &str) -> Request {
    api.get("profile", &[phone_number_id, "whatsapp_business_profile"], &[("fields", FIELDS)])
}

/// Reads the answer to [`get`].
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_profile(response: &Response) -> Result<Profile, ApiError> {
    let body = read(response)?;
    let row = body["data"].get(0).ok_or_else(|| ApiError::odd(response, "no profile"))?;
    let text = |key: &str| string(&row[key]).unwrap_or_default();
    Ok(Profile {
        about: text("about"),
        address: text("address"),
        description: text("description"),
        email: text("email"),
        websites: row["websites"].as_array().map(|list| list.iter().filter_map(string).collect()).unwrap_or_default(),
        vertical: text("vertical"),
        picture_url: string(&row["profile_picture_url"]),
    })
}

/// Changes the profile. Answered with [`super::api::read_success`].
///
/// # Errors
/// [`Invalid`] for what Meta would refuse.
pub fn update(api: &Api, phone_number_id: &str, changes: &Changes) -> Result<Request, Invalid> {
    let mut body = json!({ "messaging_product": "whatsapp" });
    for (field, value, least, most) in [
        ("about", &changes.about, 1, ABOUT_MAX),
        ("address", &changes.address, 0, ADDRESS_MAX),
        ("description", &changes.description, 0, DESCRIPTION_MAX),
        ("email", &changes.email, 0, EMAIL_MAX),
    ] {
        let Some(text) = value else { continue };
        body[field] = length(field, text, least, most)?.into();
    }
    if let Some(email) = changes.email.as_deref().filter(|email| !email.is_empty()) {
        let plausible = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        if !plausible || email.contains(char::is_whitespace) {
            return Err(Invalid::new("email", "an address such as shop@example.com", "something else"));
        }
    }
    if let Some(sites) = &changes.websites {
        body["websites"] = websites(sites)?;
    }
    if let Some(vertical) = &changes.vertical {
        if !VERTICALS.contains(&vertical.as_str()) {
            return Err(Invalid::new("vertical", format!("one of {}", VERTICALS.join(", ")), vertical.as_str()));
        }
        body["vertical"] = vertical.as_str().into();
    }
    Ok(api.call("profile_update", Method::Post, &[phone_number_id, "whatsapp_business_profile"], &[]).with_json(&body))
}

fn length<'a>(field: &str, text: &'a str, least: usize, most: usize) -> Result<&'a str, Invalid> {
    let count = text.chars().count();
    if (least..=most).contains(&count) {
        return Ok(text);
    }
    let limit = if least > 0 { format!("{least} to {most} characters") } else { format!("at most {most} characters") };
    Err(Invalid::new(field, limit, format!("{count} characters")))
}

fn websites(sites: &[String]) -> Result<Value, Invalid> {
    if sites.len() > WEBSITES_MAX {
        return Err(Invalid::new("websites", format!("at most {WEBSITES_MAX} addresses"), sites.len().to_string()));
    }
    for site in sites {
        length("websites", site, 1, WEBSITE_MAX)?;
        if !(site.starts_with("https://") || site.starts_with("http://")) || site.contains(char::is_whitespace) {
            return Err(Invalid::new("websites", "addresses that begin with https:// or http://", site.as_str()));
        }
    }
    Ok(json!(sites))
}
