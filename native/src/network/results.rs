//! What the swarm tells, as events for C++.

use std::time::{Duration, Instant};

use libp2p::core::ConnectedPoint;
use libp2p::kad::{self, GetProvidersOk, GetRecordOk, PeerInfo, QueryResult};
use libp2p::multiaddr::Protocol;
use libp2p::request_response::{self, Message};
use libp2p::swarm::{ConnectionId, SwarmEvent};
use libp2p::{autonat, gossipsub, identify, mdns, ping, Multiaddr, PeerId};

use super::behaviour::BehaviourEvent;
use super::events::{Event, Kind};
use super::swarm::{Loop, Unjudged};

fn micros(duration: Duration) -> u64 {
    duration.as_micros().try_into().unwrap_or(u64::MAX)
}

fn is_loopback(address: &Multiaddr) -> bool {
    match address.iter().next() {
        Some(Protocol::Ip4(ip)) => ip.is_loopback(),
        Some(Protocol::Ip6(ip)) => ip.is_loopback(),
        _ => false,
    }
}

fn peers_and_addresses(peers: &[PeerInfo]) -> Vec<u8> {
    let mut lines = Vec::new();
    for peer in peers {
        lines.extend(peer.addrs.iter().map(|address| format!("{} {address}", peer.peer_id)));
        if peer.addrs.is_empty() {
            lines.push(peer.peer_id.to_string());
        }
    }
    lines.join("\n").into_bytes()
}

impl Loop {
    pub fn happened(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::NewListenAddr { address, .. } => {
                self.say(Event { text: address.to_string(), ..Event::new(Kind::Listening) });
            }
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, established_in, .. } => {
                self.connected(peer_id, connection_id, &endpoint, micros(established_in));
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, num_established, cause, .. } => self.say(Event {
                peer: Some(peer_id),
                id: connection_number(connection_id),
                number: num_established.into(),
                text: cause.map(|cause| cause.to_string()).unwrap_or_default(),
                ..Event::new(Kind::Disconnected)
            }),
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                if let Some((id, _)) = self.open.dials.remove(&connection_id) {
                    self.say(Event::answer(Kind::Dialled, id, Err(error.to_string())));
                }
            }
            SwarmEvent::Behaviour(event) => self.behaved(event),
            _ => {}
        }
    }

    fn connected(&mut self, peer: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint, took: u64) {
        self.say(Event {
            peer: Some(peer),
            id: connection_number(connection),
            text: endpoint.get_remote_address().to_string(),
            number: endpoint.is_listener().into(),
            other: took,
            ..Event::new(Kind::Connected)
        });
        if let Some((id, started)) = self.open.dials.remove(&connection) {
            let other = micros(Instant::now() - started);
            self.say(Event { peer: Some(peer), other, ..Event::answer(Kind::Dialled, id, Ok(())) });
        }
    }

    fn behaved(&mut self, event: BehaviourEvent) {
        match event {
            BehaviourEvent::Identify(identify::Event::Received { peer_id, info, connection_id }) => {
                self.identified(peer_id, connection_id, info);
            }
            BehaviourEvent::Ping(event) => self.pinged(event),
            BehaviourEvent::Gossip(event) => self.gossiped(event),
            BehaviourEvent::Kad(event) => self.found(event),
            BehaviourEvent::Mdns(mdns::Event::Discovered(list)) => {
                for (peer, address) in list {
                    let text = address.to_string();
                    self.say(Event { peer: Some(peer), text, ..Event::new(Kind::Discovered) });
                }
            }
            BehaviourEvent::Autonat(autonat::Event::StatusChanged { new, .. }) => {
                let text = match new {
                    autonat::NatStatus::Public(_) => "public",
                    autonat::NatStatus::Private => "private",
                    autonat::NatStatus::Unknown => "unknown",
                };
                self.say(Event { text: text.to_owned(), ..Event::new(Kind::Reachable) });
            }
            BehaviourEvent::FirstRequests(event) => self.asked(0, event),
            BehaviourEvent::SecondRequests(event) => self.asked(1, event),
            BehaviourEvent::RoundTrips(event) => self.came_back(event),
            BehaviourEvent::Bitswap(beetswap::Event::GetQueryResponse { query_id, data }) => {
                if let Some(id) = self.open.blocks.remove(&query_id) {
                    self.say(Event { data, ..Event::answer(Kind::Block, id, Ok(())) });
                }
            }
            BehaviourEvent::Bitswap(beetswap::Event::GetQueryError { query_id, error }) => {
                if let Some(id) = self.open.blocks.remove(&query_id) {
                    self.say(Event::answer(Kind::Block, id, Err(error.to_string())));
                }
            }
            _ => {}
        }
    }

    /// Loopback addresses of a peer mean something only to a peer on the same machine.
    fn identified(&mut self, peer: PeerId, _: ConnectionId, info: identify::Info) {
        let is_near = is_loopback(&info.observed_addr);
        let addresses: Vec<_> =
            info.listen_addrs.into_iter().filter(|address| is_near || !is_loopback(address)).collect();
        let is_kad = self.swarm.behaviour_mut().kad.protocol_names().iter().any(|name| info.protocols.contains(name));
        if is_kad {
            for address in &addresses {
                self.swarm.behaviour_mut().kad.add_address(&peer, address.clone());
            }
            self.count_kad_peers();
        }
        let list: Vec<_> = addresses.iter().map(Multiaddr::to_string).collect();
        self.say(Event {
            peer: Some(peer),
            text: info.agent_version,
            data: list.join("\n").into_bytes(),
            ..Event::new(Kind::Identified)
        });
    }

    fn pinged(&mut self, event: ping::Event) {
        let score = self.swarm.behaviour().gossip.peer_score(&event.peer).unwrap_or_default();
        let result = event.result.as_ref().map(|_| ()).map_err(|error| error.to_string());
        let other = event.result.map(micros).unwrap_or_default();
        self.say(Event { peer: Some(event.peer), other, score, ..Event::answer(Kind::Pinged, 0, result) });
    }

    fn gossiped(&mut self, event: gossipsub::Event) {
        match event {
            gossipsub::Event::Message { propagation_source, message_id, message } => {
                let id = self.next_id();
                self.open.messages.insert(id, Unjudged { id: message_id, from: propagation_source });
                self.say(Event {
                    id,
                    peer: Some(propagation_source),
                    text: message.topic.into_string(),
                    data: message.data,
                    ..Event::new(Kind::Message)
                });
            }
            gossipsub::Event::Subscribed { peer_id, topic } => self.subscribed(peer_id, topic.into_string(), 1),
            gossipsub::Event::Unsubscribed { peer_id, topic } => self.subscribed(peer_id, topic.into_string(), 0),
            _ => {}
        }
    }

    fn subscribed(&mut self, peer: PeerId, topic: String, number: u64) {
        self.say(Event { peer: Some(peer), text: topic, number, ..Event::new(Kind::Subscribed) });
    }

    fn asked(&mut self, protocol: u32, event: request_response::Event<Vec<u8>, Vec<u8>>) {
        match event {
            request_response::Event::Message { peer, message: Message::Request { request, channel, .. }, .. } => {
                let id = self.next_id();
                self.open.responses.insert(id, (protocol, channel));
                let number = protocol.into();
                self.say(Event { id, peer: Some(peer), number, data: request, ..Event::new(Kind::Request) });
            }
            request_response::Event::Message { message: Message::Response { request_id, response }, .. } => {
                if let Some(id) = self.open.requests.remove(&(protocol, request_id)) {
                    self.say(Event { data: response, ..Event::answer(Kind::Response, id, Ok(())) });
                }
            }
            request_response::Event::OutboundFailure { request_id, error, .. } => {
                if let Some(id) = self.open.requests.remove(&(protocol, request_id)) {
                    self.say(Event::answer(Kind::Response, id, Err(error.to_string())));
                }
            }
            _ => {}
        }
    }

    fn came_back(&mut self, event: request_response::Event<(), Duration>) {
        let (request, result) = match event {
            request_response::Event::Message { message: Message::Response { request_id, response }, .. } => {
                (request_id, Ok(response))
            }
            request_response::Event::OutboundFailure { request_id, error, .. } => (request_id, Err(error.to_string())),
            _ => return,
        };
        if let Some(id) = self.open.pings.remove(&request) {
            let other = result.as_ref().map(|took| micros(*took)).unwrap_or_default();
            self.say(Event { other, ..Event::answer(Kind::RoundTrip, id, result.map(|_| ())) });
        }
    }

    fn found(&mut self, event: kad::Event) {
        match event {
            kad::Event::OutboundQueryProgressed { id, result, step, .. } => {
                let Some(query) = self.open.queries.get(&id).copied() else { return };
                if self.progressed(id, query, result, step.last) {
                    self.open.queries.remove(&id);
                }
            }
            kad::Event::RoutingUpdated { .. } => self.count_kad_peers(),
            _ => {}
        }
    }

    /// True once the query has been answered for good.
    fn progressed(&mut self, query: kad::QueryId, id: u64, result: QueryResult, is_last: bool) -> bool {
        let outcome = match result {
            QueryResult::GetRecord(Ok(GetRecordOk::FoundRecord(found))) => {
                let data = found.record.value;
                self.say(Event { id, peer: found.peer, data, ..Event::new(Kind::QueryValue) });
                if let Some(mut running) = self.swarm.behaviour_mut().kad.query_mut(&query) {
                    running.finish();
                }
                self.say(Event::answer(Kind::QueryDone, id, Ok(())));
                return true;
            }
            QueryResult::GetRecord(Ok(GetRecordOk::FinishedWithNoAdditionalRecord { .. })) => {
                Err("no such record".to_owned())
            }
            QueryResult::GetRecord(Err(error)) => Err(error.to_string()),
            QueryResult::PutRecord(result) => result.map(|_| ()).map_err(|error| error.to_string()),
            QueryResult::StartProviding(result) => result.map(|_| ()).map_err(|error| error.to_string()),
            QueryResult::GetProviders(Ok(GetProvidersOk::FoundProviders { providers, .. })) => {
                let list: Vec<_> = providers.iter().map(PeerId::to_string).collect();
                self.say(Event { id, data: list.join("\n").into_bytes(), ..Event::new(Kind::QueryPeers) });
                Ok(())
            }
            QueryResult::GetProviders(result) => result.map(|_| ()).map_err(|error| error.to_string()),
            QueryResult::GetClosestPeers(Ok(found)) => {
                self.say(Event { id, data: peers_and_addresses(&found.peers), ..Event::new(Kind::QueryPeers) });
                Ok(())
            }
            QueryResult::GetClosestPeers(Err(error)) => Err(error.to_string()),
            QueryResult::Bootstrap(result) => result.map(|_| ()).map_err(|error| error.to_string()),
            QueryResult::RepublishProvider(_) | QueryResult::RepublishRecord(_) => return false,
        };
        if is_last {
            self.say(Event::answer(Kind::QueryDone, id, outcome));
        }
        is_last
    }
}

fn connection_number(connection: ConnectionId) -> u64 {
    // Only its text is public.
    connection.to_string().parse().unwrap_or_default()
}
