//! Contacts: who a person is, how they are reached, what they agreed to, and until when they may be answered.

pub mod consent;
mod country;
pub mod email;
pub mod identity;
pub mod likeness;
pub mod phone;
pub mod stop;
mod tags;
pub mod window;
pub mod zone;

pub use consent::Consent;
pub use country::is_country;
pub use identity::{Identity, IdentityKind};
pub use phone::Phone;
pub use tags::{
    TAG_COLORS, TAG_NAME, TAGS_OF_CONTACT, TAGS_OF_WORKSPACE, same_tag, tag_color, tag_key, tag_name, tags,
};
pub use window::Window;

#[cfg(test)]
mod tests;
