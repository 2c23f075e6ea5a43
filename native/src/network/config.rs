//! What the caller chose, copied out of the C struct.

use std::ffi::{c_char, CStr};
use std::time::Duration;

use libp2p::{Multiaddr, StreamProtocol};

/// Mirrors `icn_network_config`.
#[repr(C)]
pub struct RawConfig {
    seed: *const u8,
    agent: *const c_char,
    listen: *const c_char,
    external: *const c_char,
    kad_protocol: *const c_char,
    protocols: [*const c_char; 2],
    numbers: Numbers,
}

/// The numbers and flags of `icn_network_config`, in its order.
#[repr(C)]
#[derive(Clone)]
pub struct Numbers {
    pub threads: u32,
    pub events_max: u32,
    pub connections_max: u32,
    pub connections_per_peer_max: u32,
    pub connections_pending_max: u32,
    pub dial_timeout_ms: u32,
    pub ping_interval_ms: u32,
    pub gossip_heartbeat_ms: u32,
    pub gossip_mesh: u32,
    pub gossip_mesh_low: u32,
    pub gossip_mesh_high: u32,
    pub gossip_lazy: u32,
    pub gossip_duplicate_secs: u32,
    pub gossip_bytes_max: u32,
    pub score_gossip_min: i32,
    pub score_publish_min: i32,
    pub score_graylist_min: i32,
    pub kad_bucket: u32,
    pub kad_replication: u32,
    pub kad_query_timeout_ms: u32,
    pub kad_record_ttl_secs: u32,
    pub kad_publish_interval_secs: u32,
    pub kad_bootstrap_interval_secs: u32,
    pub kad_records_max: u32,
    pub request_timeout_ms: u32,
    pub request_bytes_max: u32,
    pub block_answer_timeout_ms: u32,
    pub mdns: bool,
    pub dht: bool,
    pub autonat: bool,
    pub relay_server: bool,
    pub bitswap: bool,
    pub hide_listen: bool,
}

pub struct Config {
    pub seed: [u8; 32],
    pub agent: String,
    pub listen: Vec<Multiaddr>,
    pub external: Vec<Multiaddr>,
    pub kad_protocol: StreamProtocol,
    pub protocols: [StreamProtocol; 2],
    pub numbers: Numbers,
}

pub fn millis(count: u32) -> Duration {
    Duration::from_millis(count.into())
}

pub fn secs(count: u32) -> Duration {
    Duration::from_secs(count.into())
}

/// # Safety
/// `text` is a C string.
pub unsafe fn text(text: *const c_char) -> Result<String, String> {
    Ok(CStr::from_ptr(text).to_str().map_err(|error| error.to_string())?.to_owned())
}

unsafe fn addresses(list: *const c_char) -> Result<Vec<Multiaddr>, String> {
    text(list)?
        .lines()
        .map(|line| line.parse().map_err(|error| format!("{line}: {error}")))
        .collect()
}

unsafe fn protocol(name: *const c_char) -> Result<StreamProtocol, String> {
    StreamProtocol::try_from_owned(text(name)?).map_err(|error| error.to_string())
}

impl Config {
    /// # Safety
    /// `raw` holds what `icn_network.h` promises.
    pub unsafe fn read(raw: &RawConfig) -> Result<Self, String> {
        Ok(Self {
            seed: std::slice::from_raw_parts(raw.seed, 32).try_into().unwrap(),
            agent: text(raw.agent)?,
            listen: addresses(raw.listen)?,
            external: addresses(raw.external)?,
            kad_protocol: protocol(raw.kad_protocol)?,
            protocols: [protocol(raw.protocols[0])?, protocol(raw.protocols[1])?],
            numbers: raw.numbers.clone(),
        })
    }
}
