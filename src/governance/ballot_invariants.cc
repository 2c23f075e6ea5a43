#include <map>

#include "governance/ballot_tables.h"
#include "governance/closing.h"
#include "governance/errors.h"
#include "ledger/departure.h"

namespace icn::governance {
namespace {

template <typename Record>
Result<std::optional<Record>> decoded(const std::optional<Bytes>& bytes) {
  if (!bytes) return std::optional<Record>();
  ICN_TRY_ASSIGN(record, codec::decode_record<Record>(*bytes));
  return std::optional<Record>(std::move(record));
}

struct Added {
  std::uint64_t voters = 0;
  std::uint64_t logged = 0;
};

Result<std::string> vote_of(ByteView key) {
  std::string vote;
  if (!storage::take_key_part(key, vote)) return Error(kBroken, "a ballot has no key");
  return vote;
}

// One member, one ballot: a box counts its voters' rows and the rows of its log, and none ever goes while the
// network lasts.
Result<void> boxes_hold(const ledger::View& view, ledger::View::Savepoint savepoint) {
  std::map<std::string, Added> added;
  ICN_TRY(view.changes_since(
      savepoint, kBallots.schema(),
      [&](ByteView key, const std::optional<Bytes>& old, const std::optional<Bytes>& now) -> Result<void> {
        if (!now && !old) return {};
        ICN_TRY_ASSIGN(vote, vote_of(key));
        if (!now) {
          --added[vote].voters;
          return ledger::check_may_go(view, savepoint, "a ballot was removed");
        }
        added[vote].voters += old ? 0 : 1;
        return {};
      }));
  ICN_TRY(view.changes_since(
      savepoint, kBallotLog.schema(),
      [&](ByteView key, const std::optional<Bytes>& old, const std::optional<Bytes>& now) -> Result<void> {
        if (!now && !old) return {};
        if (old && now) return Error(kBroken, "the log of ballots was changed");
        ICN_TRY_ASSIGN(vote, vote_of(key));
        if (!now) {
          --added[vote].logged;
          return ledger::check_may_go(view, savepoint, "the log of ballots was cut");
        }
        ++added[vote].logged;
        return {};
      }));
  ICN_TRY(view.changes_since(
      savepoint, kBoxes.schema(),
      [&](ByteView key, const std::optional<Bytes>& old, const std::optional<Bytes>& now) -> Result<void> {
        ICN_TRY_ASSIGN(vote, vote_of(key));
        ICN_TRY_ASSIGN(before, decoded<BallotBox>(old));
        ICN_TRY_ASSIGN(after, decoded<BallotBox>(now));
        if (!after && !before) return {};
        if (!after) {
          added[vote].voters += before->participants;
          added[vote].logged += before->ballots;
          return ledger::check_may_go(view, savepoint, "a box was removed");
        }
        added[vote].voters -= after->participants - (before ? before->participants : 0);
        added[vote].logged -= after->ballots - (before ? before->ballots : 0);
        return {};
      }));
  for (const auto& [vote, difference] : added) {
    if (difference.voters != 0 || difference.logged != 0)
      return Error(kBroken, "vote " + vote + " does not count its ballots");
  }
  return {};
}

}  // namespace

std::vector<ledger::Invariant> ballot_invariants() { return {{"governance.ballots", &boxes_hold}}; }

}  // namespace icn::governance
