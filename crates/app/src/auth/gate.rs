//! The sign-in gate of one process: password hashing, failure counts, the key of known browsers.

use super::limit::{ACCOUNT, ADDRESS, Book, PAIR};
use super::password::{Cost, Passwords};
use super::secret::Device;
use crate::clock::Ids;
use crate::error::{Error, Result};
use crate::vault::Vault;
use rapport_core::Ms;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// The sign-in gate.
#[derive(Debug)]
pub struct Gate {
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    device_key: [u8; 32],
    books: Mutex<Books>,
}

#[derive(Debug)]
struct Books {
    pair: Book<(String, Origin)>,
    address: Book<Network>,
    account: Book<String>,
}

/// What an attempt on an account is counted by: the browser when the account knows it, else where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Origin {
    Known([u8; 16]),
    Stranger(Network),
}

/// An address as attempts are counted by it: an IPv6 customer has a whole /64.
type Network = [u8; 16];

fn network(address: IpAddr) -> Network {
    let mut bytes = match address.to_canonical() {
        IpAddr::V4(four) => four.to_ipv6_mapped().octets(),
        IpAddr::V6(six) => six.octets(),
    };
    if matches!(address.to_canonical(), IpAddr::V6(_)) {
        bytes[8..].fill(0);
    }
    bytes
}

/// An attempt that was let in. It counts as a failure until [`Gate::succeeded`], so that a hundred at the same moment
/// do not slip through before the first is found wrong.
#[derive(Debug)]
pub struct Ticket {
    email: String,
    origin: Origin,
    /// The account's known browser, if it is one.
    pub device: Option<Device>,
}

impl Gate {
    /// Prepares the gate.
    ///
    /// # Errors
    /// `Internal` when the hashing cost is out of range.
    pub fn new(cost: Cost, vault: &Vault, ids: &dyn Ids) -> Result<Self> {
        Ok(Self {
            passwords: Passwords::new(cost, ids)?,
            device_key: vault.derive("known browser"),
            books: Mutex::new(Books {
                pair: Book::new(PAIR),
                address: Book::new(ADDRESS),
                account: Book::new(ACCOUNT),
            }),
        })
    }

    /// Lets an attempt in, or says how long to wait. `device` is the cookie the browser brought.
    ///
    /// # Errors
    /// `Limited`.
    pub fn admit(&self, email: &str, address: IpAddr, device: Option<&str>, now: Ms) -> Result<Ticket> {
        let device = device.and_then(|text| Device::verify(text, &self.device_key, email));
        let origin = match device {
            Some(device) => Origin::Known(device.id()),
            None => Origin::Stranger(network(address)),
        };
        let pair = (email.to_owned(), origin.clone());
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let mut wait = books.pair.wait_ms(&pair, now);
        if let Origin::Stranger(network) = &origin {
            wait = wait.max(books.address.wait_ms(network, now)).max(books.account.wait_ms(&pair.0, now));
        }
        if wait > 0 {
            return Err(Error::Limited { retry_after_ms: wait });
        }
        if let Origin::Stranger(network) = origin {
            books.address.fail(network, now);
            books.account.fail(pair.0.clone(), now);
        }
        books.pair.fail(pair, now);
        Ok(Ticket { email: email.to_owned(), origin, device })
    }

    /// The attempt was right after all. Other people's failures at the same address stay counted.
    pub fn succeeded(&self, ticket: Ticket) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        if let Origin::Stranger(network) = &ticket.origin {
            books.address.refund(network);
            books.account.refund(&ticket.email);
        }
        books.pair.forget(&(ticket.email, ticket.origin));
    }

    /// How long strangers must now wait for this account, milliseconds.
    #[must_use]
    pub fn account_wait_ms(&self, email: &str, now: Ms) -> i64 {
        self.books.lock().unwrap_or_else(PoisonError::into_inner).account.wait_ms(&email.to_owned(), now)
    }

    /// The cookie that marks a browser as known to the account.
    #[must_use]
    pub fn sign_device(&self, device: &Device, email: &str) -> String {
        device.sign(&self.device_key, email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededIds;
    use crate::vault::MasterKey;
    use rapport_core::time::{MINUTE, SECOND};
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    fn gate() -> Gate {
        let vault = Vault::new(MasterKey::from_bytes([1; 32]), Arc::new(SeededIds::new(1)));
        Gate::new(Cost::cheapest(), &vault, &SeededIds::new(2)).unwrap()
    }

    fn address(last: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + last))
    }

    #[test]
    fn hammering_from_everywhere_does_not_shut_the_owner_out() {
        let gate = gate();
        let email = "amal@shop.example";
        let cookie = gate.sign_device(&Device::new(&SeededIds::new(3)), email);
        let let_in = (0..5_000).filter(|n| gate.admit(email, address(*n), None, Ms(0)).is_ok()).count();
        assert_eq!(let_in, 21, "a thousand addresses share the account's throttle");
        assert!(gate.admit(email, address(9_999), None, Ms(0)).is_err(), "a stranger waits");
        let ticket = gate.admit(email, address(1), Some(&cookie), Ms(0)).expect("a known browser does not");
        gate.succeeded(ticket);
        assert!(gate.admit(email, address(9_999), None, Ms(MINUTE)).is_ok(), "and a stranger waits a minute at most");
        assert!(gate.admit("omar@shop.example", address(1), None, Ms(0)).is_ok(), "other accounts feel nothing");
    }

    #[test]
    fn one_address_cannot_try_many_accounts() {
        let gate = gate();
        let tried =
            (0..1_000).filter(|n| gate.admit(&format!("{n}@x.example"), address(1), None, Ms(0)).is_ok()).count();
        assert_eq!(tried, 31);
    }

    #[test]
    fn a_stolen_known_browser_is_limited_too() {
        let gate = gate();
        let cookie = gate.sign_device(&Device::new(&SeededIds::new(3)), "a@x.example");
        let tried = (0..100).filter(|n| gate.admit("a@x.example", address(*n), Some(&cookie), Ms(0)).is_ok()).count();
        assert_eq!(tried, 6);
    }

    #[test]
    fn right_passwords_are_never_limited() {
        let gate = gate();
        for n in 0..200 {
            let ticket = gate.admit("a@x.example", address(1), None, Ms(n * SECOND)).unwrap();
            gate.succeeded(ticket);
        }
    }

    #[test]
    fn an_ipv6_customer_is_one_network() {
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        let two: IpAddr = "2001:db8::ffff:2".parse().unwrap();
        let other: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        assert_eq!(network(one), network(two));
        assert_ne!(network(one), network(other));
        assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), network("10.0.0.1".parse().unwrap()));
    }
}
