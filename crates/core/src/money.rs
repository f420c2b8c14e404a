//! Amounts of money: decimals as people and systems write them, and the minor units that are kept.

/// How many decimals a currency has (ISO 4217); two for any that is not listed.
#[must_use]
pub fn exponent(currency: &str) -> u32 {
    match currency.to_ascii_uppercase().as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// A decimal such as `20.5` or `-3` in minor units of `currency`, rounded half away from zero.
///
/// Works on the digits as written, so that 20.35 never becomes 20.349999. `None` when it is not a decimal number or
/// does not fit.
#[must_use]
pub fn minor_units(decimal: &str, currency: &str) -> Option<i64> {
    let text = decimal.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if text.contains(['e', 'E']) {
        return scientific(text, currency).map(|minor| if negative { -minor } else { minor });
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let places = exponent(currency) as usize;
    let kept: String = fraction.chars().chain(std::iter::repeat('0')).take(places).collect();
    let up = fraction.as_bytes().get(places).is_some_and(|digit| *digit >= b'5');
    let minor = format!("0{whole}{kept}").parse::<i64>().ok()?.checked_add(i64::from(up))?;
    Some(if negative { -minor } else { minor })
}

/// Floats written with an exponent appear only for absurd prices; exactness ends there.
fn scientific(text: &str, currency: &str) -> Option<i64> {
    let value = text.parse::<f64>().ok()? * 10_f64.powi(i32::try_from(exponent(currency)).ok()?);
    (value.is_finite() && value.abs() < 9.0e15).then(|| value.round() as i64)
}

/// Minor units as a decimal with all places of the currency: 2050 of EUR is `20.50`.
#[must_use]
pub fn decimal(minor: i64, currency: &str) -> String {
    let places = exponent(currency) as usize;
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let sign = if minor < 0 { "-" } else { "" };
    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_go_to_and_fro() {
        for (minor, currency, text) in [
            (2_050, "EUR", "20.50"),
            (5, "usd", "0.05"),
            (-120, "USD", "-1.20"),
            (1_500, "JPY", "1500"),
            (1, "KWD", "0.001"),
            (0, "EUR", "0.00"),
        ] {
            assert_eq!(decimal(minor, currency), text);
            assert_eq!(minor_units(text, currency), Some(minor), "{text}");
        }
        for (text, expected) in
            [("129.9", Some(12_990)), ("129.995", Some(13_000)), ("1e3", Some(100_000)), ("1,5", None), ("", None)]
        {
            assert_eq!(minor_units(text, "EUR"), expected, "{text}");
        }
    }
}
