#include "governance/api/proposals.h"

#include <algorithm>

#include "dag/salted_text.h"
#include "governance/actions.h"
#include "governance/api/proposal_form.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/standing.h"
#include "governance/tables.h"

namespace icn::governance::api {
namespace {

constexpr std::string_view kList = "governance/proposals";
constexpr std::string_view kActive = "active";
constexpr std::size_t kSearchedMax = 5'000;  // rows looked at for one page

using StateNames = std::vector<std::string>;

// The states that `status` means; empty: all.
Result<StateNames> states_of(const std::optional<std::string>& status) {
  if (!status) return StateNames{};
  if (*status == kActive)
    return StateNames{std::string(codec::enum_name(ProposalState::kDiscussion)),
                      std::string(codec::enum_name(ProposalState::kVoting)),
                      std::string(codec::enum_name(ProposalState::kCounting))};
  auto state = codec::from_json<ProposalState>(codec::Json(*status));
  if (!state.ok()) return state.error().within("status");
  return StateNames{*status};
}

bool is_wanted(const ListProposals::Input& input, const StateNames& states, const Proposal& proposal) {
  if (!states.empty() && std::ranges::find(states, codec::enum_name(proposal.state)) == states.end())
    return false;
  return (!input.category || proposal.category == *input.category) &&
         (!input.proposer || proposal.proposer == *input.proposer) &&
         (!input.scope || proposal.scope == *input.scope);
}

// One index to read along: the newest first. `head` is what all its values begin with.
class Lane {
 public:
  static Result<Lane> open(const ledger::Reader& state, ProposalIndex index, Bytes head, ByteView after) {
    Lane lane;
    lane.head_size_ = head.size();
    ledger::ScanRange range = ledger::prefix_range(head, index);
    if (!after.empty()) {
      range.from = std::move(head);
      range.from.insert(range.from.end(), after.begin(), after.end());
      range.from.push_back(0);  // the first value behind
    }
    ICN_TRY_ASSIGN(rows, kProposals.scan(state, range));
    lane.rows_.emplace(std::move(rows));
    ICN_TRY(lane.next());
    return lane;
  }

  Result<void> next() {
    ICN_TRY_ASSIGN(row, rows_->next());
    proposal = std::move(row);
    if (proposal) position = to_bytes(rows_->index_value().subspan(head_size_));
    return {};
  }

  std::optional<Proposal> proposal;  // none: the end
  Bytes position;                    // of it, the same in all lanes

 private:
  std::size_t head_size_ = 0;
  std::optional<storage::Rows<Proposal, storage::RecordCodec<Proposal>>> rows_;
};

Result<std::vector<Lane>> open_lanes(const ledger::Reader& state, const ListProposals::Input& input,
                                     const StateNames& states, ByteView after) {
  std::vector<Lane> lanes;
  const auto add = [&](ProposalIndex index, Bytes head) -> Result<void> {
    ICN_TRY_ASSIGN(lane, Lane::open(state, index, std::move(head), after));
    lanes.push_back(std::move(lane));
    return {};
  };
  if (input.proposer) {
    ICN_TRY(add(kByProposer, ledger::key_of(*input.proposer)));
  } else if (!states.empty()) {
    for (const std::string& name : states) ICN_TRY(add(kByState, ledger::key_of(name)));
  } else if (input.category) {
    ICN_TRY(add(kByCategory, ledger::key_of(codec::enum_name(*input.category))));
  } else if (input.scope) {
    ICN_TRY(add(kByScope, ledger::key_of(*input.scope)));
  } else {
    ICN_TRY(add(kByTime, {}));
  }
  return lanes;
}

// The lane whose proposal comes first; null: all are at their end.
Lane* newest(std::vector<Lane>& lanes) {
  Lane* found = nullptr;
  for (Lane& lane : lanes) {
    if (lane.proposal && (found == nullptr || lane.position < found->position)) found = &lane;
  }
  return found;
}

std::string list_name(const ListProposals::Input& input) {
  return std::string(kList) + "|" + input.status.value_or("") + "|" +
         (input.category ? std::string(codec::enum_name(*input.category)) : "") + "|" +
         (input.proposer ? input.proposer->text() : "") + "|" + input.scope.value_or("");
}

Result<SimulateActions::Output> simulated(const Api& api, const ledger::Reader& state,
                                          const Proposal& proposal) {
  ICN_TRY_ASSIGN(moment, moment_of(api, state));
  ICN_TRY_ASSIGN(simulation, simulate(moment.block, state, proposal));
  return SimulateActions::Output{std::move(simulation.diff), std::move(simulation.errors)};
}

}  // namespace

Result<ledger::PlainWrite> PostProposal::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(proposer, acting_did(call, input.proposer_did, "proposer_did"));
  ICN_TRY(api.writer.custody().key_for(call.caller(), proposer));
  Propose::Body body;
  ICN_TRY_ASSIGN(text, text_block(api, input));
  dag::Texts texts = texts_of(api, call, proposer);
  ICN_TRY_ASSIGN(actions, read_actions(texts, input));
  body.actions = std::move(actions);
  if (input.quorum) {
    ICN_TRY_ASSIGN(quorum, read_quorum(*input.quorum));
    body.quorum = quorum;
  }
  if (input.threshold) {
    ICN_TRY_ASSIGN(threshold, read_threshold(*input.threshold));
    body.threshold_ppm = threshold;
  }
  if (input.delegation) {
    ICN_TRY_ASSIGN(delegation, read_delegation(*input.delegation));
    body.delegation = delegation;
  }
  ICN_TRY_ASSIGN(content, texts.add(std::move(text)));
  body.content = content;
  body.scope = input.scope;
  body.category = input.category;
  body.urgency = input.urgency;
  body.voting_method = input.voting_method;
  body.method_params = input.method_params;
  if (body.method_params.options.empty()) {
    for (const auto& [id, words] : input.options) body.method_params.options.push_back(id);
  }
  body.discussion_secs = input.discussion_secs;
  body.duration_secs = input.duration_secs;
  body.timelock_secs = input.timelock_secs;
  body.privacy = input.privacy;
  body.repeats = input.repeats;
  return texts.write(codec::to_json(body));
}

void PostProposal::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostProposal>(api.writer, api, std::move(exchange));
}

// Texts that arrive or are withdrawn, and the network standing still, are seen after that time.
http::AnswerVersion ListProposals::answer_version(const Api& api, const http::Request&) {
  constexpr std::uint32_t kSecondsMax = 5;  // domain.md 12
  return api.ledger.changes().answer(kProposals, kSecondsMax);
}

Result<ListProposals::Output> ListProposals::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(states, states_of(input.status));
  Bytes after;
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list_name(input), *input.cursor));
    after = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(standstill_secs, standstill_of(*snapshot));
  ICN_TRY_ASSIGN(lanes, open_lanes(*snapshot, input, states, after));
  Output page;
  for (std::size_t searched = 0; searched < kSearchedMax; ++searched) {
    Lane* lane = newest(lanes);
    if (lane == nullptr) return page;
    if (page.items.size() == input.limit) break;
    after = lane->position;
    if (is_wanted(input, states, *lane->proposal)) {
      ICN_TRY_ASSIGN(view, view_of(api, *snapshot, *lane->proposal, standstill_secs));
      page.items.push_back(std::move(view));
    }
    ICN_TRY(lane->next());
  }
  page.next_cursor = api.cursors.seal(list_name(input), after);
  return page;
}

Result<GetProposal::Output> GetProposal::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(proposal, load_proposal(*snapshot, input.id));
  ICN_TRY_ASSIGN(standstill_secs, standstill_of(*snapshot));
  ICN_TRY_ASSIGN(view, view_of(api, *snapshot, proposal, standstill_secs));
  ICN_TRY_ASSIGN(tally, tally_so_far(*snapshot, proposal, {api.clock, *api.counts}));
  view.tally = std::move(tally);
  return std::move(view);
}

Result<SimulateActions::Output> SimulateActions::handle(const Api& api, const http::Call&,
                                                        const Input& input) {
  ICN_TRY(parse_scope(input.scope));
  // Texts are named by what would be their blocks; none is kept.
  ICN_TRY_ASSIGN(actions, read_actions(input.actions, [](const std::string& text) -> Result<codec::Cid> {
                   return codec::Cid::of(codec::kDagCbor, codec::encode_block(dag::SaltedText{{}, text}));
                 }));
  ICN_TRY(check_actions(actions));
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  Proposal proposal;
  proposal.id = "pr_simulated";
  proposal.scope = input.scope;
  proposal.actions = std::move(actions);
  return simulated(api, *snapshot, proposal);
}

Result<SimulateProposal::Output> SimulateProposal::handle(const Api& api, const http::Call&,
                                                          const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(proposal, load_proposal(*snapshot, input.id));
  return simulated(api, *snapshot, proposal);
}

}  // namespace icn::governance::api
