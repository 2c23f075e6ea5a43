#include "base/assert.h"
#include "codec/records.h"
#include "mesh/market/messages.h"

namespace {

// Whatever a stranger sends is refused, or read and can be said again.
template <typename Message>
void read(icn::ByteView input) {
  const auto message = icn::codec::decode_block<Message>(input);
  if (message.ok()) {
    ICN_ASSERT(icn::codec::decode_block<Message>(icn::codec::encode_block(*message)).ok());
  }
}

// A submission that is called for is read as the ledger would read it, whatever is in it.
void read_calls(icn::ByteView input) {
  const auto request = icn::codec::decode_block<icn::mesh::MeshRequest>(input);
  if (!request.ok() || !request->calls) return;
  for (const icn::mesh::BidCall& call : *request->calls) {
    using Body = icn::mesh::Submission;
    static_cast<void>(icn::codec::from_json<Body>(icn::codec::to_json(call.job.submission)).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const icn::ByteView input(data, size);
  read<icn::mesh::MeshRequest>(input);
  read_calls(input);
  read<icn::mesh::MeshAnswer>(input);
  read<icn::mesh::JobAnnouncement>(input);
  read<icn::mesh::BidSubmission>(input);
  return 0;
}
