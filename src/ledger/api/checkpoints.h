#pragma once

#include "ledger/api/context.h"
#include "ledger/light_proof.h"
#include "ledger/tx/take_checkpoint.h"

namespace icn::ledger::api {

struct CheckpointView {
  std::uint64_t epoch = 0;
  std::uint64_t height = 0;
  std::uint64_t header_height = 0;
  codec::HexBytes root;
  std::optional<TimestampSecs> time;
  static constexpr auto fields() {
    using codec::field;
    return described(field("epoch", &CheckpointView::epoch),
                     field("height", &CheckpointView::height, "the state after this block"),
                     field("header_height", &CheckpointView::header_height, "whose header names the root"),
                     field("root", &CheckpointView::root),
                     field("time", &CheckpointView::time, "of the block; absent when it is not kept here"));
  }
};

// GET /dag/checkpoints, newest first.
struct ListCheckpoints {
  struct Input {
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<CheckpointView>;
  static constexpr std::string_view summary = "Checkpoints of the ledger, newest first";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /dag/checkpoints/{epoch}
struct GetCheckpoint {
  struct Input {
    std::uint64_t epoch = 0;
    static constexpr auto fields() { return described(codec::field("epoch", &Input::epoch)); }
  };
  struct Output {
    CheckpointView checkpoint;
    std::optional<CheckpointSummary> summary;
    BlockHeader header;
    codec::HexBytes header_hash;
    bool is_state_kept = false;
    std::optional<codec::Json> attestation;
    static constexpr std::string_view schema_name = "CheckpointDetails";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("checkpoint", &Output::checkpoint),
          field("summary", &Output::summary, "roots of the domains and totals; absent when not kept here"),
          field("header", &Output::header, "that names the root"), field("header_hash", &Output::header_hash),
          field("is_state_kept", &Output::is_state_kept, "whether this node proves records of it"),
          field("attestation", &Output::attestation,
                "CometBFT's next header with the validators' signatures; absent on a node alone"));
    }
  };
  static constexpr std::string_view summary = "One checkpoint: its roots, its header, who signed it";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /dag/checkpoints/{epoch}/proof; epoch 0: the newest. The body is the proof's one text.
struct GetCheckpointProof {
  struct Input {
    std::uint64_t epoch = 0;
    std::string subject;
    std::string id;
    static constexpr auto fields() {
      using codec::field;
      return described(field("epoch", &Input::epoch, "0: the newest"),
                       field("subject", &Input::subject, "balance, did, job, member, tally or membership", {1, 32}),
                       field("id", &Input::id, "a DID, the id of a job or proposal, or \"SCOPE DID\"", {1, 512}));
    }
  };
  using Output = LightProof;
  static constexpr std::string_view summary = "A record of the ledger with the path to its checkpoint's root";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /dag/checkpoints: signed with the key of the network's operator, when this node keeps it.
struct PostCheckpoint {
  static constexpr std::string_view transaction = "ledger.checkpoint";
  using Input = TakeCheckpoint::Body;
  using Output = Written<TakeCheckpoint::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Make the next block a checkpoint";
  static Result<PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::ledger::api
