//! Bitswap's view of our blocks: it asks C++ through an event and waits for the answer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use blockstore::{Blockstore, Result};
use cid::CidGeneric;
use tokio::sync::oneshot;

use super::events::{Event, Kind, Queue};

type Answer = oneshot::Sender<Option<Vec<u8>>>;

pub struct Blocks {
    events: Arc<Queue>,
    asked: Mutex<HashMap<u64, Answer>>,
    next: AtomicU64,
    timeout: Duration,
}

impl Blocks {
    pub fn new(events: Arc<Queue>, timeout: Duration) -> Self {
        Self { events, asked: Mutex::default(), next: AtomicU64::new(1), timeout }
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Answer>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn answer(&self, id: u64, data: Option<Vec<u8>>) {
        if let Some(answer) = self.asked().remove(&id) {
            let _ = answer.send(data);
        }
    }

    async fn ask(&self, cid: Vec<u8>) -> Option<Vec<u8>> {
        self.events.wait_for_room().await;
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.asked().insert(id, answer);
        self.events.push(Event { id, data: cid, ..Event::new(Kind::BlockWanted) });
        let data = tokio::time::timeout(self.timeout, answered).await.ok().and_then(|sent| sent.ok()).flatten();
        self.asked().remove(&id);
        data
    }
}

impl Blockstore for Blocks {
    async fn get<const S: usize>(&self, cid: &CidGeneric<S>) -> Result<Option<Vec<u8>>> {
        Ok(self.ask(cid.to_bytes()).await)
    }

    /// Fetched blocks reach C++ as the answer to its query; nothing is kept here.
    async fn put_keyed<const S: usize>(&self, _: &CidGeneric<S>, _: &[u8]) -> Result<()> {
        Ok(())
    }

    async fn remove<const S: usize>(&self, _: &CidGeneric<S>) -> Result<()> {
        Ok(())
    }

    async fn close(self) -> Result<()> {
        Ok(())
    }
}
