//! A bell that nobody can miss: whoever listens hears that it rang since they last looked.

use std::sync::Arc;
use tokio::sync::watch;

/// Rings for all listeners. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bell(Arc<watch::Sender<()>>);

/// One listener.
#[derive(Debug)]
pub struct Listener(watch::Receiver<()>);

impl Default for Bell {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }
}

impl Bell {
    /// Wakes every listener, now or when it next listens.
    pub fn ring(&self) {
        self.0.send_replace(());
    }

    /// A listener that hears what rings from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

impl Listener {
    /// Returns when the bell has rung since the last call; never when the bell is gone.
    pub async fn heard(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
