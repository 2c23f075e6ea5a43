#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "bench/node_process.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "ledger/transaction.h"

namespace icn::bench {

// Somebody whose key this program holds. The same number is the same member in every run.
struct Member {
  crypto::SecretKey key;
  Did did;
  KeyId method;
};

std::vector<Member> make_members(std::size_t count);

// Gives each its start mana, as the operator would. Errors: unavailable, internal (the first refusal).
Result<void> grant_start(const NodeProcess& node, const std::vector<Member>& members);

// What the members are to sign.
struct Order {
  std::string network;
  std::string type;  // "economics.transfer"
  TimestampSecs expires = 0;
  std::uint64_t seed = 0;  // of the nonces: other seeds, other transactions
};
// As late as the ledger takes it.
TimestampSecs expiry_of_orders();
// The body of transaction `number`.
using BodyOf = std::function<codec::Json(std::size_t number)>;

// One, signed by `member`.
ledger::Transaction signed_transaction(const Member& member, const Order& order, codec::Json body,
                                       Random& random);

// `count` signed transactions as JSON, number i by member i modulo their count; on all cores.
std::vector<std::string> sign_many(const std::vector<Member>& members, const Order& order, std::size_t count,
                                   const BodyOf& body);

// Transfers of 0.001 mana, each to the next member.
std::vector<std::string> sign_transfers(const std::vector<Member>& members, const std::string& network,
                                        std::size_t count, std::uint64_t seed);

// A whole HTTP request for each body.
std::vector<std::string> post_requests(const std::string& target, const std::vector<std::string>& bodies);

}  // namespace icn::bench
