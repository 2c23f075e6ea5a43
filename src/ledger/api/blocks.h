#pragma once

#include "ledger/api/context.h"

namespace icn::ledger::api {

struct HeaderView {
  BlockHeader header;
  codec::HexBytes hash;
  static constexpr auto fields() {
    return described(codec::field("header", &HeaderView::header), codec::field("hash", &HeaderView::hash));
  }
};

// Headers, newest first.
struct ListBlocks {
  struct Input {
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<HeaderView>;
  static constexpr std::string_view summary = "Headers of the ledger's blocks, newest first";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

struct GetBlock {
  struct Input {
    std::uint64_t height = 0;
    static constexpr auto fields() { return described(codec::field("height", &Input::height)); }
  };
  struct Output {
    BlockHeader header;
    codec::HexBytes hash;
    std::vector<codec::Json> transactions;
    std::vector<codec::Json> outcomes;
    std::vector<Misconduct> misconduct;
    std::optional<codec::Json> genesis;
    static constexpr auto fields() {
      return described(codec::field("header", &Output::header), codec::field("hash", &Output::hash),
                       codec::field("transactions", &Output::transactions),
                       codec::field("outcomes", &Output::outcomes),
                       codec::field("misconduct", &Output::misconduct, "of validators"),
                       codec::field("genesis", &Output::genesis, "of block 0"));
    }
  };
  static constexpr std::string_view summary = "One block: header, transactions, outcomes";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::ledger::api
