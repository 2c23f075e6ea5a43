#pragma once

#include "crypto/ed25519.h"
#include "mesh/job.h"

namespace icn::mesh {

// How far a run has come, as its executor signs it. Source: domain.md 7 "Progress".
struct Progress {
  JobId job_id;
  std::uint32_t attempt = 1;
  std::uint64_t seq = 0;
  std::uint32_t percent = 0;
  std::string message;
  std::optional<codec::Cid> checkpoint;  // raw block of the newest state the run has saved
  TimestampSecs at = 0;
  Did executor;
  KeyId key;
  codec::HexBytes signature;  // Ed25519 over progress_signing_bytes()

  static constexpr std::string_view schema_name = "JobProgress";
  static constexpr auto fields() {
    using codec::field;
    return described(field("job_id", &Progress::job_id), field("attempt", &Progress::attempt),
                     field("seq", &Progress::seq, "rises with each report"),
                     field("percent", &Progress::percent, "", {0, 100}),
                     field("message", &Progress::message, "what the job says", {0, 1'024}),
                     field("checkpoint", &Progress::checkpoint, "the newest state the run has saved"),
                     field("at", &Progress::at, "Unix seconds"),
                     field("executor", &Progress::executor, "DID that signs", {1, 256}),
                     field("key", &Progress::key, "its verification method", {1, 512}),
                     field("signature", &Progress::signature, "Ed25519, hex", {64, 64}));
  }
};

// "icn:progress:v1" 0x00 and the canonical JSON without the signature.
inline std::string progress_signing_bytes(const Progress& progress) {
  codec::Json json = codec::to_json(progress);
  json.erase("signature");
  return std::string("icn:progress:v1") + '\0' + codec::canonical_json(json);
}

inline void sign_progress(Progress& progress, const crypto::SecretKey& key) {
  progress.signature.bytes = to_bytes(key.sign(as_bytes(progress_signing_bytes(progress))).view());
}

}  // namespace icn::mesh
