#include "wasm/host_functions.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "base/errors.h"
#include "base/random.h"
#include "wasm/errors.h"
#include "wasm/random_stream.h"
#include "wasm/test_support.h"

namespace icn::wasm {
namespace {

using testing::make_engine;
using testing::run;
using testing::wat;

// Answers what it was told to and notes what it was asked.
class RecordingServices final : public HostServices {
 public:
  Result<std::int64_t> mana_balance_millimana(std::string_view did) override {
    asked += "balance " + std::string(did) + "\n";
    return std::int64_t{1'750'000};
  }
  Result<void> spend_mana(std::int64_t amount) override {
    asked += "spend " + std::to_string(amount) + "\n";
    if (amount > 1'000) return Error(kTooPoor);
    return {};
  }
  Result<void> transfer_mana(std::string_view did, std::int64_t amount) override {
    asked += "transfer " + std::string(did) + " " + std::to_string(amount) + "\n";
    if (amount > 1'000) return Error(kTooPoor);
    return {};
  }
  Result<std::string> submit_job(std::string_view json) override {
    asked += "submit " + std::string(json) + "\n";
    return std::string(59, 'j');
  }
  Result<std::string> store_block(ByteView block, std::uint64_t codec) override {
    asked += "store " + std::to_string(block.size()) + " " + std::to_string(codec) + "\n";
    return std::string("bafkstored");
  }
  Result<Bytes> load_block(std::string_view cid) override {
    if (cid == "lost") return Error(icn::errors::kUnavailable, "the block cannot be read");
    if (cid == "private") return Error(icn::errors::kForbidden);
    return to_bytes(as_bytes("content of the block"));
  }
  Result<std::string> governance_state(std::string_view) override { return Error(icn::errors::kNotFound); }
  Result<std::string> resolve_did(std::string_view did) override {
    return "{\"id\":\"" + std::string(did) + "\"}";
  }
  Result<std::int64_t> reputation_thousandths(std::string_view) override { return std::int64_t{50'000}; }
  Result<bool> verify_credential(std::string_view json) override { return json == "valid"; }
  Result<bool> verify_signature(std::string_view did, ByteView message, ByteView signature) override {
    return did == "did:key:z6Mk" && as_text(message) == "message" && as_text(signature) == "signature";
  }

  Result<void> create_proposal(std::string_view json) override {
    asked += "propose " + std::string(json) + "\n";
    return {};
  }
  Result<void> cast_vote(std::string_view id, std::string_view ballot) override {
    asked += "vote " + std::string(id) + " " + std::string(ballot) + "\n";
    if (id == "pr_2") return Error(icn::errors::kForbidden);
    return {};
  }
  Result<void> advance_proposal(std::string_view id, std::string_view step) override {
    asked += std::string(step) + " " + std::string(id) + "\n";
    return {};
  }
  Result<void> save_checkpoint(ByteView state) override {
    saved = to_bytes(state);
    return {};
  }
  Result<Bytes> load_checkpoint() override {
    if (!saved) return Error(icn::errors::kNotFound);
    return *saved;
  }

  std::string asked;
  std::optional<Bytes> saved;

 private:
  static constexpr ErrorKind kTooPoor{Category::kPayment, "poor", "not enough mana"};
};

// A module whose memory holds `data` at 0 and whose "run" is `body`; every function of "icn" is imported.
Bytes guest(std::string_view data, std::string_view body) {
  std::string text = "(module ";
  const HostRegistry registry = standard_host_functions();
  for (const HostFunction& function : registry.functions()) {
    if (function.module != "icn") continue;
    text += "(import \"icn\" \"" + function.name + "\" (func $" + function.name;
    const FunctionType type = function.type();
    for (const ValueType param : type.params) text += " (param " + std::string(value_type_name(param)) + ")";
    for (const ValueType result : type.results)
      text += " (result " + std::string(value_type_name(result)) + ")";
    text += "))\n";
  }
  text += "(memory (export \"memory\") 1) (data (i32.const 0) \"" + std::string(data) +
          "\") (func (export \"run\") ";
  return wat(text + std::string(body) + "))");
}

class HostFunctions : public ::testing::Test {
 protected:
  RunOutcome run_guest(std::string_view data, std::string_view body) {
    request_.services = &services_;
    return run(*engine_, guest(data, body), request_);
  }
  std::string answer(std::string_view data, std::string_view body) {
    return to_text(run_guest(data, body).result);
  }

  std::unique_ptr<Engine> engine_ = make_engine();
  RecordingServices services_;
  RunRequest request_;
};

TEST_F(HostFunctions, GiveInputsArgumentsAndCaller) {
  const Bytes first = to_bytes(as_bytes("first"));
  const Bytes second = to_bytes(as_bytes("second!"));
  request_.inputs = {{"", first}, {"b", second}};
  request_.args = {"alpha"};
  request_.caller = "did:key:z6MkCaller";
  EXPECT_EQ(answer("", "(result i32) (call $input_count)"), "2");
  EXPECT_EQ(
      answer(
          "",
          "(drop (call $set_result (i32.const 9) (call $input (i32.const 1) (i32.const 9) (i32.const 99))))"),
      "second!");
  EXPECT_EQ(
      answer("",
             "(drop (call $set_result (i32.const 9) (call $arg (i32.const 0) (i32.const 9) (i32.const 5))))"),
      "alpha");
  EXPECT_EQ(answer("", "(drop (call $set_result (i32.const 9) (call $caller (i32.const 9) (i32.const 99))))"),
            "did:key:z6MkCaller");
  EXPECT_EQ(answer("", "(result i32) (call $input (i32.const 2) (i32.const 0) (i32.const 9))"), "-3");
  EXPECT_EQ(answer("", "(result i32) (call $arg (i32.const 1) (i32.const 0) (i32.const 9))"), "-3");
}

TEST_F(HostFunctions, AnOutFunctionWithTooLittleRoomWritesNothingAndTellsTheLength) {
  const Bytes first = to_bytes(as_bytes("first"));
  request_.inputs = {{"", first}};
  EXPECT_EQ(answer("....",
                   "(result i32 i32) (call $input (i32.const 0) (i32.const 0) (i32.const 4))"
                   " (i32.load (i32.const 0))"),
            "5 " + std::to_string(0x2e2e2e2e));
  EXPECT_EQ(answer("", "(result i32) (call $input (i32.const 0) (i32.const 0) (i32.const 0))"), "5");
}

TEST_F(HostFunctions, SetResultWinsOverStandardOutputAndNumber) {
  EXPECT_EQ(answer("given", "(result i32) (call $set_result (i32.const 0) (i32.const 5))"), "given");
}

TEST_F(HostFunctions, LogProgressAndEventsReachTheOutcome) {
  class Observer final : public RunObserver {
   public:
    void on_log(std::string_view text) override { seen += text; }
    void on_progress(std::uint32_t percent, std::string_view text) override {
      seen += std::to_string(percent) + "% " + std::string(text) + "\n";
    }
    std::string seen;
  } observer;
  request_.observer = &observer;
  const RunOutcome outcome = run_guest("hello{}", R"((result i32 i32 i32 i32)
      (call $log (i32.const 1) (i32.const 0) (i32.const 5))
      (call $report_progress (i32.const 50) (i32.const 0) (i32.const 5))
      (call $emit_event (i32.const 0) (i32.const 5) (i32.const 5) (i32.const 2))
      (call $log (i32.const 4) (i32.const 0) (i32.const 5)))");
  EXPECT_EQ(to_text(outcome.result), "0 0 0 -1");
  EXPECT_EQ(outcome.log, "info: hello\nevent: hello {}\n");
  EXPECT_EQ(observer.seen, "info: hello\n50% hello\nevent: hello {}\n");
  ASSERT_EQ(outcome.events.size(), 1u);
  EXPECT_EQ(outcome.events[0].name, "hello");
  EXPECT_EQ(outcome.events[0].json, "{}");
}

TEST_F(HostFunctions, AHundredEventsAreEnough) {
  const RunOutcome outcome = run_guest("e", R"((result i32) (local $i i32) (local $last i32)
      (loop (local.set $last (call $emit_event (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 101))))
      (local.get $last))");
  EXPECT_EQ(to_text(outcome.result), "-6");
  EXPECT_EQ(outcome.events.size(), 100u);
}

TEST_F(HostFunctions, TextAboveTheLimitIsRefusedAndALongLogIsCut) {
  EXPECT_EQ(answer("",
                   "(result i32) (drop (memory.grow (i32.const 1)))"
                   " (call $log (i32.const 1) (i32.const 0) (i32.const 65537))"),
            "-6");
  request_.capture.log_bytes = 8;
  const RunOutcome outcome =
      run_guest("hello", "(drop (call $log (i32.const 1) (i32.const 0) (i32.const 5)))");
  EXPECT_EQ(outcome.log, "info: he");
  EXPECT_TRUE(outcome.log_truncated);
}

TEST_F(HostFunctions, TimeStandsStillAndRandomnessComesFromTheSeed) {
  request_.start_secs = 1'700'000'000;
  EXPECT_EQ(answer("", "(result i64) (call $now)"), "1700000000");
  const char* body =
      "(drop (call $random (i32.const 0) (i32.const 100)))"
      " (drop (call $random (i32.const 100) (i32.const 28)))"
      " (drop (call $set_result (i32.const 0) (i32.const 128)))";
  request_.random_seed = to_bytes(as_bytes("job 1"));
  const RunOutcome outcome = run_guest("", body);
  EXPECT_EQ(run_guest("", body).result, outcome.result);
  Bytes whole(128);
  RandomStream(request_.random_seed).fill(whole);
  EXPECT_EQ(outcome.result, whole);  // two reads continue one stream
  request_.random_seed = to_bytes(as_bytes("job 2"));
  EXPECT_NE(run_guest("", body).result, outcome.result);
}

// Source: FIPS 180-4, the digest of "abc".
TEST_F(HostFunctions, Sha256IsTheStandards) {
  const RunOutcome outcome =
      run_guest("abc",
                "(drop (call $sha256 (i32.const 0) (i32.const 3) (i32.const 64) (i32.const 32)))"
                " (drop (call $set_result (i32.const 64) (i32.const 32)))");
  EXPECT_EQ(hex_encode(outcome.result), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(HostFunctions, AskTheNodeAndCarryItsAnswers) {
  EXPECT_EQ(answer("did:key:a", "(result i64) (call $get_mana_balance (i32.const 0) (i32.const 9))"),
            "1750000");
  EXPECT_EQ(answer("",
                   "(result i32 i32 i32) (call $spend_mana (i64.const 7)) (call $spend_mana (i64.const 1001))"
                   " (call $spend_mana (i64.const 0))"),
            "0 -5 -1");
  EXPECT_EQ(answer("did:key:z6Mk",
                   "(result i32 i32 i32) (call $transfer_mana (i32.const 0) (i32.const 12) (i64.const 7))"
                   " (call $transfer_mana (i32.const 0) (i32.const 12) (i64.const 1001))"
                   " (call $transfer_mana (i32.const 0) (i32.const 12) (i64.const 0))"),
            "0 -5 -1");
  EXPECT_EQ(answer("block",
                   "(result i32) (call $store_dag_block (i32.const 0) (i32.const 5) (i32.const 0x55)"
                   " (i32.const 64) (i32.const 64))"),
            "10");
  EXPECT_EQ(
      answer("",
             "(result i32) (call $load_dag_block (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 64))"),
      "20");
  EXPECT_EQ(
      answer("private",
             "(result i32) (call $load_dag_block (i32.const 0) (i32.const 7) (i32.const 8) (i32.const 64))"),
      "-2");
  EXPECT_EQ(answer("",
                   "(result i32) (call $get_governance_state (i32.const 0) (i32.const 0) (i32.const 8) "
                   "(i32.const 64))"),
            "-3");
  EXPECT_EQ(answer("valid",
                   "(result i32 i32) (call $verify_credential (i32.const 0) (i32.const 5))"
                   " (call $verify_credential (i32.const 0) (i32.const 4))"),
            "1 0");
  EXPECT_EQ(answer("", "(result i64) (call $get_reputation (i32.const 0) (i32.const 0))"), "50000");
  EXPECT_EQ(answer("did:a",
                   "(drop (call $set_result (i32.const 9) (call $did_resolve (i32.const 0) (i32.const 5)"
                   " (i32.const 9) (i32.const 64))))"),
            "{\"id\":\"did:a\"}");
  EXPECT_EQ(
      answer("did:key:z6Mkmessagesignature",
             "(result i32) (call $verify_signature (i32.const 0) (i32.const 12) (i32.const 12) (i32.const 7)"
             " (i32.const 19) (i32.const 9))"),
      "1");
  EXPECT_EQ(services_.asked,
            "balance did:key:a\nspend 7\nspend 1001\ntransfer did:key:z6Mk 7\ntransfer did:key:z6Mk "
            "1001\nstore 5 85\n");
}

TEST_F(HostFunctions, AskForDecisionsInTheNameOfTheSubmitter) {
  EXPECT_EQ(answer("{}pr_1yespr_2",
                   "(result i32 i32 i32) (call $create_proposal (i32.const 0) (i32.const 2))"
                   " (call $cast_vote (i32.const 2) (i32.const 4) (i32.const 6) (i32.const 3))"
                   " (call $cast_vote (i32.const 9) (i32.const 4) (i32.const 6) (i32.const 3))"),
            "0 0 -2");
  EXPECT_EQ(answer("pr_1",
                   "(result i32 i32 i32) (call $open_voting (i32.const 0) (i32.const 4))"
                   " (call $close_voting (i32.const 0) (i32.const 4))"
                   " (call $execute_proposal (i32.const 0) (i32.const 4))"),
            "0 0 0");
  EXPECT_EQ(services_.asked,
            "propose {}\nvote pr_1 yes\nvote pr_2 yes\nopen pr_1\nclose pr_1\nexecute pr_1\n");
}

TEST_F(HostFunctions, KeepTheStateOfAJobForItsNextRun) {
  EXPECT_EQ(answer("step 7",
                   "(result i32 i32 i32) (call $load_checkpoint (i32.const 9) (i32.const 64))"
                   " (call $save_checkpoint (i32.const 0) (i32.const 6))"
                   " (call $load_checkpoint (i32.const 9) (i32.const 2))"),
            "-3 0 6");
  EXPECT_EQ(
      answer("",
             "(drop (call $set_result (i32.const 9) (call $load_checkpoint (i32.const 9) (i32.const 64))))"),
      "step 7");
}

// Source: domain.md 8: what no real backend stands behind is refused, never answered as done.
TEST_F(HostFunctions, WhatJobsMayNotDoIsRefusedByName) {
  const RunOutcome outcome = run_guest("", R"((result i32 i32 i32 i32 i32 i32 i32)
      (call $get_pending_jobs (i32.const 0) (i32.const 9))
      (call $anchor_receipt (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 9))
      (call $verify_zk_proof (i32.const 0) (i32.const 0))
      (call $generate_zk_proof (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 9))
      (call $state_get (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 9))
      (call $state_put (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
      (call $state_delete (i32.const 0) (i32.const 0)))");
  EXPECT_EQ(to_text(outcome.result), "-2 -2 -2 -2 -2 -2 -2");
  EXPECT_NE(outcome.log.find("icn.verify_zk_proof is not permitted: this node has no backend"),
            std::string::npos);
  EXPECT_NE(outcome.log.find("icn.state_put is not permitted: only contracts"), std::string::npos);
}

TEST_F(HostFunctions, AJobIsNotSubmittedWhenItsIdWouldHaveNoRoom) {
  EXPECT_EQ(
      answer(
          "{}",
          "(result i32 i32) (call $submit_mesh_job (i32.const 0) (i32.const 2) (i32.const 8) (i32.const 58))"
          " (call $submit_mesh_job (i32.const 0) (i32.const 2) (i32.const 65500) (i32.const 64))"),
      "-4 -1");
  EXPECT_EQ(services_.asked, "");
  EXPECT_EQ(
      answer("{}",
             "(result i32) (call $submit_mesh_job (i32.const 0) (i32.const 2) (i32.const 8) (i32.const 64))"),
      "59");
  EXPECT_EQ(services_.asked, "submit {}\n");
}

TEST_F(HostFunctions, WhatTheNodeCannotReadEndsTheRunAsUnavailable) {
  const RunOutcome outcome = run_guest(
      "lost", "(drop (call $load_dag_block (i32.const 0) (i32.const 4) (i32.const 8) (i32.const 64)))");
  ASSERT_TRUE(outcome.trap.has_value());
  EXPECT_EQ(outcome.trap->code, TrapCode::kUnavailable);
  EXPECT_TRUE(outcome.machine_dependent());
}

TEST_F(HostFunctions, WithoutANodeNothingIsPermitted) {
  RunRequest request;
  EXPECT_EQ(
      to_text(run(*engine_, guest("", "(result i32) (call $spend_mana (i64.const 1))"), request).result),
      "-2");
}

TEST_F(HostFunctions, ACallCostsAThousandFuelAndOneForEachByte) {
  const auto fuel = [&](const char* body) { return run_guest("", body).fuel_used; };
  const std::uint64_t none = fuel("(drop (i64.const 1))");
  EXPECT_EQ(fuel("(drop (call $now))") - none, 1'000u);
  const std::uint64_t empty = fuel("(drop (call $set_result (i32.const 0) (i32.const 0)))");
  EXPECT_EQ(fuel("(drop (call $set_result (i32.const 0) (i32.const 500)))") - empty, 500u);
}

TEST_F(HostFunctions, FuelThatEndsWithinACallIsAFuelTrap) {
  request_.limits.fuel = 1'500;
  const RunOutcome outcome = run_guest("", "(drop (call $set_result (i32.const 0) (i32.const 60000)))");
  ASSERT_TRUE(outcome.trap.has_value());
  EXPECT_EQ(outcome.trap->code, TrapCode::kFuel);
  EXPECT_EQ(outcome.fuel_used, 1'500u);
}

TEST_F(HostFunctions, AGuestWithoutMemoryGetsArgumentErrors) {
  const Bytes module = wat(R"((module (import "icn" "log" (func $log (param i32 i32 i32) (result i32)))
      (func (export "run") (result i32) (call $log (i32.const 0) (i32.const 0) (i32.const 1)))))");
  EXPECT_EQ(to_text(run(*engine_, module).result), "-1");
}

TEST_F(HostFunctions, AStartFunctionMayCallTheHost) {
  const Bytes module = wat(R"((module (import "icn" "log" (func $log (param i32 i32 i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 0) "early")
      (func $start (drop (call $log (i32.const 1) (i32.const 0) (i32.const 5)))) (start $start)
      (func (export "run"))))");
  EXPECT_EQ(run(*engine_, module).log, "info: early\n");
}

// Every host function, with pointers and lengths at and beyond the edges of memory: the run ends by
// itself or by a limit, and the process lives.
TEST_F(HostFunctions, WildPointersHarmNobody) {
#ifdef ICN_SANITIZED
  constexpr int kRounds = 40;
#else
  constexpr int kRounds = 200;
#endif
  SeededRandom random(8);
  const std::uint64_t edges[] = {0, 1, 8, 65'528, 65'535, 65'536, 0x7fffffff, 0xfffffff8, 0xffffffff};
  const Bytes input(100, 'i');
  RunRequest request;
  request.services = &services_;
  request.args = {"a", "b"};
  request.inputs = {{"", input}, {"file", input}};
  const HostRegistry registry = standard_host_functions();
  for (const HostFunction& function : registry.functions()) {
    const FunctionType type = function.type();
    std::string text = "(module (import \"" + function.module + "\" \"" + function.name + "\" (func $f";
    std::string call = "(call $f";
    std::string params;
    for (std::size_t i = 0; i < type.params.size(); ++i) {
      const std::string name(value_type_name(type.params[i]));
      text += " (param " + name + ")";
      params += " (param " + name + ")";
      call += " (local.get " + std::to_string(i) + ")";
    }
    const std::string result =
        type.results.empty() ? "" : " (result " + std::string(value_type_name(type.results[0])) + ")";
    text +=
        result + ")) (memory (export \"memory\") 1) (func (export \"run\")" + params + result + call + ")))";
    const ModuleHandle module = testing::load(*engine_, wat(text));
    for (int round = 0; round < kRounds; ++round) {
      request.values.clear();
      for (const ValueType param : type.params) {
        const std::uint64_t value = edges[random.below(std::size(edges))];
        request.values.push_back({param, param == ValueType::kI64 ? value * 0x100000001 : value, 0});
      }
      const RunOutcome outcome = engine_->run(module, request).value();
      if (outcome.end != End::kTrap) continue;
      EXPECT_TRUE(outcome.trap->code == TrapCode::kFuel || outcome.trap->code == TrapCode::kHost)
          << function.name << ": " << outcome.trap->message;
    }
  }
}

TEST(RandomStream, DoesNotDependOnHowItIsRead) {
  Bytes whole(1'000);
  RandomStream(as_bytes("seed")).fill(whole);
  RandomStream stream(as_bytes("seed"));
  Bytes parts;
  for (const std::size_t size : {1u, 63u, 64u, 65u, 200u, 0u, 607u}) {
    Bytes part(size);
    stream.fill(part);
    append(parts, part);
  }
  EXPECT_EQ(parts, whole);
}

// Against libsodium's other ChaCha20 (RFC 8439), which has the same first blocks for a zero nonce.
TEST(RandomStream, IsChaCha20) {
  Bytes key(32);
  const std::string_view prefix("icn:wasm:random:v1\0", 19);
  crypto_hash_sha256(key.data(), as_bytes(prefix).data(), prefix.size());
  Bytes expected(64);
  const Bytes nonce(12);
  crypto_stream_chacha20_ietf(expected.data(), expected.size(), nonce.data(), key.data());
  Bytes block(64);
  RandomStream({}).fill(block);
  EXPECT_EQ(block, expected);
}

}  // namespace
}  // namespace icn::wasm
