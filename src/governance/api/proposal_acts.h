#pragma once

#include <map>

#include "governance/api/context.h"
#include "governance/tx/amend.h"
#include "governance/tx/veto.h"

// What a member does with a proposal: plain fields, signed with a key the node keeps, or the whole signed
// transaction, whose proposal_id is that of the path.
namespace icn::governance::api {

struct ActInput {
  std::string id;
  std::optional<Did> did;
  static constexpr auto fields() {
    return described(codec::field("id", &ActInput::id, "pr_ and 32 hex digits"),
                     codec::field("did", &ActInput::did, "member that acts; default: the caller's only DID"));
  }
};

struct Act {
  using Input = ActInput;
  using Output = ledger::Written<ProposalStanding>;
  static constexpr bool is_idempotency_durable = true;
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return path_matches(request, body, "proposal_id");
  }
};

// POST /governance/proposals/{id}/sponsor
struct SponsorProposal : Act {
  static constexpr std::string_view transaction = "governance.sponsor";
  static constexpr std::string_view summary = "Stand up for a proposal";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /governance/proposals/{id}/amend. Errors beside the transaction's: malformed, too_short.
struct AmendProposal : Act {
  struct Input {
    std::string id;
    std::optional<Did> did;
    std::optional<std::string> title;
    std::optional<std::string> description;
    std::optional<std::string> rationale;
    std::optional<std::string> impact;
    std::optional<std::vector<codec::Json>> actions;
    static constexpr auto fields() {
      using codec::field;
      return described(field("id", &Input::id, "pr_ and 32 hex digits"),
                       field("did", &Input::did, "the proposer; default: the caller's only DID"),
                       field("title", &Input::title, "in place of the former one", {1, 800}),
                       field("description", &Input::description, "in place of the former one", {1, 40'000}),
                       field("rationale", &Input::rationale, "in place of the former one", {1, 40'000}),
                       field("impact", &Input::impact, "in place of the former one", {1, 40'000}),
                       field("actions", &Input::actions, "in place of the former ones", {0, kActionsMax}));
    }
  };
  static constexpr std::string_view transaction = "governance.amend";
  static constexpr std::string_view summary = "Change a proposal's text or actions";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /governance/proposals/{id}/veto: the reason is kept as a public block.
struct VetoProposal : Act {
  struct Input {
    std::string id;
    std::optional<Did> did;
    std::string reason;
    static constexpr auto fields() {
      using codec::field;
      return described(field("id", &Input::id, "pr_ and 32 hex digits"),
                       field("did", &Input::did, "of the veto body; default: the caller's only DID"),
                       field("reason", &Input::reason, "everybody reads it", {1, 2'000}));
    }
  };
  static constexpr std::string_view transaction = "governance.veto";
  static constexpr std::string_view summary = "Veto what was decided, as one of the body that may";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /governance/proposals/{id}/cancel
struct CancelProposal : Act {
  static constexpr std::string_view transaction = "governance.cancel";
  static constexpr std::string_view summary = "Take a proposal back";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /governance/proposals/{id}/open, /close, /execute: hasten what is due.
struct OpenProposal : Act {
  static constexpr std::string_view transaction = "governance.advance";
  static constexpr std::string_view summary = "Open voting that is due";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};
struct CloseProposal : Act {
  static constexpr std::string_view transaction = "governance.advance";
  static constexpr std::string_view summary = "Close voting whose end has come";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};
struct ExecuteProposal : Act {
  static constexpr std::string_view transaction = "governance.advance";
  static constexpr std::string_view summary = "Carry out what was decided, again after a failure";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::governance::api
