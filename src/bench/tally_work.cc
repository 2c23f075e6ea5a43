#include "bench/tally_work.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>

#include "crypto/hash.h"
#include "governance/tally/delegation.h"
#include "governance/tally/method.h"
#include "governance/tally/outcome_view.h"

namespace icn::bench {
namespace {

namespace tally = governance::tally;

constexpr std::size_t kBallots = 1'000'000;
constexpr std::uint32_t kMembers = 100'000;
constexpr std::uint32_t kChain = 10;  // members, the last of whom votes
constexpr std::size_t kOptions = 10;
constexpr std::uint64_t kStep = 20'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string hash_note(const std::string& result) {
  return "result " + hex_encode(ByteView(crypto::sha256(as_bytes(result))).first(6));
}

// Adds all and counts in the steps a ledger takes.
Result<Row> count(TargetId id, const tally::Election& election, const std::vector<std::string>& packed,
                  std::string note) {
  ICN_TRY(tally::check_election(election));
  ICN_TRY_ASSIGN(method, tally::find_method(election.method));
  const auto start = std::chrono::steady_clock::now();
  const auto counted = method->start(election);
  for (const std::string& ballot : packed) counted->add(ballot, {});
  while (!counted->advance(kStep)) {
  }
  const auto outcome = counted->outcome();
  const double seconds = seconds_since(start);
  return fixed_row(id, seconds, note + hash_note(codec::to_json_text(tally::view_of(outcome))));
}

Result<Row> count_yes_no(std::mt19937_64& random) {
  tally::Election election;
  election.method = "simple_majority";
  ICN_TRY_ASSIGN(method, tally::find_method(election.method));
  std::vector<std::string> kinds;
  for (const char* choice : {"yes", "no", "abstain", "no_with_veto"}) {
    tally::BallotContent content;
    content.choice = choice;
    ICN_TRY_ASSIGN(packed, method->pack(election, content));
    kinds.push_back(packed);
  }
  std::vector<std::string> packed;
  for (std::size_t i = 0; i < kBallots; ++i) packed.push_back(kinds[random() % kinds.size()]);
  return count(TargetId::kTallyYesNo, election, packed, "");
}

Result<void> count_rankings(const Bench& bench, std::mt19937_64& random) {
  tally::Election election;
  election.method = "ranked_choice";
  for (std::size_t i = 0; i < kOptions; ++i) election.options.push_back("option-" + std::to_string(i));
  ICN_TRY_ASSIGN(method, tally::find_method(election.method));
  std::vector<std::string> order = election.options;
  std::vector<std::string> packed;
  packed.reserve(kBallots);
  for (std::size_t i = 0; i < kBallots; ++i) {
    std::shuffle(order.begin(), order.end(), random);
    tally::BallotContent content;
    content.ranking.emplace(order.begin(), order.begin() + 3 + static_cast<std::ptrdiff_t>(random() % 8));
    ICN_TRY_ASSIGN(ballot, method->pack(election, content));
    packed.push_back(ballot);
  }
  auto sorted = packed;
  std::sort(sorted.begin(), sorted.end());
  const auto different = std::unique(sorted.begin(), sorted.end()) - sorted.begin();
  const std::string note = std::to_string(different) + " different rankings; ";
  ICN_TRY_ASSIGN(one, count(TargetId::kTallyOneSeat, election, packed, note));
  bench.add(one);
  election.seats = 5;
  ICN_TRY_ASSIGN(five, count(TargetId::kTallyFiveSeats, election, packed, note));
  bench.add(five);
  return {};
}

Row follow_chains(std::mt19937_64& random) {
  std::vector<tally::VoterState> voters(kMembers);
  std::vector<std::uint32_t> members(kMembers);
  std::iota(members.begin(), members.end(), 0u);
  std::shuffle(members.begin(), members.end(), random);
  std::vector<tally::DelegationLink> links;
  for (std::uint32_t i = 0; i < kMembers; ++i) {
    if (i % kChain == kChain - 1) {
      voters[members[i]].has_ballot = true;
    } else {
      links.push_back({members[i], members[i + 1], tally::Specificity::kAll, i});
    }
  }
  std::shuffle(links.begin(), links.end(), random);
  const auto start = std::chrono::steady_clock::now();
  const auto resolved = tally::resolve(voters, links, {10, tally::carried_max(kMembers)});
  const auto shares = tally::shares_of(resolved);
  const double seconds = seconds_since(start);
  std::uint64_t counted = 0;
  for (const auto& share : shares) counted += share.members;
  Row row = fixed_row(TargetId::kTallyDelegations, seconds, std::to_string(counted) + " members counted");
  row.has_failed = counted != kMembers;
  return row;
}

}  // namespace

Result<void> measure_tallies(const Bench& bench) {
  std::mt19937_64 random(20261129);
  ICN_TRY_ASSIGN(yes_no, count_yes_no(random));
  bench.add(yes_no);
  ICN_TRY(count_rankings(bench, random));
  bench.add(follow_chains(random));
  return {};
}

}  // namespace icn::bench
