//! Bitswap with an eye on who sends what: bytes whose hash nobody asked for lately are told of. The
//! library drops them without a word, and its hasher does not know whose they are; so the handler of each
//! connection notes its peer for the time it is polled.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use beetswap::multihasher::{Multihasher, MultihasherError, StandardMultihasher};
use libp2p::core::transport::PortUse;
use libp2p::core::Endpoint;
use libp2p::multihash::Multihash;
use libp2p::swarm::handler::ConnectionEvent;
use libp2p::swarm::{
    ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm, NetworkBehaviour,
    SubstreamProtocol, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
};
use libp2p::{Multiaddr, PeerId};

use super::blocks::Blocks;
use super::commands::Cid;
use super::events::{Event, Kind, Queue};

/// Two peers may send the same block, one of them late.
const REMEMBERED: Duration = Duration::from_secs(300);

thread_local! {
    static POLLED: Cell<Option<PeerId>> = const { Cell::new(None) };
}

/// Hashes that were asked for, with when they are forgotten.
#[derive(Clone, Default)]
pub struct Asked(Arc<Mutex<HashMap<Multihash<64>, Instant>>>);

impl Asked {
    pub fn remember(&self, cid: &Cid) {
        let now = Instant::now();
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() % 1024 == 1023 {
            asked.retain(|_, until| *until > now);
        }
        asked.insert(*cid.hash(), now + REMEMBERED);
    }

    /// Of a query that goes on.
    fn contains(&self, hash: &Multihash<64>) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(hash)
    }
}

struct Watcher {
    asked: Asked,
    events: Arc<Queue>,
}

impl Multihasher<64> for Watcher {
    async fn hash(&self, code: u64, input: &[u8]) -> Result<Multihash<64>, MultihasherError> {
        let hash: Multihash<64> = StandardMultihasher.hash(code, input).await?;
        let peer = POLLED.get();
        if peer.is_some() && !self.asked.contains(&hash) {
            self.events.push(Event { peer, ..Event::new(Kind::BadBlock) });
        }
        Ok(hash)
    }
}

type Inner = beetswap::Behaviour<64, Blocks>;
type InnerHandler = <Inner as NetworkBehaviour>::ConnectionHandler;

pub struct Bitswap {
    inner: Inner,
    asked: Asked,
}

impl Bitswap {
    pub fn new(blocks: Arc<Blocks>, events: Arc<Queue>) -> Self {
        let asked = Asked::default();
        let watcher = Watcher { asked: asked.clone(), events };
        Self { inner: Inner::builder(blocks).register_multihasher(watcher).build(), asked }
    }

    pub fn get(&mut self, cid: &Cid) -> beetswap::QueryId {
        self.asked.remember(cid);
        self.inner.get(cid)
    }

    pub fn cancel(&mut self, query: beetswap::QueryId) {
        self.inner.cancel(query);
    }
}

impl NetworkBehaviour for Bitswap {
    type ConnectionHandler = Handler;
    type ToSwarm = beetswap::Event;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let inner = self.inner.handle_established_inbound_connection(connection, peer, local, remote)?;
        Ok(Handler { inner, peer })
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port_use: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let inner = self.inner.handle_established_outbound_connection(connection, peer, address, role, port_use)?;
        Ok(Handler { inner, peer })
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        self.inner.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        self.inner.on_connection_handler_event(peer, connection, event);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        self.inner.poll(context)
    }
}

pub struct Handler {
    inner: InnerHandler,
    peer: PeerId,
}

impl ConnectionHandler for Handler {
    type FromBehaviour = <InnerHandler as ConnectionHandler>::FromBehaviour;
    type ToBehaviour = <InnerHandler as ConnectionHandler>::ToBehaviour;
    type InboundProtocol = <InnerHandler as ConnectionHandler>::InboundProtocol;
    type OutboundProtocol = <InnerHandler as ConnectionHandler>::OutboundProtocol;
    type InboundOpenInfo = <InnerHandler as ConnectionHandler>::InboundOpenInfo;
    type OutboundOpenInfo = <InnerHandler as ConnectionHandler>::OutboundOpenInfo;

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol, Self::InboundOpenInfo> {
        self.inner.listen_protocol()
    }

    /// Bitswap alone keeps no connection: the swarm's idle time does.
    fn connection_keep_alive(&self) -> bool {
        self.inner.connection_keep_alive()
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<Self::OutboundProtocol, Self::OutboundOpenInfo, Self::ToBehaviour>> {
        POLLED.set(Some(self.peer));
        let polled = self.inner.poll(context);
        POLLED.set(None);
        polled
    }

    fn poll_close(&mut self, context: &mut Context<'_>) -> Poll<Option<Self::ToBehaviour>> {
        self.inner.poll_close(context)
    }

    fn on_behaviour_event(&mut self, event: Self::FromBehaviour) {
        self.inner.on_behaviour_event(event);
    }

    fn on_connection_event(
        &mut self,
        event: ConnectionEvent<
            Self::InboundProtocol,
            Self::OutboundProtocol,
            Self::InboundOpenInfo,
            Self::OutboundOpenInfo,
        >,
    ) {
        self.inner.on_connection_event(event);
    }
}
