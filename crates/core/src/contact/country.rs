//! Which two letters name a country.

/// ISO 3166-1 alpha-2, as far as they are assigned.
const ASSIGNED: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES \
    ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE \
    IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY \
    MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU \
    NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM \
    SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE \
    VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Places without an assigned code whose numbers have a country code of their own, so that customers live there.
const CUSTOMARY: [&str; 3] = ["AC", "TA", "XK"];

/// Whether this is a country's code, in capitals: one of ISO 3166, or one that telephone numbers are known by (`XK`).
#[must_use]
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && ASSIGNED.split(' ').chain(CUSTOMARY).any(|known| known == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::zone;

    #[test]
    fn only_countries_are_countries() {
        for code in ["AE", "US", "GB", "TW", "AQ", "XK", "ZW"] {
            assert!(is_country(code), "{code}");
        }
        for code in ["ZZ", "XX", "UK", "EU", "ae", "A", "", "AE ", "A E", "*", "ARE", "ÀE", "\u{FF21}\u{FF25}"] {
            assert!(!is_country(code), "{code:?}");
        }
        assert_eq!(ASSIGNED.split(' ').count(), 249);
    }

    #[test]
    fn every_country_with_a_clock_is_one() {
        let letters = || 'A'..='Z';
        for code in letters().flat_map(|first| letters().map(move |second| format!("{first}{second}"))) {
            assert!(zone::of_country(&code).is_empty() || is_country(&code), "{code}");
        }
    }
}
