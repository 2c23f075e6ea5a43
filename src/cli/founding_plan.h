#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "codec/records.h"

// What is asked before a cooperative is founded, and the file that keeps the answers. Thread: any.
namespace icn::cli {

// Somebody with a key of their own: a founder, or the cooperative itself.
struct Founder {
  std::string name;
  codec::HexBytes nonce;  // 16 bytes, of the DID: the key and it give the same DID again
  static constexpr auto fields() {
    return described(codec::field("name", &Founder::name), codec::field("nonce", &Founder::nonce));
  }
};

struct FoundingPlan {
  std::string name;
  std::string type;
  std::string place;  // may be empty
  std::vector<Founder> founders;
  std::string share;  // mana each founder pays into the pool; "0": none
  Founder cooperative;
  std::string network;   // where it is founded
  std::string node_did;  // by whose operator
  static constexpr auto fields() {
    using codec::field;
    using P = FoundingPlan;
    return described(field("name", &P::name), field("type", &P::type), field("place", &P::place),
                     field("founders", &P::founders), field("share", &P::share),
                     field("cooperative", &P::cooperative), field("network", &P::network),
                     field("node_did", &P::node_did));
  }
};

// One of the five. `set` checks an answer and enters it into the plan; its error says what is allowed.
struct Question {
  std::string_view option;    // "--name"
  std::string_view asks;      // what a person reads
  std::string_view allowed;   // in brackets behind it
  std::string_view fallback;  // taken for an empty answer
  Result<void> (*set)(FoundingPlan& plan, std::string_view answer) = nullptr;
  std::string (*get)(const FoundingPlan& plan) = nullptr;
};
std::span<const Question> founding_questions();

inline constexpr std::size_t kFoundersMin = 3;  // domain.md 5
inline constexpr std::size_t kFoundersMax = 20;

// FOLDER/founding.json. None: nothing was begun there.   malformed, key_store_file
Result<std::optional<FoundingPlan>> read_plan(const std::string& folder);
Result<void> write_plan(const std::string& folder, const FoundingPlan& plan);

}  // namespace icn::cli
