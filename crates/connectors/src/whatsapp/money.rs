//! Decimal prices into minor units.

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
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn scientific(text: &str, currency: &str) -> Option<i64> {
    let value = text.parse::<f64>().ok()? * 10_f64.powi(i32::try_from(exponent(currency)).ok()?);
    (value.is_finite() && value.abs() < 9.0e15).then(|| value.round() as i64)
}
