#include "cli/verbs/federation_life.h"

#include <memory>
#include <ostream>

#include "base/errors.h"
#include "cli/node_settings.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "codec/fields.h"
#include "consensus/cometbft/network_genesis.h"
#include "crypto/durable_file.h"
#include "federation/joining/invitation.h"
#include "node/membership.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::string_view kChangesPath = "/federation/changes";

const std::vector<View> kChangeViews{{"change", "change_id"},      {"status", "status"},
                                     {"approvals", "approvals"},   {"needed", "approvals_needed"},
                                     {"validators", "validators"}, {"may fail", "faults_tolerated"},
                                     {"block", "height"}};

// The JSON of a file that `icn federation validator` printed.
Result<Json> read_validator_file(const std::string& file) {
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(file, kFileBytesMax));
  auto json = codec::parse_json(as_text(text.view()));
  if (!json.ok()) return json.error().within(file);
  auto info = codec::from_json<consensus::ValidatorInfo>(*json);
  if (!info.ok()) return info.error().within(file);
  return json;
}

void show_change(Session& session, const Json& reply) {
  show_fields(session, reply, kChangeViews);
  const Json* const status = reply.find("status");
  if (session.json || status == nullptr || status->string() == nullptr || *status->string() != "open") return;
  session.err << "it comes into force with more approvals: operators of other validators type\n"
                 "  icn federation approve "
              << cell_text(reply.find("change_id"), Kind::kText, false) << "\n";
}

void propose(Session& session, Json body) {
  const auto reply = write(session, std::string(kChangesPath), "federation.propose", "", std::move(body));
  if (reply) show_change(session, *reply);
}

void define_federation_init(Command command, Session& session) {
  struct Options {
    std::string name, policy = "approval";
    std::optional<std::string> charter, organization;
    std::vector<std::string> validators;
  };
  auto options = std::make_shared<Options>();
  command.argument("NAME", options->name, "of the federation")
      .choice(
          "--policy", options->policy, {"open", "invite_only", "approval", "vote"},
          "who may join: anybody, who has an invitation, who the validators' operators approve, or who the "
          "members vote for")
      .option("--charter", options->charter,
              "CID of the public block with the charter that members consent to")
      .option("--organization", options->organization, "DID this node stands for; the node's own when absent")
      .option("--validator", options->validators,
              "file of another validator to begin with, as `icn federation validator` prints it; may be "
              "given again")
      .footer(
          "The ledger of a node that was alone becomes the federation's: same network id, accounts, "
          "balances, jobs "
          "and history. After this block the node takes no writes until it is restarted.");
  command.runs([options, &session] {
    Json body = Json::object({{"name", options->name}, {"policy", options->policy}});
    if (options->charter) body.set("charter_cid", *options->charter);
    if (options->organization) body.set("organization", *options->organization);
    Json::Array others;
    for (const std::string& file : options->validators) {
      auto info = read_validator_file(file);
      if (!info.ok()) return session.fail(kFailed, info.error().detail());
      others.push_back(std::move(*info));
    }
    if (!others.empty()) body.set("validators", Json(std::move(others)));
    const auto reply = post(session, "/federation/init", body);
    if (!reply) return;
    show_fields(session, *reply,
                {{"federation", "federation_id"},
                 {"name", "name"},
                 {"validators", "validators"},
                 {"may fail", "faults_tolerated"},
                 {"last block alone", "height"}});
    if (session.json) return;
    session.err << "the ledger is the federation's from the next block on; nothing of it changed\n"
                   "next: restart the node. It then starts CometBFT at consensus.listen and goes on\n";
  });
}

void define_federation_status(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, "/federation/status");
    if (!reply) return;
    show_fields(session, *reply,
                {{"federation", "federation_id"},
                 {"name", "name"},
                 {"this node", "role"},
                 {"policy", "policy"},
                 {"charter", "charter_cid"},
                 {"members", "members"},
                 {"may fail", "faults_tolerated"},
                 {"approvals needed", "approvals_needed"},
                 {"block", "height"},
                 {"of", "time", Kind::kTime},
                 {"checkpoint", "epoch"},
                 {"peers", "peer_count"},
                 {"blocks behind", "lag"},
                 {"cut off", "partitioned"},
                 {"takes writes", "is_writing"},
                 {"because", "reason"},
                 {"waits for confirm-validator", "awaits_confirmation"}});
    const Json* const validators = reply->find("validators");
    if (session.json || validators == nullptr || validators->array() == nullptr) return;
    session.out << table_text(*validators->array(),
                              {{"VALIDATOR", "name"},
                               {"ORGANIZATION", "organization", Kind::kId},
                               {"OPERATOR", "operator_did", Kind::kId},
                               {"SINCE", "since", Kind::kTime},
                               {"ENGINE", "peer"}},
                              session.is_terminal);
  });
}

void define_members(Command command, Session& session) {
  auto cursor = std::make_shared<std::optional<std::string>>();
  command.option("--cursor", *cursor, "go on where a list ended");
  command.runs([cursor, &session] {
    const auto reply = get(session, target("/federation/members", {{"cursor", *cursor}}));
    if (!reply) return;
    show_table(session, *reply,
               {{"ORGANIZATION", "organization", Kind::kId},
                {"NAME", "name"},
                {"ROLE", "role"},
                {"OPERATOR", "operator_did", Kind::kId},
                {"JOINED", "joined_at", Kind::kTime},
                {"FROM NETWORK", "former_network"},
                {"PEOPLE", "people_count", Kind::kNumber}},
               "no members: this node is alone");
  });
}

void define_changes(Command command, Session& session) {
  auto cursor = std::make_shared<std::optional<std::string>>();
  command.option("--cursor", *cursor, "go on where a list ended");
  command.runs([cursor, &session] {
    const auto reply = get(session, target(kChangesPath, {{"cursor", *cursor}}));
    if (!reply) return;
    show_table(session, *reply,
               {{"CHANGE", "change_id"},
                {"KIND", "kind"},
                {"STATUS", "status"},
                {"ORGANIZATION", "organization", Kind::kId},
                {"NAME", "name"},
                {"APPROVALS", "approvals", Kind::kNumber},
                {"NEEDED", "approvals_needed", Kind::kNumber},
                {"DECIDED BY", "decided_by"},
                {"PROPOSED", "proposed_at", Kind::kTime}},
               "no changes");
  });
}

void define_approve(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("CHANGE", *id, "id of the change, from `icn federation changes`");
  command.runs([id, &session] {
    const Json body = session.key_file.empty() ? Json(Json::Object()) : Json::object({{"change_id", *id}});
    const auto reply = write(session, std::string(kChangesPath) + "/" + segment(*id) + "/approve",
                             "federation.approve", "", body);
    if (reply) show_change(session, *reply);
  });
}

void define_offences(Command command, Session& session) {
  auto cursor = std::make_shared<std::optional<std::string>>();
  command.option("--cursor", *cursor, "go on where a list ended");
  command.runs([cursor, &session] {
    const auto reply = get(session, target("/federation/offences", {{"cursor", *cursor}}));
    if (!reply) return;
    show_table(session, *reply,
               {{"OFFENCE", "offence"},
                {"ORGANIZATION", "organization", Kind::kId},
                {"FOUND", "found_at", Kind::kTime},
                {"LOCKED", "locked", Kind::kNumber},
                {"BURNS", "burns_at", Kind::kTime},
                {"BURNED", "burned", Kind::kNumber},
                {"TAKEN BACK", "lifted_at", Kind::kTime}},
               "no validator has broken a rule");
  });
}

void define_contest(Command command, Session& session) {
  struct Options {
    std::string offence;
    std::optional<std::string> reason;
  };
  auto options = std::make_shared<Options>();
  command
      .argument("OFFENCE", options->offence,
                "its name, from `icn federation offences`, as one word in quotes")
      .option("--reason", options->reason, "CID of a block with what is said against it")
      .footer("The penalty is taken back when enough operators of validators approve before it is burned.");
  command.runs([options, &session] {
    Json body = Json::object({{"offence", options->offence}});
    if (options->reason) body.set("reason_cid", *options->reason);
    const auto reply = write(session, "/federation/contest", "federation.contest", "", std::move(body));
    if (reply) show_change(session, *reply);
  });
}

void define_admit(Command command, Session& session) {
  struct Options {
    std::string organization, name, operator_did;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->organization, "of the organisation")
      .argument("NAME", options->name, "of the organisation, for people")
      .option("--operator", options->operator_did,
              "DID that acts for it; the organisation's own when absent");
  command.runs([options, &session] {
    const std::string& acts = options->operator_did.empty() ? options->organization : options->operator_did;
    propose(session, Json::object({{"kind", "admit_member"},
                                   {"organization", options->organization},
                                   {"name", options->name},
                                   {"operator_did", acts}}));
  });
}

void define_add_validator(Command command, Session& session) {
  auto file = std::make_shared<std::string>();
  command.argument("FILE", *file, "what `icn federation validator` printed at the member's node")
      .footer("Its node must have caught up first: a validator that is not there counts as one that fails.");
  command.runs([file, &session] {
    const auto json = read_validator_file(*file);
    if (!json.ok()) return session.fail(kFailed, json.error().detail());
    const Json* const proof = json->find("proof");
    const Json* const organization = json->find("organization");
    if (proof == nullptr || organization == nullptr)
      return session.fail(kFailed, *file + ": has no proof; print it anew with `icn federation validator`");
    propose(session, Json::object({{"kind", "add_validator"},
                                   {"organization", *organization},
                                   {"validator", Json::object({{"public_key", *json->find("public_key")},
                                                               {"peer", *json->find("peer")},
                                                               {"proof", *proof}})}}));
  });
}

void define_removal(Command command, Session& session, const char* kind) {
  auto organization = std::make_shared<std::string>();
  command.argument("DID", *organization, "of the organisation");
  command.runs([organization, kind, &session] {
    propose(session, Json::object({{"kind", kind}, {"organization", *organization}}));
  });
}

// The JSON of an invitation's file.
Result<Json> read_invitation(const std::string& file) {
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(file, kFileBytesMax));
  auto json = codec::parse_json(as_text(text.view()));
  if (!json.ok()) return json.error().within(file);
  auto invitation = codec::from_json<federation::Invitation>(*json);
  if (!invitation.ok()) return invitation.error().within(file);
  return json;
}

void define_federation_invite(Command command, Session& session) {
  struct Options {
    std::vector<std::string> api, rpc;
    std::optional<std::string> organization;
    std::uint64_t days = 7;
  };
  auto options = std::make_shared<Options>();
  command
      .option("--api", options->api,
              "HTTP interface of a node as the newcomer reaches it; may be given again; --url when absent")
      .option("--rpc", options->rpc,
              "host:port of another node's consensus.rpc_listen, where the newcomer's engine gets signed "
              "headers; may be given again. This node's own is named without")
      .option("--for", options->organization, "DID of the only organisation that may use it")
      .option("--days", options->days, "how long it works, 90 at most")
      .footer(
          "Write what it prints to a file and hand it over; the newcomer types `icn federation join FILE`.");
  command.runs([options, &session] {
    if (options->api.empty()) options->api.push_back(session.url);
    Json body = Json::object(
        {{"api", Json::Array(options->api.begin(), options->api.end())}, {"days", options->days}});
    if (options->organization) body.set("organization", *options->organization);
    if (!options->rpc.empty()) body.set("rpc", Json::Array(options->rpc.begin(), options->rpc.end()));
    const auto reply = post(session, "/federation/invitations", body);
    if (!reply) return;
    session.out << codec::write_json_pretty(*reply) << "\n";
    const Json* const addresses = reply->find("addresses");
    if (session.json ||
        (addresses != nullptr && addresses->array() != nullptr && !addresses->array()->empty()))
      return;
    session.err
        << "it names no address where this node is reached as a peer: jobs and content will not cross\n"
           "set p2p.listen (and p2p.external), restart the node and invite again\n";
  });
}

void show_join(Session& session, const Json& reply) {
  show_fields(session, reply,
              {{"status", "status"},
               {"federation", "name"},
               {"network", "federation_id"},
               {"policy", "policy"},
               {"charter", "charter_cid"},
               {"members", "members"},
               {"validators", "validators"},
               {"may fail", "faults_tolerated"},
               {"DIDs that cross", "crossing.dids"},
               {"their versions", "crossing.versions"},
               {"people that cross", "crossing.people"},
               {"content blocks that stay here", "crossing.blocks"},
               {"mana that does not cross", "crossing.mana"},
               {"open jobs that do not cross", "crossing.open_jobs"},
               {"open proposals that do not cross", "crossing.open_proposals"},
               {"memberships that do not cross", "crossing.members"},
               {"credentials whose status does not", "crossing.credentials"},
               {"ledger that is sealed, blocks", "crossing.height"}});
  const Json* const status = reply.find("status");
  if (session.json || status == nullptr || status->string() == nullptr) return;
  if (*status->string() == "would_join") session.err << "nothing was changed\n";
  const Json* const scope = reply.find("scope");
  if (*status->string() == "pending" && scope != nullptr && scope->string() != nullptr)
    session.err << "the members decide by a proposal with AdmitMember in scope " << *scope->string()
                << "; type the same again once it is carried out\n";
  else if (*status->string() == "pending")
    session.err << "the federation decides; type the same again once it has decided for you\n";
  if (*status->string() == "joined") {
    session.err << "the ledger here is sealed and stays readable: `icn ledger verify --former`\n"
                   "next: restart the node. It goes on in the federation's network\n";
  }
}

void define_join(Command command, Session& session) {
  struct Options {
    std::string file;
    std::optional<std::string> name;
    bool consent = false;
    bool dry_run = false;
  };
  auto options = std::make_shared<Options>();
  command.argument("FILE", options->file, "invitation, as `icn federation invite` printed it")
      .option("--name", options->name, "of the organisation, for people")
      .flag("--consent", options->consent, "the organisation consents to the federation's charter")
      .flag("--dry-run", options->dry_run, "only say what would cross and what would not");
  command.runs([options, &session] {
    auto invitation = read_invitation(options->file);
    if (!invitation.ok()) return session.fail(kFailed, invitation.error().detail());
    Json body = Json::object({{"invitation", std::move(*invitation)},
                              {"consent", options->consent},
                              {"dry_run", options->dry_run}});
    if (options->name) body.set("name", *options->name);
    const auto reply = post(session, "/federation/join", body);
    if (reply) show_join(session, *reply);
  });
}

void define_follow(Command command, Session& session) {
  struct Options {
    std::string file, config_file;
    std::vector<std::string> settings;
  };
  auto options = std::make_shared<Options>();
  command.argument("FILE", options->file, "invitation, as `icn federation invite` printed it")
      .option("--config", options->config_file, "settings file of the node")
      .unknown_options(options->settings)
      .footer("For a node that has no ledger of its own: it follows the federation from its first block on.");
  command.runs([options, &session] {
    const auto settings = load_node_settings(session, options->config_file, options->settings);
    if (!settings.ok()) return session.fail(kBadSettings, settings.error().detail());
    const auto json = read_invitation(options->file);
    if (!json.ok()) return session.fail(kFailed, json.error().detail());
    const auto invitation = codec::from_json<federation::Invitation>(*json);
    if (const auto done = node::follow(*settings, *invitation); !done.ok())
      return session.fail(kFailed, done.error().detail());
    session.err << "the node follows network \"" << invitation->ticket.network
                << "\" from its next start on\n";
  });
}

void define_leave(Command command, Session& session) {
  auto network = std::make_shared<std::optional<std::string>>();
  command
      .option("--network", *network,
              "id of the node's network afterwards; the federation's with -alone when absent")
      .footer(
          "The node goes on alone from its last block, with the records of this organisation's people: accounts, "
          "DIDs, credentials, jobs. What is others' stays with the federation.");
  command.runs([network, &session] {
    Json body = Json(Json::Object());
    if (*network) body.set("network", **network);
    const auto reply = post(session, "/federation/leave", body);
    if (!reply) return;
    show_fields(session, *reply,
                {{"organization", "organization", Kind::kId},
                 {"validators left", "validators"},
                 {"may fail", "faults_tolerated"},
                 {"block", "height"}});
    if (!session.json) session.err << "next: restart the node. It goes on alone from its last block\n";
  });
}

}  // namespace

void define_federation_life(Command& command, Session& session) {
  define_federation_init(command.add("init", "make the ledger of a node alone a federation's (operator)"),
                         session);
  define_federation_status(
      command.add("status", "the federation, its validators, and this node's part in it"), session);
  define_members(command.add("members", "organisations of the federation"), session);
  define_changes(command.add("changes", "proposed changes of members and validators, newest first"), session);
  define_approve(command.add("approve", "approve a change, as the operator of a validator"), session);
  define_offences(command.add("offences", "what validators did against the rules, and what it costs them"),
                  session);
  define_contest(command.add("contest", "contest the penalty of an offence, as who answers for it"), session);
  define_admit(command.add("admit", "propose a new member (operator of a validator)"), session);
  define_removal(command.add("remove", "propose that a member leaves (operator of a validator)"), session,
                 "remove_member");
  define_add_validator(command.add("add-validator", "propose a member's validator (operator of a validator)"),
                       session);
  define_removal(
      command.add("remove-validator", "propose that a member validates no more (operator of a validator)"),
      session, "remove_validator");
  define_federation_invite(command.add("invite", "invite an organisation (operator of a validator)"),
                           session);
  define_join(command.add("join", "join a federation that has invited this node's organisation"), session);
  define_follow(command.add("follow", "follow a federation with a node that has no ledger yet"), session);
  define_leave(command.add("leave", "leave the federation; the node goes on alone"), session);
}

}  // namespace icn::cli
