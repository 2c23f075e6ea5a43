#include <chrono>

#include "base/errors.h"
#include "base/random.h"
#include "bench/area.h"
#include "bench/credential_requests.h"
#include "bench/temporary_folder.h"
#include "credentials/offline_evidence.h"
#include "credentials/status_list.h"
#include "crypto/key_text.h"

namespace icn::bench {
namespace {

using codec::Json;

constexpr std::size_t kIssuers = 64;
constexpr std::size_t kHolders = 256;
constexpr std::size_t kConnections = 4;
constexpr std::size_t kRateMax = 4'000;    // credentials made for each second of a run
constexpr std::size_t kVerified = 200;     // different credentials that are verified
constexpr std::size_t kChecked = 100'000;  // whose status is looked up

// What a verifier does with a list and 100,000 credentials of it: its proof and freshness once, then each
// entry.
Result<Row> measure_status() {
  SeededRandom random(11);
  const auto key = crypto::SecretKey::generate(random);
  const Did did = crypto::did_key(key.public_key());
  const KeyId method = crypto::did_key_method(key.public_key());
  Bytes bits(credentials::kStatusListEntries / 8);
  std::size_t set = 0;
  for (std::uint64_t i = 0; i < kChecked; i += 7, ++set) credentials::set_status_bit(bits, i, true);
  constexpr TimestampSecs kNow = 1'780'000'000;
  const std::string url = "https://node.example/identity/status-lists/" + did.text() + ".1.revocation";
  const Json list =
      credentials::add_proof(credentials::status_list_document({url, did.text(), "revocation", kNow}, bits),
                             {method, "assertionMethod", kNow, {}, {}}, key);
  credentials::SecuredCredential one;
  one.credential.issuer = did.text();
  one.credential.statuses = {{"revocation", url, 0}};
  const auto begin = std::chrono::steady_clock::now();
  credentials::OfflineEvidence evidence(kNow);
  ICN_TRY(evidence.add_status_list(list));
  std::size_t revoked = 0;
  for (std::uint64_t i = 0; i < kChecked; ++i) {
    one.credential.statuses.front().index = i;
    ICN_TRY_ASSIGN(status, evidence.status(one, one.credential.statuses));
    if (!status.is_known) return Error(errors::kInternal, "a status was not known: " + status.source);
    revoked += status.is_revoked ? 1 : 0;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (revoked != set) return Error(errors::kInternal, "the list said something else");
  return fixed_row(TargetId::kStatusCheck, seconds, load_average());
}

}  // namespace

Result<void> run_identity(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, folder.path() / "node"));
  ICN_TRY_ASSIGN(issuers, make_issuers(*node, kIssuers));
  const std::vector<Member> holders = make_members(kHolders);
  const auto requests = issue_requests(*node, issuers, holders, bench.seconds * kRateMax);
  Load warm;
  warm.port = node->port();
  warm.connections = kConnections;
  warm.duration_ms = 1'000;
  warm.requests = &requests;
  warm.is_cyclic = false;
  ICN_TRY_ASSIGN(warmed, run_load(warm));
  if (warmed.errors > 0) return Error(errors::kInternal, "a credential was refused: " + warmed.first_error);
  ICN_TRY_ASSIGN(issued,
                 measure_p99(TargetId::kCredentialIssue, bench, *node, requests, kConnections, false));
  bench.add(issued);

  ICN_TRY_ASSIGN(verifications, verify_requests(*node, issuers, holders, kVerified));
  ICN_TRY_ASSIGN(verified,
                 measure_p99(TargetId::kCredentialVerify, bench, *node, verifications, kConnections, true));
  bench.add(verified);
  ICN_TRY_ASSIGN(status, measure_status());
  bench.add(status);
  return {};
}

}  // namespace icn::bench
