#pragma once

#include "dag/api/context.h"

namespace icn::dag::api {

// GET /dag/export/{cid}: the whole DAG below a block as a CAR of version 1, depth first, each block once. A
// block below that is missing or not for the caller breaks the answer off.   E001
struct ExportCar {
  static constexpr std::string_view summary = "A block and all below it as a CAR archive";
  static constexpr std::string_view output_content_type = "application/vnd.ipld.car";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::dag::api
