//! WhatsApp's library of ready templates (whatsapp-cloud-api.md §8): browsing it, and making a template of an entry.
//! Its names, topics and filters are Meta's; the words are the sandbox's own.

use super::{
    call::Call,
    error::{GraphError, Result},
};
use crate::{reply::Reply, world::World};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A button of an entry.
enum Button {
    /// A link; the business gives its own address.
    Link(&'static str),
    /// A call; the business gives its own number.
    Call(&'static str),
    /// A quick reply.
    Reply(&'static str),
}

/// Language, heading (may be empty), body, samples, buttons.
type Words = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [Button]);

struct Entry {
    name: &'static str,
    topic: &'static str,
    use_case: &'static str,
    industry: &'static str,
    /// Kinds of the placeholders.
    kinds: &'static [&'static str],
    words: &'static [Words],
}

const SHOP: &str = "E_COMMERCE";
const BANK: &str = "FINANCIAL_SERVICES";
const ORDERS: &str = "ORDER_MANAGEMENT";
const MONEY: &str = "PAYMENTS";

const ENTRIES: &[Entry] = &[
    Entry {
        name: "order_confirmation_1",
        topic: ORDERS,
        use_case: "ORDER_CONFIRMATION",
        industry: SHOP,
        kinds: &["TEXT", "NUMBER", "AMOUNT"],
        words: &[
            (
                "en",
                "Thank you for your order",
                "Hi {{1}}, we have received your order {{2}} over {{3}} and are getting it ready.",
                &["Sara", "10482", "AED 240"],
                &[Button::Link("View order")],
            ),
            (
                "ar",
                "شكرا لطلبك",
                "مرحبا {{1}}، استلمنا طلبك رقم {{2}} بقيمة {{3}} ونجهزه لك الآن.",
                &["سارة", "10482", "240 درهم"],
                &[Button::Link("عرض الطلب")],
            ),
        ],
    },
    Entry {
        name: "shipment_confirmation_1",
        topic: ORDERS,
        use_case: "SHIPMENT_CONFIRMATION",
        industry: SHOP,
        kinds: &["TEXT", "NUMBER", "DATE"],
        words: &[
            (
                "en",
                "",
                "Good news, {{1}}: order {{2}} has left our warehouse and should arrive on {{3}} at the latest.",
                &["Sara", "10482", "5 December 2026"],
                &[Button::Link("Track parcel"), Button::Call("Call us")],
            ),
            (
                "ar",
                "",
                "خبر سار يا {{1}}: خرج الطلب {{2}} من مستودعنا ومن المتوقع أن يصل في {{3}} كحد أقصى.",
                &["سارة", "10482", "5 ديسمبر 2026"],
                &[Button::Link("تتبع الشحنة"), Button::Call("اتصل بنا")],
            ),
        ],
    },
    Entry {
        name: "delivery_update_1",
        topic: ORDERS,
        use_case: "DELIVERY_UPDATE",
        industry: SHOP,
        kinds: &["TEXT", "NUMBER"],
        words: &[
            ("en", "", "Hi {{1}}, the courier is on the way with order {{2}} today.", &["Sara", "10482"], &[]),
            ("ar", "", "مرحبا {{1}}، المندوب في الطريق إليك اليوم ومعه الطلب {{2}} الآن.", &["سارة", "10482"], &[]),
        ],
    },
    Entry {
        name: "delivery_failed_1",
        topic: ORDERS,
        use_case: "DELIVERY_FAILED",
        industry: SHOP,
        kinds: &["NUMBER", "DATE"],
        words: &[
            (
                "en",
                "We missed you",
                "We could not hand over order {{1}} today. We will try again on {{2}} unless you choose another day.",
                &["10482", "6 December 2026"],
                &[Button::Reply("Another day"), Button::Reply("Talk to us")],
            ),
            (
                "ar",
                "لم نجدك",
                "لم نتمكن من تسليم الطلب {{1}} اليوم. سنحاول مجددا في {{2}} ما لم تختر يوما آخر.",
                &["10482", "6 ديسمبر 2026"],
                &[Button::Reply("يوم آخر"), Button::Reply("تحدث معنا")],
            ),
        ],
    },
    Entry {
        name: "order_pick_up_1",
        topic: ORDERS,
        use_case: "ORDER_PICK_UP",
        industry: SHOP,
        kinds: &["TEXT", "NUMBER", "ADDRESS"],
        words: &[
            (
                "en",
                "",
                "Hi {{1}}, order {{2}} is waiting for you at {{3}} during opening hours.",
                &["Sara", "10482", "12 Palm Street, Dubai"],
                &[Button::Link("Directions")],
            ),
            (
                "ar",
                "",
                "مرحبا {{1}}، الطلب {{2}} بانتظارك في {{3}} خلال ساعات العمل.",
                &["سارة", "10482", "12 شارع النخيل، دبي"],
                &[Button::Link("الاتجاهات")],
            ),
        ],
    },
    Entry {
        name: "return_confirmation_1",
        topic: ORDERS,
        use_case: "RETURN_CONFIRMATION",
        industry: SHOP,
        kinds: &["NUMBER", "AMOUNT"],
        words: &[
            ("en", "", "Your return for order {{1}} is here. We will pay back {{2}} soon.", &["10482", "AED 240"], &[]),
            ("ar", "", "وصلنا مرتجع الطلب {{1}} وسنعيد إليك {{2}} قريبا.", &["10482", "240 درهم"], &[]),
        ],
    },
    Entry {
        name: "payment_due_reminder_1",
        topic: MONEY,
        use_case: "PAYMENT_DUE_REMINDER",
        industry: BANK,
        kinds: &["TEXT", "AMOUNT", "DATE"],
        words: &[
            (
                "en",
                "Payment reminder",
                "Hi {{1}}, this is a reminder that {{2}} is due on {{3}} for your account.",
                &["Sara", "AED 900", "1 December 2026"],
                &[Button::Link("Pay now"), Button::Call("Call us")],
            ),
            (
                "ar",
                "تذكير بالدفع",
                "مرحبا {{1}}، نذكرك بأن مبلغ {{2}} يستحق في {{3}} على حسابك.",
                &["سارة", "900 درهم", "1 ديسمبر 2026"],
                &[Button::Link("ادفع الآن"), Button::Call("اتصل بنا")],
            ),
        ],
    },
    Entry {
        name: "payment_confirmation_1",
        topic: MONEY,
        use_case: "PAYMENT_CONFIRMATION",
        industry: SHOP,
        kinds: &["AMOUNT", "NUMBER"],
        words: &[
            ("en", "", "We have received {{1}} for order {{2}}, thank you.", &["AED 240", "10482"], &[]),
            ("ar", "", "استلمنا مبلغ {{1}} عن الطلب {{2}}، شكرا لك.", &["240 درهم", "10482"], &[]),
        ],
    },
    Entry {
        name: "fraud_alert_1",
        topic: "ACCOUNT_UPDATE",
        use_case: "FRAUD_ALERT",
        industry: BANK,
        kinds: &["AMOUNT", "TEXT"],
        words: &[
            (
                "en",
                "Was this you?",
                "A payment of {{1}} at {{2}} looks unusual. Please tell us whether it was yours.",
                &["AED 1,900", "Night Market"],
                &[Button::Reply("Yes, it was me"), Button::Reply("No")],
            ),
            (
                "ar",
                "هل كنت أنت؟",
                "تبدو عملية بقيمة {{1}} لدى {{2}} غير معتادة. أخبرنا من فضلك إن كانت لك.",
                &["1,900 درهم", "السوق الليلي"],
                &[Button::Reply("نعم، أنا"), Button::Reply("لا")],
            ),
        ],
    },
    Entry {
        name: "feedback_survey_1",
        topic: "CUSTOMER_FEEDBACK",
        use_case: "FEEDBACK_SURVEY",
        industry: SHOP,
        kinds: &["TEXT", "NUMBER"],
        words: &[
            (
                "en",
                "",
                "Hi {{1}}, order {{2}} has reached you. How was it? Your answer takes a minute.",
                &["Sara", "10482"],
                &[Button::Link("Give feedback")],
            ),
            (
                "ar",
                "",
                "مرحبا {{1}}، وصلك الطلب {{2}}. كيف كانت تجربتك؟ لن تأخذ إجابتك أكثر من دقيقة.",
                &["سارة", "10482"],
                &[Button::Link("قيّمنا")],
            ),
        ],
    },
];

/// Every entry in every language; English words are there as `en` and `en_US`.
fn all() -> impl Iterator<Item = (&'static Entry, &'static str, &'static Words)> {
    ENTRIES.iter().flat_map(|entry| {
        entry.words.iter().flat_map(move |words| {
            let codes: &'static [&'static str] =
                if words.0 == "en" { &["en_US", "en"] } else { std::slice::from_ref(&words.0) };
            codes.iter().map(move |code| (entry, *code, words))
        })
    })
}

fn view(at: usize, entry: &Entry, language: &str, words: &Words) -> Value {
    let (_, header, body, samples, buttons) = words;
    let buttons: Vec<Value> = buttons
        .iter()
        .map(|button| match button {
            Button::Link(text) => json!({"type": "URL", "text": text, "url": "https://www.example.com/"}),
            Button::Call(text) => json!({"type": "PHONE_NUMBER", "text": text, "phone_number": "+18005551234"}),
            Button::Reply(text) => json!({"type": "QUICK_REPLY", "text": text}),
        })
        .collect();
    let mut view = json!({
        "name": entry.name,
        "language": language,
        "category": "UTILITY",
        "topic": entry.topic,
        "usecase": entry.use_case,
        "industry": [entry.industry],
        "body": body,
        "body_params": samples,
        "body_param_types": entry.kinds,
        "id": format!("71{:014}", at + 1),
    });
    if !header.is_empty() {
        view["header"] = (*header).into();
    }
    if !buttons.is_empty() {
        view["buttons"] = buttons.into();
    }
    view
}

/// `GET /message_template_library?search=&topic=&usecase=&industry=&language=&name=`.
pub fn browse(world: &Arc<World>, call: &Call) -> Result<Reply> {
    call.any_token(&world.wa())?;
    let wanted = |key: &str| call.query.get(key).map(String::as_str).filter(|text| !text.is_empty());
    let is = |key: &str, value: &str| wanted(key).is_none_or(|wanted| wanted.eq_ignore_ascii_case(value));
    let search = wanted("search").map(|text| text.trim_matches('"').to_lowercase());
    let items: Vec<Value> = all()
        .enumerate()
        .filter(|(_, (entry, language, _))| {
            is("topic", entry.topic)
                && is("usecase", entry.use_case)
                && is("industry", entry.industry)
                && is("name", entry.name)
                && is("language", language)
        })
        .filter(|(_, (entry, _, words))| {
            let text = format!("{} {} {}", entry.name, words.1, words.2).to_lowercase();
            search.as_ref().is_none_or(|search| text.contains(search))
        })
        .map(|(at, (entry, language, words))| view(at, entry, language, words))
        .collect();
    Ok(Reply::ok(&call.page(&world.base_url, &items)?))
}

/// The components of a template that is made of an entry with the business's own links and numbers.
pub fn components(name: &str, language: &str, category: &str, params: &Map<String, Value>) -> Result<Vec<Value>> {
    let (_, _, words) = all()
        .find(|(entry, code, _)| entry.name == name && *code == language)
        .ok_or_else(|| GraphError::invalid(format!("The library template {name} does not exist in {language}.")))?;
    if category != "UTILITY" {
        return Err(GraphError::invalid("Param category must be UTILITY for templates of the library."));
    }
    let (_, header, body, samples, buttons) = words;
    let mut made = Vec::new();
    if !header.is_empty() {
        made.push(json!({"type": "HEADER", "format": "TEXT", "text": header}));
    }
    made.push(json!({"type": "BODY", "text": body, "example": {"body_text": [samples]}}));
    let given = inputs(params)?;
    let mut given = given.iter();
    let mut next = |kind: &str| {
        let input = given.next().filter(|input| input["type"].as_str().is_some_and(|t| t.eq_ignore_ascii_case(kind)));
        let text = format!("Param library_template_button_inputs needs an input of type {kind} here.");
        input.ok_or_else(|| GraphError::invalid(text))
    };
    let mut list = Vec::new();
    for button in *buttons {
        list.push(match button {
            Button::Reply(text) => json!({"type": "QUICK_REPLY", "text": text}),
            Button::Link(text) => link(text, &next("URL")?["url"])?,
            Button::Call(text) => {
                let number = next("PHONE_NUMBER")?["phone_number"].as_str().unwrap_or("").to_owned();
                if number.is_empty() {
                    return Err(GraphError::invalid("The parameter phone_number is required."));
                }
                json!({"type": "PHONE_NUMBER", "text": text, "phone_number": number})
            }
        });
    }
    if !list.is_empty() {
        made.push(json!({"type": "BUTTONS", "buttons": list}));
    }
    Ok(made)
}

/// A list, or a list written as text, as clients with forms send it.
fn inputs(params: &Map<String, Value>) -> Result<Vec<Value>> {
    match params.get("library_template_button_inputs") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list.clone()),
        Some(Value::String(text)) => serde_json::from_str(text)
            .map_err(|_| GraphError::invalid("Param library_template_button_inputs must be an array.")),
        Some(_) => Err(GraphError::invalid("Param library_template_button_inputs must be an array.")),
    }
}

fn link(text: &str, url: &Value) -> Result<Value> {
    let base = url["base_url"].as_str().unwrap_or("");
    if !base.starts_with("https://") && !base.starts_with("http://") {
        return Err(GraphError::invalid("Param base_url must be a valid URL."));
    }
    let mut made = json!({"type": "URL", "text": text, "url": base});
    if base.contains("{{") {
        let sample = url["url_suffix_example"].as_str().filter(|sample| !sample.is_empty());
        let sample = sample.ok_or_else(|| GraphError::invalid("The parameter url_suffix_example is required."))?;
        made["example"] = json!([sample]);
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whatsapp::{template::variables, template_check};

    /// Every entry could also have been written by hand.
    #[test]
    fn entries_are_valid_templates() {
        let params = Map::from_iter([(
            "library_template_button_inputs".to_owned(),
            json!([{"type": "URL", "url": {"base_url": "https://shop.example/o"}},
                   {"type": "PHONE_NUMBER", "phone_number": "+97145551234"}]),
        )]);
        for (entry, language, words) in all() {
            let made = components(entry.name, language, "UTILITY", &params).unwrap();
            let verdict = template_check::components(&made, "UTILITY", false);
            assert!(verdict.is_ok(), "{} {language}: {verdict:?}", entry.name);
            let blanks = variables(words.2).len();
            assert_eq!((blanks, blanks), (words.3.len(), entry.kinds.len()), "{}", entry.name);
        }
    }
}
