#include "governance/export.h"

#include <algorithm>

#include "governance/tables.h"
#include "governance/vote.h"

namespace icn::governance {
namespace {

using identity::ExportArchive;

struct ExportedBallot {
  std::string vote;
  Ballot ballot;
  static constexpr auto fields() {
    return described(codec::field("vote", &ExportedBallot::vote),
                     codec::field("ballot", &ExportedBallot::ballot));
  }
};

struct ExportedDisputeVote {
  std::string dispute;
  DisputeVote vote;
  static constexpr auto fields() {
    return described(codec::field("dispute", &ExportedDisputeVote::dispute),
                     codec::field("vote", &ExportedDisputeVote::vote));
  }
};

struct GovernanceExport {
  std::vector<Member> memberships;
  std::vector<codec::Cid> proposals;
  std::vector<codec::Cid> ballots;
  std::vector<Objection> objections;
  std::vector<codec::Cid> delegations;
  std::vector<codec::Cid> disputes;
  std::vector<ExportedDisputeVote> dispute_votes;
  static constexpr auto fields() {
    using codec::field;
    using Export = GovernanceExport;
    return described(field("memberships", &Export::memberships), field("proposals", &Export::proposals),
                     field("ballots", &Export::ballots), field("objections", &Export::objections),
                     field("delegations", &Export::delegations), field("disputes", &Export::disputes),
                     field("dispute_votes", &Export::dispute_votes));
  }
};

// The texts that fields of an action name: "text_cid", "purpose_cid", ...
void include_action_texts(const Action& action, ExportArchive& archive) {
  if (action.data.object() == nullptr) return;
  for (const auto& [name, value] : *action.data.object()) {
    if (!name.ends_with("_cid") || value.string() == nullptr) continue;
    const auto cid = codec::Cid::parse(*value.string());
    if (cid.ok()) archive.include(*cid);
  }
}

Result<void> add_proposals(const storage::Reader& state, const Did& did, ExportArchive& archive,
                           GovernanceExport& out) {
  ICN_TRY_ASSIGN(rows, kProposals.scan(state, ledger::prefix_range(ledger::key_of(did), kByProposer)));
  while (out.proposals.size() < kExportProposalsMax) {
    ICN_TRY_ASSIGN(proposal, rows.next());
    if (!proposal) break;
    out.proposals.push_back(archive.put(codec::encode_block(*proposal)));
    archive.include(proposal->content);
    for (const Action& each : proposal->actions) include_action_texts(each, archive);
  }
  return {};
}

// Ballots are kept by their vote: every vote is asked.
Result<void> add_ballots(const storage::Reader& state, const Did& did, ExportArchive& archive,
                         GovernanceExport& out) {
  ledger::ScanRange range;
  range.index = kByTime;
  ICN_TRY_ASSIGN(rows, kProposals.scan(state, range));
  for (std::size_t count = 0; count < kExportProposalsMax; ++count) {
    ICN_TRY_ASSIGN(proposal, rows.next());
    if (!proposal) break;
    for (std::uint32_t round = 1; round <= proposal->round; ++round) {
      const std::string vote = vote_key(proposal->id, round);
      ICN_TRY_ASSIGN(ballot, kBallots.get(state, {vote, did}));
      if (!ballot) continue;
      if (ballot->reason) archive.include(*ballot->reason);
      out.ballots.push_back(archive.put(codec::encode_block(ExportedBallot{vote, std::move(*ballot)})));
      ICN_TRY_ASSIGN(objection, kObjections.get(state, {vote, did}));
      if (objection) out.objections.push_back(std::move(*objection));
    }
  }
  return {};
}

Result<void> add_delegations(const storage::Reader& state, const Did& did, ExportArchive& archive,
                             GovernanceExport& out) {
  for (const std::size_t index : {std::size_t{kByDelegator}, std::size_t{kByDelegate}}) {
    ICN_TRY_ASSIGN(rows, kDelegations.scan(state, ledger::prefix_range(ledger::key_of(did), index)));
    for (std::size_t count = 0; count < kExportProposalsMax; ++count) {
      ICN_TRY_ASSIGN(delegation, rows.next());
      if (!delegation) break;
      out.delegations.push_back(archive.put(codec::encode_block(*delegation)));
    }
  }
  return {};
}

Result<void> add_disputes(const storage::Reader& state, const Did& did, ExportArchive& archive,
                          GovernanceExport& out) {
  ledger::ScanRange range;
  range.index = kByDisputeTime;
  ICN_TRY_ASSIGN(rows, kDisputes.scan(state, range));
  for (std::size_t count = 0; count < kExportProposalsMax; ++count) {
    ICN_TRY_ASSIGN(dispute, rows.next());
    if (!dispute) break;
    ICN_TRY_ASSIGN(vote, kDisputeVotes.get(state, {dispute->id, did}));
    if (vote) out.dispute_votes.push_back({dispute->id, *vote});
    const bool is_witness =
        std::ranges::any_of(dispute->evidence, [&](const DisputeEvidence& each) { return each.did == did; });
    if (dispute->opener != did && dispute->against != did && !is_witness) continue;
    archive.include(dispute->statement);
    for (const DisputeEvidence& each : dispute->evidence) archive.include(each.cid);
    out.disputes.push_back(archive.put(codec::encode_block(*dispute)));
  }
  return {};
}

Result<codec::Cid> export_governance(const storage::Reader& state, const Did& did, ExportArchive& archive) {
  GovernanceExport out;
  ICN_TRY_ASSIGN(members, kMembers.scan(state, ledger::prefix_range(ledger::key_of(did), std::size_t{0})));
  while (true) {
    ICN_TRY_ASSIGN(member, members.next());
    if (!member) break;
    out.memberships.push_back(std::move(*member));
  }
  ICN_TRY(add_proposals(state, did, archive, out));
  ICN_TRY(add_ballots(state, did, archive, out));
  ICN_TRY(add_delegations(state, did, archive, out));
  ICN_TRY(add_disputes(state, did, archive, out));
  return archive.put(codec::encode_block(out));
}

}  // namespace

identity::ExportPart governance_export() { return {"governance", &export_governance}; }

}  // namespace icn::governance
