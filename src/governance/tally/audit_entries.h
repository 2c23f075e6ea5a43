#pragma once

#include "governance/tally/recount.h"

// What recount() finds out about the signed entries of a bundle before it counts.
namespace icn::governance::tally {

inline constexpr std::size_t kFindingsMax = 10'000;

// An entry taken apart.
struct ReadEntry {
  std::uint64_t sequence = 0;  // as the entry says
  std::string vote_id;
  std::string sender;
  crypto::Hash leaf{};
  const codec::Json* body = nullptr;
  bool is_signed = false;  // by its sender, as far as the bundle can tell
};

// Gathers findings; stops at kFindingsMax.
class Findings {
 public:
  void add(std::string_view what, std::string detail, const ReadEntry* entry = nullptr);
  void add_missing(std::string_view what, std::uint64_t sequence, std::string detail);
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  std::vector<Finding> findings_;
};

// Reads entries and checks their signatures; those that are no transaction or not signed are found as
// `<name>_invalid` and `<name>_signature`. The count of signatures checked is added to `checked`.
std::vector<ReadEntry> read_entries(std::span<const SignedEntry> entries, std::string_view name,
                                    Findings& findings, std::uint64_t& checked);

// Names the entries that are changed, added or missing against the leaves of the tree. `is_list_sound`: the
// leaves lead to the root the statement names.
void match_leaves(std::span<const ReadEntry> entries, std::span<const crypto::Hash> leaves,
                  bool is_list_sound, std::uint64_t expected_count, Findings& findings);

// The vote of a body. bad_ballot
Result<BallotContent> content_of(const codec::Json& body);

}  // namespace icn::governance::tally
