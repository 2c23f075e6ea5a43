//! The one task that owns the swarm: commands in, events out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use futures::StreamExt;
use libp2p::gossipsub::{IdentTopic, MessageId};
use libp2p::metrics::Registry;
use libp2p::request_response::{OutboundRequestId, ResponseChannel};
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{ConnectionId, Swarm};
use libp2p::{kad, noise, tcp, yamux, PeerId, SwarmBuilder};
use tokio::sync::{mpsc, oneshot};

use super::behaviour::{Behaviour, Requests};
use super::blocks::Blocks;
use super::commands::{Command, Query};
use super::config::{millis, secs, Config};
use super::events::{Event, Kind, Queue};
use super::gossip;

/// Peers stay connected until one side says otherwise; a dead one is found by pings.
const IDLE_SECS: u32 = 10 * 365 * 24 * 3600;

/// What other threads may read at any time.
#[derive(Default)]
pub struct Shared {
    pub kad_peers: AtomicU64,
    pub registry: Mutex<Registry>,
}

/// A message that waits for its verdict.
pub struct Unjudged {
    pub id: MessageId,
    pub from: PeerId,
}

/// Everything between a command and the event that answers it.
#[derive(Default)]
pub struct Open {
    pub dials: HashMap<ConnectionId, (u64, Instant)>,
    pub messages: HashMap<u64, Unjudged>,
    /// By the protocol and its own number.
    pub requests: HashMap<(u32, OutboundRequestId), u64>,
    pub pings: HashMap<OutboundRequestId, u64>,
    pub responses: HashMap<u64, (u32, ResponseChannel<Vec<u8>>)>,
    pub queries: HashMap<kad::QueryId, u64>,
    pub blocks: HashMap<beetswap::QueryId, u64>,
    pub next: u64,
}

pub struct Loop {
    pub swarm: Swarm<Behaviour>,
    pub events: Arc<Queue>,
    pub shared: Arc<Shared>,
    pub open: Open,
}

pub fn build(
    config: &Config,
    events: &Arc<Queue>,
    blocks: Arc<Blocks>,
    shared: &Arc<Shared>,
) -> Result<Swarm<Behaviour>, String> {
    let text = |error: &dyn std::error::Error| error.to_string();
    let key = libp2p::identity::Keypair::ed25519_from_bytes(config.seed).map_err(|error| text(&error))?;
    let mut registry = Registry::default();
    let mut swarm = SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)
        .map_err(|error| text(&error))?
        .with_quic()
        .with_dns()
        .map_err(|error| text(&error))?
        .with_relay_client(noise::Config::new, yamux::Config::default)
        .map_err(|error| text(&error))?
        .with_bandwidth_metrics(&mut registry)
        .with_behaviour(|key, relay_client| -> Result<Behaviour, Box<dyn std::error::Error + Send + Sync>> {
            Ok(Behaviour::new(key, relay_client, config, blocks, events.clone())?)
        })
        .map_err(|error| error.to_string())?
        .with_swarm_config(|swarm| swarm.with_idle_connection_timeout(secs(IDLE_SECS)))
        .with_connection_timeout(millis(config.numbers.dial_timeout_ms))
        .build();
    *shared.registry.lock().map_err(|error| error.to_string())? = registry;
    for address in &config.listen {
        swarm.listen_on(address.clone()).map_err(|error| format!("{address}: {error}"))?;
    }
    for address in &config.external {
        swarm.add_external_address(address.clone());
    }
    Ok(swarm)
}

impl Loop {
    pub async fn run(mut self, mut commands: mpsc::Receiver<Command>, mut stop: oneshot::Receiver<()>) {
        let events = self.events.clone();
        loop {
            tokio::select! {
                biased;
                _ = &mut stop => return,
                command = commands.recv() => match command {
                    Some(command) => self.execute(command),
                    None => return,
                },
                event = async { events.wait_for_room().await; self.swarm.select_next_some().await } => {
                    self.happened(event);
                }
            }
        }
    }

    pub fn say(&self, event: Event) {
        self.events.push(event);
    }

    pub fn next_id(&mut self) -> u64 {
        self.open.next += 1;
        self.open.next
    }

    pub fn requests_of(&mut self, protocol: u32) -> &mut Requests {
        let behaviour = self.swarm.behaviour_mut();
        if protocol == 0 {
            &mut behaviour.first_requests
        } else {
            &mut behaviour.second_requests
        }
    }

    fn execute(&mut self, command: Command) {
        match command {
            Command::Dial { id, address } => self.dial(id, DialOpts::from(address)),
            Command::Disconnect(peer) => {
                let _ = self.swarm.disconnect_peer_id(peer);
            }
            Command::Close(connection) => {
                self.swarm.close_connection(ConnectionId::new_unchecked(connection));
            }
            Command::Ban { peer, banned } => {
                let list = &mut self.swarm.behaviour_mut().banned;
                if banned {
                    list.block_peer(peer);
                } else {
                    list.unblock_peer(peer);
                }
            }
            Command::Score { peer, score } => {
                self.swarm.behaviour_mut().gossip.set_application_score(&peer, score);
            }
            Command::Subscribe { topic, subscribed } => self.subscribe(IdentTopic::new(topic), subscribed),
            Command::Publish { id, topic, data } => {
                let result = self.swarm.behaviour_mut().gossip.publish(IdentTopic::new(topic), data);
                let result = result.map(|_| ()).map_err(|error| error.to_string());
                self.say(Event::answer(Kind::Published, id, result));
            }
            Command::Verdict { message, acceptance } => {
                if let Some(message) = self.open.messages.remove(&message) {
                    let gossip = &mut self.swarm.behaviour_mut().gossip;
                    gossip.report_message_validation_result(&message.id, &message.from, acceptance);
                }
            }
            Command::Request { id, protocol, peer, data } => {
                let sent = self.requests_of(protocol).send_request(&peer, data);
                self.open.requests.insert((protocol, sent), id);
            }
            Command::Ping { id, peer } => {
                let sent = self.swarm.behaviour_mut().round_trips.send_request(&peer, ());
                self.open.pings.insert(sent, id);
            }
            Command::Respond { request, data } => {
                // Dropping the channel tells the asker that there is no answer.
                if let (Some((protocol, channel)), Some(data)) = (self.open.responses.remove(&request), data) {
                    let _ = self.requests_of(protocol).send_response(channel, data);
                }
            }
            Command::Fail => panic!("told to fail"),
            Command::Query { id, query } => self.query(id, query),
            Command::BlockGet { id, cid } => match self.swarm.behaviour_mut().bitswap.as_mut() {
                Some(bitswap) => {
                    let query = bitswap.get(&cid);
                    self.open.blocks.insert(query, id);
                }
                None => self.say(Event::answer(Kind::Block, id, Err("bitswap is off".to_owned()))),
            },
            Command::BlockCancel(id) => {
                let query = self.open.blocks.iter().find(|(_, each)| **each == id).map(|(query, _)| *query);
                if let (Some(query), Some(bitswap)) = (query, self.swarm.behaviour_mut().bitswap.as_mut()) {
                    bitswap.cancel(query);
                    self.open.blocks.remove(&query);
                }
            }
        }
    }

    fn dial(&mut self, id: u64, options: DialOpts) {
        let connection = options.connection_id();
        match self.swarm.dial(options) {
            Ok(()) => {
                self.open.dials.insert(connection, (id, Instant::now()));
            }
            Err(error) => self.say(Event::answer(Kind::Dialled, id, Err(error.to_string()))),
        }
    }

    fn subscribe(&mut self, topic: IdentTopic, subscribed: bool) {
        let gossip = &mut self.swarm.behaviour_mut().gossip;
        if subscribed {
            let _ = gossip.set_topic_params(topic.clone(), gossip::topic_scores());
            let _ = gossip.subscribe(&topic);
        } else {
            gossip.unsubscribe(&topic);
        }
    }

    fn query(&mut self, id: u64, query: Query) {
        let kad = &mut self.swarm.behaviour_mut().kad;
        let started = match query {
            Query::GetRecord(key) => Ok(kad.get_record(key.into())),
            Query::PutRecord(key, value) => {
                kad.put_record(kad::Record::new(key, value), kad::Quorum::One).map_err(|error| error.to_string())
            }
            Query::Provide(key) => kad.start_providing(key.into()).map_err(|error| error.to_string()),
            Query::StopProviding(key) => return kad.stop_providing(&key.into()),
            Query::FindProviders(key) => Ok(kad.get_providers(key.into())),
            Query::FindPeers(key) => Ok(kad.get_closest_peers(key)),
            Query::FindPeer(peer) => Ok(kad.get_closest_peers(peer)),
            Query::Bootstrap => kad.bootstrap().map_err(|error| error.to_string()),
        };
        match started {
            Ok(query) => {
                self.open.queries.insert(query, id);
            }
            Err(reason) => self.say(Event::answer(Kind::QueryDone, id, Err(reason))),
        }
    }

    pub fn count_kad_peers(&mut self) {
        let count = self.swarm.behaviour_mut().kad.kbuckets().map(|bucket| bucket.num_entries() as u64).sum();
        self.shared.kad_peers.store(count, Ordering::Relaxed);
    }
}
