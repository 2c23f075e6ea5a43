#include <array>

#include "governance/tally/errors.h"
#include "governance/tally/rows.h"

namespace icn::governance::tally {
namespace {

constexpr std::array<const Method*, 11> kMethods{&kSimpleMajority, &kSupermajority, &kUnanimous, &kConsensus,
                                                 &kConsent,        &kRankedChoice,  &kScore,     &kApproval,
                                                 &kQuadratic,      &kConviction,    &kWeighted};

}  // namespace

std::span<const Method* const> methods() { return kMethods; }

Result<const Method*> find_method(std::string_view name) {
  std::string allowed;
  for (const Method* each : kMethods) {
    if (each->name == name) return each;
    allowed += (allowed.empty() ? "" : ", ") + std::string(each->name);
  }
  return Error(kUnknownMethod,
               "no voting method \"" + std::string(name.substr(0, 40)) + "\"; there are: " + allowed);
}

}  // namespace icn::governance::tally
