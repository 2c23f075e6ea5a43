#include "mesh/governance_read.h"

#include "codec/values.h"
#include "governance/lifecycle.h"
#include "governance/tables.h"

namespace icn::mesh {
namespace {

struct ProposalState {
  std::string proposal_id;
  std::string scope;
  governance::ProposalState state = governance::ProposalState::kDraft;
  governance::ProposalCategory category = governance::ProposalCategory::kOperational;
  governance::VotingMethod voting_method = governance::VotingMethod::kSimpleMajority;
  governance::Privacy privacy = governance::Privacy::kPublic;
  std::uint32_t revision = 1;
  std::uint32_t round = 1;
  Did proposer_did;
  codec::Cid content_cid;
  TimestampSecs created_at = 0;
  TimestampSecs changed_at = 0;
  std::uint64_t eligible_count = 0;
  std::optional<governance::ProposalResult> result;
  std::optional<std::string> failure;
  static constexpr auto fields() {
    using codec::field;
    using State = ProposalState;
    return described(field("proposal_id", &State::proposal_id), field("scope", &State::scope),
                     field("state", &State::state), field("category", &State::category),
                     field("voting_method", &State::voting_method), field("privacy", &State::privacy),
                     field("revision", &State::revision), field("round", &State::round),
                     field("proposer_did", &State::proposer_did), field("content_cid", &State::content_cid),
                     field("created_at", &State::created_at), field("changed_at", &State::changed_at),
                     field("eligible_count", &State::eligible_count), field("result", &State::result),
                     field("failure", &State::failure));
  }
};

struct ScopeState {
  std::string scope;
  std::uint64_t members = 0;
  std::uint64_t voters = 0;
  std::uint64_t open_proposals = 0;
  std::uint64_t proposals = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("scope", &ScopeState::scope), field("members", &ScopeState::members),
                     field("voters", &ScopeState::voters),
                     field("open_proposals", &ScopeState::open_proposals),
                     field("proposals", &ScopeState::proposals));
  }
};
struct NetworkState {
  std::vector<ScopeState> scopes;
  static constexpr auto fields() { return described(codec::field("scopes", &NetworkState::scopes)); }
};

Result<std::string> network_state(const ledger::Reader& state) {
  NetworkState out;
  ICN_TRY_ASSIGN(rows, governance::kScopes.scan(state, {}));
  while (out.scopes.size() < kScopesShownMax) {
    ICN_TRY_ASSIGN(scope, rows.next());
    if (!scope) break;
    out.scopes.push_back(
        {scope->scope, scope->members, scope->voters, scope->open_proposals, scope->proposals});
  }
  return codec::to_json_text(out);
}

}  // namespace

Result<std::string> governance_state(const ledger::Reader& state, const std::string& id) {
  if (id.empty()) return network_state(state);
  ICN_TRY_ASSIGN(found, governance::load_proposal(state, id));
  ProposalState out{found.id,         found.scope,      found.state,          found.category, found.method,
                    found.privacy,    found.revision,   found.round,          found.proposer, found.content,
                    found.created_at, found.changed_at, found.eligible_count, found.result,   {}};
  if (!found.failure.empty()) out.failure = found.failure;
  return codec::to_json_text(out);
}

}  // namespace icn::mesh
