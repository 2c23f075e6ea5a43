#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "governance/tally/method.h"

// Every voting method a second time, from the words of domain.md 4 and of the Scottish order: one ballot at a
// time, everything recounted at each round, nothing shared with the engine but the tie hash.
namespace icn::governance::tally {

using Ballots = std::vector<BallotContent>;

struct SlowResult {
  std::vector<std::string> winners;
  bool passes = false;
  bool vetoed = false;
  std::vector<std::map<std::string, std::int64_t>> rounds;  // counts in hundred-thousandths
  std::vector<std::string> eliminated;
};

inline bool slow_abstains(const BallotContent& ballot) { return ballot.choice == "abstain"; }

inline bool slow_is_better_hash(const Election& e, const std::string& left, const std::string& right) {
  return crypto::sha256(as_bytes(e.proposal_id + left)) < crypto::sha256(as_bytes(e.proposal_id + right));
}

struct SlowYesNo {
  std::int64_t yes = 0, no = 0, veto = 0;
};
inline SlowYesNo slow_yes_no(const Ballots& ballots, const std::vector<std::uint64_t>& weights = {}) {
  SlowYesNo out;
  for (std::size_t i = 0; i < ballots.size(); ++i) {
    const auto weight = static_cast<std::int64_t>(weights.empty() ? 1 : weights[i]);
    if (ballots[i].choice == "yes") out.yes += weight;
    if (ballots[i].choice == "no") out.no += weight;
    if (ballots[i].choice == "no_with_veto") out.veto += weight;
  }
  return out;
}

// In hundredths of the decisive votes everything would be rounded; as fractions it is exact.
inline bool slow_threshold(const Election& e, std::int64_t yes, std::int64_t all) {
  const auto ppm = static_cast<std::int64_t>(e.threshold_ppm);
  if (all == 0) return false;
  return ppm == 500'000 ? yes > all - yes : yes * 1'000'000 - ppm * all >= 0;
}

inline SlowResult slow_choice(const Election& e, const Ballots& ballots,
                              const std::vector<std::uint64_t>& weights = {}) {
  const SlowYesNo sums =
      slow_yes_no(ballots, e.method == "weighted" ? weights : std::vector<std::uint64_t>{});
  const std::int64_t y = sums.yes, n = sums.no + sums.veto;
  SlowResult out;
  if (e.method == "simple_majority" || e.method == "weighted") out.passes = 2 * y > y + n;
  if (e.method == "supermajority") {
    out.passes = y + n > 0 && static_cast<std::int64_t>(e.denominator) * y >=
                                  static_cast<std::int64_t>(e.numerator) * (y + n);
  }
  if (e.method == "unanimous") out.passes = y >= 1 && n <= static_cast<std::int64_t>(e.minus);
  if (e.method == "consensus") {
    out.passes = n == 0;
  } else {
    out.passes = out.passes && slow_threshold(e, y, y + n);
  }
  out.vetoed = 3 * sums.veto > y + n;
  return out;
}

// The best by sum, then by second, then by hash, one after the other.
inline std::vector<std::string> slow_best(const Election& e, const std::map<std::string, std::int64_t>& sums,
                                          const std::map<std::string, std::int64_t>& second) {
  std::vector<std::string> winners;
  while (winners.size() < e.seats) {
    std::optional<std::string> best;
    for (const auto& option : e.options) {
      if (std::count(winners.begin(), winners.end(), option) != 0 || sums.at(option) <= 0) continue;
      if (!best) {
        best = option;
        continue;
      }
      const auto key = [&](const std::string& o) { return std::pair(sums.at(o), second.at(o)); };
      if (key(option) > key(*best) || (key(option) == key(*best) && slow_is_better_hash(e, option, *best))) {
        best = option;
      }
    }
    if (!best) break;
    winners.push_back(*best);
  }
  return winners;
}

inline SlowResult slow_options(const Election& e, const Ballots& ballots) {
  std::map<std::string, std::int64_t> sums, tens;
  for (const auto& option : e.options) sums[option] = tens[option] = 0;
  for (const auto& ballot : ballots) {
    if (slow_abstains(ballot)) continue;
    if (ballot.approvals) {
      for (const auto& option : *ballot.approvals) ++sums[option];
    }
    if (ballot.scores) {
      for (const auto& [option, score] : *ballot.scores) {
        sums[option] += score;
        if (score == 10) ++tens[option];
      }
    }
    if (ballot.credits) {
      for (const auto& [option, credits] : *ballot.credits) {
        std::int64_t votes = 10;
        while (votes * votes > std::abs(credits)) --votes;
        sums[option] += credits < 0 ? -votes : votes;
      }
    }
  }
  SlowResult out;
  out.winners = slow_best(e, sums, tens);
  out.passes = !out.winners.empty();
  for (auto& [option, sum] : sums) sum *= 100'000;
  out.rounds.push_back(sums);
  return out;
}

// Of `tied` the one that goes (or, wanting the highest, comes) first, by the rounds before, then by hash.
inline std::string slow_break_tie(const Election& e, std::vector<std::string> tied,
                                  const std::vector<std::map<std::string, std::int64_t>>& earlier,
                                  bool highest) {
  for (auto round = earlier.rbegin(); round != earlier.rend() && tied.size() > 1; ++round) {
    std::int64_t wanted = round->at(tied[0]);
    for (const auto& option : tied) {
      wanted = highest ? std::max(wanted, round->at(option)) : std::min(wanted, round->at(option));
    }
    std::vector<std::string> left;
    for (const auto& option : tied) {
      if (round->at(option) == wanted) left.push_back(option);
    }
    tied = left;
  }
  std::string out = tied[0];
  for (const auto& option : tied) {
    if (slow_is_better_hash(e, option, out) == highest && option != out) out = option;
  }
  return out;
}

inline std::vector<std::string> slow_extreme(const std::map<std::string, std::int64_t>& votes,
                                             const std::vector<std::string>& among, bool highest) {
  std::int64_t wanted = votes.at(among[0]);
  for (const auto& option : among) {
    wanted = highest ? std::max(wanted, votes.at(option)) : std::min(wanted, votes.at(option));
  }
  std::vector<std::string> out;
  for (const auto& option : among) {
    if (votes.at(option) == wanted) out.push_back(option);
  }
  return out;
}

inline SlowResult slow_runoff(const Election& e, const Ballots& ballots) {
  SlowResult out;
  std::vector<std::string> left = e.options;
  std::vector<std::map<std::string, std::int64_t>> earlier;
  while (true) {
    std::map<std::string, std::int64_t> votes;
    for (const auto& option : e.options) votes[option] = 0;
    std::int64_t active = 0;
    for (const auto& ballot : ballots) {
      if (!ballot.ranking) continue;
      for (const auto& option : *ballot.ranking) {
        if (std::count(left.begin(), left.end(), option) == 0) continue;
        ++votes[option];
        ++active;
        break;
      }
    }
    out.rounds.push_back(votes);
    if (active == 0) return out;
    for (const auto& option : left) {
      if (votes[option] >= active / 2 + 1) out.winners.push_back(option);
    }
    if (!out.winners.empty()) break;
    const std::string goes = slow_break_tie(e, slow_extreme(votes, left, false), earlier, false);
    out.eliminated.push_back(goes);
    std::erase(left, goes);
    earlier.push_back(votes);
  }
  for (auto& round : out.rounds) {
    for (auto& [option, votes] : round) votes *= 100'000;
  }
  out.passes = true;
  return out;
}

SlowResult slow_transferable(const Election& e, const Ballots& ballots);

}  // namespace icn::governance::tally
