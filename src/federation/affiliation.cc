#include "federation/affiliation.h"

#include <array>

#include "federation/directory/trust.h"
#include "federation/validators.h"

namespace icn::federation {
namespace {

constexpr std::uint32_t kSameFederationPpm = 1'000'000;
constexpr std::uint32_t kTrustedPpm = 500'000;
constexpr std::array kContextsOfJobs{TrustContext::kGeneral, TrustContext::kResourceSharing,
                                     TrustContext::kInfrastructure};

// A node and, of one that acts for a member, the member.
struct Party {
  std::vector<Did> dids;
  bool is_member = false;
};

Result<Party> party_of(const ledger::Reader& state, const Did& did) {
  Party out{{did}, false};
  ICN_TRY_ASSIGN(member, member_of_operator(state, did));
  if (!member) return out;
  out.is_member = true;
  if (member->organization != did) out.dids.push_back(member->organization);
  return out;
}

Result<bool> trusts(const ledger::Reader& state, const Party& from, const Party& to) {
  for (const Did& one : from.dids) {
    for (const Did& other : to.dids) {
      for (const TrustContext context : kContextsOfJobs) {
        ICN_TRY_ASSIGN(edge, kTrustEdges.get(state, {one, context, other}));
        if (edge && edge->level >= TrustLevel::kPartial) return true;
      }
    }
  }
  return false;
}

Result<std::uint32_t> affinity_ppm(const ledger::Reader& state, const mesh::Job& job, const Party& executor) {
  std::uint32_t best = 0;
  const bool is_one = job.submission.coordinator == job.submitter;
  for (const Did* const did : {&job.submission.coordinator, &job.submitter}) {
    if (is_one && did == &job.submitter) continue;
    ICN_TRY_ASSIGN(party, party_of(state, *did));
    if (party.is_member && executor.is_member) return kSameFederationPpm;
    if (best != 0) continue;
    ICN_TRY_ASSIGN(is_trusted, trusts(state, party, executor));
    if (is_trusted) best = kTrustedPpm;
  }
  return best;
}

}  // namespace

Result<mesh::Affiliation> find_affiliation(const ledger::Reader& state, std::string_view network,
                                           const mesh::Job& job, const Did& executor) {
  mesh::Affiliation out;
  ICN_TRY_ASSIGN(party, party_of(state, executor));
  if (party.is_member) out.federations.emplace_back(network);
  ICN_TRY_ASSIGN(affinity, affinity_ppm(state, job, party));
  out.affinity_ppm = affinity;
  return out;
}

}  // namespace icn::federation
