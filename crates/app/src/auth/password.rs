//! Passwords: argon2id, outside the async threads, few at a time because each takes 19 MiB.

use crate::clock::Ids;
use crate::error::{Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Shortest password that is accepted, in characters.
pub const MIN_CHARS: usize = 10;
/// Longest password that is looked at, in bytes.
pub const MAX_BYTES: usize = 1_024;
/// Attempts that may wait for their turn; beyond it the caller is told to come back.
const MAX_WAITING: usize = 64;

/// How hard hashing is.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Hashes computed at the same time.
    pub at_once: usize,
}

impl Default for Cost {
    /// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, at_once: 2 }
    }
}

impl Cost {
    /// As cheap as possible, for tests and simulations.
    #[must_use]
    pub fn cheapest() -> Self {
        Self { memory_kib: Params::MIN_M_COST, passes: 1, at_once: 2 }
    }
}

/// Hashes and checks passwords.
pub struct Passwords {
    argon: Argon2<'static>,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Checked when no account has the e-mail, so that the answer takes as long as for one that exists.
    dummy: String,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}

impl Passwords {
    /// Prepares hashing; computes one hash.
    ///
    /// # Errors
    /// `Internal` when the cost is out of argon2's range.
    pub fn new(cost: Cost, ids: &dyn Ids) -> Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(internal)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut unknown = [0; 32];
        ids.fill(&mut unknown);
        let dummy = hash(&argon, &unknown, salt(ids))?;
        Ok(Self { argon, permits: Arc::new(Semaphore::new(cost.at_once.max(1))), waiting: AtomicUsize::new(0), dummy })
    }

    /// Hashes a new password for storing.
    ///
    /// # Errors
    /// `Overloaded` when too many wait.
    pub async fn hash(&self, password: &str, ids: &dyn Ids) -> Result<String> {
        let (argon, salt, password) = (self.argon.clone(), salt(ids), password.to_owned());
        self.run(move || hash(&argon, password.as_bytes(), salt)).await?
    }

    /// Whether the password is the one that was hashed. Takes as long when there is no hash (no such account).
    ///
    /// # Errors
    /// `Overloaded` when too many wait.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let known = stored.is_some_and(|stored| !stored.is_empty());
        let stored = stored.filter(|stored| !stored.is_empty()).unwrap_or(&self.dummy).to_owned();
        let (argon, password) = (self.argon.clone(), password.to_owned());
        let right = self
            .run(move || {
                PasswordHash::new(&stored)
                    .is_ok_and(|parsed| argon.verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await?;
        Ok(right && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = Turn::take(&self.waiting)?;
        let permit = self.permits.clone().acquire_owned().await.map_err(internal)?;
        drop(turn);
        // The permit goes along: a caller that hangs up does not make room for another 19 MiB.
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        done.await.map_err(internal)
    }
}

/// A place in the queue, given back however the wait ends.
struct Turn<'a>(&'a AtomicUsize);

impl<'a> Turn<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self> {
        if waiting.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
            waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Error::Overloaded("too many sign-ins at once"));
        }
        Ok(Self(waiting))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn salt(ids: &dyn Ids) -> [u8; 16] {
    let mut salt = [0; 16];
    ids.fill(&mut salt);
    salt
}

fn hash(argon: &Argon2<'_>, password: &[u8], salt: [u8; 16]) -> Result<String> {
    argon.hash_password_with_salt(password, &salt).map(|hash| hash.to_string()).map_err(internal)
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("password hashing: {error}"))
}

/// Goes on only when a new password is acceptable.
///
/// # Errors
/// `Invalid` naming `field` when it is too short, too long or the e-mail itself.
pub fn check_new(field: &'static str, password: &str, email: &str) -> Result<()> {
    if password.chars().count() < MIN_CHARS {
        return Err(Error::invalid(field, format!("a password has at least {MIN_CHARS} characters")));
    }
    if password.len() > MAX_BYTES {
        return Err(Error::invalid(field, format!("a password has at most {MAX_BYTES} bytes")));
    }
    if password.eq_ignore_ascii_case(email) {
        return Err(Error::invalid(field, "the password is the e-mail address"));
    }
    Ok(())
}

/// A random password for a person to type once: 5 groups of 4 characters, 100 bits.
#[must_use]
pub fn random(ids: &dyn Ids) -> String {
    // 32 characters that cannot be mistaken for each other, so each is exactly five bits.
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789_";
    let mut bytes = [0; 20];
    ids.fill(&mut bytes);
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededIds;

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let ids = SeededIds::new(1);
        let passwords = Passwords::new(Cost::cheapest(), &ids).unwrap();
        let stored = passwords.hash("correct horse", &ids).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$"), "{stored}");
        assert!(passwords.verify("correct horse", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("correct house", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("correct horse", None).await.unwrap());
        assert!(!passwords.verify("", Some("")).await.unwrap(), "an account without password cannot sign in");
        assert!(!passwords.verify("x", Some("not a hash")).await.unwrap());
        assert_ne!(stored, passwords.hash("correct horse", &ids).await.unwrap(), "each hash has its own salt");
    }

    #[test]
    fn the_default_cost_is_what_owasp_asks_for() {
        let passwords = Passwords::new(Cost::default(), &SeededIds::new(1)).unwrap();
        assert!(passwords.dummy.contains("m=19456,t=2,p=1"), "{}", passwords.dummy);
    }

    #[test]
    fn new_passwords_are_checked() {
        for (password, good) in
            [("short", false), ("0123456789", true), ("пароль-123", true), ("a@shop.example", false)]
        {
            assert_eq!(check_new("password", password, "A@shop.example").is_ok(), good, "{password}");
        }
        assert!(check_new("password", &"x".repeat(MAX_BYTES + 1), "").is_err());
        assert_eq!(random(&SeededIds::new(1)).len(), 24);
    }
}
