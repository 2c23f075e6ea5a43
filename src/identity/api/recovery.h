#pragma once

#include "identity/api/answers.h"
#include "identity/tx/recover.h"
#include "identity/tx/set_guardians.h"

// Guardians and what they do.
namespace icn::identity::api {

// POST /identity/did/{did}/guardians
struct SetGuardians {
  struct Input {
    Did did;
    std::vector<Did> guardians;
    std::uint32_t threshold = 0;
    std::uint64_t delay_secs = kRecoveryDelaySecs;
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(
          field("did", &Input::did),
          field("guardians", &Input::guardians, "DIDs; none: nobody",
                {0, static_cast<std::int64_t>(kGuardiansMax)}),
          field("threshold", &Input::threshold, "how many must approve", {0, 9}),
          defaulted_field("delay_secs", &Input::delay_secs,
                          "default: 7 days; at least identity.recovery_delay_secs", {1, 7'776'000}));
    }
  };
  using Output = ledger::Written<identity::SetGuardians::Output>;
  static constexpr std::string_view summary = "Name who can recover a DID";
  static constexpr std::string_view transaction = "identity.guardians";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return check_sender_is_path(request, body);
  }
  static void handle(Api& api, http::ExchangePtr exchange);
};

// One that is under way.
struct RecoveryItem : RecoveryOutput {
  static constexpr std::string_view schema_name = "DidRecovery";
};

// GET /identity/did/{did}/recovery: guardians, and what they want.   did_not_found
struct GetRecovery {
  struct Input {
    Did did;
    static constexpr auto fields() { return described(codec::field("did", &Input::did)); }
  };
  struct Output {
    Did did;
    std::vector<Did> guardians;
    std::uint32_t threshold = 0;
    std::uint64_t delay_secs = 0;
    std::optional<std::vector<Did>> next_guardians;
    std::optional<TimestampSecs> next_at;
    std::optional<TimestampSecs> frozen_until;
    std::vector<RecoveryItem> recoveries;
    static constexpr std::string_view schema_name = "DidGuardians";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("did", &Output::did), field("guardians", &Output::guardians),
          field("threshold", &Output::threshold, "how many must approve"),
          field("delay_secs", &Output::delay_secs, "how long a recovery can be taken back"),
          field("next_guardians", &Output::next_guardians, "who follows them"),
          field("next_at", &Output::next_at, "when, Unix seconds"),
          field("frozen_until", &Output::frozen_until, "its keys cast ballots only, Unix seconds"),
          field("recoveries", &Output::recoveries, "under way"));
    }
  };
  static constexpr std::string_view summary = "Guardians of a DID and recoveries under way";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /identity/did/{did}/recovery: a guardian asks for a new key.
struct RecoverDid {
  struct Input {
    Did did;
    Did guardian;
    std::string new_key;
    codec::HexBytes nonce;
    codec::HexBytes proof;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did), field("guardian", &Input::guardian, "who asks"),
                       field("new_key", &Input::new_key, "z6Mk...", {1, 64}),
                       field("nonce", &Input::nonce, "16 random bytes, hex", {16, 16}),
                       field("proof", &Input::proof, "proof of possession of the new key, hex", {64, 64}));
    }
  };
  using Output = ledger::Written<RecoveryOutput>;
  static constexpr int success_status = 201;
  static constexpr std::string_view summary = "Ask for a new key of a DID whose keys are lost";
  static constexpr std::string_view transaction = "identity.recover";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return check_subject_is_path(request, body);
  }
  static void handle(Api& api, http::ExchangePtr exchange);
};

// POST /identity/did/{did}/recovery/approve: a further guardian agrees.
struct ApproveRecovery {
  struct Input {
    Did did;
    Did guardian;
    std::string new_key;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did), field("guardian", &Input::guardian, "who agrees"),
                       field("new_key", &Input::new_key, "z6Mk...", {1, 64}));
    }
  };
  using Output = ledger::Written<RecoveryOutput>;
  static constexpr std::string_view summary = "Approve a recovery";
  static constexpr std::string_view transaction = "identity.approve_recovery";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return check_subject_is_path(request, body);
  }
  static void handle(Api& api, http::ExchangePtr exchange);
};

// POST /identity/did/{did}/recovery/cancel: by the DID itself.
struct CancelRecovery {
  struct Input {
    Did did;
    std::string new_key;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did), field("new_key", &Input::new_key, "z6Mk...", {1, 64}));
    }
  };
  using Output = ledger::Written<RecoveryOutput>;
  static constexpr std::string_view summary = "Take back a recovery of one's own DID while it waits";
  static constexpr std::string_view transaction = "identity.cancel_recovery";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return check_sender_is_path(request, body);
  }
  static void handle(Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::identity::api
