#pragma once

#include "crypto/ed25519.h"
#include "federation/joining/invitation.h"
#include "http/client.h"
#include "ledger/transaction.h"

namespace icn::federation {

// What a federation's node says of it.
struct FederationInfo {
  std::string name;
  JoinPolicy policy = JoinPolicy::kApproval;
  std::optional<codec::Cid> charter;
  std::uint64_t members = 0;
  std::uint64_t validators = 0;
  std::uint64_t faults_tolerated = 0;
  std::string genesis_text;  // has the hash of the invitation
};

// A node of the federation, as somebody outside asks it. Blocking; thread: one at a time.
class FederationClient {
 public:
  // The first of the invitation's nodes that answers.   unreachable; malformed: what check_addresses() says,
  // it is of another network, or has another genesis than the invitation says
  static Result<FederationClient> connect(const Invitation& invitation);

  const FederationInfo& info() const { return info_; }
  // None: no member has this operator.
  Result<std::optional<Member>> find_member(const Did& operator_did);
  // Signs and submits, and waits for the outcome: its output.   what the node answered
  Result<codec::Json> submit(const Did& sender, const KeyId& key_id, const crypto::SecretKey& key,
                             Bytes nonce, TimestampSecs expires, std::string_view type, codec::Json body);
  // The JSON of a GET; a problem is the error it restores.
  Result<codec::Json> get(const std::string& target);

 private:
  FederationClient(http::Client client, std::string network)
      : client_(std::move(client)), network_(std::move(network)) {}
  Result<void> look(const Invitation& invitation);

  http::Client client_;
  std::string network_;
  FederationInfo info_;
};

}  // namespace icn::federation
