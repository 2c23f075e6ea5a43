#include "governance/parameters.h"

#include <algorithm>
#include <array>

#include "base/errors.h"
#include "governance/tables.h"
#include "ledger/parameters.h"

namespace icn::governance {
namespace {

constexpr std::string_view kBaseRate = "economics.base_rate";
constexpr std::array<std::string_view, 5> kSlashed{"federation.double_vote_ppm", "federation.attack_ppm",
                                                   "mesh.lock_ppm", "economics.slash_manipulation_ppm",
                                                   "economics.slash_attack_ppm"};

const ledger::ParameterRow* find_row(std::string_view name) {
  const auto rows = ledger::parameter_rows();
  const auto found = std::ranges::find(rows, name, &ledger::ParameterRow::name);
  return found == rows.end() ? nullptr : &*found;
}

// What the parameter was when the running epoch began.
Result<std::int64_t> value_at_epoch(const ledger::BlockContext& block, const ledger::Reader& state,
                                    const std::string& name, std::int64_t now) {
  const auto epoch_secs = static_cast<std::uint64_t>(block.parameters->economics_epoch_secs);
  const TimestampSecs begun = block.time - block.time % epoch_secs;
  ICN_TRY_ASSIGN(
      rows, kParameterChanges.scan(state, ledger::prefix_range(ledger::key_of(name), std::nullopt, true)));
  std::int64_t value = now;
  while (true) {
    ICN_TRY_ASSIGN(change, rows.next());
    if (!change || change->at < begun) return value;
    value = change->before;
  }
}

// As the state has it now: an earlier action of the same proposal may have changed it.
Result<std::int64_t> value_of(const ledger::Reader& state, const ledger::ParameterRow& row) {
  ICN_TRY_ASSIGN(now, ledger::load_parameters(state));
  return now.*(row.member);
}

}  // namespace

Result<void> check_parameter(std::string_view name, std::int64_t value) {
  const ledger::ParameterRow* row = find_row(name);
  if (row == nullptr)
    return Error(errors::kMalformed, "name: there is no parameter \"" + std::string(name) + "\"");
  if (value >= row->min && value <= row->max) return {};
  return Error(errors::kRuleBroken, "value: " + std::string(name) + " must be from " +
                                        std::to_string(row->min) + " to " + std::to_string(row->max) +
                                        ", not " + std::to_string(value));
}

std::uint64_t threshold_of_parameter(std::string_view name) {
  if (name.starts_with("governance.emergency_") || name == "economics.emergency_ppm") return 900'000;
  return std::ranges::find(kSlashed, name) != kSlashed.end() ? 800'000 : 0;
}

bool is_protocol_parameter(std::string_view name) {
  return name.starts_with("ledger.") || name.starts_with("wasm.");
}

Result<void> check_change(const ledger::BlockContext& block, const ledger::Reader& state,
                          const std::string& name, std::int64_t value) {
  ICN_TRY(check_parameter(name, value));
  if (name != kBaseRate) return {};
  ICN_TRY_ASSIGN(now, value_of(state, *find_row(name)));
  ICN_TRY_ASSIGN(begun, value_at_epoch(block, state, name, now));
  const std::int64_t fifth = begun / 5;
  if (value >= begun - fifth && value <= begun + fifth) return {};
  return Error(errors::kRuleBroken, "value: " + name + " may change by 20 % an epoch: from " +
                                        std::to_string(begun - fifth) + " to " +
                                        std::to_string(begun + fifth) + " now, not " + std::to_string(value));
}

Result<void> change_parameter(const ledger::BlockContext& block, ledger::View& view, const std::string& name,
                              std::int64_t value, const std::string& proposal_id) {
  ICN_TRY(check_change(block, view, name, value));
  ICN_TRY_ASSIGN(before, value_of(view, *find_row(name)));
  ICN_TRY_ASSIGN(last, last_change(view, name));
  const std::uint64_t number = last ? last->number + 1 : 1;
  ICN_TRY(ledger::set_parameter(view, name, value));
  return kParameterChanges.put(view, {name, number},
                               {name, number, before, value, proposal_id, block.time, block.height});
}

Result<std::int64_t> parameter_value(const ledger::Reader& state, std::string_view name) {
  const ledger::ParameterRow* row = find_row(name);
  if (row == nullptr)
    return Error(errors::kMalformed, "name: there is no parameter \"" + std::string(name) + "\"");
  return value_of(state, *row);
}

Result<std::optional<ParameterChange>> last_change(const ledger::Reader& state, const std::string& name) {
  ICN_TRY_ASSIGN(
      rows, kParameterChanges.scan(state, ledger::prefix_range(ledger::key_of(name), std::nullopt, true)));
  return rows.next();
}

}  // namespace icn::governance
