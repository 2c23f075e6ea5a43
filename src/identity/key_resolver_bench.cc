#include <benchmark/benchmark.h>

#include "identity/identity_testing.h"

namespace icn::identity {
namespace {

using testing::key_named;
using testing::nonce_named;

void resolve_did_key(benchmark::State& state) {
  testing::TestLedger ledger;
  const crypto::PublicKey key = key_named("k").public_key();
  const Did did = crypto::did_key(key);
  const KeyId id = crypto::did_key_method(key);
  for (auto _ : state) benchmark::DoNotOptimize(resolve_key(ledger.store(), did, id).value().bytes[0]);
}
BENCHMARK(resolve_did_key);

void resolve_did_icn(benchmark::State& state) {
  testing::TestLedger ledger;
  const crypto::PublicKey founder = key_named("founder").public_key();
  const Did did = ledger
                      .submit(crypto::did_key(founder), crypto::did_key_method(founder), key_named("founder"),
                              "identity.create",
                              ledger.create_body(IdentityType::kPerson, key_named("k"), nonce_named("k")))
                      .value()
                      .did;
  const KeyId id = icn_key_id(did, 1);
  for (auto _ : state) benchmark::DoNotOptimize(resolve_key(ledger.store(), did, id).value().bytes[0]);
}
BENCHMARK(resolve_did_icn);

}  // namespace
}  // namespace icn::identity
