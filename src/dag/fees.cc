#include "dag/fees.h"

namespace icn::dag {
namespace {

std::int64_t fee_of_size(const ledger::Parameters& parameters, std::uint64_t size) {
  constexpr std::uint64_t kKib = 1024;
  if (size < kKib) return parameters.dag_fee_small;
  if (size < 10 * kKib) return parameters.dag_fee_medium;
  if (size < 100 * kKib) return parameters.dag_fee_large;
  return parameters.dag_fee_huge;
}

std::int64_t fee_of_type(const ledger::Parameters& parameters, BlockType type) {
  switch (type) {
    case BlockType::kIdentity:
      return parameters.dag_fee_identity;
    case BlockType::kEconomic:
      return parameters.dag_fee_economic;
    case BlockType::kGovernance:
      return parameters.dag_fee_governance;
    case BlockType::kExecution:
      return parameters.dag_fee_execution;
    case BlockType::kFederation:
      return parameters.dag_fee_federation;
    case BlockType::kCheckpoint:
      return parameters.dag_fee_checkpoint;
    case BlockType::kGenesis:
    case BlockType::kEmergency:
    case BlockType::kData:
      return 0;
  }
  return 0;
}

}  // namespace

Millimana block_fee(const ledger::Parameters& parameters, std::uint64_t size, BlockType type) {
  return {fee_of_size(parameters, size) + fee_of_type(parameters, type)};
}

}  // namespace icn::dag
