//! Ctrl-C: the first one ends the reading and keeps what was read, the second one ends the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// What a shell reports of a program that Ctrl-C ended.
const ENDED_BY_INTERRUPT: i32 = 130;

/// Tells a reading to come to its end.
pub struct Interrupt {
    stop: watch::Sender<bool>,
    /// Whether there is still something to be kept.
    reading: Arc<AtomicBool>,
}

impl Interrupt {
    /// Nobody interrupts, unless [`Interrupt::stop`] is called.
    pub fn never() -> Self {
        Self { stop: watch::Sender::new(false), reading: Arc::new(AtomicBool::new(true)) }
    }

    /// Listens to Ctrl-C from now on; `first` is called at the first one.
    pub fn on_ctrl_c(first: impl Fn() + Send + 'static) -> Self {
        let it = Self::never();
        let (stop, reading) = (it.stop.clone(), Arc::clone(&it.reading));
        // A thread of its own: it outlives the reading, whose runtime would otherwise take the signal's handling with it.
        let listen = move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async {
                while tokio::signal::ctrl_c().await.is_ok() {
                    if *stop.borrow() || !reading.load(Ordering::Relaxed) {
                        std::process::exit(ENDED_BY_INTERRUPT);
                    }
                    first();
                    stop.send_replace(true);
                }
            });
        };
        // Without the thread Ctrl-C does what it always does.
        let _ = std::thread::Builder::new().name("interrupt".to_owned()).spawn(listen);
        it
    }

    /// Ends the reading.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Says that there is nothing left to keep: from now on Ctrl-C ends the program.
    pub fn reading_is_over(&self) {
        self.reading.store(false, Ordering::Relaxed);
    }

    pub(crate) fn receiver(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }
}
