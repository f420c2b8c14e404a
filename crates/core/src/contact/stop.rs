//! Words by which a customer withdraws or gives consent to marketing (`product.md` D9).
//!
//! Only a message that is nothing but the word counts: "please stop by tomorrow" withdraws nothing. Words that mean
//! something else in a shop ("cancel", "end", "quit") are left out; a workspace adds what its customers use.

use super::Consent;
use crate::fold::letters;
use crate::message::Content;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Longest message that is looked at, in bytes.
const LONGEST: usize = 200;

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    /// No more marketing.
    Stop,
    /// Marketing is welcome.
    Start,
    /// Takes an earlier stop back; whoever never stopped has agreed to nothing by writing "start" to a bot.
    Resume,
}

impl Word {
    /// What the customer's consent becomes; `None` when the word changes nothing.
    #[must_use]
    pub fn consent(self, now: Consent) -> Option<Consent> {
        match self {
            Self::Stop => Some(Consent::OptedOut),
            Self::Start => Some(Consent::OptedIn),
            Self::Resume => (now == Consent::OptedOut).then_some(Consent::OptedIn),
        }
    }
}

/// A workspace's own words, beside the built-in ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    stop: Vec<String>,
    start: Vec<String>,
}

impl Words {
    /// The words as they are compared.
    #[must_use]
    pub fn new(stop: &[String], start: &[String]) -> Self {
        let folded =
            |words: &[String]| words.iter().map(|word| letters(word)).filter(|word| !word.is_empty()).collect();
        Self { stop: folded(stop), start: folded(start) }
    }
}

/// What a customer's text as a whole says about consent.
#[must_use]
pub fn stop_word(text: &str, own: &Words) -> Option<Word> {
    if text.len() > LONGEST {
        return None;
    }
    let word = letters(text);
    if word.is_empty() {
        return None;
    }
    // Of a word that is in both lists the refusal counts.
    if own.stop.contains(&word) {
        return Some(Word::Stop);
    }
    match BUILT_IN.get(&word).copied() {
        None | Some(Word::Resume) if own.start.contains(&word) => Some(Word::Start),
        known => known,
    }
}

/// The same for what a customer sent: a text, or the button that was tapped. Returns the words beside it.
#[must_use]
pub fn stop_content<'a>(content: &'a Content, own: &Words) -> Option<(Word, &'a str)> {
    let text = match content {
        Content::Text { body, .. } => body,
        Content::Reply { title, .. } => title,
        _ => return None,
    };
    stop_word(text, own).map(|word| (word, text.trim()))
}

static BUILT_IN: LazyLock<HashMap<String, Word>> = LazyLock::new(|| {
    let lists = [(START, Word::Start), (RESUME, Word::Resume), (STOP, Word::Stop)];
    lists.into_iter().flat_map(|(words, kind)| words.iter().map(move |word| (letters(word), kind))).collect()
});

#[rustfmt::skip]
const STOP: &[&str] = &[
    // English, with the words of WhatsApp's own opt-out button.
    "stop", "stop all", "unsubscribe", "unsub", "opt out", "end messages", "no more messages", "stop messages",
    "stop messaging me", "stop promotions", "stop marketing",
    // Arabic
    "إيقاف", "توقف", "أوقف", "قف", "إلغاء الاشتراك", "الغ الاشتراك", "إيقاف الرسائل", "أوقفوا الرسائل",
    "إيقاف العروض", "إيقاف العروض الترويجية", "لا ترسل", "لا ترسلوا",
    // French
    "arrêt", "arrêter", "arrêtez", "désabonner", "se désabonner", "me désabonner", "désabonnement", "désinscription",
    "désinscrire", "me désinscrire", "arrêter les promotions",
    // Russian
    "стоп", "отписаться", "отписка", "отпишите меня", "отпиши меня", "отменить подписку", "остановить рассылку",
    "не присылайте", "не пишите мне",
    // Spanish
    "baja", "darme de baja", "dar de baja", "dame de baja", "cancelar suscripción", "anular suscripción", "detener",
    "detener promociones", "no más mensajes",
    // Portuguese
    "parar", "pare", "sair", "descadastrar", "cancelar inscrição", "cancelar assinatura", "parar promoções",
    "remover meu número",
    // Chinese, simplified and traditional
    "停止", "退订", "取消订阅", "停止订阅", "停止推广", "不要再发", "拒收",
    "退訂", "取消訂閱", "停止訂閱", "停止推廣", "不要再發",
    // Indonesian
    "berhenti", "berhenti berlangganan", "batal berlangganan", "hentikan", "hentikan promosi", "jangan kirim lagi",
    // Hindi
    "बंद करो", "बंद करें", "बन्द करो", "बन्द करें", "रोकें", "रोको", "स्टॉप", "सदस्यता रद्द करें", "अनसब्सक्राइब", "संदेश बंद करें",
    "band karo",
];

#[rustfmt::skip]
const START: &[&str] = &[
    "unstop", "subscribe", "opt in", "resume promotions",
    "اشتراك", "اشترك", "أريد الاشتراك", "استئناف العروض",
    "s'abonner", "abonner", "m'abonner", "abonnement", "s'inscrire",
    "подписаться", "подписка", "подпишите меня",
    "alta", "suscribir", "suscribirme", "suscribirse",
    "inscrever", "inscrever-se", "assinar",
    "订阅", "订閱", "开始接收", "訂閱", "開始接收",
    "berlangganan", "langganan",
    "सदस्यता लें", "सब्सक्राइब", "सब्सक्राइब करें",
];

#[rustfmt::skip]
const RESUME: &[&str] = &[
    "start", "ابدأ", "بدء", "démarrer", "commencer", "старт", "начать", "iniciar", "empezar", "comenzar", "começar",
    "开始", "開始", "mulai", "शुरू", "शुरू करें", "शुरू करो",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_nothing_but_the_word() {
        let none = Words::default();
        let stops = [
            "STOP",
            "stop!!",
            " Stop. ",
            "S T O P",
            "🛑 STOP 🛑",
            "Opt-out",
            "unsubscribe",
            "Stop promotions",
            "إيقاف",
            "ايقاف",
            "إِيقَاف",
            "توقف!",
            "الغاء الاشتراك",
            "إلغـاء الإشتراك",
            "Arrêt",
            "ARRET",
            "Se désabonner",
            "СТОП",
            "Отписаться.",
            "baja",
            "Darme de baja",
            "cancelar suscripcion",
            "Parar",
            "SAIR",
            "退订",
            "退訂。",
            "取消订阅",
            "停止",
            "Berhenti",
            "berhenti berlangganan",
            "बंद करो",
            "रोकें।",
            "ｓｔｏｐ",
        ];
        for text in stops {
            assert_eq!(stop_word(text, &none), Some(Word::Stop), "{text}");
        }
        let starts = [
            "Subscribe",
            "UNSTOP",
            "opt-in",
            "اشتراك",
            "S\u{2019}abonner",
            "подписаться",
            "Alta",
            "订阅",
            "訂閱",
            "langganan",
        ];
        for text in starts {
            assert_eq!(stop_word(text, &none), Some(Word::Start), "{text}");
        }
        for text in ["start", "Старт", "ابدأ", "mulai", "शुरू करें", "開始"] {
            assert_eq!(stop_word(text, &none), Some(Word::Resume), "{text}");
        }
        let nothing = [
            "",
            "🛑",
            "please stop by tomorrow",
            "don't stop",
            "stop sending to the old address",
            "non-stop",
            "bus stop?",
            "توقفت السيارة",
            "cancel",
            "end",
            "no",
            "quit",
            "не стоп",
            "退订单了吗",
            "stopping",
            "baja California",
            "parar aqui?",
            "रुको",
            "1",
        ];
        for text in nothing {
            assert_eq!(stop_word(text, &none), None, "{text}");
        }
        assert_eq!(stop_word(&"stop ".repeat(60), &none), None);
    }

    #[test]
    fn a_workspace_has_words_of_its_own() {
        let own = Words::new(
            &["Cancel".to_owned(), "!!".to_owned(), "both".to_owned()],
            &["ofertas sí".to_owned(), "both".to_owned(), "Start".to_owned()],
        );
        assert_eq!(stop_word("CANCEL.", &own), Some(Word::Stop));
        assert_eq!(stop_word("Ofertas SI!", &own), Some(Word::Start));
        assert_eq!(stop_word("both", &own), Some(Word::Stop));
        assert_eq!(stop_word("start", &own), Some(Word::Start));
        assert_eq!(stop_word("??", &own), None);
        assert_eq!(stop_word("stop", &Words::new(&[], &["stop".to_owned()])), Some(Word::Stop), "a stop stays one");
    }

    #[test]
    fn what_a_word_does() {
        use Consent::{OptedIn, OptedOut, Unknown};
        for now in [OptedIn, OptedOut, Unknown] {
            assert_eq!(Word::Stop.consent(now), Some(OptedOut));
            assert_eq!(Word::Start.consent(now), Some(OptedIn));
        }
        assert_eq!(Word::Resume.consent(OptedOut), Some(OptedIn));
        assert_eq!((Word::Resume.consent(Unknown), Word::Resume.consent(OptedIn)), (None, None));
    }

    #[test]
    fn buttons_count_like_texts() {
        let own = Words::default();
        let tapped = Content::Reply {
            kind: "template_button".to_owned(),
            id: Some("payload".to_owned()),
            title: "Stop promotions".to_owned(),
            description: None,
            data: None,
            order: Vec::new(),
        };
        assert_eq!(stop_content(&tapped, &own), Some((Word::Stop, "Stop promotions")));
        assert_eq!(
            stop_content(&Content::Reaction { target: "x".to_owned(), emoji: Some("stop".to_owned()) }, &own),
            None
        );
    }
}
