#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace icn::wasm {

// What a job may ask of the node; implemented above this folder, one object a run. Reads and effects
// are recorded there (design.md 6): an effect is only listed, it happens when the submitter confirms.
// Errors become the codes of domain.md 8 by category: malformed -1, forbidden and unauthenticated -2,
// not found -3, payment -5, rule, conflict, too large and rate limit -6. Internal, unavailable and
// storage full end the attempt as machine-dependent: what a node could not read is no answer.
// Thread: the one that runs the job.
class HostServices {
 public:
  virtual ~HostServices() = default;

  virtual Result<std::int64_t> mana_balance_millimana(std::string_view did) = 0;
  virtual Result<void> spend_mana(std::int64_t amount_millimana) = 0;
  virtual Result<void> transfer_mana(std::string_view did, std::int64_t amount_millimana) = 0;
  virtual Result<std::string> submit_job(std::string_view json) = 0;  // job id
  virtual Result<std::string> store_block(ByteView block,
                                          std::uint64_t codec) = 0;  // CID; codec is a multicodec
  virtual Result<Bytes> load_block(std::string_view cid) = 0;
  virtual Result<std::string> governance_state(std::string_view id) = 0;  // JSON; "" = summary
  virtual Result<std::string> resolve_did(std::string_view did) = 0;      // DID document, JSON
  virtual Result<std::int64_t> reputation_thousandths(std::string_view did) = 0;
  virtual Result<bool> verify_credential(std::string_view json) = 0;
  virtual Result<bool> verify_signature(std::string_view did, ByteView message, ByteView signature) = 0;

  // Effects on the cooperative's decisions. `ballot`: a choice, or what stands on the ballot as JSON;
  // `step`: open, close or execute.
  virtual Result<void> create_proposal(std::string_view json) = 0;
  virtual Result<void> cast_vote(std::string_view proposal_id, std::string_view ballot) = 0;
  virtual Result<void> advance_proposal(std::string_view proposal_id, std::string_view step) = 0;

  // The job's own state, for a run of it that is begun again. Not found: none was saved.
  virtual Result<void> save_checkpoint(ByteView state) = 0;
  virtual Result<Bytes> load_checkpoint() = 0;
};

// For runs outside a node: nothing is found and nothing is permitted.
HostServices& no_host_services();

}  // namespace icn::wasm
