#pragma once

#include <array>
#include <functional>
#include <memory>

#include "base/log.h"
#include "http/authentication/invitations.h"
#include "http/authentication/sessions.h"
#include "http/paging.h"
#include "http/web_reader.h"
#include "identity/api/hourly_limit.h"
#include "identity/custody.h"
#include "identity/export.h"
#include "ledger/api/writer.h"

namespace icn::identity {

// Gives a new did:key its start mana; economics implements it. A did:icn gets it in its own transaction.
class StartGrant {
 public:
  virtual ~StartGrant() = default;
  // Calls `done` once, on `executor`, when the grant is final. Thread: an io thread.
  virtual void grant(const Did& did, Executor& executor, std::function<void(const Result<void>&)> done) = 0;
};

// How one DID of an accepted invitation stands in the scope it was invited to.
enum class InvitedState { kMember, kByVote, kRefused };
constexpr auto enum_names(InvitedState) {
  using Name = std::pair<InvitedState, std::string_view>;
  return std::array{Name(InvitedState::kMember, "member"), Name(InvitedState::kByVote, "by_vote"),
                    Name(InvitedState::kRefused, "refused")};
}
struct InvitedDid {
  Did did;
  std::string scope;
  InvitedState state = InvitedState::kMember;
  std::optional<std::string> reason;
  std::optional<codec::Json> action;
  static constexpr std::string_view schema_name = "InvitedDid";
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &InvitedDid::did), field("scope", &InvitedDid::scope),
                     field("state", &InvitedDid::state),
                     field("reason", &InvitedDid::reason, "why it is no member yet"),
                     field("action", &InvitedDid::action, "by_vote: what is to be proposed to the scope"));
  }
};

// Takes who was invited into a scope; governance implements it.
class Admissions {
 public:
  struct Wanted {
    std::string scope;
    std::vector<std::string> roles;
    std::vector<Did> dids;
  };
  virtual ~Admissions() = default;
  // Calls `done` once, on `executor`, with an answer for each DID. Thread: an io thread.
  virtual void admit(Wanted wanted, Executor& executor,
                     std::function<void(std::vector<InvitedDid>)> done) = 0;
};

// What identity's endpoints work with.
struct Api {
  const ledger::Ledger& ledger;
  ledger::Writer& writer;
  NodeCustody& custody;
  http::Sessions& sessions;
  http::Invitations& invitations;
  const http::Cursors& cursors;
  HourlyLimit& anonymous_creations;  // domain.md 3: 10 an hour for each client address
  StartGrant* start_grant;           // null: no grants
  Random& random;
  std::shared_ptr<Log> log;
  http::WebReader& web;                  // documents of did:web
  std::vector<ExportPart> export_parts;  // of other domains
  ReadExported read_exported = {};       // empty: records alone are exported
  Admissions* admissions = nullptr;      // null: a code gives a key and nothing else
};

}  // namespace icn::identity
