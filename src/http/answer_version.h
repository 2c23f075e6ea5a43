#pragma once

#include <cstdint>

namespace icn::http {

// What an answer was made from, so that it may be kept while that stays the same (Route::answer_version).
struct AnswerVersion {
  AnswerVersion(std::uint64_t its_value) : value(its_value) {}  // NOLINT: a number alone is a version

  std::uint64_t value;  // 0: the answer may not be kept now
  // How long it may be kept at most; 0: as long as the version is the same.
  std::uint32_t seconds_max = 0;

  // For answers that nodes share (shared_answers.h): the same on all nodes that read the same ledger.
  std::uint64_t place = 0;           // what the answer depends on; 0: it is of this node alone
  std::uint64_t changed_height = 0;  // what was read at this height or later still holds
  std::uint64_t known_height = 0;    // what is read from now on is of this height or later
};

}  // namespace icn::http
