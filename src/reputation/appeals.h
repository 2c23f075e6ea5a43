#pragma once

#include <optional>
#include <vector>

#include "codec/cid.h"
#include "ledger/due.h"
#include "ledger/rules.h"
#include "reputation/score/record.h"

// Contesting an event: its owner locks a stake, and the event does not count while the arbitration is open.
// Members decide it with a proposal of one of their scopes (governance, action DecideAppeal); what nobody
// decides in reputation.arbitration_secs ends by itself. Source: domain.md 4 "Disputes", 6.
namespace icn::reputation {

inline constexpr std::string_view kAppealDue = "reputation.appeal";
// Event type: {did, event_id, state}.
inline constexpr std::string_view kAppealEvent = "ReputationAppealChanged";

// upheld: struck for good, the stake is free; rejected: it counts again, the stake is burned; lapsed: nobody
// decided, it counts again, the stake is free.
enum class AppealState { kOpen, kUpheld, kRejected, kLapsed };
constexpr auto enum_names(AppealState) {
  using Name = std::pair<AppealState, std::string_view>;
  return std::array{Name(AppealState::kOpen, "open"), Name(AppealState::kUpheld, "upheld"),
                    Name(AppealState::kRejected, "rejected"), Name(AppealState::kLapsed, "lapsed")};
}

// Key (DID, number of the event).
struct Appeal {
  AppealState state = AppealState::kOpen;
  codec::Cid reason;  // block with the reason
  Millimana stake;
  TimestampSecs opened_at = 0;
  std::uint64_t due_secs = 0;  // running time
  std::string decided_by;      // proposal; empty: nobody
  static constexpr auto fields() {
    using codec::field;
    return described(field("state", &Appeal::state), field("reason", &Appeal::reason),
                     field("stake", &Appeal::stake), field("opened_at", &Appeal::opened_at),
                     field("due_secs", &Appeal::due_secs), field("decided_by", &Appeal::decided_by));
  }
};

// That somebody endorsed somebody. Key (endorsed, endorser, context).
struct Endorsement {
  TimestampSecs at = 0;
  std::optional<codec::Cid> reason;
  static constexpr auto fields() {
    return described(codec::field("at", &Endorsement::at), codec::field("reason", &Endorsement::reason));
  }
};
using EndorsementKey = std::tuple<Did, Did, std::string>;

inline const ledger::Table<EventKey, Appeal> kAppeals{154, "reputation_appeals"};
inline const ledger::Table<EndorsementKey, Endorsement> kEndorsements{155, "reputation_endorsements"};

// Id of the due row of an open one.
std::string appeal_id(const Did& did, std::uint64_t number);

// event_not_found, contest_over, appeal_exists, appeals_max, exceeds_balance; the first that holds
Result<Appeal> open_appeal(const ledger::BlockContext& block, ledger::View& view,
                           std::vector<ledger::Event>& events, const Did& did, std::uint64_t number,
                           const codec::Cid& reason);

// no_open_appeal
Result<Appeal> load_open_appeal(const ledger::Reader& state, const Did& did, std::uint64_t number);
// no_open_appeal. `decided_by`: the proposal.
Result<void> decide_appeal(const ledger::BlockContext& block, ledger::View& view,
                           std::vector<ledger::Event>& events, const Did& did, std::uint64_t number,
                           bool is_upheld, const std::string& decided_by);

// What reputation gives the composition beside its transactions.
std::vector<storage::TableSchema> tables();
std::vector<ledger::DueHandler> due_handlers();

}  // namespace icn::reputation
