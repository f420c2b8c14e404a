//! The address guard: where this server may connect to (`perf-reliability.md` F37).
//!
//! Checked twice. Before the call, the URL: scheme, credentials in it, literal addresses (the URL parser has already
//! turned decimal, octal and hexadecimal forms into four numbers). At connect time, the addresses a name resolved to:
//! the connection is made to exactly the addresses checked, so a name that changes its mind gains nothing.

use reqwest::Url;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a host name, an address nor a network like 10.0.0.0/8")]
pub struct BadRule(pub String);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Name(String),
    Net(IpAddr, u8),
}

/// Hosts and networks that may be reached although the guard refuses them by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowList(Vec<Rule>);

impl AllowList {
    /// Nothing private may be reached.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads rules: `sandbox.internal`, `127.0.0.1`, `10.1.0.0/16`, `fd00::/8`.
    ///
    /// # Errors
    /// [`BadRule`] with the first rule that is none of these.
    pub fn parse<S: AsRef<str>>(rules: impl IntoIterator<Item = S>) -> Result<Self, BadRule> {
        rules.into_iter().map(|rule| parse_rule(rule.as_ref().trim())).collect::<Result<_, _>>().map(Self)
    }

    fn has_name(&self, host: &str) -> bool {
        self.0.iter().any(|rule| matches!(rule, Rule::Name(name) if name == host))
    }

    fn has_address(&self, address: IpAddr) -> bool {
        self.0.iter().any(|rule| matches!(rule, Rule::Net(net, bits) if contains(*net, *bits, address)))
    }

    /// Whether an address of `host` may be connected to.
    ///
    /// # Errors
    /// The reason, for people.
    pub fn check_address(&self, host: &str, address: IpAddr) -> Result<(), String> {
        let address = plain(address);
        if is_public(address) || self.has_address(address) || self.has_name(&host.to_ascii_lowercase()) {
            return Ok(());
        }
        Err(format!("{host} is at {address}, which is not a public address and not on the allow list"))
    }

    /// Whether a URL may be called, as far as can be told before its name is resolved.
    ///
    /// # Errors
    /// The reason, for people; never the URL's query or credentials.
    pub fn check_url(&self, url: &Url) -> Result<(), String> {
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("the URL has no host")?.to_ascii_lowercase();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!("the URL for {host} carries credentials"));
        }
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        if let Some(address) = literal {
            self.check_address(&host, address)?;
        }
        match url.scheme() {
            "https" => Ok(()),
            // Plain HTTP would show tokens to the network: only where the owner of the network said so.
            "http" if self.has_name(&host) || literal.is_some_and(|address| self.has_address(plain(address))) => Ok(()),
            "http" => Err(format!("plain http is only used for hosts on the allow list; {host} is not on it")),
            other => Err(format!("scheme {other} is not used")),
        }
    }
}

fn parse_rule(rule: &str) -> Result<Rule, BadRule> {
    let bad = || BadRule(rule.to_owned());
    let bare = rule.trim_matches(['[', ']']);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(Rule::Net(address, if address.is_ipv4() { 32 } else { 128 }));
    }
    if let Some((net, bits)) = rule.split_once('/') {
        let net: IpAddr = net.parse().map_err(|_| bad())?;
        let bits: u8 = bits.parse().map_err(|_| bad())?;
        let most = if net.is_ipv4() { 32 } else { 128 };
        return if bits <= most { Ok(Rule::Net(net, bits)) } else { Err(bad()) };
    }
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if rule.is_empty() || !rule.chars().all(letters) {
        return Err(bad());
    }
    Ok(Rule::Name(rule.to_ascii_lowercase()))
}

fn contains(net: IpAddr, bits: u8, address: IpAddr) -> bool {
    match (net, address) {
        (IpAddr::V4(net), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            u32::from(net) & mask == u32::from(address) & mask
        }
        (IpAddr::V6(net), IpAddr::V6(address)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            u128::from(net) & mask == u128::from(address) & mask
        }
        _ => false,
    }
}

/// An IPv4 address dressed as IPv6 is judged as the IPv4 address it reaches.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let words = v6.segments();
    let low = || {
        let [a, b] = words[6].to_be_bytes();
        let [c, d] = words[7].to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    let mapped = words[..5] == [0; 5] && words[5] == 0xffff;
    let translated = words[..6] == [0, 0, 0, 0, 0xffff, 0];
    let nat64 = words[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    let compatible = words[..6] == [0; 6] && (words[6] != 0 || words[7] > 1);
    if mapped || translated || nat64 || compatible {
        return low();
    }
    if words[0] == 0x2002 {
        let [a, b] = words[1].to_be_bytes();
        let [c, d] = words[2].to_be_bytes();
        return IpAddr::V4(Ipv4Addr::new(a, b, c, d));
    }
    address
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    const CLOSED: [([u8; 4], u8); 15] = [
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        ([224, 0, 0, 0], 4),
        ([240, 0, 0, 0], 4),
    ];
    !CLOSED.iter().any(|(net, bits)| contains(IpAddr::V4(Ipv4Addr::from(*net)), *bits, IpAddr::V4(address)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Only 2000::/3 is handed out for the Internet; of it Teredo, benchmarking, ORCHID and documentation are not hosts.
    let words = address.segments();
    let handed_out = words[0] & 0xe000 == 0x2000;
    let special = words[0] == 0x2001 && (words[1] < 0x0200 || words[1] == 0x0db8);
    let documentation = words[0] == 0x3fff && words[1] < 0x1000;
    handed_out && !special && !documentation
}
