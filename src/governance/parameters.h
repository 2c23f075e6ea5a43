#pragma once

#include <string>
#include <string_view>

#include "governance/parameter.h"
#include "ledger/context.h"
#include "ledger/view.h"

// Parameters of the ledger changed by votes. Source: domain.md 1 and 4.
namespace icn::governance {

// malformed: no such parameter. rule_broken: outside of its bounds.
Result<void> check_parameter(std::string_view name, std::int64_t value);

// The threshold that a change of the parameter needs whatever the category: 80 % for shares that are slashed,
// 90 % for the rules of emergencies; 0: none of its own.
std::uint64_t threshold_of_parameter(std::string_view name);

// Whether the parameter is part of the protocol: how blocks are made and jobs are run (ledger.*, wasm.*).
bool is_protocol_parameter(std::string_view name);

// Also the bound of regeneration: 20 % of what it was when the epoch began, up or down.   rule_broken
Result<void> check_change(const ledger::BlockContext& block, const ledger::Reader& state,
                          const std::string& name, std::int64_t value);
// In force from the next block on. Errors as check_change().
Result<void> change_parameter(const ledger::BlockContext& block, ledger::View& view, const std::string& name,
                              std::int64_t value, const std::string& proposal_id);

// As the state has it now.   malformed: no such parameter
Result<std::int64_t> parameter_value(const ledger::Reader& state, std::string_view name);

// The newest change of the parameter; none: it has its value of genesis.
Result<std::optional<ParameterChange>> last_change(const ledger::Reader& state, const std::string& name);

}  // namespace icn::governance
