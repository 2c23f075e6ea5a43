#include <memory>

#include "cli/files.h"
#include "cli/refusal.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/proposal_actions.h"
#include "cli/verbs/store_block.h"
#include "cli/vote_checks.h"
#include "dag/salted_text.h"
#include "governance/api/proposal_form.h"
#include "governance/text.h"

namespace icn::cli {
namespace {

using codec::Json;

const std::vector<View> kListViews{{"PROPOSAL", "proposal_id", Kind::kId},
                                   {"TITLE", "title"},
                                   {"CATEGORY", "category"},
                                   {"STATE", "state"},
                                   {"NEXT", "next_deadline", Kind::kTime},
                                   {"BY", "proposer_did", Kind::kId}};
const std::vector<View> kStandingViews{{"proposal", "proposal_id", Kind::kId},
                                       {"state", "state"},
                                       {"revision", "revision"},
                                       {"sponsors missing", "sponsors_missing"},
                                       {"discussion ends", "discussion_ends", Kind::kTime},
                                       {"voting ends", "voting_ends", Kind::kTime},
                                       {"passed", "result.passed"},
                                       {"failure", "failure"},
                                       {"transaction", "transaction_id", Kind::kId},
                                       {"block", "height"},
                                       {"status", "status"}};

void set_if(Json& body, std::string_view name, const std::optional<std::string>& value) {
  if (value) body.set(name, *value);
}
void set_number_if(Json& body, std::string_view name, const std::optional<std::uint64_t>& value) {
  if (value) body.set(name, *value);
}

struct CreateOptions {
  std::string description;
  std::optional<std::string> title, rationale, impact, category, scope, urgency, method, quorum, threshold,
      privacy, repeats;
  std::optional<std::uint64_t> discussion_secs, voting_secs, timelock_secs;
  std::vector<std::string> choices;
  std::optional<std::uint64_t> seats, minus;
  std::optional<std::string> fraction;
  bool closes_early = false, falls_back = false, has_no_delegation = false;
  ActionOptions actions;
};

// method_params as far as they were asked for; nothing: it has been said.
std::optional<Json> method_params_of(Session& session, const CreateOptions& options) {
  Json out = Json(Json::Object());
  if (options.seats) out.set("seats", *options.seats);
  if (options.minus) out.set("minus", *options.minus);
  if (options.closes_early) out.set("closes_early", true);
  if (options.falls_back) out.set("falls_to_supermajority", true);
  if (!options.fraction) return out;
  const std::size_t sign = options.fraction->find('/');
  const auto part = [&](std::size_t from, std::size_t count) {
    return codec::read_uint64(Json::Number{options.fraction->substr(from, count)});
  };
  const auto above = part(0, sign);
  const auto below = sign == std::string::npos ? above : part(sign + 1, std::string::npos);
  if (sign == std::string::npos || !above.ok() || !below.ok()) {
    session.fail(kUsage, "--fraction: \"" + *options.fraction + "\" is not like 2/3");
    return std::nullopt;
  }
  out.set("numerator", *above);
  out.set("denominator", *below);
  return out;
}

std::optional<Json> body_of(Session& session, const CreateOptions& options) {
  const auto actions = actions_of(session, options.actions);
  if (!actions) return {};
  Json body = Json::object({{"description", options.description}, {"actions", *actions}});
  set_if(body, "title", options.title);
  set_if(body, "rationale", options.rationale);
  set_if(body, "impact", options.impact);
  set_if(body, "category", options.category);
  set_if(body, "scope", options.scope);
  set_if(body, "urgency", options.urgency);
  set_if(body, "voting_method", options.method);
  if (options.has_no_delegation) body.set("delegation", "off");
  set_if(body, "threshold", options.threshold);
  set_if(body, "privacy", options.privacy);
  set_if(body, "repeats", options.repeats);
  if (options.quorum) {
    const auto count = codec::read_uint64(Json::Number{*options.quorum});
    body.set("quorum", count.ok() ? Json(*count) : Json(*options.quorum));
  }
  set_number_if(body, "discussion_secs", options.discussion_secs);
  set_number_if(body, "duration_secs", options.voting_secs);
  set_number_if(body, "timelock_secs", options.timelock_secs);
  Json words = Json(Json::Object());
  for (const std::string& choice : options.choices) {
    const std::size_t sign = choice.find('=');
    words.set(choice.substr(0, sign), sign == std::string::npos ? choice : choice.substr(sign + 1));
  }
  if (!options.choices.empty()) body.set("options", std::move(words));
  auto params = method_params_of(session, options);
  if (!params) return {};
  if (!params->object()->empty()) body.set("method_params", std::move(*params));
  return body;
}

// Brings the text to the node as a block of the member's, and answers the block's CID.
std::optional<std::string> store_text(Session& session, governance::ProposalText text) {
  text.salt = session.random.bytes(16);
  return store_block(session, codec::encode_block(text));
}

// The text of a proposal within the bounds that the node keeps for those it signs; nothing: it has been said.
std::optional<governance::ProposalText> text_of(Session& session,
                                                const Result<governance::api::PostProposal::Input>& input) {
  auto text =
      input.ok() ? governance::api::checked_text(*input) : Result<governance::ProposalText>(input.error());
  if (text.ok()) return std::move(*text);
  return refuse(session, text.error()), std::nullopt;
}

// The fields of the transaction instead of those of the endpoint.
std::optional<Json> signed_form(Session& session, Json body) {
  auto text = text_of(session, codec::from_json<governance::api::PostProposal::Input>(body));
  if (!text) return std::nullopt;
  const Json* quorum = body.find("quorum");
  if (quorum != nullptr) {
    const auto asked = governance::api::read_quorum(*quorum);
    if (!asked.ok()) return session.fail(kUsage, asked.error().detail()), std::nullopt;
    body.set("quorum", codec::to_json(*asked));
  }
  const Json* threshold = body.find("threshold");
  if (threshold != nullptr) {
    const auto asked = governance::api::read_threshold(*threshold);
    if (!asked.ok()) return session.fail(kUsage, asked.error().detail()), std::nullopt;
    body.set("threshold_ppm", *asked);
  }
  const Json* words = body.find("options");
  if (words != nullptr && words->object() != nullptr) {
    Json::Array ids;
    for (const auto& [id, each] : *words->object()) ids.push_back(id);
    const Json* asked = body.find("method_params");
    Json params = asked == nullptr ? Json(Json::Object()) : *asked;
    params.set("options", std::move(ids));
    body.set("method_params", std::move(params));
  }
  if (body.find("delegation") != nullptr) body.set("delegation", false);
  const auto cid = store_text(session, std::move(*text));
  if (!cid) return std::nullopt;
  body.set("content", *cid);
  for (const char* name : {"description", "title", "rationale", "impact", "threshold", "options"})
    body.erase(name);
  return body;
}

void define_create(Command command, Session& session) {
  auto options = std::make_shared<CreateOptions>();
  command.argument("TEXT", options->description, "what is proposed")
      .option("--title", options->title, "default: the beginning of the text")
      .option("--rationale", options->rationale, "why")
      .option("--impact", options->impact, "what follows from it")
      .option("--category", options->category, "default: that of the first action")
      .option("--scope", options->scope, "default: local")
      .option("--urgency", options->urgency, "low, normal (default) or high")
      .option(
          "--method", options->method,
          "simple_majority (default), supermajority, unanimous, consensus, consent, ranked_choice, score, "
          "approval, quadratic, conviction; weighted in a federation")
      .option("--quorum", options->quorum,
              "a count of members, a share as 25%, or dynamic: the more it decides, the more must take part")
      .option("--threshold", options->threshold, "0.5: more than half; anything larger: at least")
      .option("--privacy", options->privacy, "public (default) or private_until_end")
      .option("--repeats", options->repeats, "a vetoed proposal that this vote overrides when it passes")
      .option("--discussion-secs", options->discussion_secs, "length of the discussion")
      .option("--voting-secs", options->voting_secs, "length of the voting")
      .option("--timelock-secs", options->timelock_secs, "between the result and what it does")
      .option("--choice", options->choices, "ID=WORDS: an option to vote on; may be given several times")
      .option("--seats", options->seats, "of ranked_choice: how many win (single transferable vote)")
      .option("--fraction", options->fraction, "of supermajority: as 2/3")
      .option("--minus", options->minus, "of unanimous: so many may be against, 0 to 2")
      .flag("--closes-early", options->closes_early,
            "voting ends when no ballot can change the result; a ballot is final then")
      .flag("--falls-back", options->falls_back, "of consensus: 75 % decide when its last round was blocked")
      .flag("--no-delegation", options->has_no_delegation, "everybody votes themselves");
  options->actions.add_to(command);
  command.runs([options, &session] {
    if (options->description.empty()) return session.fail(kUsage, "TEXT: must say what is proposed");
    auto body = body_of(session, *options);
    if (!body) return;
    if (!session.key_file.empty()) {
      body = signed_form(session, std::move(*body));
      if (!body) return;
    }
    const auto reply =
        write(session, "/governance/proposals", "governance.propose", "proposer_did", std::move(*body));
    if (reply) show_fields(session, *reply, kStandingViews);
  });
}

void define_list(Command command, Session& session) {
  struct Options {
    std::optional<std::string> status, category, proposer, scope;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.option("--status", options->status, "a state, or active: discussion, voting or counting")
      .option("--category", options->category, "only of this category")
      .option("--by", options->proposer, "DID of the proposer")
      .option("--scope", options->scope, "only of this scope")
      .page(options->page, "newest first");
  command.runs([options, &session] {
    const auto reply = get(session, target("/governance/proposals",
                                           {{"status", options->status},
                                            {"category", options->category},
                                            {"proposer", options->proposer},
                                            {"scope", options->scope}},
                                           options->page));
    if (reply) show_table(session, *reply, kListViews, "no proposals");
  });
}

void define_show(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("PROPOSAL", *id, "its id");
  command.runs([id, &session] {
    const auto reply = get(session, "/governance/proposals/" + segment(*id));
    if (reply) show_all(session, *reply);
  });
}

// Acts without fields of their own.
void define_act(Command command, Session& session, const char* act, const char* type, const char* step) {
  auto id = std::make_shared<std::string>();
  command.argument("PROPOSAL", *id, "its id");
  command.runs([id, act, type, step, &session] {
    Json body = Json(Json::Object());
    const bool is_signed_here = !session.key_file.empty();
    if (is_signed_here) body.set("proposal_id", *id);
    if (is_signed_here && step != nullptr) body.set("step", step);
    const auto reply =
        write(session, "/governance/proposals/" + segment(*id) + "/" + act, type, "did", std::move(body));
    if (reply) show_fields(session, *reply, kStandingViews);
  });
}

void define_veto(Command command, Session& session) {
  struct Options {
    std::string id;
    std::string reason;
  };
  auto options = std::make_shared<Options>();
  command.argument("PROPOSAL", options->id, "its id")
      .argument("REASON", options->reason, "everybody reads it")
      .footer(
          "For holders of the role safety-committee (technical and emergency proposals) or\n"
          "constitutional-guardian (constitutional ones), while the proposal is queued.");
  command.runs([options, &session] {
    Json body = Json::object({{"reason", options->reason}});
    if (!session.key_file.empty()) {
      const auto cid = store_reason(session, options->reason);
      if (!cid) return;
      body = Json::object({{"proposal_id", options->id}, {"reason_cid", *cid}});
    }
    const auto reply = write(session, "/governance/proposals/" + segment(options->id) + "/veto",
                             "governance.veto", "did", std::move(body));
    if (reply) show_fields(session, *reply, kStandingViews);
  });
}

struct AmendOptions {
  std::string id;
  std::optional<std::string> title, description, rationale, impact;
  ActionOptions actions;
};

Json plain_amendment(const AmendOptions& options) {
  Json body = Json(Json::Object());
  set_if(body, "title", options.title);
  set_if(body, "description", options.description);
  set_if(body, "rationale", options.rationale);
  set_if(body, "impact", options.impact);
  return body;
}

// The fields of the transaction: a whole new text, with the former words where no new ones are given.
std::optional<Json> signed_amendment(Session& session, const AmendOptions& options,
                                     const Json::Array& actions) {
  Json body = Json::object({{"proposal_id", options.id}});
  if (!options.title && !options.description && !options.rationale && !options.impact) return body;
  const auto shown = get(session, "/governance/proposals/" + segment(options.id));
  if (!shown) return std::nullopt;
  if (shown->find("description") == nullptr)
    return session.fail(kFailed, "the node does not hold the text that is to be amended"), std::nullopt;
  Json words = Json(Json::Object());
  for (const char* name : {"title", "description", "rationale", "impact", "options", "actions"}) {
    const Json* former = shown->find(name);
    const bool says_nothing = former == nullptr || (former->string() != nullptr && former->string()->empty());
    if (!says_nothing) words.set(name, *former);
  }
  const Json given = plain_amendment(options);
  for (const auto& [name, each] : *given.object()) words.set(name, each);
  if (!actions.empty()) words.set("actions", actions);
  auto text = text_of(session, codec::from_json<governance::api::PostProposal::Input>(words));
  const auto cid = text ? store_text(session, std::move(*text)) : std::nullopt;
  if (!cid) return std::nullopt;
  body.set("content", *cid);
  return body;
}

void define_amend(Command command, Session& session) {
  auto options = std::make_shared<AmendOptions>();
  command.argument("PROPOSAL", options->id, "its id")
      .option("--title", options->title, "in place of the former one")
      .option("--text", options->description, "in place of the former one")
      .option("--rationale", options->rationale, "in place of the former one")
      .option("--impact", options->impact, "in place of the former one");
  options->actions.add_to(command);
  command.runs([options, &session] {
    const auto actions = actions_of(session, options->actions);
    if (!actions) return;
    auto body =
        session.key_file.empty() ? plain_amendment(*options) : signed_amendment(session, *options, *actions);
    if (!body) return;
    if (!actions->empty()) body->set("actions", *actions);
    const auto reply = write(session, "/governance/proposals/" + segment(options->id) + "/amend",
                             "governance.amend", "did", std::move(*body));
    if (reply) show_fields(session, *reply, kStandingViews);
  });
}

void show_simulation(Session& session, const Json& reply) {
  show_all(session, reply);
  const Json* errors = reply.find("errors");
  if (errors != nullptr && errors->array() != nullptr && !errors->array()->empty())
    session.fail(kNotMet, "it could not be carried out now");
}

void define_simulate(Command command, Session& session) {
  struct Options {
    std::string id;
    std::optional<std::string> scope;
    ActionOptions actions;
  };
  auto options = std::make_shared<Options>();
  command.optional_argument("PROPOSAL", options->id, "its id; without one the actions below")
      .option("--scope", options->scope, "whose members and pool; default: local");
  options->actions.add_to(command);
  command.runs([options, &session] {
    std::optional<Json> reply;
    if (!options->id.empty()) {
      reply =
          post(session, "/governance/proposals/" + segment(options->id) + "/simulate", Json(Json::Object()));
    } else {
      const auto actions = actions_of(session, options->actions);
      if (!actions) return;
      Json body = Json::object({{"actions", *actions}});
      set_if(body, "scope", options->scope);
      reply = post(session, "/governance/proposals/simulate", body);
    }
    if (reply) show_simulation(session, *reply);
  });
}

void define_audit(Command command, Session& session) {
  struct Options {
    std::string id;
    std::string file;
  };
  auto options = std::make_shared<Options>();
  command.argument("PROPOSAL", options->id, "its id")
      .option("--output,-o", options->file, "file for it; default: standard output")
      .footer(
          "Everything that decided the vote, as JSON: `icn proposal recount FILE --node-did DID` counts it "
          "again, without a node.");
  command.runs([options, &session] {
    http::ClientRequest request;
    request.target = "/governance/proposals/" + segment(options->id) + "/audit";
    const auto answer = send(session, std::move(request));
    if (answer) write_file(session, options->file, as_bytes(answer->body));
  });
}

void define_recount(Command command, Session& session) {
  auto file = std::make_shared<std::string>();
  auto pin = std::make_shared<NodePin>();
  pin->add_to(command.argument("FILE", *file, "audit bundle; - reads standard input"));
  command.footer(
      "Asks no node. A ballot that was changed, added or left out is named; the exit code is 3 then.\n"
      "Whether the whole file was made up only a node that you name can tell: --node-did.");
  command.runs([file, pin, &session] { recount_bundle(session, *file, *pin); });
}

}  // namespace

std::optional<std::string> store_block(Session& session, ByteView block) {
  const auto reply = post(session, "/dag/blocks",
                          Json::object({{"data", base64_encode(block)},
                                        {"codec", "dag-cbor"},
                                        {"type", "governance"},
                                        {"visibility", "public"}}));
  const Json* cid = reply ? reply->find("cid") : nullptr;
  return cid != nullptr && cid->string() != nullptr ? std::optional(*cid->string()) : std::nullopt;
}

std::optional<std::string> store_reason(Session& session, const std::string& text) {
  return store_block(session, dag::salted_text(session.random, text));
}

void define_proposal(Command command, Session& session) {
  define_create(command.add("create", "propose something to the members of a scope"), session);
  define_list(command.add("list", "proposals, newest first"), session);
  define_show(command.add("show", "one proposal: text, terms, how it stands"), session);
  define_act(command.add("sponsor", "stand up for a proposal"), session, "sponsor", "governance.sponsor",
             nullptr);
  define_amend(command.add("amend", "change the text or the actions of one's own proposal"), session);
  define_act(command.add("cancel", "take a proposal back"), session, "cancel", "governance.cancel", nullptr);
  define_veto(command.add("veto", "as one of a veto body, be against what was decided"), session);
  define_act(command.add("open", "open voting that is due"), session, "open", "governance.advance", "open");
  define_act(command.add("close", "close voting whose end has come"), session, "close", "governance.advance",
             "close");
  define_act(command.add("execute", "carry out what was decided, again after a failure"), session, "execute",
             "governance.advance", "execute");
  define_audit(command.add("audit", "what anybody needs to count a vote again"), session);
  define_recount(command.add("recount", "count the audit bundle of a vote again"), session);
  define_simulate(command.add("simulate", "what a proposal, or actions, would change now"), session);
}

}  // namespace icn::cli
