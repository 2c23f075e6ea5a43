#include "reputation/api/context.h"

namespace icn::reputation::api {

dag::Texts texts_of(const Api& api, const http::Call& call, Did author) {
  return dag::Texts({api.blocks, api.clock, api.random, api.announce}, call.executor(),
                    dag::public_act(std::move(author)));
}

}  // namespace icn::reputation::api
