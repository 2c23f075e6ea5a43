#include "mesh/api/context.h"

#include "http/call.h"

namespace icn::mesh::api {

dag::Texts texts_of(const Api& api, const http::Call& call, Did author) {
  dag::PutOptions options;
  options.author = std::move(author);
  return dag::Texts({api.blocks, api.clock, api.random}, call.executor(), std::move(options));
}

}  // namespace icn::mesh::api
