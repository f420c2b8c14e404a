//! Which templates may be created (whatsapp-cloud-api.md §8).

use super::{
    error::{GraphError, Result},
    template::{find, variables},
};
use serde_json::{Map, Value};

/// Meta's language codes.
pub const LANGUAGES: &str = "af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da prs_AF nl nl_BE en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_ZA et fil fi fr fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_HN es_MX es_PA es_PE es_ES es_UY sw sv ta te th tr uk ur uz vi zu";

fn refused(subcode: i64, title: &str, message: impl Into<String>) -> GraphError {
    GraphError::code(100).user(subcode, title, message)
}

/// Name and language.
pub fn identity(name: &str, language: &str) -> Result<()> {
    let fits = (1..=512).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !fits {
        return Err(refused(
            2_388_039,
            "Invalid template name",
            "Message template name can only have lowercase letters, digits and underscores.",
        ));
    }
    if !LANGUAGES.split(' ').any(|code| code == language) {
        return Err(GraphError::invalid(format!(
            "Param language must be one of the supported language codes - got \"{language}\"."
        )));
    }
    Ok(())
}

/// The category.
pub fn category(category: &str) -> Result<()> {
    if ["MARKETING", "UTILITY", "AUTHENTICATION"].contains(&category) {
        return Ok(());
    }
    Err(GraphError::invalid(format!(
        "Param category must be one of {{UTILITY, MARKETING, AUTHENTICATION}} - got \"{category}\"."
    )))
}

/// All components.
pub fn components(components: &[Value], category: &str, named: bool) -> Result<()> {
    let body = find(components, "BODY")
        .ok_or_else(|| refused(2_388_072, "Body is missing", "A message template needs a component of type BODY."))?;
    if category == "AUTHENTICATION" {
        return authentication(components);
    }
    text(body, named, 2_388_072, 1024, None)?;
    if let Some(header) = find(components, "HEADER") {
        check_header(header, named)?;
    }
    if let Some(footer) = find(components, "FOOTER") {
        let words = footer.get("text").and_then(Value::as_str).unwrap_or("");
        if words.is_empty() || words.chars().count() > 60 || !variables(words).is_empty() {
            return Err(refused(2_388_073, "Footer is not valid", "A footer has 1 to 60 characters and no variables."));
        }
    }
    if let Some(list) = find(components, "BUTTONS") {
        buttons(list)?;
    }
    if let Some(cards) = find(components, "CAROUSEL").and_then(|c| c.get("cards")?.as_array())
        && !(2..=10).contains(&cards.len())
    {
        return Err(refused(2_388_040, "Carousel is not valid", "A carousel has 2 to 10 cards."));
    }
    Ok(())
}

fn authentication(components: &[Value]) -> Result<()> {
    let otp = find(components, "BUTTONS")
        .and_then(|list| list.get("buttons")?.as_array()?.first())
        .and_then(|button| button.get("type")?.as_str())
        .is_some_and(|kind| kind.eq_ignore_ascii_case("OTP"));
    if otp {
        Ok(())
    } else {
        Err(refused(2_388_072, "Buttons are missing", "Authentication templates need one button of type OTP."))
    }
}

fn check_header(header: &Value, named: bool) -> Result<()> {
    let format = header.get("format").and_then(Value::as_str).unwrap_or("TEXT").to_uppercase();
    match format.as_str() {
        "TEXT" if header.get("text").and_then(Value::as_str).is_some_and(is_dressed) => Err(refused(
            2_388_047,
            "Message header format is incorrect",
            "The message header can't have any new lines, formatting characters, emojis or asterisks.",
        )),
        "TEXT" => text(header, named, 2_388_047, 60, Some(1)),
        "IMAGE" | "VIDEO" | "DOCUMENT" => {
            let sample = header.pointer("/example/header_handle/0").or_else(|| header.pointer("/example/header_url/0"));
            if sample.is_some() {
                Ok(())
            } else {
                Err(refused(2_388_273, "Header sample is missing", "A media header needs example.header_handle."))
            }
        }
        "LOCATION" | "PRODUCT" => Ok(()),
        _ => Err(refused(2_388_047, "Header is not valid", format!("The header format {format} does not exist."))),
    }
}

/// Whether a header's words, its variables aside, have marks that would make them bold and the like, or emoji.
fn is_dressed(words: &str) -> bool {
    let mut bare = words.to_owned();
    for name in variables(words) {
        bare = bare.replace(&format!("{{{{{name}}}}}"), "");
    }
    let pair = |mark: char| bare.matches(mark).count() > 1;
    let emoji =
        |c: char| matches!(u32::from(c), 0x2600..=0x27BF | 0x2B1B..=0x2B55 | 0xFE0F | 0x20E3 | 0x1F000..=0x1FAFF);
    bare.contains(['*', '\n', '\r']) || ['_', '~', '`'].into_iter().any(pair) || bare.chars().any(emoji)
}

/// A text with variables: length, edges, numbering, samples.
fn text(component: &Value, named: bool, subcode: i64, max: usize, most: Option<usize>) -> Result<()> {
    let words = component.get("text").and_then(Value::as_str).unwrap_or("");
    let size = words.chars().count();
    if size == 0 {
        return Err(refused(subcode, "Text is missing", "The component needs a text."));
    }
    if size > max {
        return Err(refused(2_388_040, "Text is too long", format!("The text may have at most {max} characters.")));
    }
    let names = variables(words);
    if names.is_empty() {
        return Ok(());
    }
    let trimmed = words.trim();
    if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
        return Err(refused(
            2_388_299,
            "Variables can't be at the start or end of the template",
            "This template contains variables at its start or end. Change the variables or surround them with words.",
        ));
    }
    if words.contains("}}{{") {
        return Err(refused(2_388_293, "Variables stand side by side", "Put words between the variables."));
    }
    if most.is_some_and(|most| names.len() > most) {
        return Err(refused(subcode, "Too many variables", "A header may have one variable."));
    }
    // A variable needs about three words around it.
    if words.split_whitespace().count() < 2 * names.len() + 1 {
        return Err(refused(
            2_388_293,
            "This template has too many variable parameters for its length",
            "Reduce the number of variables or make the message longer.",
        ));
    }
    numbering(&names, named)?;
    samples(component, &names, named)
}

fn numbering(names: &[String], named: bool) -> Result<()> {
    if named {
        let fits = |name: &String| {
            name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
                && !name.starts_with(|c: char| c.is_ascii_digit())
        };
        if names.iter().all(fits) {
            return Ok(());
        }
        return Err(refused(
            2_388_040,
            "Variable name is not valid",
            "Names have lowercase letters, digits and underscores.",
        ));
    }
    let mut numbers: Vec<usize> = names.iter().map_while(|n| n.parse().ok()).collect();
    numbers.sort_unstable();
    if numbers.len() == names.len() && numbers.iter().enumerate().all(|(i, n)| *n == i + 1) {
        return Ok(());
    }
    Err(refused(
        2_388_040,
        "Variables are not numbered one after the other",
        "Use {{1}}, {{2}} and so on, without gaps.",
    ))
}

fn samples(component: &Value, names: &[String], named: bool) -> Result<()> {
    let count = |pointer: &str| component.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len);
    let given = if named {
        count("/example/body_text_named_params") + count("/example/header_text_named_params")
    } else {
        let flat = count("/example/body_text");
        let nested = count("/example/body_text/0");
        nested.max(if component.pointer("/example/body_text/0").is_some_and(Value::is_array) { 0 } else { flat })
            + count("/example/header_text")
    };
    if given >= names.len() {
        return Ok(());
    }
    Err(refused(
        2_388_043,
        "Samples are missing",
        format!("The component has {} variables but {given} samples.", names.len()),
    ))
}

fn buttons(component: &Value) -> Result<()> {
    let list = component
        .get("buttons")
        .and_then(Value::as_array)
        .ok_or_else(|| GraphError::invalid("The parameter buttons is required."))?;
    let wrong = |text: &str| Err(refused(2_388_040, "Buttons are not valid", text));
    if list.is_empty() || list.len() > 10 {
        return wrong("A template has 1 to 10 buttons.");
    }
    let kind = |button: &Value| button.get("type").and_then(Value::as_str).unwrap_or("").to_uppercase();
    let kinds: Vec<String> = list.iter().map(kind).collect();
    let count = |name: &str| kinds.iter().filter(|k| *k == name).count();
    if count("URL") > 2 || count("PHONE_NUMBER") > 1 || count("COPY_CODE") > 1 {
        return wrong("A template has at most 2 URL, 1 PHONE_NUMBER and 1 COPY_CODE buttons.");
    }
    let mut groups = kinds.iter().map(|k| k == "QUICK_REPLY").collect::<Vec<_>>();
    groups.dedup();
    if groups.len() > 2 {
        return wrong("Quick replies must stand together.");
    }
    list.iter().zip(&kinds).try_for_each(|(button, kind)| one_button(button, kind))
}

fn one_button(button: &Value, kind: &str) -> Result<()> {
    let string = |key: &str| button.get(key).and_then(Value::as_str).unwrap_or("");
    let wrong = |text: &str| Err(refused(2_388_040, "Button is not valid", text));
    if !matches!(kind, "COPY_CODE" | "OTP" | "SPM" | "REQUEST_CONTACT_INFO")
        && !(1..=25).contains(&string("text").chars().count())
    {
        return wrong("The text of a button has 1 to 25 characters.");
    }
    match kind {
        "URL" => {
            let url = string("url");
            let names = variables(url);
            if url.is_empty() || url.len() > 2000 || names.len() > 1 || (names.len() == 1 && !url.ends_with("}}")) {
                return wrong("A URL has at most 2000 characters and one variable, at its end.");
            }
            if !names.is_empty() && button.get("example").is_none() {
                return wrong("A URL with a variable needs a sample.");
            }
            Ok(())
        }
        "PHONE_NUMBER" if !(1..=20).contains(&string("phone_number").len()) => {
            wrong("The phone number has 1 to 20 characters.")
        }
        "PHONE_NUMBER"
        | "QUICK_REPLY"
        | "COPY_CODE"
        | "FLOW"
        | "CATALOG"
        | "MPM"
        | "SPM"
        | "VOICE_CALL"
        | "OTP"
        | "REQUEST_CONTACT_INFO"
        | "ORDER_DETAILS"
        | "CALL_PERMISSION_REQUEST" => Ok(()),
        _ => wrong("This type of button does not exist."),
    }
}

/// `components` of a request, as a list.
pub fn list(params: &Map<String, Value>) -> Result<Vec<Value>> {
    match params.get("components") {
        Some(Value::Array(list)) => Ok(list.clone()),
        // Form bodies carry it as text.
        Some(Value::String(text)) => {
            serde_json::from_str(text).map_err(|_| GraphError::invalid("Param components must be an array."))
        }
        Some(_) => Err(GraphError::invalid("Param components must be an array.")),
        None => Err(GraphError::invalid("The parameter components is required.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn subcode(parts: Value) -> Option<i64> {
        let parts = parts.as_array().cloned().unwrap_or_default();
        components(&parts, "UTILITY", false).err().and_then(|e| e.subcode)
    }

    #[test]
    fn components_are_judged() {
        let body =
            |text: &str, samples: Value| json!([{"type": "BODY", "text": text, "example": {"body_text": samples}}]);
        assert_eq!(subcode(body("Hi {{1}}, your order is here.", json!([["Ana"]]))), None);
        assert_eq!(subcode(body("{{1}} is here for you today", json!([["Ana"]]))), Some(2_388_299));
        assert_eq!(subcode(body("Hi {{1}} {{2}} you", json!([["a", "b"]]))), Some(2_388_293));
        assert_eq!(subcode(body("Hi {{2}}, your order is here.", json!([["a"]]))), Some(2_388_040));
        assert_eq!(subcode(body("Hi {{1}}, your order is here.", json!([]))), Some(2_388_043));
        assert_eq!(subcode(json!([{"type": "FOOTER", "text": "x"}])), Some(2_388_072));
        for (words, expected) in [
            ("Your order", None),
            ("Size_L - 50% off", None),
            ("Hi 🎉", Some(2_388_047)),
            ("*Hi*", Some(2_388_047)),
            ("_Hi_", Some(2_388_047)),
            ("Hi\nyou", Some(2_388_047)),
        ] {
            let header = json!({"type": "HEADER", "format": "TEXT", "text": words});
            assert_eq!(subcode(json!([{"type": "BODY", "text": "Hello there."}, header])), expected, "{words}");
        }
        assert!(identity("Order", "en").is_err() && identity("order_1", "en_US").is_ok());
    }
}
