#include "governance/ranking_chunks.h"

#include "codec/cbor_stream.h"
#include "governance/errors.h"

namespace icn::governance {

codec::HexBytes rankings_of(const tally::RankingGroups& groups) {
  codec::CborWriter out;
  out.array(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    out.array(2);
    out.bytes(as_bytes(groups.ranking(groups.at(i))));
    out.unsigned_integer(groups.at(i).members);
  }
  return {out.take()};
}

Result<std::uint64_t> show_rankings(const codec::HexBytes& saved, const ShowRanking& show) {
  codec::CborReader in(saved.bytes);
  ICN_TRY_ASSIGN(count, in.array());
  for (std::uint64_t i = 0; i < count; ++i) {
    ICN_TRY_ASSIGN(parts, in.array());
    if (parts != 2) return Error(kBroken, "a chunk holds no rankings");
    ICN_TRY_ASSIGN(ranking, in.bytes());
    ICN_TRY_ASSIGN(members, in.unsigned_integer());
    if (ranking.empty()) return Error(kBroken, "a chunk holds an empty ranking");
    show(as_text(ranking), members);
  }
  ICN_TRY(in.finish());
  return count;
}

}  // namespace icn::governance
