//! How gossipsub is set up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use libp2p::gossipsub::{
    Behaviour, ConfigBuilder, MessageAuthenticity, PeerScoreParams, PeerScoreThresholds, TopicScoreParams,
    ValidationMode,
};
use libp2p::identity::Keypair;

use super::config::{millis, secs, Numbers};

pub fn behaviour(key: &Keypair, numbers: &Numbers) -> Result<Behaviour, String> {
    let config = ConfigBuilder::default()
        .heartbeat_interval(millis(numbers.gossip_heartbeat_ms))
        .heartbeat_initial_delay(millis(numbers.gossip_heartbeat_ms / 2))
        .mesh_n(numbers.gossip_mesh as usize)
        .mesh_n_low(numbers.gossip_mesh_low as usize)
        .mesh_n_high(numbers.gossip_mesh_high as usize)
        .mesh_outbound_min((numbers.gossip_mesh_low as usize).saturating_sub(1).min(2))
        .gossip_lazy(numbers.gossip_lazy as usize)
        .duplicate_cache_time(secs(numbers.gossip_duplicate_secs))
        .max_transmit_size(numbers.gossip_bytes_max as usize)
        .validation_mode(ValidationMode::Strict)
        .validate_messages()
        .build()
        .map_err(|error| error.to_string())?;
    let mut gossip = Behaviour::new(MessageAuthenticity::Signed(key.clone()), config)?;
    let scores = PeerScoreParams {
        // Many nodes on one machine are no attack.
        ip_colocation_factor_whitelist: [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].into(),
        ..Default::default()
    };
    let thresholds = PeerScoreThresholds {
        gossip_threshold: numbers.score_gossip_min.into(),
        publish_threshold: numbers.score_publish_min.into(),
        graylist_threshold: numbers.score_graylist_min.into(),
        ..Default::default()
    };
    gossip.with_peer_score(scores, thresholds)?;
    Ok(gossip)
}

/// Of every topic. That a peer delivers little is not held against it: most topics are quiet.
pub fn topic_scores() -> TopicScoreParams {
    TopicScoreParams {
        mesh_message_deliveries_weight: 0.0,
        mesh_failure_penalty_weight: 0.0,
        time_in_mesh_weight: 0.01,
        time_in_mesh_quantum: std::time::Duration::from_secs(1),
        ..Default::default()
    }
}
