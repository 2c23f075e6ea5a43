#pragma once

#include "federation/api/context.h"

namespace icn::federation::api {

// POST /federation/validator/confirm: the operator says that the node this one was restored from runs nowhere
// any more. From its next start on the validator signs what comes after the newest block here.
//   validator_not_waiting; not_caught_up: others have blocks that this node lacks, or none is connected
struct PostValidatorConfirmation {
  struct Input {
    static constexpr std::string_view schema_name = "ValidatorConfirmation";
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    std::uint64_t height = 0;
    static constexpr std::string_view schema_name = "ConfirmedValidator";
    static constexpr auto fields() {
      return codec::described(
          codec::field("height", &Output::height, "of the engine; nothing up to it is signed any more"));
    }
  };
  static constexpr std::string_view summary = "Let the validator of a node restored from a backup sign again";
  static constexpr bool changes_state = false;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::federation::api
