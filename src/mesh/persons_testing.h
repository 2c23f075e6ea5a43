#pragma once

#include "base/random.h"
#include "crypto/key_text.h"
#include "mesh/tx/assign.h"

// Who acts in tests, and which of them are in a federation.
namespace icn::mesh::testing {

// Person 0 is the operator, person 9 the node.
inline constexpr std::uint64_t kNode = 9;
inline crypto::SecretKey key_of_person(std::uint64_t number) {
  SeededRandom random(number + 1);
  return crypto::SecretKey::generate(random);
}
inline Did person(std::uint64_t number) { return crypto::did_key(key_of_person(number).public_key()); }
inline KeyId key_id(std::uint64_t number) {
  return crypto::did_key_method(key_of_person(number).public_key());
}

// Persons 70 and 101 are in "fed-a", to which person 1's jobs belong; of the others person 71 is trusted.
inline Result<Affiliation> affiliation_in_test(const ledger::Reader&, std::string_view, const Job&,
                                               const Did& executor) {
  if (executor == person(70)) return Affiliation{{"fed-a"}, 1'000'000};
  if (executor == person(71)) return Affiliation{{}, 500'000};
  if (executor == person(101)) return Affiliation{{"fed-a"}, 0};
  return Affiliation{};
}
struct AssignInTest : AssignJobs {
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view) {
    return apply_with(context, body, view, &affiliation_in_test);
  }
};

}  // namespace icn::mesh::testing
