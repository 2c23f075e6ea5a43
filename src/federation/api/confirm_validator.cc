#include "federation/api/confirm_validator.h"

#include "federation/errors.h"

namespace icn::federation::api {

void PostValidatorConfirmation::handle(const Api& api, const http::Call&, Input, http::Reply<Output> reply) {
  if (!api.awaits_confirmation())
    return reply(Error(kValidatorNotWaiting, "this node signs, or was restored from no backup"));
  api.engine_facts([&api, reply](const Result<consensus::EngineFacts>& facts) {
    if (!facts.ok()) return reply(facts.error());
    if (facts->peers.empty())
      return reply(Error(kNotCaughtUp, "no other node of the federation is connected; ask again"));
    if (facts->is_catching_up || facts->behind > 0 || facts->height == 0) {
      return reply(Error(kNotCaughtUp, "at block " + std::to_string(facts->height) +
                                           " of the engine; others are ahead. Ask again"));
    }
    if (auto done = api.confirm_validator(facts->height); !done.ok()) return reply(done.error());
    reply(Output{facts->height});
  });
}

}  // namespace icn::federation::api
