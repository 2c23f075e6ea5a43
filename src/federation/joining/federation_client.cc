#include "federation/joining/federation_client.h"

#include "base/errors.h"
#include "crypto/hash.h"

namespace icn::federation {
namespace {

// The error that a problem document tells.
Error problem_of(const http::ClientResponse& response) {
  const auto json = codec::parse_json(response.body);
  const auto text = [&](std::string_view name) {
    const codec::Json* found = json.ok() ? json->find(name) : nullptr;
    return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
  };
  if (text("code").empty())
    return Error(errors::kUnavailable, "the federation's node answered " + std::to_string(response.status));
  return Error::restored(static_cast<Category>(response.status), text("code"), text("title"), text("detail"));
}

Result<codec::Json> json_of(const Result<http::ClientResponse>& response) {
  if (!response.ok()) return response.error();
  if (response->status < 200 || response->status > 299) return problem_of(*response);
  return codec::parse_json(response->body, {.bytes_max = 64 << 20, .depth_max = 64, .values_max = 4'000'000});
}

template <typename T>
Result<T> member(const codec::Json& json, std::string_view name) {
  const codec::Json* found = json.find(name);
  if (found == nullptr) return Error(errors::kMalformed, std::string(name) + ": is missing in the answer");
  auto value = codec::from_json<T>(*found, codec::UnknownMembers::kIgnore);
  if (!value.ok()) return value.error().within(name);
  return value;
}

}  // namespace

Result<FederationClient> FederationClient::connect(const Invitation& invitation) {
  ICN_TRY(check_addresses(invitation));
  Error last(errors::kMalformed, "the invitation names no node");
  for (const std::string& url : invitation.api) {
    http::ClientOptions options;
    options.timeout_ms = 30'000;
    auto client = http::Client::make(url, options);
    if (!client.ok()) return client.error().within(url);
    FederationClient out(std::move(*client), invitation.ticket.network);
    const auto looked = out.look(invitation);
    if (looked.ok()) return out;
    last = looked.error().within(url);
    if (last.category() == Category::kMalformed) return last;
  }
  return last;
}

Result<void> FederationClient::look(const Invitation& invitation) {
  ICN_TRY_ASSIGN(status, get("/federation/status"));
  ICN_TRY_ASSIGN(id, member<std::string>(status, "federation_id"));
  if (id != network_)
    return Error(errors::kMalformed,
                 "is of network \"" + id + "\", the invitation is to \"" + network_ + "\"");
  if (status.find("name") == nullptr) return Error(errors::kMalformed, "is alone, and no federation's node");
  ICN_TRY_ASSIGN(name, member<std::string>(status, "name"));
  ICN_TRY_ASSIGN(policy, member<JoinPolicy>(status, "policy"));
  ICN_TRY_ASSIGN(members, member<std::uint64_t>(status, "members"));
  ICN_TRY_ASSIGN(validators, member<std::vector<Validator>>(status, "validators"));
  ICN_TRY_ASSIGN(faults, member<std::uint64_t>(status, "faults_tolerated"));
  info_ = {name, policy, {}, members, validators.size(), faults, {}};
  if (status.find("charter_cid") != nullptr) {
    ICN_TRY_ASSIGN(charter, member<codec::Cid>(status, "charter_cid"));
    info_.charter = charter;
  }
  ICN_TRY_ASSIGN(genesis, client_.get("/federation/genesis"));
  if (genesis.status != 200) return problem_of(genesis);
  const auto hash = crypto::sha256(as_bytes(genesis.body));
  if (to_bytes(hash) != invitation.genesis_hash.bytes)
    return Error(errors::kMalformed, "has another genesis file than the invitation says");
  info_.genesis_text = std::move(genesis.body);
  return {};
}

Result<codec::Json> FederationClient::get(const std::string& target) { return json_of(client_.get(target)); }

Result<std::optional<Member>> FederationClient::find_member(const Did& operator_did) {
  std::string target = "/federation/members?limit=200";
  while (true) {
    ICN_TRY_ASSIGN(page, get(target));
    ICN_TRY_ASSIGN(items, member<std::vector<Member>>(page, "items"));
    for (Member& each : items) {
      if (each.operator_did == operator_did) return std::optional<Member>(std::move(each));
    }
    if (page.find("next_cursor") == nullptr) return std::optional<Member>();
    ICN_TRY_ASSIGN(cursor, member<std::string>(page, "next_cursor"));
    target = "/federation/members?limit=200&cursor=" + cursor;
  }
}

Result<codec::Json> FederationClient::submit(const Did& sender, const KeyId& key_id,
                                             const crypto::SecretKey& key, Bytes nonce, TimestampSecs expires,
                                             std::string_view type, codec::Json body) {
  ledger::Transaction transaction;
  transaction.network = network_;
  transaction.sender = sender;
  transaction.key = key_id;
  transaction.nonce.bytes = std::move(nonce);
  transaction.type = type;
  transaction.body = std::move(body);
  transaction.expires = expires;
  ledger::sign(transaction, key);
  ICN_TRY_ASSIGN(answer,
                 json_of(client_.post("/ledger/transactions?timeout=20", codec::to_json_text(transaction))));
  const codec::Json* const status = answer.find("status");
  const bool waits = status != nullptr && status->string() != nullptr && *status->string() == "pending" &&
                     answer.find("height") == nullptr;
  if (waits) return Error(errors::kUnavailable, "the federation has not decided yet; ask again");
  return answer;
}

}  // namespace icn::federation
