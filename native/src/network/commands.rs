//! What C++ may tell the network to do.

use libp2p::gossipsub::MessageAcceptance;
use libp2p::{Multiaddr, PeerId};

pub type Cid = cid::CidGeneric<64>;

pub enum Query {
    GetRecord(Vec<u8>),
    PutRecord(Vec<u8>, Vec<u8>),
    Provide(Vec<u8>),
    StopProviding(Vec<u8>),
    FindProviders(Vec<u8>),
    FindPeers(Vec<u8>),
    FindPeer(PeerId),
    Bootstrap,
}

pub enum Command {
    Dial { id: u64, address: Multiaddr },
    Disconnect(PeerId),
    Close(usize),
    Ban { peer: PeerId, banned: bool },
    Score { peer: PeerId, score: f64 },
    Subscribe { topic: String, subscribed: bool },
    Publish { id: u64, topic: String, data: Vec<u8> },
    Verdict { message: u64, acceptance: MessageAcceptance },
    Request { id: u64, protocol: u32, peer: PeerId, data: Vec<u8> },
    Ping { id: u64, peer: PeerId },
    Respond { request: u64, data: Option<Vec<u8>> },
    Query { id: u64, query: Query },
    BlockGet { id: u64, cid: Cid },
    BlockCancel(u64),
    Fail,
}
