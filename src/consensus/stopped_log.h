#pragma once

#include "consensus/answers.h"
#include "ledger/errors.h"
#include "ledger/ordered_log.h"

namespace icn::consensus {

// The log of a node that must not write: every transaction is refused with the reason, reads go on.
class StoppedLog final : public ledger::OrderedLog {
 public:
  explicit StoppedLog(std::string reason) : reason_(std::move(reason)) {}

  void submit(std::vector<ledger::Submission> group) override {
    Answers answers;
    for (ledger::Submission& each : group)
      answers.add(*each.executor, std::move(each.done), Error(ledger::kNotWriting, reason_));
    answers.send();
  }
  ledger::LogStatus status() const override { return {false, reason_, 0}; }
  std::optional<std::uint64_t> stale_secs() const override { return std::nullopt; }
  void stop() override {}

 private:
  const std::string reason_;
};

}  // namespace icn::consensus
