//! The words in which orders and days are told to customers, in every language of the screen.

use super::status::{OrderStatus, ParcelStatus};

/// The words of one language. Lists stand in the order of what they name, with `|` between.
pub(super) struct Words {
    language: &'static str,
    /// Yesterday, today, tomorrow.
    near: [&'static str; 3],
    /// A day: `{d}` and `{m}`.
    day: &'static str,
    months: &'static str,
    orders: &'static str,
    parcels: &'static str,
}

const ALL: [Words; 8] = [
    Words {
        language: "en",
        near: ["yesterday", "today", "tomorrow"],
        day: "{d} {m}",
        months: "January|February|March|April|May|June|July|August|September|October|November|December",
        orders: "waiting for payment|paid|being prepared|shipped|delivered|cancelled|returned|refunded",
        parcels: "being prepared|on its way|out for delivery|delayed|ready for pickup|delivery attempt failed|delivered|returned",
    },
    Words {
        language: "ar",
        near: ["أمس", "اليوم", "غدًا"],
        day: "{d} {m}",
        months: "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
        orders: "بانتظار الدفع|مدفوع|قيد التجهيز|تم شحنه|تم تسليمه|ملغى|مُرجَع|تم رد المبلغ",
        parcels: "قيد التجهيز|في الطريق|خرجت للتوصيل|متأخرة|جاهزة للاستلام|تعذّر التسليم|تم تسليمها|مُرجَعة",
    },
    Words {
        language: "es",
        near: ["ayer", "hoy", "mañana"],
        day: "{d} de {m}",
        months: "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
        orders: "pendiente de pago|pagado|en preparación|enviado|entregado|cancelado|devuelto|reembolsado",
        parcels: "en preparación|en camino|en reparto|con retraso|listo para recoger|entrega fallida|entregado|devuelto",
    },
    Words {
        language: "fr",
        near: ["hier", "aujourd’hui", "demain"],
        day: "{d} {m}",
        months: "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
        orders: "en attente de paiement|payée|en préparation|expédiée|livrée|annulée|retournée|remboursée",
        parcels: "en préparation|en route|en cours de livraison|retardé|prêt à être retiré|livraison échouée|livré|retourné",
    },
    Words {
        language: "pt",
        near: ["ontem", "hoje", "amanhã"],
        day: "{d} de {m}",
        months: "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
        orders: "aguardando pagamento|pago|em preparação|enviado|entregue|cancelado|devolvido|reembolsado",
        parcels: "em preparação|a caminho|saiu para entrega|atrasada|pronta para retirada|tentativa de entrega sem sucesso|entregue|devolvida",
    },
    Words {
        language: "ru",
        near: ["вчера", "сегодня", "завтра"],
        day: "{d} {m}",
        months: "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
        orders: "ожидает оплаты|оплачен|готовится к отправке|отправлен|доставлен|отменён|возвращён|деньги возвращены",
        parcels: "готовится к отправке|в пути|передана курьеру|задерживается|готова к выдаче|не удалось вручить|доставлена|возвращена",
    },
    Words {
        language: "zh-Hans",
        near: ["昨天", "今天", "明天"],
        day: "{m}{d}日",
        months: "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月",
        orders: "待付款|已付款|备货中|已发货|已送达|已取消|已退货|已退款",
        parcels: "备货中|运输中|派送中|已延误|待取件|派送未成功|已送达|已退回",
    },
    Words {
        language: "zh-Hant",
        near: ["昨天", "今天", "明天"],
        day: "{m}{d}日",
        months: "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月",
        orders: "待付款|已付款|備貨中|已出貨|已送達|已取消|已退貨|已退款",
        parcels: "備貨中|運送中|配送中|已延誤|待取件|配送未成功|已送達|已退回",
    },
];

impl Words {
    /// The words of a locale; English where there are none.
    pub(super) fn of(locale: &str) -> &'static Self {
        let language = crate::practice::words(locale).language;
        ALL.iter().find(|words| words.language == language).unwrap_or(&ALL[0])
    }

    pub(super) fn order(&self, status: OrderStatus) -> &'static str {
        nth(self.orders, status as usize)
    }

    pub(super) fn parcel(&self, status: ParcelStatus) -> &'static str {
        nth(self.parcels, status as usize)
    }

    /// What stands between a day and a time.
    pub(super) fn comma(&self) -> &'static str {
        match self.language {
            "ar" => "، ",
            "zh-Hans" | "zh-Hant" => " ",
            _ => ", ",
        }
    }

    /// A day that is `away` days from today.
    pub(super) fn day(&self, date: jiff::civil::Date, away: i64) -> String {
        if let Some(near) = usize::try_from(away + 1).ok().and_then(|at| self.near.get(at)) {
            return (*near).to_owned();
        }
        self.date(date)
    }

    /// A day by its date.
    pub(super) fn date(&self, date: jiff::civil::Date) -> String {
        let month = nth(self.months, usize::try_from(date.month() - 1).unwrap_or(0));
        self.day.replace("{d}", &date.day().to_string()).replace("{m}", month)
    }

    /// How many days ago; more than 59 are told in months, more than 23 of those in years.
    pub(super) fn ago(&self, days: i64) -> String {
        let (unit, count) = match days {
            ..=0 => return self.near[1].to_owned(),
            1 => return self.near[0].to_owned(),
            2..=59 => (0, days),
            60..=729 => (1, days / 30),
            730.. => (2, days / 365),
        };
        counted(self.language, unit, count)
    }
}

fn nth(list: &'static str, at: usize) -> &'static str {
    list.split('|').nth(at).unwrap_or_default()
}

/// So many days, months or years (0, 1, 2) ago; never one day, never one month.
fn counted(language: &str, unit: usize, count: i64) -> String {
    let one_of = |forms: [&str; 3]| forms[unit].to_owned();
    match language {
        "ar" => arabic(unit, count),
        "ru" => {
            let forms = [["день", "дня", "дней"], ["месяц", "месяца", "месяцев"], ["год", "года", "лет"]];
            let form = match (count % 10, count % 100) {
                (1, rest) if rest != 11 => 0,
                (2..=4, rest) if !(12..=14).contains(&rest) => 1,
                _ => 2,
            };
            format!("{count} {} назад", forms[unit][form])
        }
        "es" => format!("hace {count} {}", one_of(["días", "meses", "años"])),
        "fr" => format!("il y a {count} {}", one_of(["jours", "mois", "ans"])),
        "pt" => format!("há {count} {}", one_of(["dias", "meses", "anos"])),
        "zh-Hans" => format!("{count}{}前", one_of(["天", "个月", "年"])),
        "zh-Hant" => format!("{count}{}前", one_of(["天", "個月", "年"])),
        _ => format!("{count} {} ago", one_of(["days", "months", "years"])),
    }
}

fn arabic(unit: usize, count: i64) -> String {
    let [two, few, many, other] =
        [["يومين", "أيام", "يومًا", "يوم"], ["شهرين", "أشهر", "شهرًا", "شهر"], ["سنتين", "سنوات", "سنة", "سنة"]][unit];
    match (count, count % 100) {
        (2, _) => format!("قبل {two}"),
        (_, 3..=10) => format!("قبل {count} {few}"),
        (_, 11..=99) => format!("قبل {count} {many}"),
        _ => format!("قبل {count} {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word() {
        for words in &ALL {
            let count = |list: &str| list.split('|').filter(|word| !word.trim().is_empty()).count();
            let counts = [count(words.months), count(words.orders), count(words.parcels)];
            assert_eq!(counts, [12, OrderStatus::ALL.len(), ParcelStatus::ALL.len()], "{}", words.language);
            assert_eq!(Words::of(words.language).language, words.language);
        }
        assert_eq!((Words::of("pt-BR").language, Words::of("zh_TW").language), ("pt", "zh-Hant"));
        assert_eq!((Words::of("de").language, Words::of("").language), ("en", "en"));
    }

    #[test]
    fn days_ago_are_spoken_with_the_plurals_of_the_language() {
        let table = [
            ("en", 0, "today"),
            ("en", 1, "yesterday"),
            ("en", 3, "3 days ago"),
            ("en", 75, "2 months ago"),
            ("en", 800, "2 years ago"),
            ("ar", 1, "أمس"),
            ("ar", 2, "قبل يومين"),
            ("ar", 3, "قبل 3 أيام"),
            ("ar", 12, "قبل 12 يومًا"),
            ("ar", 100, "قبل 3 أشهر"),
            ("ru", 2, "2 дня назад"),
            ("ru", 5, "5 дней назад"),
            ("ru", 11, "11 дней назад"),
            ("ru", 21, "21 день назад"),
            ("ru", 2_000, "5 лет назад"),
            ("fr", 3, "il y a 3 jours"),
            ("es", 3, "hace 3 días"),
            ("pt", 3, "há 3 dias"),
            ("zh-Hans", 3, "3天前"),
            ("zh-Hant", 90, "3個月前"),
            ("en", -5, "today"),
        ];
        for (language, days, expected) in table {
            assert_eq!(Words::of(language).ago(days), expected, "{days} in {language}");
        }
    }
}
