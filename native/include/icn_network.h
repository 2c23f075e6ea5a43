// A libp2p node (rust-libp2p) and Bitswap (beetswap): TCP and QUIC, Noise, Yamux, identify, ping,
// gossipsub 1.1, Kademlia, mDNS, AutoNAT, relay, hole punching, two request-response protocols.
// No rule of ours is in it: it carries commands in and events out.
//
// Commands never block; they answer false when the network has stopped or 4,096 commands wait. Events come
// out in the order in which they happened, from icn_network_next_event, which is the only call that waits.
// While `events_max` events wait, the network reads nothing more from its peers.
// Texts are UTF-8 and end in 0; peer ids are in base58, addresses are multiaddrs, lists have one item a line.
// Nothing here unwinds. Thread: any; next_event from one thread at a time; stop after all else has returned.
#ifndef ICN_NETWORK_H
#define ICN_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct icn_network icn_network;

typedef struct icn_network_config {
  const uint8_t* seed;       // 32 bytes: the private Ed25519 key, as RFC 8032 has it
  const char* agent;         // told to peers by identify
  const char* listen;        // list; port 0 takes a free one
  const char* external;      // list of addresses under which others reach this node; may be empty
  const char* kad_protocol;  // "/icn/kad/1.0.0"
  const char* protocols[2];  // of requests: "/icn/sync/1", "/icn/mesh/1"
  uint32_t threads;
  uint32_t events_max;
  uint32_t connections_max;
  uint32_t connections_per_peer_max;
  uint32_t connections_pending_max;
  uint32_t dial_timeout_ms;
  uint32_t ping_interval_ms;
  uint32_t gossip_heartbeat_ms;
  uint32_t gossip_mesh;
  uint32_t gossip_mesh_low;
  uint32_t gossip_mesh_high;
  uint32_t gossip_lazy;
  uint32_t gossip_duplicate_secs;
  uint32_t gossip_bytes_max;
  int32_t score_gossip_min;    // below it a peer gets no gossip
  int32_t score_publish_min;   // below it nothing of ours is published to it
  int32_t score_graylist_min;  // below it all it sends is ignored
  uint32_t kad_bucket;         // k
  uint32_t kad_replication;
  uint32_t kad_query_timeout_ms;
  uint32_t kad_record_ttl_secs;
  uint32_t kad_publish_interval_secs;
  uint32_t kad_bootstrap_interval_secs;
  uint32_t kad_records_max;
  uint32_t request_timeout_ms;
  uint32_t request_bytes_max;  // of a request and of a response
  uint32_t block_answer_timeout_ms;
  bool mdns;
  bool dht;  // answers the queries of others
  bool autonat;
  bool relay_server;  // carries connections of others
  bool bitswap;
  bool hide_listen;  // peers are told `external` alone
} icn_network_config;

// Starts listening and returns. null: the reason, cut to `error_size` bytes with its 0, is in `error`.
icn_network* icn_network_start(const icn_network_config* config, char* error, size_t error_size);

// Ends all connections and joins every thread. A next_event in progress must have returned.
void icn_network_stop(icn_network* network);
// Makes a waiting next_event, and all later ones, return false.
void icn_network_interrupt(icn_network* network);

// For tests: the network ends as it does by an error of its own, with an ICN_NETWORK_FAILED.
bool icn_network_fail(icn_network* network);

// `id`s are the caller's: they come back in the events that answer.
bool icn_network_dial(icn_network* network, uint64_t id, const char* address);
bool icn_network_disconnect(icn_network* network, const char* peer);
bool icn_network_close(icn_network* network, uint64_t connection);
// A banned peer is disconnected and neither dialled nor accepted.
bool icn_network_ban(icn_network* network, const char* peer, bool banned);
// The application's part of the peer's gossipsub score.
bool icn_network_score(icn_network* network, const char* peer, double score);

bool icn_network_subscribe(icn_network* network, const char* topic, bool subscribed);
bool icn_network_publish(icn_network* network, uint64_t id, const char* topic, const uint8_t* data,
                         size_t size);
enum { ICN_NETWORK_ACCEPT = 0, ICN_NETWORK_REJECT = 1, ICN_NETWORK_IGNORE = 2 };
// What becomes of a message: it is forwarded, held against who sent it, or dropped. Each needs one.
bool icn_network_verdict(icn_network* network, uint64_t message, uint32_t verdict);

bool icn_network_request(icn_network* network, uint64_t id, uint32_t protocol, const char* peer,
                         const uint8_t* data, size_t size);
// One round trip now, by libp2p's ping protocol.
bool icn_network_ping(icn_network* network, uint64_t id, const char* peer);
// `data` null: no answer, the asker sees its request fail.
bool icn_network_respond(icn_network* network, uint64_t request, const uint8_t* data, size_t size);

enum {
  ICN_NETWORK_GET_RECORD = 0,  // ends with the first record found
  ICN_NETWORK_PUT_RECORD = 1,
  ICN_NETWORK_PROVIDE = 2,
  ICN_NETWORK_STOP_PROVIDING = 3,  // has no answer
  ICN_NETWORK_FIND_PROVIDERS = 4,
  ICN_NETWORK_FIND_PEERS = 5,  // those closest to the key
  ICN_NETWORK_FIND_PEER = 6,   // `key`: a peer id as text
  ICN_NETWORK_BOOTSTRAP = 7,
};
// Without `kad` peers in the table a query ends at once, without success.
bool icn_network_query(icn_network* network, uint64_t id, uint32_t kind, const uint8_t* key, size_t key_size,
                       const uint8_t* value, size_t value_size);

// Asks all connected peers for the block of a binary CID until it comes or is cancelled.
bool icn_network_block_get(icn_network* network, uint64_t id, const uint8_t* cid, size_t size);
bool icn_network_block_cancel(icn_network* network, uint64_t id);
// The answer to ICN_NETWORK_BLOCK_WANTED. `data` null: not held, or not for others.
bool icn_network_block_answer(icn_network* network, uint64_t id, const uint8_t* data, size_t size);

typedef struct icn_network_stats {
  uint64_t bytes_received;
  uint64_t bytes_sent;
  uint64_t kad_peers;
} icn_network_stats;
void icn_network_read_stats(const icn_network* network, icn_network_stats* out);

enum {
  ICN_NETWORK_LISTENING = 1,      // text: address
  ICN_NETWORK_CONNECTED = 2,      // peer, id: connection, text: address, number: 1 they dialled, other: us
  ICN_NETWORK_DISCONNECTED = 3,   // peer, id: connection, text: cause, number: connections left to it
  ICN_NETWORK_DIALLED = 4,        // id, peer, number: 1 done, other: us it took; 0 failed, text: why
  ICN_NETWORK_IDENTIFIED = 5,     // peer, text: agent, data: list of addresses
  ICN_NETWORK_PINGED = 6,         // peer, number: 1, other: us there and back, score; or 0, text: why
  ICN_NETWORK_DISCOVERED = 7,     // peer, text: address   (mDNS)
  ICN_NETWORK_MESSAGE = 8,        // id, peer: who handed it on, text: topic, data
  ICN_NETWORK_PUBLISHED = 9,      // id, number: 1; or 0, text: why
  ICN_NETWORK_SUBSCRIBED = 10,    // peer, text: topic, number: 1 subscribed, 0 left
  ICN_NETWORK_REQUEST = 11,       // id, peer, number: protocol, data
  ICN_NETWORK_RESPONSE = 12,      // id, number: 1, data; or 0, text: why
  ICN_NETWORK_QUERY_VALUE = 13,   // id, data: the record, peer: who had it (empty: this node)
  ICN_NETWORK_QUERY_PEERS = 14,   // id, data: list of peer ids, or "peer address" for FIND_PEERS, FIND_PEER
  ICN_NETWORK_QUERY_DONE = 15,    // id, number: 1; or 0, text: why
  ICN_NETWORK_BLOCK_WANTED = 16,  // id, data: binary CID; answer it
  ICN_NETWORK_BLOCK = 17,         // id, number: 1, data: bytes the CID names; or 0, text: why
  ICN_NETWORK_REACHABLE = 18,     // text: public, private, unknown
  ICN_NETWORK_FAILED = 19,        // text: why the network has ended
  ICN_NETWORK_BAD_BLOCK = 20,     // peer: sent a block nobody had asked for
  ICN_NETWORK_ROUND_TRIP = 21,    // id, number: 1, other: us there and back; or 0, text: why
};

typedef struct icn_network_event {
  uint32_t kind;
  uint64_t id;
  uint64_t number;
  uint64_t other;
  double score;
  const char* peer;  // "" where there is none
  const char* text;
  const uint8_t* data;
  size_t size;
  void* owner;
} icn_network_event;

// False: none came within `timeout_ms`, or interrupted. The texts and bytes live until the event is freed.
bool icn_network_next_event(icn_network* network, uint32_t timeout_ms, icn_network_event* out);
void icn_network_event_free(icn_network_event* event);

#ifdef __cplusplus
}
#endif

#endif  // ICN_NETWORK_H
