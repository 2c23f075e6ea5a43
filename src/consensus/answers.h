#pragma once

#include <map>
#include <utility>
#include <vector>

#include "ledger/ordered_log.h"

namespace icn::consensus {

// Gathers answers so that each executor gets one task a block. Thread: one at a time.
class Answers {
 public:
  void add(const ledger::Submission& submission, Result<ledger::Commitment> result) {
    by_executor_[submission.executor].emplace_back(submission.done, std::move(result));
  }
  void send() {
    for (auto& [executor, answers] : by_executor_) {
      executor->post([answers = std::move(answers)] {
        for (const auto& [done, result] : answers) done(result);
      });
    }
    by_executor_.clear();
  }

 private:
  std::map<Executor*, std::vector<std::pair<ledger::Done, Result<ledger::Commitment>>>> by_executor_;
};

}  // namespace icn::consensus
