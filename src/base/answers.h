#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/result.h"

namespace icn {

// Gathers answers so that each executor gets one task, however many wait there. Thread: one at a time.
template <typename Value>
class Answers {
 public:
  using Done = std::function<void(const Result<Value>&)>;

  // The executor outlives the task.
  void add(Executor& executor, Done done, Result<Value> result) {
    by_executor_[&executor].emplace_back(std::move(done), std::move(result));
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
  std::map<Executor*, std::vector<std::pair<Done, Result<Value>>>> by_executor_;
};

}  // namespace icn
