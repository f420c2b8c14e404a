//! The words for days, months and spans of time in the supported languages.
//!
//! Forms are written out, not stemmed: "среди" is no Wednesday. Hindi "कल" and "परसों" are left out, for they say
//! yesterday as well as tomorrow.

/// Days from today.
pub(super) const RELATIVE: &[(i32, &str)] = &[
    (
        0,
        "today|tonight|aujourd'hui|ajd|ce soir|hoy|esta noche|hoje|hari ini|malam ini|сегодня|اليوم|النهارده|الليله|今天|今日|今晚|आज|aaj",
    ),
    (
        1,
        "tomorrow|tmrw|tmr|tomorow|demain|mañana|amanhã|amanha|besok|esok|завтра|غدا|غداً|بكرا|بكره|باجر|明天|明日|明儿|聽日|听日",
    ),
    (-1, "yesterday|hier|ayer|ontem|kemarin|kemaren|вчера|أمس|امبارح|مبارح|البارحة|昨天|昨日|尋日"),
    (
        2,
        "day after tomorrow|après-demain|apres demain|pasado mañana|depois de amanhã|lusa|послезавтра|بعد غد|بعد بكره|بعد بكرا|后天|後天",
    ),
    (
        -2,
        "day before yesterday|avant-hier|anteayer|antes de ayer|antier|anteontem|kemarin lusa|позавчера|أول أمس|اول امبارح|قبل امس|前天",
    ),
    (3, "大后天|大後天"),
    (-3, "大前天"),
];

/// Phrases with a word for a day in them that name none.
pub(super) const NO_DAYS: &str =
    "por la mañana|de la mañana|esta mañana|en la mañana|la mañana|buenos dias|今天天气|كل يوم";

/// Days of the week, Monday is 1.
pub(super) const WEEKDAYS: &[(i8, &str)] = &[
    (1, "monday|lundi|lunes|segunda-feira|senin|понедельник|понедельника|понедельнику|الاثنين|الإثنين|सोमवार"),
    (2, "tuesday|mardi|martes|terça-feira|selasa|вторник|вторника|الثلاثاء|الثلاثا|मंगलवार"),
    (3, "wednesday|mercredi|miércoles|quarta-feira|rabu|среда|среду|среды|الأربعاء|الاربعا|बुधवार"),
    (4, "thursday|jeudi|jueves|quinta-feira|kamis|четверг|четверга|الخميس|गुरुवार"),
    (5, "friday|vendredi|viernes|sexta-feira|jumat|jum'at|пятница|пятницу|пятницы|الجمعة|शुक्रवार"),
    (6, "saturday|samedi|sábado|sabtu|суббота|субботу|субботы|السبت|शनिवार"),
    (7, "sunday|dimanche|domingo|hari minggu|воскресенье|воскресенья|الأحد|الاحد|रविवार"),
];

/// Words before or behind a day of the week that put it into the past.
pub(super) const LAST: &str = "last|past|dernier|dernière|pasado|passado|passada|lalu|прошлый|прошлую|прошлое|прошлой|الماضي|الماضية|اللي فات|पिछले";

/// Chinese: which week, and what stands before the number of the day.
pub(super) const CHINESE_WEEKS: &[(i64, &str)] =
    &[(0, "这|這|本|这个|這個"), (1, "下|下个|下個"), (-1, "上|上个|上個")];
pub(super) const CHINESE_DAYS: &str = "周|週|星期|礼拜|禮拜";
pub(super) const CHINESE_NUMBERS: &[(i8, &str)] =
    &[(1, "一"), (2, "二"), (3, "三"), (4, "四"), (5, "五"), (6, "六"), (7, "日|天")];

/// Months by number.
pub(super) const MONTHS: &[(i8, &str)] = &[
    (1, "january|jan|janvier|janv|enero|janeiro|januari|января|янв|январь|يناير|كانون الثاني|जनवरी"),
    (2, "february|feb|février|fév|febrero|fevereiro|februari|февраля|фев|февраль|فبراير|شباط|फरवरी"),
    (3, "march|mars|marzo|março|maret|марта|март|مارس|آذار|मार्च"),
    (4, "april|apr|avril|abril|апреля|апр|апрель|أبريل|ابريل|إبريل|نيسان|अप्रैल"),
    (5, "may|mai|mayo|maio|mei|мая|май|مايو|أيار|मई"),
    (6, "june|jun|juin|junio|junho|juni|июня|июнь|يونيو|حزيران|जून"),
    (7, "july|jul|juillet|julio|julho|juli|июля|июль|يوليو|تموز|जुलाई"),
    (8, "august|aug|août|agosto|agustus|августа|авг|август|أغسطس|آب|अगस्त"),
    (9, "september|sep|sept|septembre|septiembre|setembro|сентября|сент|сентябрь|سبتمبر|أيلول|सितंबर"),
    (10, "october|oct|octobre|octubre|outubro|oktober|okt|октября|окт|октябрь|أكتوبر|تشرين الأول|अक्टूबर"),
    (11, "november|nov|novembre|noviembre|novembro|ноября|нояб|ноябрь|نوفمبر|تشرين الثاني|नवंबर"),
    (12, "december|dec|décembre|déc|diciembre|dezembro|desember|des|декабря|дек|декабрь|ديسمبر|كانون الأول|दिसंबर"),
];

/// What may stand between a day and its month, or a month and its year.
pub(super) const OF: &str = "of|de|del|st|nd|rd|th|er|го|числа|من|the|تاريخ|شهر";

/// Lengths of time, in days.
pub(super) const LENGTHS: &[(i64, &str)] = &[
    (1, "day|days|jour|jours|día|días|dia|dias|hari|день|дня|дней|يوم|أيام|ايام|天|日|दिन|din"),
    (
        7,
        "week|weeks|semaine|semaines|semana|semanas|minggu|pekan|неделю|недели|недель|أسبوع|أسابيع|周|週|星期|个星期|個星期|礼拜|个礼拜|個禮拜|हफ्ते|हफ़्ते|सप्ताह",
    ),
];

/// Lengths in one word, and words that count.
pub(super) const SINGLE_LENGTHS: &[(i64, &str)] =
    &[(2, "يومين"), (7, "seminggu|неделю|أسبوع"), (14, "أسبوعين"), (1, "sehari")];
pub(super) const COUNTS: &[(i64, &str)] = &[
    (1, "a|an|one|un|une|una|um|uma|satu|один|одну|一|एक|ek"),
    (2, "two|couple of|deux|dos|dois|duas|dua|два|две|两|兩|二|दो|do"),
    (3, "three|trois|tres|três|tiga|три|ثلاثة|ثلاث|三|तीन|teen"),
    (4, "four|quatre|cuatro|quatro|empat|четыре|أربعة|اربع|四|चार"),
    (5, "five|cinq|cinco|lima|пять|خمسة|خمس|五|पांच"),
    (6, "six|seis|enam|шесть|ستة|六|छह"),
    (7, "seven|sept|siete|sete|tujuh|семь|سبعة|七|सात"),
    (10, "ten|dix|diez|dez|sepuluh|десять|عشرة|十|दस"),
];

/// Words that make a length a moment: before it, or behind it.
pub(super) const AHEAD_BEFORE: &str = "in|dans|en|dentro de|em|daqui a|через|спустя|بعد|خلال|dalam";
pub(super) const AHEAD_BEHIND: &str = "from now|later|lagi|后|後|以后|以後|之后|बाद|baad|спустя";
pub(super) const BACK_BEFORE: &str = "il y a|depuis|hace|há|faz|منذ|من|قبل";
pub(super) const BACK_BEHIND: &str = "ago|atrás|yang lalu|lalu|назад|前|以前|之前|पहले|pehle";
