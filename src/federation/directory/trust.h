#pragma once

#include "federation/records.h"
#include "ledger/tables.h"

// Who trusts whom, how far and in what: what cooperatives say of each other on the ledger.
// Source: domain.md 6, "Trust".
namespace icn::federation {

inline constexpr std::uint64_t kTrustEdgesMax = 1'000;  // that one DID may have said

enum class TrustLevel { kNone, kBasic, kPartial, kFull };
constexpr auto enum_names(TrustLevel) {
  return std::array{std::pair(TrustLevel::kNone, std::string_view("none")),
                    std::pair(TrustLevel::kBasic, std::string_view("basic")),
                    std::pair(TrustLevel::kPartial, std::string_view("partial")),
                    std::pair(TrustLevel::kFull, std::string_view("full"))};
}

enum class TrustContext {
  kGovernance,
  kResourceSharing,
  kMutualCredit,
  kIdentity,
  kInfrastructure,
  kDataSharing,
  kGeneral,
  kCustom,
};
constexpr auto enum_names(TrustContext) {
  return std::array{std::pair(TrustContext::kGovernance, std::string_view("governance")),
                    std::pair(TrustContext::kResourceSharing, std::string_view("resource_sharing")),
                    std::pair(TrustContext::kMutualCredit, std::string_view("mutual_credit")),
                    std::pair(TrustContext::kIdentity, std::string_view("identity")),
                    std::pair(TrustContext::kInfrastructure, std::string_view("infrastructure")),
                    std::pair(TrustContext::kDataSharing, std::string_view("data_sharing")),
                    std::pair(TrustContext::kGeneral, std::string_view("general")),
                    std::pair(TrustContext::kCustom, std::string_view("custom"))};
}

// Key (from, context, to). An edge of level none is not kept: it was withdrawn.
struct TrustEdge {
  Did from;
  Did to;
  TrustLevel level = TrustLevel::kNone;
  TrustContext context = TrustContext::kGeneral;
  std::optional<codec::Cid> metadata_cid;  // block with what else is said of it
  TimestampSecs created_at = 0;
  TimestampSecs updated_at = 0;
  static constexpr std::string_view schema_name = "TrustEdge";
  static constexpr auto fields() {
    using codec::field;
    return described(field("from", &TrustEdge::from), field("to", &TrustEdge::to),
                     field("level", &TrustEdge::level, "none: withdrawn"),
                     field("context", &TrustEdge::context),
                     field("metadata_cid", &TrustEdge::metadata_cid, "block with what else is said"),
                     field("created_at", &TrustEdge::created_at, "Unix seconds"),
                     field("updated_at", &TrustEdge::updated_at, "Unix seconds"));
  }
};

// One row a DID that has said any: how many edges it has.
struct TrustCount {
  std::uint64_t edges = 0;
  static constexpr auto fields() { return described(codec::field("edges", &TrustCount::edges)); }
};

inline std::optional<Bytes> trust_to_index(const TrustEdge& edge) {
  return ledger::key_of(edge.to, edge.context, edge.from);
}
using TrustKey = std::tuple<Did, TrustContext, Did>;
inline const ledger::Table<TrustKey, TrustEdge> kTrustEdges{
    112, "trust_edges", {{"idx_trust_edges_to", &trust_to_index}}};
inline const ledger::Table<Did, TrustCount> kTrustCounts{113, "trust_counts"};

}  // namespace icn::federation
