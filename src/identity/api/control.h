#pragma once

#include "identity/api/answers.h"
#include "identity/tx/manage_did.h"
#include "identity/tx/set_controllers.h"

// Devices, services and ephemeral DIDs and who controls them.
namespace icn::identity::api {

// POST /identity/did/{did}/controllers: by the DID itself, while it has none.
struct SetControllers {
  struct Input {
    Did did;
    std::vector<Did> controllers;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did),
                       field("controllers", &Input::controllers, "who may change it beside itself",
                             {1, static_cast<std::int64_t>(kControllersMax)}));
    }
  };
  using Output = DidAnswer;
  static constexpr std::string_view summary = "Name who may change a device, service or ephemeral DID";
  static constexpr std::string_view transaction = "identity.controllers";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return check_sender_is_path(request, body);
  }
  static void handle(Api& api, http::ExchangePtr exchange);
};

// POST /identity/did/{did}/manage: by a controller.
struct ManageDid {
  struct Input {
    Did did;
    Did controller;
    std::optional<std::string> new_key;
    std::optional<codec::HexBytes> nonce;
    std::optional<codec::HexBytes> proof;
    std::vector<Service> add;
    std::vector<std::string> remove;
    std::vector<Did> controllers;
    bool deactivate = false;
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      constexpr codec::Limits kServices{0, static_cast<std::int64_t>(kServicesMax)};
      return described(field("did", &Input::did), field("controller", &Input::controller, "who does it"),
                       field("new_key", &Input::new_key, "its new key, z6Mk...", {1, 64}),
                       field("nonce", &Input::nonce, "with new_key: 16 random bytes, hex", {16, 16}),
                       field("proof", &Input::proof, "with new_key: proof of possession, hex", {64, 64}),
                       defaulted_field("add", &Input::add, "new services", kServices),
                       defaulted_field("remove", &Input::remove, "ids of services", kServices),
                       defaulted_field("controllers", &Input::controllers, "in place of those it has",
                                       {0, static_cast<std::int64_t>(kControllersMax)}),
                       defaulted_field("deactivate", &Input::deactivate, "ends it for ever"));
    }
  };
  using Output = DidAnswer;
  static constexpr std::string_view summary = "Change a DID one controls";
  static constexpr std::string_view transaction = "identity.manage";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return check_subject_is_path(request, body);
  }
  static void handle(Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::identity::api
