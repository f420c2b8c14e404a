//! Numbers, accounts, subscriptions and tokens: what the set-up check reads (§2, §12).

use super::api::{Api, ApiError, integer, next_cursor, read, string};
use super::decode::tier_limit;
use crate::http::{Method, Request, Response};
use crate::secret::Secret;
use rapport_core::time::Ms;
use serde_json::Value;

const NUMBER_FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,code_verification_status,platform_type,\
throughput,status,name_status,account_mode,is_on_biz_app,whatsapp_business_manager_messaging_limit,webhook_configuration";

/// A business number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneNumber {
    /// `phone_number_id`.
    pub id: String,
    /// As shown, for example `+1 555-078-3881`.
    pub display_phone: String,
    /// Name shown to customers.
    pub verified_name: Option<String>,
    /// GREEN, YELLOW, RED or UNKNOWN.
    pub quality: String,
    /// CONNECTED, BANNED, ...; empty when not told.
    pub status: String,
    /// APPROVED, DECLINED, ...
    pub name_status: Option<String>,
    /// VERIFIED, NOT_VERIFIED or EXPIRED.
    pub code_verification: Option<String>,
    /// STANDARD, HIGH or NOT_APPLICABLE.
    pub throughput: Option<String>,
    /// Distinct customers a day of the portfolio; `None` when not told or unlimited.
    pub daily_limit: Option<i64>,
    /// True when the limit is unlimited.
    pub unlimited: bool,
    /// True when the number is shared with the phone app.
    pub on_phone_app: bool,
    /// Where webhooks of this number go: own override, else the account's, else the app's.
    pub webhook: Option<String>,
}

impl PhoneNumber {
    /// A number of which only the id is known.
    pub(crate) fn bare(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            display_phone: String::new(),
            verified_name: None,
            quality: "UNKNOWN".to_owned(),
            status: String::new(),
            name_status: None,
            code_verification: None,
            throughput: None,
            daily_limit: None,
            unlimited: false,
            on_phone_app: false,
            webhook: None,
        }
    }
}

/// Asks for one number.
#[must_use]
pub fn get(api: &Api, phone_number_id: &str) -> Request {
    api.get("number", &[phone_number_id], &[("fields", NUMBER_FIELDS)])
}

/// Asks for the numbers of an account; `after` is the cursor of the page before.
#[must_use]
pub fn list(api: &Api, waba_id: &str, after: Option<&str>) -> Request {
    let mut query = vec![("fields", NUMBER_FIELDS), ("limit", "100")];
    query.extend(after.map(|after| ("after", after)));
    api.get("numbers", &[waba_id, "phone_numbers"], &query)
}

/// Reads the answer to [`get`].
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_number(response: &Response) -> Result<PhoneNumber, ApiError> {
    number(&read(response)?).ok_or_else(|| ApiError::odd(response, "no number"))
}

/// Reads the answer to [`list`]: the numbers and the cursor of the next page.
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_numbers(response: &Response) -> Result<(Vec<PhoneNumber>, Option<String>), ApiError> {
    let body = read(response)?;
    let rows = body["data"].as_array().ok_or_else(|| ApiError::odd(response, "no data"))?;
    Ok((rows.iter().filter_map(number).collect(), next_cursor(&body)))
}

fn number(row: &Value) -> Option<PhoneNumber> {
    let limit =
        string(&row["whatsapp_business_manager_messaging_limit"]).or_else(|| string(&row["messaging_limit_tier"]));
    let (daily_limit, unlimited) = limit.map_or((None, false), |text| tier_limit(&text));
    let hooks = &row["webhook_configuration"];
    let webhook =
        ["phone_number", "whatsapp_business_account", "application"].iter().find_map(|level| string(&hooks[level]));
    Some(PhoneNumber {
        id: string(&row["id"])?,
        display_phone: string(&row["display_phone_number"]).unwrap_or_default(),
        verified_name: string(&row["verified_name"]),
        quality: string(&row["quality_rating"]).unwrap_or_else(|| "UNKNOWN".to_owned()),
        status: string(&row["status"]).unwrap_or_default(),
        name_status: string(&row["name_status"]),
        code_verification: string(&row["code_verification_status"]),
        throughput: string(&row["throughput"]["level"]),
        daily_limit,
        unlimited,
        on_phone_app: row["is_on_biz_app"] == true,
        webhook,
    })
}

/// Where events of a number are delivered: the most specific that is set wins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hooks {
    /// The number's own callback.
    pub number: Option<String>,
    /// The account's.
    pub account: Option<String>,
    /// The app's.
    pub app: Option<String>,
}

impl Hooks {
    /// The one that counts for messages and statuses.
    #[must_use]
    pub fn effective(&self) -> Option<&str> {
        self.number.as_deref().or(self.account.as_deref()).or(self.app.as_deref())
    }
}

/// Reads the callbacks out of the answer to [`get`].
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_hooks(response: &Response) -> Result<Hooks, ApiError> {
    let body = read(response)?;
    let at = |level: &str| string(&body["webhook_configuration"][level]);
    Ok(Hooks { number: at("phone_number"), account: at("whatsapp_business_account"), app: at("application") })
}

/// Sets the number's own callback, which the provider verifies at once. Answered with [`super::api::read_success`].
#[must_use]
pub fn point(api: &Api, phone_number_id: &str, callback: &str, verify_token: &Secret) -> Request {
    let hook = serde_json::json!({"override_callback_uri": callback, "verify_token": verify_token.expose()});
    api.call("point_webhook", Method::Post, &[phone_number_id], &[])
        .with_json(&serde_json::json!({ "webhook_configuration": hook }))
}

/// A WhatsApp Business Account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waba {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// Currency of the bill.
    pub currency: Option<String>,
    /// APPROVED, PENDING, REJECTED.
    pub review_status: Option<String>,
    /// verified, not_verified, ...
    pub business_verification: Option<String>,
    /// ACTIVE, DISABLED, ...
    pub status: Option<String>,
}

/// Asks for an account.
#[must_use]
pub fn waba(api: &Api, waba_id: &str) -> Request {
    const FIELDS: &str = "id,name,currency,timezone_id,account_review_status,business_verification_status,status";
    api.get("waba", &[waba_id], &[("fields", FIELDS)])
}

/// Reads the answer to [`waba`].
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_waba(response: &Response) -> Result<Waba, ApiError> {
    let body = read(response)?;
    let get = |key: &str| string(&body[key]);
    Ok(Waba {
        id: get("id").ok_or_else(|| ApiError::odd(response, "no account"))?,
        name: get("name"),
        currency: get("currency"),
        review_status: get("account_review_status"),
        business_verification: get("business_verification_status"),
        status: get("status"),
    })
}

/// An app that gets the account's webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscribedApp {
    /// App id.
    pub id: String,
    /// App name.
    pub name: Option<String>,
    /// Callback that replaces the app's own for this account.
    pub override_callback: Option<String>,
}

/// Asks which apps get the account's webhooks.
#[must_use]
pub fn subscribed_apps(api: &Api, waba_id: &str) -> Request {
    api.get("subscribed_apps", &[waba_id, "subscribed_apps"], &[])
}

/// Reads the answer to [`subscribed_apps`].
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_subscribed_apps(response: &Response) -> Result<Vec<SubscribedApp>, ApiError> {
    let body = read(response)?;
    let rows = body["data"].as_array().ok_or_else(|| ApiError::odd(response, "no data"))?;
    let app = |row: &Value| {
        let data = &row["whatsapp_business_api_data"];
        Some(SubscribedApp {
            id: string(&data["id"])?,
            name: string(&data["name"]),
            override_callback: string(&row["override_callback_uri"]),
        })
    };
    Ok(rows.iter().filter_map(app).collect())
}

/// Subscribes our app to the account; with a callback only for this account when given (address, verify token).
/// Answered with [`super::api::read_success`].
#[must_use]
pub fn subscribe(api: &Api, waba_id: &str, callback: Option<(&str, &Secret)>) -> Request {
    let request = api.call("subscribe", Method::Post, &[waba_id, "subscribed_apps"], &[]);
    match callback {
        None => request,
        Some((address, token)) => {
            request.with_json(&serde_json::json!({"override_callback_uri": address, "verify_token": token.expose()}))
        }
    }
}

/// Whether the provider would let us send, and what keeps us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// AVAILABLE, LIMITED or BLOCKED.
    pub can_send: String,
    /// What is wrong, at which level.
    pub problems: Vec<HealthProblem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthProblem {
    /// PHONE_NUMBER, WABA, BUSINESS, APP or MESSAGE_TEMPLATE.
    pub entity: String,
    /// AVAILABLE, LIMITED or BLOCKED.
    pub can_send: String,
    /// Provider's code; 0 for additional remarks.
    pub code: i64,
    /// What, in the provider's words.
    pub description: String,
    /// How to repair it, in the provider's words.
    pub solution: Option<String>,
}

/// Asks for the health of a number or account.
#[must_use]
pub fn health(api: &Api, id: &str) -> Request {
    api.get("health", &[id], &[("fields", "health_status")])
}

/// Reads the answer to [`health`].
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_health(response: &Response) -> Result<Health, ApiError> {
    let body = read(response)?;
    let health = &body["health_status"];
    let can_send = string(&health["can_send_message"]).ok_or_else(|| ApiError::odd(response, "no health status"))?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut problems = Vec::new();
    for entity in list(&health["entities"]) {
        let word = |key: &str| string(&entity[key]).unwrap_or_default();
        let problem = |code: i64, description: String, solution: Option<String>| HealthProblem {
            entity: word("entity_type"),
            can_send: word("can_send_message"),
            code,
            description,
            solution,
        };
        for error in list(&entity["errors"]) {
            let description = string(&error["error_description"]).unwrap_or_default();
            problems.push(problem(
                integer(&error["error_code"]).unwrap_or(0),
                description,
                string(&error["possible_solution"]),
            ));
        }
        for remark in list(&entity["additional_info"]).iter().filter_map(string) {
            problems.push(problem(0, remark, None));
        }
    }
    Ok(Health { can_send, problems })
}

/// What the provider knows about our token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    /// False when expired or withdrawn.
    pub valid: bool,
    /// The app it belongs to.
    pub app_id: Option<String>,
    /// Permissions.
    pub scopes: Vec<String>,
    /// When it expires; `None` when never.
    pub expires_at: Option<Ms>,
}

/// Asks about the token itself. The token stands in the query, which nothing here prints.
#[must_use]
pub fn debug_token(api: &Api) -> Request {
    api.get("debug_token", &["debug_token"], &[("input_token", api.token().expose())])
}

/// Reads the answer to [`debug_token`].
///
/// # Errors
/// [`ApiError`] when refused.
pub fn read_token(response: &Response) -> Result<TokenInfo, ApiError> {
    let body = read(response)?;
    let data = &body["data"];
    if !data.is_object() {
        return Err(ApiError::odd(response, "no token data"));
    }
    let scopes = data["scopes"].as_array().map(|list| list.iter().filter_map(string).collect()).unwrap_or_default();
    let expires_at = integer(&data["expires_at"]).filter(|seconds| *seconds > 0).map(Ms::from_seconds);
    Ok(TokenInfo { valid: data["is_valid"] == true, app_id: string(&data["app_id"]), scopes, expires_at })
}
