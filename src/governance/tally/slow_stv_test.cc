#include "governance/tally/slow_counts_testing.h"

// The Scottish Local Government Elections Order 2007, schedule 1, rules 45 to 52, paper by paper.
namespace icn::governance::tally {
namespace {

struct Paper {
  std::vector<std::string> ranking;
  std::string holder;            // empty: non-transferable
  std::int64_t value = 100'000;  // hundred-thousandths of a vote
};

struct Counting {
  std::vector<std::string> continuing;
  std::map<std::string, std::int64_t> votes;
  std::vector<Paper> papers;
};

// The next available preference after the one it is with.
std::string next_preference(const Paper& paper, const Counting& c) {
  bool is_past = paper.holder.empty();
  for (const auto& option : paper.ranking) {
    if (option == paper.holder) {
      is_past = true;
    } else if (is_past && std::count(c.continuing.begin(), c.continuing.end(), option) != 0) {
      return option;
    }
  }
  return "";
}

// Rules 48 and 50: all papers of `from` go on, at `value_of` what they were worth.
template <typename ValueOf>
void transfer(Counting& c, const std::string& from, ValueOf&& value_of) {
  for (Paper& paper : c.papers) {
    if (paper.holder != from) continue;
    const std::string to = next_preference(paper, c);
    paper.value = to.empty() ? 0 : value_of(paper.value);
    paper.holder = to.empty() ? "nobody" : to;
    if (!to.empty()) c.votes[to] += paper.value;
  }
}

}  // namespace

SlowResult slow_transferable(const Election& e, const Ballots& ballots) {
  SlowResult out;
  Counting c;
  c.continuing = e.options;
  for (const auto& option : e.options) c.votes[option] = 0;
  for (const auto& ballot : ballots) {
    if (!ballot.ranking) continue;
    c.papers.push_back({*ballot.ranking, ballot.ranking->front(), 100'000});
    c.votes[ballot.ranking->front()] += 100'000;
  }
  if (c.papers.empty()) return out;
  const auto seats = static_cast<std::int64_t>(e.seats);
  const std::int64_t quota = (static_cast<std::int64_t>(c.papers.size()) / (seats + 1) + 1) * 100'000;
  std::vector<std::string> surpluses;
  std::vector<std::map<std::string, std::int64_t>> earlier;
  while (true) {
    const auto now = c.votes;
    out.rounds.push_back(now);
    std::vector<std::string> elected;
    for (const auto& option : c.continuing) {
      if (c.votes[option] >= quota) elected.push_back(option);
    }
    const auto declare = [&] {
      while (!elected.empty()) {
        const auto next = slow_break_tie(e, slow_extreme(now, elected, true), earlier, true);
        std::erase(elected, next);
        std::erase(c.continuing, next);
        out.winners.push_back(next);
        if (now.at(next) > quota) surpluses.push_back(next);
      }
    };
    declare();                                                                        // rule 47
    if (c.continuing.size() + out.winners.size() <= e.seats) elected = c.continuing;  // rule 52
    declare();
    if (out.winners.size() >= e.seats) break;
    if (!surpluses.empty()) {  // rules 48, 49
      const auto from = slow_break_tie(e, slow_extreme(now, surpluses, true), earlier, true);
      std::erase(surpluses, from);
      const std::int64_t surplus = c.votes[from] - quota;
      __extension__ using Wide = __int128;
      transfer(c, from, [&](std::int64_t value) {
        return static_cast<std::int64_t>(Wide(surplus) * value / now.at(from));
      });
      c.votes[from] = quota;
    } else {  // rules 50, 51
      const auto from = slow_break_tie(e, slow_extreme(now, c.continuing, false), earlier, false);
      std::erase(c.continuing, from);
      out.eliminated.push_back(from);
      transfer(c, from, [](std::int64_t value) { return value; });
      c.votes[from] = 0;
    }
    earlier.push_back(now);
  }
  out.passes = true;
  return out;
}

}  // namespace icn::governance::tally
