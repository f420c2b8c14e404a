//! Templates every new account begins with, in English and Arabic.

use super::{state::State, template::Template};
use serde_json::{Value, json};

/// (name, category, language, body, samples, quick replies)
type Starter =
    (&'static str, &'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const STARTERS: &[Starter] = &[
    (
        "hello_world",
        "UTILITY",
        "en_US",
        "Welcome and congratulations! This message shows that your number can send templates.",
        &[],
        &[],
    ),
    (
        "order_update",
        "UTILITY",
        "en",
        "Hi {{1}}, your order {{2}} is on its way and should arrive {{3}} at the latest.",
        &["Sara", "1042", "on Tuesday"],
        &["Track my order", "Talk to us"],
    ),
    (
        "order_update",
        "UTILITY",
        "ar",
        "مرحبا {{1}}، طلبك رقم {{2}} في الطريق إليك ومن المتوقع أن يصل {{3}} كحد أقصى.",
        &["سارة", "1042", "يوم الثلاثاء"],
        &["تتبع طلبي", "تحدث معنا"],
    ),
    (
        "follow_up",
        "UTILITY",
        "en",
        "Hi {{1}}, we have an answer to your question. Reply to this message and we will go on where we stopped.",
        &["Sara"],
        &["Go on"],
    ),
    (
        "follow_up",
        "UTILITY",
        "ar",
        "مرحبا {{1}}، لدينا رد على سؤالك. أجب على هذه الرسالة لنكمل من حيث توقفنا.",
        &["سارة"],
        &["متابعة"],
    ),
    (
        "appointment_reminder",
        "UTILITY",
        "en",
        "Hi {{1}}, this is a reminder of your appointment on {{2}}. See you soon.",
        &["Sara", "Monday at 10:00"],
        &["Confirm", "Change"],
    ),
    (
        "appointment_reminder",
        "UTILITY",
        "ar",
        "مرحبا {{1}}، هذا تذكير بموعدك يوم {{2}}. نراك قريبا.",
        &["سارة", "الاثنين الساعة 10:00"],
        &["تأكيد", "تغيير"],
    ),
    (
        "season_sale",
        "MARKETING",
        "en",
        "Hi {{1}}, our season sale has started: {{2}} off everything until Sunday. Come and see.",
        &["Sara", "20%"],
        &["Show me", "Stop promotions"],
    ),
    (
        "season_sale",
        "MARKETING",
        "ar",
        "مرحبا {{1}}، بدأت تخفيضات الموسم: خصم {{2}} على كل شيء حتى يوم الأحد. بانتظارك.",
        &["سارة", "20%"],
        &["أرني", "إيقاف العروض"],
    ),
];

/// Gives the account its starter templates, approved.
pub fn plant(state: &mut State, waba: &str, now: i64) {
    for (name, category, language, body, samples, replies) in STARTERS {
        let mut text = json!({"type": "BODY", "text": body});
        if !samples.is_empty() {
            text["example"] = json!({"body_text": [samples]});
        }
        let mut components = vec![text];
        if !replies.is_empty() {
            let buttons: Vec<Value> =
                replies.iter().map(|reply| json!({"type": "QUICK_REPLY", "text": reply})).collect();
            components.push(json!({"type": "BUTTONS", "buttons": buttons}));
        }
        add(state, waba, name, category, language, components, false);
    }
    let named = |text: &str, examples: Value| json!({"type": "BODY", "text": text, "example": {"body_text_named_params": examples}});
    let parts = vec![
        json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::sandbox"]}}),
        named(
            "Hi {{first_name}}, your parcel {{parcel}} has been shipped. Follow it with the button below.",
            json!([{"param_name": "first_name", "example": "Ana"}, {"param_name": "parcel", "example": "P-77"}]),
        ),
        json!({"type": "FOOTER", "text": "Reply STOP to end"}),
        json!({"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track", "url": "https://shop.example/t/{{1}}", "example": ["https://shop.example/t/77"]}]}),
    ];
    add(state, waba, "shipment_with_picture", "UTILITY", "en", parts, true);
    let parts = vec![
        json!({"type": "BODY", "text": "*{{1}}* is your verification code. For your security, do not share this code.", "add_security_recommendation": true, "example": {"body_text": [["123456"]]}}),
        json!({"type": "FOOTER", "text": "This code expires in 10 minutes.", "code_expiration_minutes": 10}),
        json!({"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}]}),
    ];
    add(state, waba, "login_code", "AUTHENTICATION", "en", parts, false);
    for template in state.templates.values_mut().filter(|template| template.waba == waba) {
        template.created = now;
    }
}

fn add(state: &mut State, waba: &str, name: &str, category: &str, language: &str, components: Vec<Value>, named: bool) {
    let id = state.id(16);
    let template = Template {
        id: id.clone(),
        waba: waba.to_owned(),
        name: name.to_owned(),
        language: language.to_owned(),
        category: category.to_owned(),
        status: "APPROVED".into(),
        parameter_format: if named { "NAMED" } else { "POSITIONAL" }.into(),
        components,
        quality: "GREEN".into(),
        rejected_reason: "NONE".into(),
        ttl: None,
        created: 0,
        edits: Vec::new(),
        pauses: 0,
        recommendation: None,
        previous_category: None,
        correct_category: None,
        library_name: None,
    };
    state.templates.insert(id, template);
}

/// Samples fit the variables, so that every starter could also have been created over the API.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Config,
        whatsapp::{template::variables, template_check},
    };

    #[test]
    fn starters_are_valid() {
        let state = State::new(&Config::default());
        assert!(state.templates.len() > STARTERS.len());
        for template in state.templates.values().filter(|t| t.category != "AUTHENTICATION") {
            let named = template.parameter_format == "NAMED";
            let verdict = template_check::components(&template.components, &template.category, named);
            assert!(verdict.is_ok(), "{}: {verdict:?}", template.name);
        }
        for (_, _, _, body, samples, _) in STARTERS {
            assert_eq!(variables(body).len(), samples.len());
        }
    }
}
