//! What each provider wants to know of a number: which fields belong to it, and what they mean to us.

use super::add::{NewChannel, base_url, secret};
use super::secret::Secrets;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::Secret;
use rapport_connectors::provider::{Kind, Provider};

/// A number's access, checked.
pub(super) struct Credentials {
    /// Who carries it.
    pub provider: Kind,
    /// The provider's id of the number.
    pub phone_number_id: String,
    /// The provider's id of the account.
    pub waba_id: String,
    /// Where its API is.
    pub base_url: String,
    /// Token and secrets.
    pub secrets: Secrets,
}

/// The fields that belong to some providers only, with the providers.
const FIELDS: &[(&str, &[Kind])] = &[
    ("phone_number_id", &[Kind::Meta, Kind::Dialog360]),
    ("waba_id", &[Kind::Meta, Kind::Dialog360]),
    ("access_token", &[Kind::Meta, Kind::Gateway]),
    ("app_secret", &[Kind::Meta]),
    ("verify_token", &[Kind::Meta]),
    ("api_key", &[Kind::Dialog360]),
    ("webhook_secret", &[Kind::Dialog360]),
    ("account_sid", &[Kind::Twilio]),
    ("auth_token", &[Kind::Twilio]),
    ("phone_number", &[Kind::Twilio, Kind::Gateway]),
    ("workspace_id", &[Kind::Bird]),
    ("bird_channel_id", &[Kind::Bird]),
    ("access_key", &[Kind::Bird]),
    ("signing_key", &[Kind::Bird]),
    ("shared_secret", &[Kind::Gateway]),
];

/// Reads what was given for the provider that was chosen.
///
/// # Errors
/// `Invalid`, naming the field: unknown provider, a field that is missing, malformed, or another provider's.
pub(super) fn read(app: &App, new: &NewChannel) -> Result<Credentials> {
    let word = new.provider.as_deref().unwrap_or(Kind::Meta.code());
    let words = Kind::ALL.map(Kind::code).join(", ");
    let provider = Kind::ALL.into_iter().find(|kind| kind.code() == word);
    let provider = provider.ok_or_else(|| Error::invalid("provider", format!("must be one of {words}")))?;
    for (name, owners) in FIELDS {
        if !owners.contains(&provider) && !value(new, name).is_empty() {
            return Err(Error::invalid(*name, format!("does not belong to the provider {word}; leave it out")));
        }
    }
    let (phone_number_id, waba_id, secrets) = match provider {
        Kind::Meta => meta(new)?,
        Kind::Dialog360 => dialog360(new)?,
        Kind::Twilio => twilio(new)?,
        Kind::Bird => bird(new)?,
        Kind::Gateway => gateway(new)?,
        Kind::Practice => return Err(Error::invalid("provider", "is not one that a number is connected through")),
    };
    let base_url = base_url(app, provider, new.base_url.as_deref())?;
    Ok(Credentials { provider, phone_number_id, waba_id, base_url, secrets })
}

impl Credentials {
    /// The way to the provider; `hook_url` may be empty while the channel has no id.
    pub fn access(&self, hook_url: String) -> Provider {
        Provider {
            kind: self.provider,
            base_url: self.base_url.clone(),
            number_id: self.phone_number_id.clone(),
            account_id: self.waba_id.clone(),
            token: self.secrets.access_token.clone(),
            signing: self.secrets.app_secrets.clone(),
            hook_url,
        }
    }
}

fn value<'a>(new: &'a NewChannel, name: &str) -> &'a str {
    match name {
        "phone_number_id" => &new.phone_number_id,
        "waba_id" => &new.waba_id,
        "access_token" => &new.access_token,
        "app_secret" => &new.app_secret,
        "verify_token" => &new.verify_token,
        "api_key" => &new.api_key,
        "webhook_secret" => &new.webhook_secret,
        "account_sid" => &new.account_sid,
        "auth_token" => &new.auth_token,
        "phone_number" => &new.phone_number,
        "workspace_id" => &new.workspace_id,
        "bird_channel_id" => &new.bird_channel_id,
        "access_key" => &new.access_key,
        "signing_key" => &new.signing_key,
        "shared_secret" => &new.shared_secret,
        _ => "",
    }
}

type Read = (String, String, Secrets);

fn secrets(token: Secret, signing: Secret, verify_token: Secret) -> Secrets {
    Secrets::new(token, Some(signing), verify_token)
}

fn meta(new: &NewChannel) -> Result<Read> {
    let secrets = secrets(
        secret("access_token", &new.access_token)?,
        secret("app_secret", &new.app_secret)?,
        secret("verify_token", &new.verify_token)?,
    );
    Ok((provider_id("phone_number_id", &new.phone_number_id)?, provider_id("waba_id", &new.waba_id)?, secrets))
}

fn dialog360(new: &NewChannel) -> Result<Read> {
    let key = secret("api_key", &new.api_key)?;
    let secrets = secrets(key, strong("webhook_secret", &new.webhook_secret)?, Secret::new(""));
    Ok((provider_id("phone_number_id", &new.phone_number_id)?, provider_id("waba_id", &new.waba_id)?, secrets))
}

fn twilio(new: &NewChannel) -> Result<Read> {
    let sid = provider_id("account_sid", &new.account_sid)?;
    if !sid.starts_with("AC") || sid.len() != 34 {
        return Err(Error::invalid("account_sid", "must begin with AC and have 34 characters"));
    }
    // The one token calls the API and signs deliveries.
    let token = secret("auth_token", &new.auth_token)?;
    let secrets = secrets(token.clone(), token, Secret::new(""));
    Ok((digits("phone_number", &new.phone_number)?, sid, secrets))
}

fn bird(new: &NewChannel) -> Result<Read> {
    let key = secret("access_key", &new.access_key)?;
    let secrets = secrets(key, secret("signing_key", &new.signing_key)?, Secret::new(""));
    Ok((
        provider_id("bird_channel_id", &new.bird_channel_id)?,
        provider_id("workspace_id", &new.workspace_id)?,
        secrets,
    ))
}

fn gateway(new: &NewChannel) -> Result<Read> {
    let token = match new.access_token.trim() {
        "" => Secret::new(""),
        given => secret("access_token", given)?,
    };
    let secrets = secrets(token, strong("shared_secret", &new.shared_secret)?, Secret::new(""));
    let number = digits("phone_number", &new.phone_number)?;
    // Templates are kept by account; a gateway's belong to its number.
    let account = format!("gateway-{number}");
    Ok((number, account, secrets))
}

/// What is to sign deliveries from now on, by the name it has when a channel is changed.
///
/// # Errors
/// `Invalid`: malformed, too easily guessed, or a provider that has none.
pub(super) fn signing(provider: Kind, given: &str) -> Result<Secret> {
    const FIELD: &str = "app_secret";
    match provider {
        Kind::Twilio => Err(Error::invalid(FIELD, "is the auth token at Twilio: replace access_token")),
        Kind::Dialog360 | Kind::Gateway => strong(FIELD, given),
        Kind::Meta | Kind::Bird | Kind::Practice => secret(FIELD, given),
    }
}

/// An id of the provider's: digits at Meta, letters too elsewhere.
fn provider_id(field: &'static str, given: &str) -> Result<String> {
    let given = given.trim();
    let good = (1..=64).contains(&given.len())
        && given.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if good { Ok(given.to_owned()) } else { Err(Error::invalid(field, "must have 1 to 64 digits or letters")) }
}

/// A secret that is chosen here and proves deliveries by itself: nobody may guess it.
fn strong(field: &'static str, given: &str) -> Result<Secret> {
    let secret = secret(field, given)?;
    if secret.expose().len() < 16 {
        return Err(Error::invalid(field, "must have at least 16 characters"));
    }
    Ok(secret)
}

/// The digits of an international number.
fn digits(field: &'static str, given: &str) -> Result<String> {
    let usual = given.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.'));
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    if usual && (7..=15).contains(&digits.len()) && !digits.starts_with('0') {
        return Ok(digits);
    }
    Err(Error::invalid(field, "must be an international number such as +14155238886"))
}
