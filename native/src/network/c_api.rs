//! The C functions of `icn_network.h`. None of them unwinds or waits, but `next_event` and `stop`.

use std::ffi::c_char;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::slice::from_raw_parts;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use libp2p::gossipsub::MessageAcceptance;
use libp2p::PeerId;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};

use super::blocks::Blocks;
use super::commands::{Cid, Command, Query};
use super::config::{millis, text, Config, RawConfig};
use super::events::{Event, Kind, Queue, RawEvent};
use super::swarm::{build, Loop, Open, Shared};

const COMMANDS_MAX: usize = 4096;
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

pub struct Network {
    runtime: Option<Runtime>,
    commands: mpsc::Sender<Command>,
    stop: Option<oneshot::Sender<()>>,
    events: Arc<Queue>,
    blocks: Arc<Blocks>,
    shared: Arc<Shared>,
}

fn start(config: Config) -> Result<Network, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.numbers.threads.max(1) as usize)
        .thread_name("icn-network")
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let events = Arc::new(Queue::new(config.numbers.events_max as usize));
    let blocks = Arc::new(Blocks::new(events.clone(), millis(config.numbers.block_answer_timeout_ms)));
    let shared = Arc::new(Shared::default());
    let swarm = {
        let _inside = runtime.enter();
        build(&config, &events, blocks.clone(), &shared)?
    };
    let (commands, received) = mpsc::channel(COMMANDS_MAX);
    let (stop, stopped) = oneshot::channel();
    let task = Loop { swarm, events: events.clone(), shared: shared.clone(), open: Open::default() };
    let failed = events.clone();
    runtime.spawn(async move {
        if AssertUnwindSafe(task.run(received, stopped)).catch_unwind().await.is_err() {
            failed.push(Event { text: "an error of the network library".to_owned(), ..Event::new(Kind::Failed) });
        }
    });
    Ok(Network { runtime: Some(runtime), commands, stop: Some(stop), events, blocks, shared })
}

unsafe fn write_text(text: &str, out: *mut c_char, size: usize) {
    if out.is_null() || size == 0 {
        return;
    }
    let length = text.len().min(size - 1);
    std::ptr::copy_nonoverlapping(text.as_ptr(), out.cast(), length);
    *out.add(length) = 0;
}

unsafe fn bytes(data: *const u8, size: usize) -> Vec<u8> {
    if size == 0 {
        Vec::new()
    } else {
        from_raw_parts(data, size).to_vec()
    }
}

/// None: what the caller gave is no valid text, peer id, address or CID.
fn send(network: *const Network, command: impl FnOnce() -> Option<Command>) -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        let network = unsafe { &*network };
        command().is_some_and(|command| network.commands.try_send(command).is_ok())
    }))
    .unwrap_or(false)
}

unsafe fn peer_of(peer: *const c_char) -> Option<PeerId> {
    text(peer).ok()?.parse().ok()
}

/// # Safety
/// As `icn_network.h` says, here and below.
#[no_mangle]
pub unsafe extern "C" fn icn_network_start(
    config: *const RawConfig,
    error: *mut c_char,
    error_size: usize,
) -> *mut Network {
    let started = catch_unwind(AssertUnwindSafe(|| Config::read(&*config).and_then(start)));
    match started.unwrap_or_else(|_| Err("an error of the network library".to_owned())) {
        Ok(network) => Box::into_raw(Box::new(network)),
        Err(reason) => {
            write_text(&reason, error, error_size);
            std::ptr::null_mut()
        }
    }
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_stop(network: *mut Network) {
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let mut network = Box::from_raw(network);
        network.events.interrupt();
        if let Some(stop) = network.stop.take() {
            let _ = stop.send(());
        }
        if let Some(runtime) = network.runtime.take() {
            runtime.shutdown_timeout(STOP_TIMEOUT);
        }
    }));
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_interrupt(network: *mut Network) {
    (*network).events.interrupt();
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_fail(network: *mut Network) -> bool {
    send(network, || Some(Command::Fail))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_dial(network: *mut Network, id: u64, address: *const c_char) -> bool {
    send(network, || Some(Command::Dial { id, address: text(address).ok()?.parse().ok()? }))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_disconnect(network: *mut Network, peer: *const c_char) -> bool {
    send(network, || Some(Command::Disconnect(peer_of(peer)?)))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_close(network: *mut Network, connection: u64) -> bool {
    send(network, || Some(Command::Close(connection.try_into().ok()?)))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_ban(network: *mut Network, peer: *const c_char, banned: bool) -> bool {
    send(network, || Some(Command::Ban { peer: peer_of(peer)?, banned }))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_score(network: *mut Network, peer: *const c_char, score: f64) -> bool {
    send(network, || Some(Command::Score { peer: peer_of(peer)?, score }))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_subscribe(network: *mut Network, topic: *const c_char, subscribed: bool) -> bool {
    send(network, || Some(Command::Subscribe { topic: text(topic).ok()?, subscribed }))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_publish(
    network: *mut Network,
    id: u64,
    topic: *const c_char,
    data: *const u8,
    size: usize,
) -> bool {
    send(network, || Some(Command::Publish { id, topic: text(topic).ok()?, data: bytes(data, size) }))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_verdict(network: *mut Network, message: u64, verdict: u32) -> bool {
    let acceptance = match verdict {
        0 => MessageAcceptance::Accept,
        1 => MessageAcceptance::Reject,
        _ => MessageAcceptance::Ignore,
    };
    send(network, || Some(Command::Verdict { message, acceptance }))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_request(
    network: *mut Network,
    id: u64,
    protocol: u32,
    peer: *const c_char,
    data: *const u8,
    size: usize,
) -> bool {
    send(network, || Some(Command::Request { id, protocol, peer: peer_of(peer)?, data: bytes(data, size) }))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_ping(network: *mut Network, id: u64, peer: *const c_char) -> bool {
    send(network, || Some(Command::Ping { id, peer: peer_of(peer)? }))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_respond(
    network: *mut Network,
    request: u64,
    data: *const u8,
    size: usize,
) -> bool {
    send(network, || {
        let data = (!data.is_null()).then(|| bytes(data, size));
        Some(Command::Respond { request, data })
    })
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_query(
    network: *mut Network,
    id: u64,
    kind: u32,
    key: *const u8,
    key_size: usize,
    value: *const u8,
    value_size: usize,
) -> bool {
    send(network, || {
        let key = bytes(key, key_size);
        let query = match kind {
            0 => Query::GetRecord(key),
            1 => Query::PutRecord(key, bytes(value, value_size)),
            2 => Query::Provide(key),
            3 => Query::StopProviding(key),
            4 => Query::FindProviders(key),
            5 => Query::FindPeers(key),
            6 => Query::FindPeer(String::from_utf8(key).ok()?.parse().ok()?),
            7 => Query::Bootstrap,
            _ => return None,
        };
        Some(Command::Query { id, query })
    })
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_block_get(
    network: *mut Network,
    id: u64,
    cid: *const u8,
    size: usize,
) -> bool {
    send(network, || Some(Command::BlockGet { id, cid: Cid::try_from(bytes(cid, size)).ok()? }))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_block_cancel(network: *mut Network, id: u64) -> bool {
    send(network, || Some(Command::BlockCancel(id)))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_block_answer(
    network: *mut Network,
    id: u64,
    data: *const u8,
    size: usize,
) -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        (*network).blocks.answer(id, (!data.is_null()).then(|| bytes(data, size)));
        true
    }))
    .unwrap_or(false)
}

/// Mirrors `icn_network_stats`.
#[repr(C)]
pub struct Stats {
    bytes_received: u64,
    bytes_sent: u64,
    kad_peers: u64,
}

/// The library offers its byte counts only as the text of a Prometheus registry.
fn bandwidth(network: &Network) -> (u64, u64) {
    let mut text = String::new();
    let registry = network.shared.registry.lock().unwrap_or_else(PoisonError::into_inner);
    if prometheus_client::encoding::text::encode(&mut text, &registry).is_err() {
        return (0, 0);
    }
    let sum = |direction: &str| {
        text.lines()
            .filter(|line| !line.starts_with('#') && line.contains(direction))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
            .sum()
    };
    (sum("direction=\"Inbound\""), sum("direction=\"Outbound\""))
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_read_stats(network: *const Network, out: *mut Stats) {
    let stats = catch_unwind(AssertUnwindSafe(|| {
        let network = &*network;
        let (bytes_received, bytes_sent) = bandwidth(network);
        Stats { bytes_received, bytes_sent, kad_peers: network.shared.kad_peers.load(Ordering::Relaxed) }
    }));
    *out = stats.unwrap_or(Stats { bytes_received: 0, bytes_sent: 0, kad_peers: 0 });
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_next_event(
    network: *mut Network,
    timeout_ms: u32,
    out: *mut RawEvent,
) -> bool {
    let event = catch_unwind(AssertUnwindSafe(|| (*network).events.pop(millis(timeout_ms)).map(RawEvent::make)));
    match event {
        Ok(Some(event)) => {
            out.write(event);
            true
        }
        _ => false,
    }
}

#[no_mangle]
pub unsafe extern "C" fn icn_network_event_free(event: *mut RawEvent) {
    let _ = catch_unwind(AssertUnwindSafe(|| (*event).free()));
}
