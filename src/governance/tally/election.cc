#include "governance/tally/election.h"

#include <algorithm>

#include "governance/tally/errors.h"
#include "governance/tally/method.h"

namespace icn::governance::tally {
namespace {

Result<void> check_options(const Election& election, const Method& method) {
  const auto& options = election.options;
  if (!method.has_options) {
    if (options.empty()) return {};
    return Error(kBadElection, std::string(method.name) + " asks for yes or no and takes no options");
  }
  if (options.size() < 2 || options.size() > kOptionsMax) {
    return Error(kBadElection, "there must be 2 to " + std::to_string(kOptionsMax) + " options, not " +
                                   std::to_string(options.size()));
  }
  for (const std::string& option : options) {
    if (option.empty() || option.size() > kOptionBytesMax) {
      return Error(kBadElection, "an option has 1 to " + std::to_string(kOptionBytesMax) + " bytes");
    }
  }
  std::vector<std::string> sorted = options;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) return Error(kBadElection, "the option \"" + *twice + "\" stands twice");
  if (election.seats < 1 || election.seats > options.size()) {
    return Error(kBadElection, "seats must be 1 to the number of options, " + std::to_string(options.size()) +
                                   ", not " + std::to_string(election.seats));
  }
  return {};
}

}  // namespace

Result<void> check_election(const Election& election) {
  ICN_TRY_ASSIGN(method, find_method(election.method));
  ICN_TRY(check_options(election, *method));
  if (election.threshold_ppm < 500'000 || election.threshold_ppm > 1'000'000) {
    return Error(kBadElection, "the threshold must be 0.5 to 1");
  }
  if (election.denominator < 1 || election.numerator > election.denominator ||
      election.denominator > 1'000'000 || 2 * election.numerator < election.denominator) {
    return Error(kBadElection, "a supermajority must be a fraction from 1/2 to 1/1, of terms up to 1000000");
  }
  if (election.minus > 2) return Error(kBadElection, "unanimous allows minus 0, 1 or 2");
  if (election.decay_ppm > 999'999) return Error(kBadElection, "the decay must be below 1");
  if (election.share_ppm < 1 || election.share_ppm > 1'000'000) {
    return Error(kBadElection, "the share of conviction must be above 0 and at most 1");
  }
  return {};
}

crypto::Hash tie_hash(std::string_view proposal_id, std::string_view option) {
  return crypto::sha256(as_bytes(proposal_id), as_bytes(option));
}

}  // namespace icn::governance::tally
