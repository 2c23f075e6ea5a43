#pragma once

#include "dag/api/context.h"

namespace icn::dag::api {

// POST /dag/import?visibility=private|public&pin=true|false&owner=: a CAR of version 1 or 2, streamed, all or
// nothing. Each block is held against its CID as it comes; blocks have no author, and the caller may read
// them. Roots that are in the archive, or were held before, are pinned. The DAG below them need not be whole.
// Errors: bad_car, E002, unsupported_codec, bad_dag_cbor, bad_dag_pb, bad_dag_json, too_large, E005, E008.
struct ImportCar {
  struct Output {
    std::vector<Cid> roots;
    std::uint64_t blocks = 0;
    std::uint64_t bytes = 0;
    std::uint64_t new_blocks = 0;
    Millimana fee;
    static constexpr std::string_view schema_name = "ImportResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("roots", &Output::roots, "as the archive names them"),
                       field("blocks", &Output::blocks, "in the archive"), field("bytes", &Output::bytes),
                       field("new_blocks", &Output::new_blocks, "not held before"),
                       field("fee", &Output::fee, "mana owed for them"));
    }
  };
  static constexpr std::string_view summary = "Take in a CAR archive";
  static constexpr std::string_view input_content_type = "application/vnd.ipld.car";
  static constexpr int success_status = 201;
  static Result<std::unique_ptr<http::UploadSession>> handle(const Api& api, http::Exchange& exchange);
};

}  // namespace icn::dag::api
