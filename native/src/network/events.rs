//! The queue between the network's threads and the one C++ thread that drains it.

use std::collections::VecDeque;
use std::ffi::{c_char, c_void, CString};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use libp2p::PeerId;
use tokio::sync::Notify;

const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The values of `icn_network.h`.
#[repr(u32)]
#[derive(Clone, Copy, Default)]
pub enum Kind {
    #[default]
    Listening = 1,
    Connected = 2,
    Disconnected = 3,
    Dialled = 4,
    Identified = 5,
    Pinged = 6,
    Discovered = 7,
    Message = 8,
    Published = 9,
    Subscribed = 10,
    Request = 11,
    Response = 12,
    QueryValue = 13,
    QueryPeers = 14,
    QueryDone = 15,
    BlockWanted = 16,
    Block = 17,
    Reachable = 18,
    Failed = 19,
    BadBlock = 20,
    RoundTrip = 21,
}

#[derive(Default)]
pub struct Event {
    pub kind: Kind,
    pub id: u64,
    pub number: u64,
    pub other: u64,
    pub score: f64,
    pub peer: Option<PeerId>,
    pub text: String,
    pub data: Vec<u8>,
}

impl Event {
    pub fn new(kind: Kind) -> Self {
        Self { kind, ..Default::default() }
    }

    /// The answer to command `id`: done, or why not.
    pub fn answer(kind: Kind, id: u64, result: Result<(), String>) -> Self {
        let (number, text) = match result {
            Ok(()) => (1, String::new()),
            Err(reason) => (0, reason),
        };
        Self { kind, id, number, text, ..Default::default() }
    }
}

/// Mirrors `icn_network_event`.
#[repr(C)]
pub struct RawEvent {
    kind: u32,
    id: u64,
    number: u64,
    other: u64,
    score: f64,
    peer: *const c_char,
    text: *const c_char,
    data: *const u8,
    size: usize,
    owner: *mut c_void,
}

struct Owner {
    peer: CString,
    text: CString,
    data: Vec<u8>,
}

impl RawEvent {
    pub fn make(event: Event) -> Self {
        let text = |text: String| CString::new(text.replace('\0', " ")).unwrap_or_default();
        let owner = Box::new(Owner {
            peer: text(event.peer.map(|peer| peer.to_base58()).unwrap_or_default()),
            text: text(event.text),
            data: event.data,
        });
        Self {
            kind: event.kind as u32,
            id: event.id,
            number: event.number,
            other: event.other,
            score: event.score,
            peer: owner.peer.as_ptr(),
            text: owner.text.as_ptr(),
            data: owner.data.as_ptr(),
            size: owner.data.len(),
            owner: Box::into_raw(owner).cast(),
        }
    }

    /// # Safety
    /// Made by `make` and not freed before.
    pub unsafe fn free(&mut self) {
        if !self.owner.is_null() {
            drop(Box::from_raw(self.owner.cast::<Owner>()));
            self.owner = std::ptr::null_mut();
        }
    }
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Event>,
    interrupted: bool,
}

pub struct Queue {
    state: Mutex<State>,
    came: Condvar,
    drained: Notify,
    size_max: usize,
}

impl Queue {
    pub fn new(size_max: usize) -> Self {
        Self { state: Mutex::default(), came: Condvar::new(), drained: Notify::new(), size_max }
    }

    /// Always takes the event: whoever produces many asks `wait_for_room` first.
    pub fn push(&self, event: Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.push_back(event);
        self.came.notify_one();
    }

    pub fn is_full(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).waiting.len() >= self.size_max
    }

    pub async fn wait_for_room(&self) {
        while self.is_full() {
            // Several may wait and only one is told; the others look again.
            let _ = tokio::time::timeout(LOOK_AGAIN, self.drained.notified()).await;
        }
    }

    pub fn interrupt(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).interrupted = true;
        self.came.notify_all();
        self.drained.notify_one();
    }

    pub fn pop(&self, timeout: Duration) -> Option<Event> {
        let end = Instant::now() + timeout;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.interrupted {
                return None;
            }
            if let Some(event) = state.waiting.pop_front() {
                if state.waiting.len() + 1 == self.size_max {
                    self.drained.notify_one();
                }
                return Some(event);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            state = self.came.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
