#pragma once

#include <string>
#include <vector>

#include "economics/tables.h"

// Whether an account looks like one of many of one person. Source: domain.md 5 "Sybil score".
namespace icn::economics {

// Notes what an entry of the account shows: money that leaves it, when, and how regularly.
void note_conduct(Account& account, EntryKind kind, Millimana amount, TimestampSecs now);

struct SybilReason {
  std::uint32_t points = 0;
  std::string reason;
  std::string ends;  // when it no longer holds
  static constexpr std::string_view schema_name = "SybilReason";
  static constexpr auto fields() {
    using codec::field;
    return described(field("points", &SybilReason::points), field("reason", &SybilReason::reason),
                     field("ends", &SybilReason::ends, "when it no longer holds"));
  }
};

// What conduct alone does not show.
struct SybilContext {
  std::int64_t reputation_thousandths = 50'000;
  std::uint64_t links = 0;  // bodies it belongs to, and who gave it a positive event
};

// +20 younger than 7 days and spent more than 100 mana; +25 reputation below 30 and more than 50 acts a day;
// +15 fewer than 3 links after 30 days; +30 transfers of a machine: 20 gaps of the same length, 10 s or more,
// in a row.
std::vector<SybilReason> sybil_reasons(const Account& account, const SybilContext& context,
                                       TimestampSecs now);
std::uint32_t sybil_score(const std::vector<SybilReason>& reasons);

// From 15 points on the rate x0.9; from 30 on x0.7 and the cap x0.5; from 50 on x0.2 and x0.1.
void apply_sybil(std::uint32_t score, Factors& factors);

}  // namespace icn::economics
