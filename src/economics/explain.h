#pragma once

#include <optional>
#include <string>
#include <vector>

#include "economics/inputs.h"

namespace icn::economics {

// One factor of the formula: what it is, where it comes from, what would change it. Shown, never computed
// with.
struct FactorShown {
  std::string name;
  std::string symbol;
  double value = 0;
  bool in_rate = false;
  bool in_cap = false;
  std::string input;
  std::string would_change;
  static constexpr std::string_view schema_name = "ManaFactor";
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &FactorShown::name), field("symbol", &FactorShown::symbol),
                     field("value", &FactorShown::value), field("in_rate", &FactorShown::in_rate),
                     field("in_cap", &FactorShown::in_cap),
                     field("input", &FactorShown::input, "what the value comes from"),
                     field("would_change", &FactorShown::would_change, "what would change it"));
  }
};

// Why an account regenerates and holds what it does.
struct Explanation {
  Did did;
  Stage stage = Stage::kUnverified;
  Millimana balance;
  Millimana rate_per_hour;
  Millimana cap;
  Millimana next_rate_per_hour;
  Millimana next_cap;
  std::string rate_formula;
  std::string cap_formula;
  std::vector<FactorShown> factors;
  Organisation organisation = Organisation::kNone;
  reputation::Points reputation;
  std::uint32_t sybil_score = 0;
  std::vector<SybilReason> sybil_reasons;
  std::vector<std::string> notes;
  std::optional<TimestampSecs> full_at;
  Millimana daily_allowance;
  Millimana sent_today;
  TimestampSecs as_of = 0;
  static constexpr std::string_view schema_name = "ManaExplanation";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("did", &Explanation::did), field("stage", &Explanation::stage),
        field("balance", &Explanation::balance, "mana now"),
        field("rate_per_hour", &Explanation::rate_per_hour, "in force since the last entry"),
        field("cap", &Explanation::cap, "in force since the last entry"),
        field("next_rate_per_hour", &Explanation::next_rate_per_hour, "in force from the next entry on"),
        field("next_cap", &Explanation::next_cap, "in force from the next entry on"),
        field("rate_formula", &Explanation::rate_formula), field("cap_formula", &Explanation::cap_formula),
        field("factors", &Explanation::factors, "in force from the next entry on"),
        field("organisation", &Explanation::organisation, "the best kind it is a member of"),
        field("reputation", &Explanation::reputation, "0 to 100"),
        field("sybil_score", &Explanation::sybil_score, "from 15 on it costs, see its factor"),
        field("sybil_reasons", &Explanation::sybil_reasons),
        field("notes", &Explanation::notes, "what holds it back now"),
        field("full_at", &Explanation::full_at, "when regeneration reaches the cap, Unix seconds"),
        field("daily_allowance", &Explanation::daily_allowance, "mana it may transfer a day"),
        field("sent_today", &Explanation::sent_today), field("as_of", &Explanation::as_of));
  }
};

// `account` was brought to `now` by settle_time(); `inputs` are those of now; `started` is the network's
// genesis.
Explanation explain(const Did& did, const Account& account, const Inputs& inputs,
                    const ledger::Parameters& parameters, TimestampSecs started, TimestampSecs now);

}  // namespace icn::economics
