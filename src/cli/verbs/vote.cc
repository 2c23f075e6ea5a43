#include <map>
#include <memory>

#include "base/errors.h"
#include "cli/files.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/vote_objections.h"
#include "cli/vote_checks.h"
#include "codec/date_time.h"
#include "codec/values.h"
#include "crypto/durable_file.h"
#include "governance/tally/recount.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::string_view kProposals = "/governance/proposals/";
constexpr std::size_t kSaltBytes = 32;

const std::vector<View> kTakenViews{{"vote", "vote_id", Kind::kId},
                                    {"proposal", "proposal_id", Kind::kId},
                                    {"replaced an earlier one", "replaced"},
                                    {"sequence", "sequence"},
                                    {"accepted", "accepted_at", Kind::kTime},
                                    {"leaf", "leaf_hash", Kind::kId},
                                    {"counted", "counted"},
                                    {"transaction", "transaction_id", Kind::kId},
                                    {"block", "height"},
                                    {"status", "status"}};
const std::vector<View> kBallotViews{{"VOTE", "vote_id", Kind::kId},
                                     {"VOTER", "voter", Kind::kId},
                                     {"BALLOT", "ballot"},
                                     {"CAST", "cast_at", Kind::kTime}};
const std::vector<View> kDelegationViews{{"DELEGATION", "delegation_id", Kind::kId},
                                         {"FROM", "from_did", Kind::kId},
                                         {"TO", "to_did", Kind::kId},
                                         {"SCOPE", "scope"},
                                         {"CATEGORIES", "categories"},
                                         {"UNTIL", "valid_until", Kind::kTime},
                                         {"IN FORCE", "in_force"}};

const std::vector<View> kNoticeViews{{"WHAT", "kind"},
                                     {"PROPOSAL", "proposal_id", Kind::kId},
                                     {"TITLE", "title"},
                                     {"VOTING ENDS", "voting_ends", Kind::kTime},
                                     {"REVEAL UNTIL", "reveal_ends", Kind::kTime},
                                     {"DELEGATE", "delegate_did", Kind::kId},
                                     {"BALLOT", "ballot"},
                                     {"LAPSES", "valid_until", Kind::kTime}};
const std::vector<View> kEffectiveViews{{"CATEGORY", "category"},
                                        {"WHY", "reason"},
                                        {"WHOSE BALLOT", "end_did", Kind::kId},
                                        {"BALLOT", "ballot"}};

// What stands on a ballot, as options say it.
struct BallotOptions {
  std::optional<std::string> choice, position, reason;
  std::vector<std::string> ranking, approvals, scores, credits;

  void add_to(Command& command) {
    command.option("--choice", choice, "yes, no, abstain or no_with_veto; consensus: block, stand_aside")
        .option("--rank", ranking, "an option; the most wanted first, once for each")
        .option("--approve", approvals, "an option; once for each")
        .option("--score", scores, "OPTION=0 to 10; once for each")
        .option("--credits", credits, "OPTION=CREDITS, below 0 against it; 100 altogether")
        .option("--position", position, "strong_support, support, neutral, concern or objection");
  }
};

// "OPTION=NUMBER" each; false: it has been said.
bool set_numbers(Session& session, Json& body, std::string_view name, const std::vector<std::string>& given) {
  if (given.empty()) return true;
  Json numbers = Json(Json::Object());
  for (const std::string& each : given) {
    const std::size_t sign = each.rfind('=');
    const auto number = sign == std::string::npos ? Result<std::int64_t>(Error(errors::kMalformed))
                                                  : codec::read_int64(Json::Number{each.substr(sign + 1)});
    if (!number.ok()) {
      session.fail(kUsage, "\"" + each + "\": must be like OPTION=NUMBER");
      return false;
    }
    numbers.set(each.substr(0, sign), *number);
  }
  body.set(name, std::move(numbers));
  return true;
}

void set_list(Json& body, std::string_view name, const std::vector<std::string>& given) {
  if (given.empty()) return;
  Json::Array items(given.begin(), given.end());
  body.set(name, std::move(items));
}

bool set_ballot(Session& session, Json& body, const BallotOptions& options) {
  if (options.choice) body.set("choice", *options.choice);
  if (options.position) body.set("position", *options.position);
  if (options.reason) body.set("reason", *options.reason);
  set_list(body, "ranking", options.ranking);
  set_list(body, "approvals", options.approvals);
  return set_numbers(session, body, "scores", options.scores) &&
         set_numbers(session, body, "credits", options.credits);
}

// {proposal_id, revision} of the proposal as it is now.
std::optional<Json> body_for(Session& session, const std::string& proposal) {
  const auto shown = get(session, std::string(kProposals) + segment(proposal));
  if (!shown) return {};
  const Json* revision = shown->find("revision");
  return Json::object({{"proposal_id", proposal}, {"revision", revision ? *revision : Json(1)}});
}

std::string path_of(const std::string& proposal, std::string_view act) {
  return std::string(kProposals) + segment(proposal) + "/" + std::string(act);
}

struct CastOptions {
  std::string proposal;
  BallotOptions ballot;
  std::optional<std::string> sealed_file, receipt_file;
};

// Draws a salt, keeps what is needed to reveal the ballot in a file of one's own, and answers the commitment.
std::optional<std::string> seal(Session& session, const CastOptions& options, const Json& body) {
  const auto voter = did_or_own(session);
  if (!voter) return {};
  Json content = Json(Json::Object());
  if (!set_ballot(session, content, options.ballot)) return {};
  const auto ballot = codec::from_json<governance::tally::BallotContent>(content);
  const auto revision = codec::from_json<std::uint32_t>(*body.find("revision"));
  if (!ballot.ok() || !revision.ok()) {
    session.fail(kUsage, ballot.ok() ? revision.error().detail() : ballot.error().detail());
    return {};
  }
  const Bytes salt = session.random.bytes(kSaltBytes);
  const Json kept = Json::object({{"proposal_id", options.proposal},
                                  {"revision", std::uint64_t{*revision}},
                                  {"voter", *voter},
                                  {"ballot", content},
                                  {"salt", hex_encode(salt)}});
  const std::string text = codec::write_json_pretty(kept) + "\n";
  const auto written =
      crypto::write_file_durably(*options.sealed_file, as_bytes(text), crypto::Existing::kRefuse);
  if (!written.ok()) {
    session.fail(kFailed, written.error().detail());
    return {};
  }
  return hex_encode(
      governance::tally::ballot_commitment(options.proposal, *revision, Did(*voter), *ballot, salt));
}

void cast(Session& session, const CastOptions& options) {
  auto body = body_for(session, options.proposal);
  if (!body) return;
  std::string_view type = "governance.vote";
  if (options.sealed_file) {
    const auto commitment = seal(session, options, *body);
    if (!commitment) return;
    body->set("commitment", *commitment);
    type = "governance.commit";
  } else if (!set_ballot(session, *body, options.ballot)) {
    return;
  }
  const auto reply = write(session, path_of(options.proposal, "vote"), type, "voter_did", std::move(*body));
  if (!reply) return;
  const Json* receipt = reply->find("receipt");
  if (options.receipt_file && receipt != nullptr) {
    const std::string text = codec::write_json_pretty(*receipt) + "\n";
    if (!write_file(session, *options.receipt_file, as_bytes(text))) return;
  }
  show_fields(session, *reply, kTakenViews);
}

void define_cast(Command command, Session& session) {
  auto options = std::make_shared<CastOptions>();
  command.argument("PROPOSAL", options->proposal, "its id");
  options->ballot.add_to(command);
  command.option("--reason", options->ballot.reason, "why; of an objection: the harm")
      .option("--receipt", options->receipt_file, "FILE for the receipt, for `icn vote verify`")
      .option("--sealed", options->sealed_file,
              "FILE: seal the ballot; FILE then holds what `icn vote reveal` needs, and nobody else may see");
  command.runs([options, &session] { cast(session, *options); });
}

void define_reveal(Command command, Session& session) {
  auto file = std::make_shared<std::string>();
  command.argument("FILE", *file, "that `icn vote cast --sealed` wrote");
  command.runs([file, &session] {
    const auto text = read_file(session, *file);
    if (!text) return;
    const auto kept = codec::parse_json(as_text(*text));
    const Json* proposal = kept.ok() ? kept->find("proposal_id") : nullptr;
    const Json* ballot = kept.ok() ? kept->find("ballot") : nullptr;
    const Json* salt = kept.ok() ? kept->find("salt") : nullptr;
    if (proposal == nullptr || proposal->string() == nullptr || ballot == nullptr ||
        ballot->object() == nullptr || salt == nullptr || kept->find("revision") == nullptr)
      return session.fail(kFailed, *file + ": is no sealed ballot");
    Json body = *ballot;
    body.set("proposal_id", *proposal);
    body.set("revision", *kept->find("revision"));
    body.set("salt", *salt);
    const auto reply = write(session, path_of(*proposal->string(), "reveal"), "governance.reveal",
                             "voter_did", std::move(body));
    if (reply) show_fields(session, *reply, kTakenViews);
  });
}

void define_receipt(Command command, Session& session) {
  struct Options {
    std::string proposal;
    std::string vote;
  };
  auto options = std::make_shared<Options>();
  command.argument("PROPOSAL", options->proposal, "its id")
      .argument("VOTE", options->vote, "id of the ballot");
  command.footer(
      "Prints JSON, for `icn vote verify`. Once the vote has closed it leads to the root of all ballots.");
  command.runs([options, &session] {
    const auto reply = get(session, path_of(options->proposal, "receipts/" + segment(options->vote)));
    if (reply) show_json(session, *reply);
  });
}

void define_list(Command command, Session& session) {
  struct Options {
    std::string proposal;
    std::optional<std::string> voter;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.argument("PROPOSAL", options->proposal, "its id")
      .option("--voter", options->voter, "the ballot of this member alone")
      .page(options->page);
  command.runs([options, &session] {
    const auto reply =
        get(session, target(path_of(options->proposal, "votes"), {{"voter", options->voter}}, options->page));
    if (reply) show_table(session, *reply, kBallotViews, "no ballots");
  });
}

// `passes` of the outcome speaks of the ballots alone: without a quorum nothing passes.
void say_standing(Session& session, const Json& tally) {
  const Json* would = tally.find("would_pass");
  const Json* missing = tally.find("quorum_missing");
  const Json* is_final = tally.find("is_final");
  if (would == nullptr || would->boolean() == nullptr || missing == nullptr || missing->number() == nullptr)
    return;
  const bool is_over = is_final != nullptr && is_final->boolean() != nullptr && *is_final->boolean();
  session.err << (is_over ? "it " : "as it stands it ");
  if (*would->boolean()) {
    session.err << (is_over ? "passed" : "passes") << "\n";
    return;
  }
  session.err << (is_over ? "did not pass" : "does not pass");
  if (missing->number()->text != "0") session.err << ": the quorum misses " << missing->number()->text;
  session.err << "\n";
}

void define_tally(Command command, Session& session) {
  auto proposal = std::make_shared<std::string>();
  command.argument("PROPOSAL", *proposal, "its id");
  command.runs([proposal, &session] {
    const auto reply = get(session, path_of(*proposal, "tally"));
    if (!reply) return;
    show_all(session, *reply);
    if (!session.json) say_standing(session, *reply);
  });
}

// The first second after a day, UTC.
std::optional<TimestampSecs> end_of_day(const std::string& day) {
  const auto begin = codec::read_date_time(day + "T00:00:00Z");
  if (!begin.ok()) return std::nullopt;
  return *begin + 86'400;
}

void define_delegate(Command command, Session& session) {
  struct Options {
    std::string to;
    std::optional<std::string> scope, proposal, until;
    std::vector<std::string> categories;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->to, "whose ballot counts for you where you cast none")
      .option("--scope", options->scope, "of this scope alone")
      .option("--category", options->categories, "of this category alone; may be given several times")
      .option("--proposal", options->proposal, "of this proposal alone")
      .option("--until", options->until, "YYYY-MM-DD: its last day, UTC; default: a year");
  command.runs([options, &session] {
    const auto until = options->until ? end_of_day(*options->until) : std::nullopt;
    if (options->until && !until)
      return session.fail(kUsage, "--until: \"" + *options->until + "\" is no day like 2027-03-31");
    const bool is_signed_here = !session.key_file.empty();
    Json body = Json::object({{is_signed_here ? "to" : "to_did", options->to}});
    set_list(body, "categories", options->categories);
    if (options->scope) body.set("scope", *options->scope);
    if (options->proposal) body.set("proposal_id", *options->proposal);
    if (until) body.set("valid_until", *until);
    const auto reply =
        write(session, "/governance/delegations", "governance.delegate", "from_did", std::move(body));
    if (reply) show_all(session, *reply);
  });
}

void define_delegations(Command command, Session& session) {
  struct Options {
    std::optional<std::string> from, to;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.option("--from", options->from, "made by")
      .option("--to", options->to, "followed")
      .page(options->page);
  command.runs([options, &session] {
    const auto reply = get(session, target("/governance/delegations",
                                           {{"from", options->from}, {"to", options->to}}, options->page));
    if (reply) show_table(session, *reply, kDelegationViews, "no delegations");
  });
}

void define_notices(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.optional_argument("DID", *did, "the member; default: oneself")
      .footer("Votes that wait for a ballot or a reveal, how delegates voted (30 days back), what lapses.");
  command.runs([did, &session] {
    const auto who = did_or_own(session, *did);
    if (!who) return;
    const auto reply = get(session, "/governance/members/" + segment(*who) + "/notices");
    if (reply) show_table(session, *reply, kNoticeViews, "nothing waits");
  });
}

void define_effective(Command command, Session& session) {
  struct Options {
    std::string did;
    std::optional<std::string> scope, category, proposal;
  };
  auto options = std::make_shared<Options>();
  command.optional_argument("DID", options->did, "the member; default: oneself")
      .option("--scope", options->scope, "default: local")
      .option("--category", options->category, "of this category alone")
      .option("--proposal", options->proposal, "of this vote, also when it has closed");
  command.runs([options, &session] {
    const auto who = did_or_own(session, options->did);
    if (!who) return;
    const auto reply = get(session, target("/governance/delegations/" + segment(*who) + "/effective",
                                           {{"scope", options->scope},
                                            {"category", options->category},
                                            {"proposal_id", options->proposal}}));
    if (!reply) return;
    if (session.json) return show_json(session, *reply);
    const Json* chains = reply->find("chains");
    if (chains != nullptr && chains->array() != nullptr)
      session.out << table_text(*chains->array(), kEffectiveViews, session.is_terminal);
  });
}

void define_undelegate(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("DELEGATION", *id, "its id");
  command.runs([id, &session] {
    if (!session.key_file.empty()) {
      const auto reply = write(session, "/ledger/transactions", "governance.revoke_delegation", "",
                               Json::object({{"delegation_id", *id}}));
      if (reply) show_all(session, *reply);
      return;
    }
    const auto who = did_or_own(session);
    if (!who) return;
    const auto reply =
        remove(session, target("/governance/delegations/" + segment(*id), {{"from_did", *who}}));
    if (reply) show_all(session, *reply);
  });
}

void define_count(Command command, Session& session) {
  struct Options {
    std::string method, file;
  };
  auto options = std::make_shared<Options>();
  command.argument("METHOD", options->method, "as of `icn proposal create --method`")
      .argument("FILE", options->file,
                "JSON: options, seats and ballots, each with ranking, choice, scores, approvals, credits or "
                "position, and count; - is standard input")
      .footer("Asks no node: the count that decides proposals, of ballots that were cast anywhere.");
  command.runs([options, &session] { count_ballot_file(session, options->method, options->file); });
}

void define_verify(Command command, Session& session) {
  struct Options {
    std::string receipt;
    std::optional<std::string> bundle;
    NodePin pin;
  };
  auto options = std::make_shared<Options>();
  command
      .argument("RECEIPT", options->receipt,
                "file with the receipt, or the answer to a ballot; - is standard input")
      .option("--bundle", options->bundle, "audit bundle of the vote: is the ballot in it?")
      .footer(
          "Asks no node. The exit code is 3 when the receipt does not hold. Whether it was made up only a\n"
          "node that you name can tell: --node-did.");
  options->pin.add_to(command);
  command.runs([options, &session] {
    verify_ballot_receipt(session, options->receipt, options->bundle, options->pin);
  });
}

}  // namespace

void define_vote(Command command, Session& session) {
  define_cast(command.add("cast", "cast a ballot; the last one before the deadline counts"), session);
  define_reveal(command.add("reveal", "open a sealed ballot after the voting"), session);
  define_receipt(command.add("receipt", "the receipt of a ballot"), session);
  define_verify(command.add("verify", "check the receipt of a ballot, without a node"), session);
  define_list(command.add("list", "the ballots of a vote"), session);
  define_tally(command.add("tally", "how a vote stands, and what is missing"), session);
  define_count(command.add("count", "count the ballots of a file by any method, without a node"), session);
  define_objections(command.add("objection", "objections to votes by consent"), session);
  define_delegate(command.add("delegate", "let another member's ballot count for you"), session);
  define_delegations(command.add("delegations", "whose ballot counts for whom"), session);
  define_notices(command.add("notices", "what a member should know, or do"), session);
  define_effective(command.add("effective", "whose ballot counts for a member, and why"), session);
  define_undelegate(command.add("undelegate", "end a delegation of yours"), session);
}

}  // namespace icn::cli
