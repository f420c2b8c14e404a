//! Inbound events: stored before they are acknowledged, decided lane by lane afterwards.

pub mod accept;
mod effects;
pub mod pace;
pub mod process;
mod turn;

pub use accept::{Accept, Acceptor, Refused};
pub use process::Workers;
