//! Whether somebody asks for a person: a rule of its own, for this wish must not be missed.

use std::sync::LazyLock;

use crate::morph::Tongue;
use crate::negation::negated;
use crate::phrases::{Phrases, Prepared};
use crate::span::Span;

const WORDS: [(&str, &str); 9] = [
    (
        "en",
        "human|real person|employee|one of your agents|agent ring|agents call|staff member|live person|a person|live agent|an agent|customer service agent|agent please|representative|customer rep|operator|\
         talk to someone|speak to someone|speak with someone|talk with someone|chat with someone|talk to somebody|speak to somebody|manager|supervisor|\
         not a bot|not a robot|stop the bot|are you a bot|are you a robot|call me|someone call me|customer care executive|live chat|talk to an employee|speak to staff|someone real|somebody real|human being|support staff|support team|support agent|\
         contact customer service|customer service please|talk to customer service|talk to support|speak to support|put me through|get me someone|transfer me|connect me to|connect me with|\
         person to talk to|speak with a person|call centre|call center",
    ),
    (
        "fr",
        "un humain|être humain|une vraie personne|vraie personne|une personne réelle|un conseiller|conseiller|conseillère|un agent|opérateur|opératrice|un responsable|\
         le responsable|parler à quelqu'un|parler avec quelqu'un|discuter avec quelqu'un|pas un robot|pas à un robot|êtes vous un robot|appelez moi|rappelez moi|service client|un employé|une employée|un collaborateur|quelqu'un peut m'appeler|vrai humain|vrai conseiller|quelqu'un de réel|passez moi|mettez moi en contact|mettez moi en relation|joindre quelqu'un|\
         parler à une personne|parler avec une personne|service clientèle|pas à une machine|parler à une machine",
    ),
    (
        "es",
        "humano|persona real|una persona|empleado|empleada|agente|asesor|asesora|operador|operadora|representante|ejecutivo|ejecutiva|supervisor|encargado|encargada|gerente|\
         hablar con alguien|hablar con una persona|con alguien|no un robot|no con un robot|eres un robot|llámenme|que me llamen|alguien me atienda|que me atienda alguien|atención humana|alguien de verdad|alguien real|persona de verdad|páseme con|pásame con|comuníqueme con|comunícame con|\
         transfiérame|ser humano|soporte humano|atención al cliente|servicio al cliente|no con una máquina",
    ),
    (
        "pt",
        "humano|pessoa de verdade|pessoa real|uma pessoa|atendente|funcionário|funcionária|atendimento humano|agente|operador|operadora|representante|supervisor|gerente|responsável|falar com alguém|\
         falar com uma pessoa|conversar com alguém|não um robô|não com robô|você é um robô|é robô|me liguem|me liga|consultor|vendedor|vendedora|alguém de verdade|alguém real|me passa para|me passe para|me transfere|me transfira|transferir para|ser humano|\
         suporte humano|falar com o suporte|atendimento ao cliente|com uma máquina",
    ),
    (
        "id",
        "manusia|orang asli|orang beneran|orang langsung|sama orang|dengan orang|admin|cs nya|customer service|operator|petugas|staf|bicara langsung|ngobrol langsung|\
         bukan robot|bukan bot|ini bot|ini robot|telepon saya|hubungi saya|atasan|manajer|supervisor|agen|orang sungguhan|orang nyata|pegawai|karyawan|sambungkan|sambungin|disambungkan|tim support|tim cs|ngomong sama|bicara sama|\
         bicara dengan|layanan pelanggan|pelayanan pelanggan|bukan mesin",
    ),
    (
        "ru",
        "оператор|работник|живой человек|живым человеком|с человеком|человека|сотрудник|менеджер|специалист|консультант|представитель|начальник|руководитель|поговорить с кем нибудь|\
         не бот|не с ботом|не робот|не с роботом|вы бот|ты бот|вы робот|позовите|переключите|соедините|перезвоните мне|позвоните мне|живой оператор|администратор|реальный человек|живые люди|служба поддержки|техподдержка|поддержка|переведите на|ответит человек|\
         не с машиной|живого",
    ),
    (
        "ar",
        "موظف|موظفة|موظفين|شخص حقيقي|انسان|إنسان|بشر|عامل عندكم|بني ادم|بني آدم|خدمة العملاء|خدمه عملاء|مندوب|مندوبة|ممثل خدمة|مسؤول|مسئول|المدير|مدير|المشرف|مشرف|اكلم حد|أكلم أحد|اكلم احد|اكلم شخص|\
         اتكلم مع حد|اتكلم مع احد|اتكلم مع شخص|أتحدث مع شخص|أتحدث إلى شخص|التحدث مع|التحدث الى|كلم حدا|احكي مع حدا|احكي مع شخص|مش روبوت|مو روبوت|انت روبوت|انت بوت|اتصلوا بي|اتصل بي|اتصلو فيني|كلموني|حد يكلمني|احد يكلمني|wa7ed|mowazaf|muwazaf|احد حقيقي|حد حقيقي|شخص يرد|انسان حقيقي|موظف الدعم|الدعم الفني|حولوني|حولني|وصلوني|وصلني بموظف|ممثل الخدمة|كستمر سيرفس|\
         مو آلة|مش آلة|2 aklem 7ad|akalem 7ad|akallem had|customer service",
    ),
    (
        "zh",
        "人工|真人|工作人员|工作人員|和机器人|跟机器人|跟機器人|同機械人|人工客服|转人工|轉人工|客服人员|客服人員|找客服|联系客服|聯絡客服|接线员|专员|專員|店员|店員|店长|店長|经理|經理|主管|负责人|負責人|跟人聊|和人说|和人聊|同人傾|真人客服|搵人|活人|不是机器人|不要机器人|唔要機械人|你是机器人|是不是机器人|打电话给我|打給我|致电给我|有人吗|有人嗎|有冇人|客服在吗|客服在嗎|客服在不在|叫客服|接客服|要客服|专人|專人|跟真人|在线客服|線上客服|人工服务|人工服務|真实的人|不要机器|真人服務",
    ),
    (
        "hi",
        "इंसान|असली व्यक्ति|असली इंसान|किसी से बात|किसी व्यक्ति|एजेंट|कस्टमर केयर|ग्राहक सेवा|ऑपरेटर|प्रतिनिधि|मैनेजर|अधिकारी|बॉट नहीं|रोबोट नहीं|कॉल करो|कॉल करें|मुझे कॉल|\
         insaan|insan se|kisi se baat|kisi insaan|asli insaan|agent|customer care|operator|executive|manager se|bot nahi|robot nahi|call karo|call kijiye|mujhe call|human|real person|सपोर्ट से|किसी असली|बात कराओ|बात करवाइए|बात कराइए|बात करवा दो|कस्टमर सर्विस|मशीन से नहीं|support se baat|support wale|asli aadmi|aadmi se baat|\
         kisi aadmi|baat karao|baat karwao|baat karwa do|machine se nahi",
    ),
];

static ASKS: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases::default();
    for (language, list) in WORDS {
        list.split('|').for_each(|phrase| {
            phrases.add(phrase, Tongue::of(language), 0);
        });
    }
    phrases
});

/// Where a text asks for a person instead of a machine, in any of the supported languages; `None` if it does not.
///
/// Meant to be too willing rather than too strict: a person too many costs less than a customer who cannot get
/// through. Denials are heeded ("I don't need an agent").
#[must_use]
pub fn asks_for_human(text: &str) -> Option<Span> {
    let prepared = Prepared::new(text);
    let hits = ASKS.find(&prepared);
    let longest = hits.iter().map(|hit| hit.units.len()).max()?;
    let mut spent = vec![false; prepared.units.len()];
    hits.iter().filter(|hit| hit.units.len() == longest).for_each(|hit| spent[hit.units.clone()].fill(true));
    let marks = negated(&prepared, &spent);
    // "not a bot" holds its negation; "no agent" stands behind one.
    let asked = hits.iter().filter(|hit| !marks[hit.units.start] || hit.units.len() > 1);
    asked
        .max_by_key(|hit| (hit.units.len(), std::cmp::Reverse(hit.units.start)))
        .map(|hit| prepared.span(hit.units.clone()))
}
