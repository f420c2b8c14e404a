//! The question after a conversation: asked once a resolution, through the guard like everything, and what came of it.

pub mod ask;
pub(crate) mod hear;
pub mod settings;
pub mod view;

pub(crate) use hear::hear;
