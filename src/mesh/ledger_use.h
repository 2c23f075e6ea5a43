#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "codec/records.h"

// What a job reads of the ledger and may ask of it. Source: design.md 6 "Ledger reads", "Ledger effects".
namespace icn::mesh {

// What `grants` may hold.
inline constexpr std::string_view kGrantSubmitJob = "submit_job";  // child jobs
inline constexpr std::string_view kGrantPay = "pay";               // mana to recipients
inline constexpr std::string_view kGrantSpend = "spend";           // mana that is burned
inline constexpr std::string_view kGrantPropose = "propose";       // one proposal
inline constexpr std::string_view kGrantVote = "vote:";        // with the id of a proposal: a ballot on it
inline constexpr std::string_view kGrantAdvance = "advance:";  // likewise: what is due of it
inline constexpr std::uint32_t kChildDepthMax = 4;

// How far a job's effects may go.
struct Allowance {
  std::vector<Did> recipients;
  Millimana mana_max;  // payments, spending, child jobs' max_price and a proposal's fee together
  static constexpr std::string_view schema_name = "JobAllowance";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(
        defaulted_field("recipients", &Allowance::recipients, "who may be paid", {0, 64}),
        field("mana_max", &Allowance::mana_max, "mana that all effects may cost", {1, kMillimanaMax.value}));
  }
  bool operator==(const Allowance&) const = default;
};

// The part of a spec that the submitter signs for the ledger's sake; absent when all of it is empty.
struct LedgerUse {
  std::vector<std::string> reads;
  std::vector<std::string> grants;
  std::optional<Allowance> allowance;
  std::uint32_t depth = 0;
  static constexpr std::string_view schema_name = "JobLedgerUse";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(defaulted_field("reads", &LedgerUse::reads, "as in the spec", {0, 16}),
                     defaulted_field("grants", &LedgerUse::grants, "as in the spec", {0, 16}),
                     field("allowance", &LedgerUse::allowance, "as in the spec"),
                     defaulted_field("depth", &LedgerUse::depth, "as in the spec", {0, kChildDepthMax}));
  }
  bool operator==(const LedgerUse&) const = default;
};

inline bool is_granted(const std::vector<std::string>& grants, std::string_view grant) {
  return std::ranges::find(grants, grant) != grants.end();
}

}  // namespace icn::mesh
