//! All protocols of a node in one behaviour.

use std::num::NonZeroUsize;
use std::sync::Arc;

use libp2p::allow_block_list::{self, BlockedPeers};
use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::kad::{self, store::MemoryStore, store::MemoryStoreConfig};
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::swarm::NetworkBehaviour;
use libp2p::{autonat, dcutr, gossipsub, identify, mdns, ping, relay};

use super::bitswap::Bitswap;
use super::blocks::Blocks;
use super::config::{millis, secs, Config};
use super::events::Queue;
use super::frames::Frames;
use super::gossip;
use super::pings::{self, Pings};

pub type Requests = request_response::Behaviour<Frames>;

#[derive(NetworkBehaviour)]
pub struct Behaviour {
    pub limits: connection_limits::Behaviour,
    pub banned: allow_block_list::Behaviour<BlockedPeers>,
    pub identify: identify::Behaviour,
    pub ping: ping::Behaviour,
    pub gossip: gossipsub::Behaviour,
    pub kad: kad::Behaviour<MemoryStore>,
    pub mdns: Toggle<mdns::tokio::Behaviour>,
    pub autonat: Toggle<autonat::Behaviour>,
    pub relay_server: Toggle<relay::Behaviour>,
    pub relay_client: relay::client::Behaviour,
    pub hole_punching: dcutr::Behaviour,
    pub first_requests: Requests,
    pub second_requests: Requests,
    pub round_trips: request_response::Behaviour<Pings>,
    pub bitswap: Toggle<Bitswap>,
}

fn kademlia(key: &Keypair, config: &Config) -> kad::Behaviour<MemoryStore> {
    let id = key.public().to_peer_id();
    let numbers = &config.numbers;
    let at_least_one = |count: u32| NonZeroUsize::new(count as usize).unwrap_or(NonZeroUsize::MIN);
    let mut kad_config = kad::Config::new(config.kad_protocol.clone());
    kad_config
        .set_kbucket_size(at_least_one(numbers.kad_bucket))
        .set_replication_factor(at_least_one(numbers.kad_replication))
        .set_query_timeout(millis(numbers.kad_query_timeout_ms))
        .set_record_ttl(Some(secs(numbers.kad_record_ttl_secs)))
        .set_provider_record_ttl(Some(secs(numbers.kad_record_ttl_secs)))
        .set_publication_interval(Some(secs(numbers.kad_publish_interval_secs)))
        .set_provider_publication_interval(Some(secs(numbers.kad_publish_interval_secs)))
        .set_replication_interval(Some(secs(numbers.kad_publish_interval_secs)))
        .set_periodic_bootstrap_interval(Some(secs(numbers.kad_bootstrap_interval_secs)));
    let records = MemoryStoreConfig {
        max_records: numbers.kad_records_max as usize,
        max_provided_keys: numbers.kad_records_max as usize,
        max_providers_per_key: numbers.kad_bucket as usize,
        ..Default::default()
    };
    let mut kad = kad::Behaviour::with_config(id, MemoryStore::with_config(id, records), kad_config);
    kad.set_mode(Some(if numbers.dht { kad::Mode::Server } else { kad::Mode::Client }));
    kad
}

fn requests(config: &Config, index: usize) -> Requests {
    let numbers = &config.numbers;
    request_response::Behaviour::with_codec(
        Frames { bytes_max: numbers.request_bytes_max as usize },
        [(config.protocols[index].clone(), ProtocolSupport::Full)],
        request_response::Config::default().with_request_timeout(millis(numbers.request_timeout_ms)),
    )
}

impl Behaviour {
    pub fn new(
        key: &Keypair,
        relay_client: relay::client::Behaviour,
        config: &Config,
        blocks: Arc<Blocks>,
        events: Arc<Queue>,
    ) -> Result<Self, String> {
        let numbers = &config.numbers;
        let id = key.public().to_peer_id();
        let limits = ConnectionLimits::default()
            .with_max_established(Some(numbers.connections_max))
            .with_max_established_per_peer(Some(numbers.connections_per_peer_max))
            .with_max_pending_incoming(Some(numbers.connections_pending_max))
            .with_max_pending_outgoing(Some(numbers.connections_pending_max));
        let identify = identify::Config::new("icn/1".to_owned(), key.public())
            .with_agent_version(config.agent.clone())
            .with_push_listen_addr_updates(true)
            .with_hide_listen_addrs(numbers.hide_listen);
        let ping = ping::Config::new()
            .with_interval(millis(numbers.ping_interval_ms))
            .with_timeout(millis(numbers.request_timeout_ms));
        let mdns = if numbers.mdns {
            Some(mdns::tokio::Behaviour::new(mdns::Config::default(), id).map_err(|error| error.to_string())?)
        } else {
            None
        };
        Ok(Self {
            limits: connection_limits::Behaviour::new(limits),
            banned: allow_block_list::Behaviour::default(),
            identify: identify::Behaviour::new(identify),
            ping: ping::Behaviour::new(ping),
            gossip: gossip::behaviour(key, numbers)?,
            kad: kademlia(key, config),
            mdns: mdns.into(),
            autonat: numbers.autonat.then(|| autonat::Behaviour::new(id, autonat::Config::default())).into(),
            relay_server: numbers.relay_server.then(|| relay::Behaviour::new(id, relay::Config::default())).into(),
            relay_client,
            hole_punching: dcutr::Behaviour::new(id),
            first_requests: requests(config, 0),
            second_requests: requests(config, 1),
            round_trips: request_response::Behaviour::new(
                [(pings::PROTOCOL, ProtocolSupport::Outbound)],
                request_response::Config::default().with_request_timeout(millis(numbers.request_timeout_ms)),
            ),
            bitswap: numbers.bitswap.then(|| Bitswap::new(blocks, events)).into(),
        })
    }
}
