#pragma once

#include <vector>

#include "mesh/spec.h"

namespace icn::mesh {

enum class EffectsState : std::uint8_t { kOpen, kApplied, kDeclined, kLapsed };
constexpr auto enum_names(EffectsState) {
  using Name = std::pair<EffectsState, std::string_view>;
  return std::array{Name(EffectsState::kOpen, "open"), Name(EffectsState::kApplied, "applied"),
                    Name(EffectsState::kDeclined, "declined"), Name(EffectsState::kLapsed, "lapsed")};
}

// What a run asks of the ledger, by the receipt. Open until the submitter confirms or declines it.
struct JobEffects {
  codec::Cid cid;  // of the list's block
  EffectsState state = EffectsState::kOpen;
  Millimana held;              // of the submitter, for child jobs
  std::uint64_t due_secs = 0;  // running time when they lapse; 0: the job is not settled, or they have ended
  TimestampSecs ended_at = 0;
  std::vector<JobId> children;
  static constexpr std::string_view schema_name = "JobEffects";
  static constexpr auto fields() {
    using codec::field;
    return described(field("cid", &JobEffects::cid, "block of the list"), field("state", &JobEffects::state),
                     field("held", &JobEffects::held, "mana kept for child jobs"),
                     field("due_secs", &JobEffects::due_secs, "running time of the ledger when they lapse"),
                     field("ended_at", &JobEffects::ended_at, "Unix seconds; 0: open"),
                     field("children", &JobEffects::children, "jobs they made"));
  }
  bool operator==(const JobEffects&) const = default;
};

}  // namespace icn::mesh
