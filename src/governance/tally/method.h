#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "crypto/hash.h"
#include "governance/tally/election.h"

// The voting methods. Adding one: a file with its three functions and a row of methods.cc.
// Sources of the rules: domain.md 4; of ranked_choice for several seats: The Scottish Local Government
// Elections Order 2007, schedule 1, part III, rules 45 to 52.
namespace icn::governance::tally {

// The count of one election. Which order ballots come in makes no difference to anything it answers.
// Thread: one at a time.
class Count {
 public:
  virtual ~Count() = default;

  // Adds a ballot as pack() made it for this very election (asserted), before the first advance(). About 20
  // ns for running methods, 100 ns for ranked ones. Members altogether: 2^40 at most.
  virtual void add(std::string_view packed, Share share) = 0;
  // Takes back what was added just so. Only where Method::is_running: O(options).
  virtual void remove(std::string_view packed, Share share) = 0;

  // Counts on with about `rows_max` touches of a ballot (30 ns each). True: it is counted, outcome() may be
  // asked. Running methods need none of it and answer true at once. How many calls of a size it takes
  // follows from the ballots alone.
  virtual bool advance(std::uint64_t rows_max) = 0;
  // Of ranked_choice only after advance() was true (asserted).
  virtual Outcome outcome() const = 0;

  // Whether no way to cast `open` more ballots (members, and weight likewise) can change `passes`, `vetoed`
  // or who wins. Exact for simple_majority, supermajority, unanimous, weighted, consensus, score and
  // approval; elsewhere false while any is open. The quorum is the caller's: it can only be reached, never
  // lost.
  virtual bool is_decided(Share open) const = 0;

  // Canonical DAG-CBOR of all that was added: the same bytes whatever the order, some 20 bytes an option.
  // Only where Method::is_running (asserted): of ranked_choice see ranked_stages.h.
  virtual Bytes save() const = 0;
};

struct Method {
  std::string_view name;
  bool has_options;        // chooses among options instead of yes or no
  bool is_running;         // its sums can be kept at each ballot
  std::string_view takes;  // the member of BallotContent it reads
  std::string_view doc;    // its rule in one line

  // Checks the ballot and writes it as few bytes, equal for equal ballots. bad_ballot
  Result<std::string> (*pack)(const Election& election, const BallotContent& content);
  // `election` was accepted by check_election() (asserted where it matters) and outlives the Count.
  std::unique_ptr<Count> (*start)(const Election& election);
  // bad_saved_count; always where not is_running.
  Result<std::unique_ptr<Count>> (*load)(const Election& election, ByteView saved);
};

// All methods, in the order people should read them.
std::span<const Method* const> methods();
// unknown_voting_method: the detail lists those there are.
Result<const Method*> find_method(std::string_view name);

// SHA-256(proposal_id || option): among equals the option with the larger hash is dropped first, and the one
// with the smaller hash wins.
crypto::Hash tie_hash(std::string_view proposal_id, std::string_view option);

// Conviction after one more day, in millionths of a member: truncated(decay * before) + supporters.
std::uint64_t next_conviction(std::uint64_t before_micro, std::uint64_t supporters, std::uint64_t decay_ppm);
// c (1 - decay) >= share E: with 0.9 and 0.3 just c >= 10 * 0.3 * E. False for E = 0.
bool conviction_passes(std::uint64_t conviction_micro, const Election& election);

}  // namespace icn::governance::tally
