//! Finding people by a piece of their name, number or address, in any script, on both databases.
//!
//! Neither database folds letters beyond ASCII in its plain `lower()` and `LIKE`, so other scripts are asked for in the
//! spellings people use: as typed, all small, all capital, and with capital initials.

use super::Draft;

/// Longest text that is looked for, in characters.
const LONGEST: usize = 100;

/// What a person typed into a list's search field.
pub(crate) struct Needle {
    patterns: Vec<String>,
    lower: String,
    digits: Option<String>,
}

impl Needle {
    /// `None` when there is nothing to look for.
    pub fn new(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        if text.is_empty() {
            return None;
        }
        let lower = text.to_lowercase();
        let mut spellings = vec![text.clone()];
        if !text.is_ascii() {
            for spelling in [lower.clone(), text.to_uppercase(), initials(&lower)] {
                if !spellings.contains(&spelling) {
                    spellings.push(spelling);
                }
            }
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        // A phone number as it is written: digits and what people put between them.
        let number = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '/'));
        let digits = digits.trim_start_matches('0').to_owned();
        Some(Self {
            patterns: spellings.iter().map(|spelling| anywhere(spelling)).collect(),
            lower: anywhere(&lower),
            digits: (number && digits.len() >= 2).then(|| anywhere(&digits)),
        })
    }

    /// A condition that holds when one of the columns contains it: `texts` in any spelling, `emails` in lower case,
    /// `phones` by their digits.
    pub fn condition(&self, draft: &mut Draft, texts: &[&str], emails: &[&str], phones: &[&str]) -> String {
        let mut parts = Vec::new();
        let lower = draft.arg(self.lower.as_str());
        for column in texts {
            parts.push(format!("lower({column}) LIKE {lower} ESCAPE '!'"));
        }
        for pattern in self.patterns.iter().filter(|pattern| !pattern.is_ascii()) {
            let place = draft.arg(pattern.as_str());
            parts.extend(texts.iter().map(|column| format!("{column} LIKE {place} ESCAPE '!'")));
        }
        parts.extend(emails.iter().map(|column| format!("{column} LIKE {lower} ESCAPE '!'")));
        if let Some(digits) = &self.digits {
            let place = draft.arg(digits.as_str());
            parts.extend(phones.iter().map(|column| format!("{column} LIKE {place} ESCAPE '!'")));
        }
        format!("({})", parts.join(" OR "))
    }
}

fn anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn initials(lower: &str) -> String {
    let mut out = String::with_capacity(lower.len());
    let mut first = true;
    for c in lower.chars() {
        if first {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        first = c.is_whitespace() || c == '-';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_patterns() {
        assert!(Needle::new("  ").is_none());
        let needle = Needle::new("100%_!").unwrap();
        assert_eq!(needle.lower, "%100!%!_!!%");
        assert!(needle.digits.is_none());
        assert_eq!(Needle::new("+44 (0)20 79").unwrap().digits.unwrap(), "%4402079%");
        assert_eq!(Needle::new("иван петров").unwrap().patterns, ["%иван петров%", "%ИВАН ПЕТРОВ%", "%Иван Петров%"]);
    }
}
