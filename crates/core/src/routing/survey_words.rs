//! The survey's words in the customer's language. They say nothing about who answers: no language makes them a man or a woman.

/// The words of one language: list rows take 24 characters, the list's button 20.
pub(super) struct Words {
    pub question: &'static str,
    pub button: &'static str,
    /// From 5 down to 1.
    pub scores: [&'static str; 5],
}

const ENGLISH: Words = Words {
    question: "How satisfied are you with the help you received?",
    button: "Give a score",
    scores: ["5 - Very satisfied", "4 - Satisfied", "3 - Neither", "2 - Dissatisfied", "1 - Very dissatisfied"],
};

const ARABIC: Words = Words {
    question: "ما رأيك في المساعدة التي تلقيتها؟",
    button: "التقييم",
    scores: ["5 - ممتاز", "4 - جيد", "3 - مقبول", "2 - ضعيف", "1 - سيئ"],
};

const RUSSIAN: Words = Words {
    question: "Как вы оцениваете полученную помощь?",
    button: "Поставить оценку",
    scores: ["5 - Отлично", "4 - Хорошо", "3 - Нормально", "2 - Плохо", "1 - Очень плохо"],
};

const FRENCH: Words = Words {
    question: "Comment évaluez-vous l’aide que vous avez reçue ?",
    button: "Donner une note",
    scores: ["5 - Très bien", "4 - Bien", "3 - Moyen", "2 - Mauvais", "1 - Très mauvais"],
};

const SPANISH: Words = Words {
    question: "¿Cómo califica la ayuda que recibió?",
    button: "Dar una nota",
    scores: ["5 - Muy bien", "4 - Bien", "3 - Regular", "2 - Mal", "1 - Muy mal"],
};

const PORTUGUESE: Words = Words {
    question: "Como você avalia a ajuda que recebeu?",
    button: "Dar uma nota",
    scores: ["5 - Muito bom", "4 - Bom", "3 - Regular", "2 - Ruim", "1 - Muito ruim"],
};

const TRADITIONAL: Words = Words {
    question: "您對這次獲得的協助滿意嗎？",
    button: "評分",
    scores: ["5 - 非常滿意", "4 - 滿意", "3 - 普通", "2 - 不滿意", "1 - 非常不滿意"],
};

const SIMPLIFIED: Words = Words {
    question: "您对这次获得的帮助满意吗？",
    button: "评分",
    scores: ["5 - 非常满意", "4 - 满意", "3 - 一般", "2 - 不满意", "1 - 非常不满意"],
};

/// The words for a language code such as `ar`, `pt-BR` or `zh_TW`; English for others.
pub(super) fn words(language: Option<&str>) -> &'static Words {
    let code = language.unwrap_or_default().to_ascii_lowercase().replace('_', "-");
    let mut parts = code.split('-');
    match parts.next().unwrap_or_default() {
        "ar" => &ARABIC,
        "ru" => &RUSSIAN,
        "fr" => &FRENCH,
        "es" => &SPANISH,
        "pt" => &PORTUGUESE,
        "zh" if parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo")) => &TRADITIONAL,
        "zh" => &SIMPLIFIED,
        _ => &ENGLISH,
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn every_language_fits_into_a_list() {
        for code in ["en", "ar", "ru", "fr-CA", "es", "pt_BR", "zh-Hant", "zh-CN", "xx", ""] {
            let words = words(Some(code));
            assert!(words.button.chars().count() <= 20, "{code}");
            assert!(words.scores.iter().all(|score| score.chars().count() <= 24), "{code}");
        }
        assert_ne!(words(Some("zh_TW")).question, words(Some("zh")).question);
        assert_eq!(words(None).button, words(Some("en-GB")).button);
    }
}
