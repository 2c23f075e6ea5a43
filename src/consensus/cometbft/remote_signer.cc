#include "consensus/cometbft/remote_signer.h"

#include <chrono>

#include "consensus/cometbft/frame.h"
#include "consensus/cometbft/socket.h"
#include "privval.pb.h"

namespace icn::consensus {
namespace {

constexpr std::size_t kMessageBytesMax = 64 * 1024;
constexpr int kTimeoutMs = 200;  // also how long the end of this process may wait
constexpr auto kPause = std::chrono::milliseconds(50);

const char* refusal(const privval::Message& response) {
  if (response.has_signed_vote_response() && response.signed_vote_response().has_error())
    return response.signed_vote_response().error().description().c_str();
  if (response.has_signed_proposal_response() && response.signed_proposal_response().has_error())
    return response.signed_proposal_response().error().description().c_str();
  return nullptr;
}

}  // namespace

RemoteSigner::RemoteSigner(std::string address, VoteSigner signer, std::shared_ptr<Log> log)
    : address_(std::move(address)),
      signer_(std::move(signer)),
      log_(std::move(log)),
      thread_([this] { run(); }) {}

RemoteSigner::~RemoteSigner() {
  is_stopping_ = true;
  thread_.join();
}

void RemoteSigner::run() {
  while (!is_stopping_) {
    if (auto socket = connect_to(address_, kTimeoutMs); socket.ok()) serve(socket->get());
    std::this_thread::sleep_for(kPause);
  }
}

void RemoteSigner::serve(int socket) {
  FrameReader frames(kMessageBytesMax);
  std::string in, out;
  while (!is_stopping_) {
    in.clear();
    if (!is_readable(socket, kTimeoutMs)) continue;
    if (receive_some(socket, in, kTimeoutMs) <= 0) return;
    frames.feed(in);
    while (true) {
      const auto frame = frames.next();
      privval::Message request, response;
      if (!frame.ok()) return log_->warn("signer: connection closed: {}", frame.error().detail());
      if (!*frame) break;
      if (!request.ParseFromArray((*frame)->data(), static_cast<int>((*frame)->size())))
        return log_->warn("signer: connection closed: a message that is no request");
      signer_.answer(request, response);
      if (const char* const reason = refusal(response)) log_->error("not signed: {}", reason);
      out.clear();
      append_frame(out, response.SerializeAsString());
      if (!send_all(socket, out, kTimeoutMs)) return;
    }
  }
}

}  // namespace icn::consensus
