//! Who is asking, and what may they do.
//!
//! [`sign_in`] turns e-mail and password into a session, [`authenticate`] turns a presented secret into a
//! [`Caller`], [`role`] holds the one table of roles and permissions.

pub mod caller;
pub mod gate;
pub mod limit;
pub mod password;
pub mod role;
pub mod secret;
pub mod session;
pub mod sign_in;

pub use caller::{Actor, Caller};
pub use gate::Gate;
pub use role::{Permission, Permissions, Role};
pub use session::{Credential, authenticate, is_still_valid};
pub use sign_in::{Attempt, SignedIn, sign_in, sign_out};
