#pragma once

#include "dag/api/context.h"

namespace icn::dag::api {

// POST /dag/prune: answers when the whole way round is done; others go on meanwhile.   prune_running
struct Prune {
  struct Input {
    bool dry_run = false;
    static constexpr std::string_view schema_name = "PruneRequest";
    static constexpr auto fields() {
      return described(codec::defaulted_field("dry_run", &Input::dry_run, "only count, default false"));
    }
  };
  struct Output {
    std::uint64_t removed = 0;
    std::uint64_t bytes = 0;
    std::uint64_t pins_expired = 0;
    bool dry_run = false;
    static constexpr std::string_view schema_name = "PruneResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("removed", &Output::removed, "blocks"), field("bytes", &Output::bytes),
                       field("pins_expired", &Output::pins_expired), field("dry_run", &Output::dry_run));
    }
  };
  static constexpr std::string_view summary = "Remove old blocks that nothing keeps";
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// GET /dag/root: the root over all CIDs held, brought up to date first (merkle_tree.h).
struct GetRoot {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    Cid cid;
    std::uint64_t blocks = 0;
    bool in_sync = false;
    static constexpr std::string_view schema_name = "DagRoot";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("cid", &Output::cid, "root of the tree over the CIDs held"),
          field("blocks", &Output::blocks, "CIDs in it"),
          field("in_sync", &Output::in_sync, "false: writes came in between, or an upload is being settled"));
    }
  };
  static constexpr std::string_view summary = "Root over all blocks this node holds";
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// GET /dag/status: as of now, without work; `current_root` may lag while in_sync is false.
struct GetStatus {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    Cid current_root;
    bool in_sync = false;
    std::uint64_t height = 0;
    std::uint64_t blocks = 0;
    std::uint64_t bytes = 0;
    std::uint64_t pins = 0;
    std::uint64_t writes_waiting = 0;
    bool writing = true;
    static constexpr std::string_view schema_name = "DagStatus";
    static constexpr auto fields() {
      using codec::field;
      return described(field("current_root", &Output::current_root),
                       field("in_sync", &Output::in_sync, "the root knows of all blocks"),
                       field("height", &Output::height, "of the ledger"), field("blocks", &Output::blocks),
                       field("bytes", &Output::bytes), field("pins", &Output::pins),
                       field("writes_waiting", &Output::writes_waiting, "for the writer"),
                       field("writing", &Output::writing, "false: the disk failed, writes are refused"));
    }
  };
  static constexpr std::string_view summary = "Size and state of the block store";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::dag::api
