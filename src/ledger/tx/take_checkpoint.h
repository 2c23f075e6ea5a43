#pragma once

#include "ledger/checkpoint.h"

namespace icn::ledger {

// "ledger.checkpoint": the network's operator asks for a checkpoint now.
//   precheck   forbidden: somebody else asks
//   apply      conflict: the one before has no header yet
struct TakeCheckpoint {
  struct Body {
    std::string reason;
    static constexpr auto fields() {
      return described(codec::field("reason", &Body::reason, "for people", {0, 200}));
    }
  };
  struct Output {
    std::uint64_t epoch = 0;
    std::uint64_t checkpoint_height = 0;
    static constexpr std::string_view schema_name = "TakenCheckpoint";
    static constexpr auto fields() {
      return described(
          codec::field("epoch", &Output::epoch),
          codec::field("checkpoint_height", &Output::checkpoint_height, "the state after this block"));
    }
  };

  static Result<void> check(const Transaction& transaction, const Body& body);
  static Result<void> precheck(const ApplyContext& context, const Body& body, const View& view);
  static Result<Output> apply(const ApplyContext& context, const Body& body, View& view);
};

}  // namespace icn::ledger
