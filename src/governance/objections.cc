#include "governance/objections.h"

#include "governance/errors.h"

namespace icn::governance {
namespace {

Result<std::string> packed_concern(const Contest& contest) {
  tally::BallotContent content;
  content.position = tally::Position::kConcern;
  return contest.method->pack(contest.election, content);
}

}  // namespace

void tell_objection(const Proposal& proposal, const Objection& objection,
                    std::vector<ledger::Event>& events) {
  events.push_back(
      {std::string(kObjectionEvent),
       codec::write_json(codec::Json::object({{"proposal_id", proposal.id},
                                              {"scope", proposal.scope},
                                              {"objection_id", objection.id},
                                              {"voter", objection.voter.text()},
                                              {"is_set_aside", objection.is_set_aside},
                                              {"is_withdrawn", objection.withdrawn_at.has_value()}}))});
}

Result<void> note_position(const ledger::BlockContext& block, ledger::View& view, const Proposal& proposal,
                           const Did& voter, const tally::BallotContent& content,
                           const std::string& ballot_id, std::vector<ledger::Event>& events) {
  const VoterKey key{vote_key(proposal), voter};
  ICN_TRY_ASSIGN(before, kObjections.get(view, key));
  if (content.position == tally::Position::kObjection) {
    // Said again it is the same objection, with what was found of it: else it could be renewed in the last
    // second, when nobody can judge it any more.
    Objection made = before.value_or(Objection{vote_key(proposal), ballot_id, voter, {}, 0, 0, false, {}});
    made.withdrawn_at.reset();
    made.harm = content.reason.value_or("");
    made.at = block.time;
    tell_objection(proposal, made, events);
    return kObjections.put(view, key, made);
  }
  if (!before || before->withdrawn_at) return {};
  before->withdrawn_at = block.time;
  tell_objection(proposal, *before, events);
  return kObjections.put(view, key, *before);
}

Result<Objection> load_objection(const ledger::Reader& state, const std::string& vote_id,
                                 const std::string& objection_id) {
  ICN_TRY_ASSIGN(rows, kObjections.scan(state, ledger::prefix_range(ledger::key_of(vote_id, objection_id),
                                                                    kByObjectionId)));
  ICN_TRY_ASSIGN(found, rows.next());
  if (found) return std::move(*found);
  return Error(kObjectionNotFound, "the vote has no objection \"" + objection_id.substr(0, 64) + "\"");
}

Result<std::vector<Objection>> objections_set_aside(const ledger::Reader& state, const std::string& vote_id) {
  ICN_TRY_ASSIGN(
      rows, kObjections.scan(state, ledger::prefix_range(ledger::key_of(vote_id), kByObjectionSetAside)));
  std::vector<Objection> out;
  while (true) {
    ICN_TRY_ASSIGN(objection, rows.next());
    if (!objection) return out;
    out.push_back(std::move(*objection));
  }
}

Result<void> set_objections_aside(ledger::View& view, const Contest& contest, const std::string& vote_id,
                                  BallotBox& box) {
  ICN_TRY_ASSIGN(set_aside, objections_set_aside(view, vote_id));
  if (set_aside.empty()) return {};
  ICN_TRY_ASSIGN(concern, packed_concern(contest));
  ICN_TRY_ASSIGN(count, load_sums(contest, box.sums));
  for (const Objection& objection : set_aside) {
    ICN_TRY_ASSIGN(ballot, kBallots.get(view, {vote_id, objection.voter}));
    if (!ballot) return Error(kBroken, "an objection has no ballot: " + objection.id);
    count->remove(as_text(ballot->packed.bytes), {});
    count->add(concern, {});
    ballot->packed.bytes = to_bytes(as_bytes(concern));
    ICN_TRY(kBallots.put(view, {vote_id, objection.voter}, *ballot));
  }
  box.sums.bytes = count->save();
  return {};
}

Result<void> look_past_objections(const ledger::Reader& state, const Contest& contest,
                                  const std::string& vote_id, tally::Count& count) {
  ICN_TRY_ASSIGN(set_aside, objections_set_aside(state, vote_id));
  if (set_aside.empty()) return {};
  ICN_TRY_ASSIGN(concern, packed_concern(contest));
  for (const Objection& objection : set_aside) {
    ICN_TRY_ASSIGN(ballot, kBallots.get(state, {vote_id, objection.voter}));
    if (!ballot) return Error(kBroken, "an objection has no ballot: " + objection.id);
    count.remove(as_text(ballot->packed.bytes), {});
    count.add(concern, {});
  }
  return {};
}

}  // namespace icn::governance
