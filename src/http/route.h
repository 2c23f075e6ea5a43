#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "codec/schema.h"
#include "http/answer_version.h"
#include "http/exchange.h"

namespace icn::http {

// One endpoint. Made by make_route() of typed_route.h from a handler type.
struct Route {
  using Handle = std::function<void(ExchangePtr)>;
  using OpenUpload = std::function<Result<std::unique_ptr<UploadSession>>(Exchange&)>;
  using MakeSchema = codec::Json (*)(codec::SchemaComponents&);

  Method method = Method::kGet;
  std::string path;  // "/mesh/jobs/{id}": {name} takes one segment, {name...} the rest
  Access access = Access::kOperator;
  std::size_t body_bytes_max = 0;  // more is refused (413) before it is read

  Handle handle;  // exactly one of these two is set
  OpenUpload open_upload;

  // For reads whose answers may be kept: the answer to a request, whoever asks, stays the same while its
  // version does. Null: never.
  std::function<AnswerVersion(const Request&)> answer_version;

  // The first answer to an Idempotency-Key survives a restart. Otherwise it lives in memory.
  bool is_idempotency_durable = false;
  // Answered by the node that writes: a gateway passes the request on and decides nothing about it.
  bool is_forwarded = false;
  // With is_forwarded: answered here, as far as the records say, while that node cannot be reached.
  bool is_answered_alone = false;
  // Counted against open_rate_limit: the path changes state. Default: every method but GET.
  bool changes_state = false;
  // Counted like that although it only reads: it may take as long as many others.
  bool is_costly = false;

  // For the OpenAPI document.
  std::string group;      // first path segment: system, identity, governance, mesh, economics, dag
  std::string operation;  // "GetInfo" from its handler type
  std::string summary;
  MakeSchema input_schema = nullptr;   // null: none, or raw bytes
  MakeSchema output_schema = nullptr;  // null: raw
  std::string input_content_type = "application/json";
  std::string output_content_type = "application/json";
  int success_status = 200;
  std::vector<const ErrorKind*> errors;  // what the handler adds to 400, 401, 403, 404, 413, 429
};

}  // namespace icn::http
