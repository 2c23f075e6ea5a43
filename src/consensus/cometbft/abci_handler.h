#pragma once

#include <span>

namespace tendermint::abci {
class Request;
class RequestCheckTx;
class Response;
class ResponseCheckTx;
}  // namespace tendermint::abci

namespace icn::consensus {

namespace abci = tendermint::abci;

// Answers ABCI requests. Thread: any; calls of several connections come at the same time.
class AbciHandler {
 public:
  virtual ~AbciHandler() = default;
  // False: the response is an exception; the engine cannot go on and the connection is to be closed.
  virtual bool answer(const abci::Request& request, abci::Response& response) = 0;
  // CheckTx for many at once; both have one item each.
  virtual void check(std::span<const abci::RequestCheckTx* const> requests,
                     std::span<abci::ResponseCheckTx* const> responses) = 0;
};

}  // namespace icn::consensus
