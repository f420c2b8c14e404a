//! What a customer agreed to (`product.md` D9): the present state, and the words that change it.

use crate::Ms;
use serde::{Deserialize, Serialize};

/// Whether marketing messages are welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Said yes.
    OptedIn,
    /// Said no; honoured at once.
    OptedOut,
    /// Never asked.
    #[default]
    Unknown,
}

impl Consent {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OptedIn => "opted_in",
            Self::OptedOut => "opted_out",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a stored code; anything unknown counts as never asked.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "opted_in" => Self::OptedIn,
            "opted_out" => Self::OptedOut,
            _ => Self::Unknown,
        }
    }

    /// The state that a ledger adds up to: the latest line wins; of two at the same moment the refusal, because a
    /// message too few does less harm than one too many.
    #[must_use]
    pub fn of_ledger(lines: &[(Ms, Self)]) -> Self {
        let weight = |state: Self| i32::from(state == Self::OptedOut);
        lines.iter().max_by_key(|(at, state)| (*at, weight(*state))).map_or(Self::Unknown, |(_, state)| *state)
    }
}

/// Messages that consist of one of these and nothing else withdraw consent, in every supported language.
const STOP: &[&str] = &[
    "stop",
    "stop all",
    "stopall",
    "unsubscribe",
    "opt out",
    "optout",
    "opt-out",
    "end messages",
    "no more messages",
    "إيقاف",
    "ايقاف",
    "توقف",
    "إلغاء الاشتراك",
    "الغاء الاشتراك",
    "стоп",
    "отписаться",
    "отписка",
    "отпишите меня",
    "arrêt",
    "arret",
    "arrêter",
    "désabonner",
    "se désabonner",
    "désinscription",
    "停止",
    "退订",
    "退訂",
    "取消订阅",
    "取消訂閱",
    "baja",
    "darme de baja",
    "dar de baja",
    "cancelar suscripción",
    "detener",
    "parar",
    "sair",
    "descadastrar",
    "cancelar inscrição",
    "cancelar assinatura",
];
/// Messages that consist of one of these and nothing else give consent again.
const START: &[&str] = &[
    "start",
    "unstop",
    "subscribe",
    "opt in",
    "optin",
    "opt-in",
    "اشتراك",
    "ابدأ",
    "подписаться",
    "старт",
    "démarrer",
    "s'abonner",
    "订阅",
    "訂閱",
    "开始接收",
    "開始接收",
    "alta",
    "suscribir",
    "suscribirme",
    "inscrever",
    "assinar",
];

/// What a customer's whole message says about consent. Only a message that is nothing but the word counts: "please
/// stop by tomorrow" withdraws nothing. `OptedIn` takes back an earlier stop; whoever never stopped has not agreed to
/// marketing by writing "start".
#[must_use]
pub fn stop_word(text: &str) -> Option<Consent> {
    if text.len() > 100 {
        return None;
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().replace('\u{2019}', "'");
    let word = words.trim_matches(|c: char| !c.is_alphanumeric());
    if STOP.contains(&word) {
        Some(Consent::OptedOut)
    } else if START.contains(&word) {
        Some(Consent::OptedIn)
    } else {
        None
    }
}
