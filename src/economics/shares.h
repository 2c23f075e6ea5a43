#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "economics/tables.h"
#include "ledger/context.h"
#include "ledger/view.h"

// What part of a federation's regeneration the members of one organisation have: beyond
// economics.organisation_share_max_ppm, once three organisations regenerate, all of theirs regenerate slower
// alike. Accounts count with the rate that is in force for them, as if there were no limit, each with one
// organisation; limits are those of the beginning of a checkpoint's interval, and reach an account when it
// reads its inputs (inputs.h). Source: domain.md 5. Thread: the ledger's writer, but for what takes a Reader.
namespace icn::economics {

struct OrganisationShare {
  std::string scope;
  std::uint64_t rate_micro = 0;       // micro-mana an hour of its members together, without a limit
  std::uint32_t limit_ppm = kOnePpm;  // factor of their rates
  static constexpr auto fields() {
    using codec::field;
    return described(field("scope", &OrganisationShare::scope),
                     field("rate_micro", &OrganisationShare::rate_micro),
                     field("limit_ppm", &OrganisationShare::limit_ppm));
  }
  bool operator==(const OrganisationShare&) const = default;
};

// One row, key "shares".
struct Shares {
  std::uint64_t interval = 0;            // block time / ledger.checkpoint_interval_secs, of the limits
  std::vector<OrganisationShare> items;  // by scope; those whose members regenerate
  static constexpr auto fields() {
    return described(codec::field("interval", &Shares::interval), codec::field("items", &Shares::items));
  }
};
inline const ledger::Table<std::string, Shares> kShares{49, "mana_shares"};
inline const std::string kSharesKey = "shares";

// The organisation an account counts with: of the memberships of its best kind the first. Empty: none.
std::string home_of(const Memberships& memberships);

// What an organisation has. All zero, and a factor of 1: it is not known.
Result<OrganisationShare> share_of_organisation(const ledger::Reader& state, const std::string& scope);

// The factors that keep each of `rates` at most `share_max_ppm` of them all together after the factors are
// applied; nothing is cut more than that takes. Fewer than three that are above 0: all 1. Where even equal
// parts are too large, parts become equal.
std::vector<std::uint32_t> limits_of(const std::vector<std::uint64_t>& rates, std::uint32_t share_max_ppm);

// An account that counted with `before` counts with `after` now. The first of an interval sets the limits;
// `is_reading` (the account reads its inputs): also when nothing has changed.
struct CountedRate {
  std::string scope;  // empty: with none
  std::uint64_t rate_nano = 0;
  bool operator==(const CountedRate&) const = default;
};
Result<void> count_rate(const ledger::BlockContext& block, ledger::View& view, const CountedRate& before,
                        const CountedRate& after, bool is_reading = false);

}  // namespace icn::economics
