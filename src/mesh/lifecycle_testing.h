#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "mesh/mesh_testing.h"

namespace icn::mesh::testing {

// Plays lines of "verb arguments result"; '#' begins a comment. Jobs are named by a letter.
class Table {
 public:
  explicit Table(std::string profile) : ledger_(std::move(profile)) {}

  void play(std::string_view script);
  const std::set<std::string>& codes() const { return codes_; }

 private:
  template <typename T>
  static T read(std::istringstream& words) {
    T value{};
    EXPECT_TRUE(words >> value);
    return value;
  }

  void expect(const std::string& code, std::istringstream& words) {
    codes_.insert(code);
    EXPECT_EQ(code, read<std::string>(words));
  }
  static std::string code_of(const ledger::Outcome& outcome) { return outcome.ok ? "ok" : outcome.code; }

  void step(const std::string& verb, std::istringstream& words);

  // submit NAME WHO MAX_PRICE_MILLIMANA [field=value ...] RESULT
  void submit(std::istringstream& words);

  JobId id_of(const std::string& name) const {
    const auto found = jobs_.find(name);
    return found == jobs_.end() ? JobId("bafkunknown") : found->second;
  }

  // settle SENDER NAME ATTEMPT END FUEL [executor=N] RESULT
  void settle(std::istringstream& words, const std::string& type);

  // cancel WHO NAME PERCENT|- RESULT
  void cancel(std::istringstream& words);

  // assign SENDER NAME ATTEMPT WINNER BIDDER:PRICE[:valid_secs][:forged] ... RESULT
  void assign(std::istringstream& words);

  // start WHO NAME ATTEMPT RESULT
  void start(std::istringstream& words);

  // withdraw WHO NAME ATTEMPT EXECUTOR|- RESULT
  void withdraw(std::istringstream& words);

  // job NAME STATUS ATTEMPT PAID REFUNDED CODE|-   PAID "price": what the formula gives
  void check_job(std::istringstream& words);

  TestLedger ledger_;
  std::map<std::string, JobId> jobs_;
  std::map<JobId, std::uint32_t> reputations_;  // of the node, before it settled the job
  std::set<std::string> codes_;
};

}  // namespace icn::mesh::testing
