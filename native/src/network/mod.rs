//! A libp2p node behind a C interface. Contract: `include/icn_network.h`.

mod behaviour;
mod bitswap;
mod blocks;
mod c_api;
mod commands;
mod config;
mod events;
mod frames;
mod gossip;
mod pings;
mod results;
mod swarm;
