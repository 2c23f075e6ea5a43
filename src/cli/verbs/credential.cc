#include <algorithm>
#include <memory>

#include "cli/credential_file.h"
#include "cli/files.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/verify.h"
#include "cli/without_node.h"

namespace icn::cli {
namespace {

using codec::Json;

const std::vector<View> kItemViews{
    {"CREDENTIAL", "cid", Kind::kId}, {"TYPE", "type"},     {"ISSUER", "issuer", Kind::kId},
    {"HOLDER", "holder", Kind::kId},  {"STATUS", "status"}, {"EXPIRES", "expires_at", Kind::kTime}};

void define_issue(Command command, Session& session) {
  auto order = std::make_shared<CredentialOrder>();
  auto out = std::make_shared<std::string>();
  command.argument("HOLDER", order->holder, "DID it is about")
      .option("--type", order->type, "OrganizationMember, Skill, VotingEligibility, ...")
      .option("--claim", order->claims, "NAME=VALUE; a value that is JSON is taken as such")
      .option("--schema", order->schema, "id of a schema its claims must fit")
      .option("--days", order->days, "how long it is valid")
      .choice("--format", order->format, {"eddsa-jcs-2022", "vc+jwt", "dc+sd-jwt"}, "how it is secured")
      .option("--disclosable", order->disclosable,
              "of dc+sd-jwt: a claim that its holder discloses by itself")
      .option("--usage-limit", order->usage_limit, "how often its holder may show it")
      .option("--context", order->contexts, "in which it may be used; several times, none: in all")
      .option("--revocable-by", order->revocable_by,
              "DID that may revoke it beside the issuer; several times")
      .flag("--public", order->is_public, "keep it as a public block; else it is sealed for its holder")
      .option("--out,-o", *out, "file for the credential; else it is printed")
      .footer(
          "The acting DID issues it. With --key it is signed here, and the ledger is told its CID alone.");
  command.runs([order, out, &session] {
    const auto issued =
        session.key_file.empty() ? issue_by_node(session, *order) : issue_here(session, *order);
    if (!issued) return;
    const std::string text = credential_text(issued->credential) + "\n";
    if (!out->empty() && !write_file(session, *out, as_bytes(text))) return;
    if (session.json) return show_json(session, issued->answer);
    if (out->empty()) {
      session.out << text;
      return;
    }
    show_fields(session, issued->answer, {{"credential", "cid", Kind::kId}, {"block", "height"}});
  });
}

void define_list(Command command, Session& session) {
  struct Options {
    std::optional<std::string> holder, issuer, type, status;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.option("--holder", options->holder, "DID")
      .option("--issuer", options->issuer, "DID")
      .option("--type", options->type, "type")
      .option("--status", options->status, "active, suspended or revoked")
      .page(options->page, "newest first");
  command.runs([options, &session] {
    const auto reply = get(session, target("/identity/credentials",
                                           {{"holder", options->holder},
                                            {"issuer", options->issuer},
                                            {"type", options->type},
                                            {"status", options->status}},
                                           options->page));
    if (reply) show_table(session, *reply, kItemViews, "no credentials");
  });
}

void define_show(Command command, Session& session) {
  struct Options {
    std::string cid, out;
    std::optional<std::string> issuer;
  };
  auto options = std::make_shared<Options>();
  command.argument("CID", options->cid, "of the credential")
      .option("--issuer", options->issuer, "DID; needed where several anchored this CID")
      .option("--out,-o", options->out, "file for the credential itself")
      .footer("One that is sealed is opened by the node when it keeps the holder's key, here with --key.");
  command.runs([options, &session] {
    const std::string path = "/identity/credentials/" + segment(options->cid);
    auto reply = get(session, target(path, {{"issuer", options->issuer}}));
    if (!reply) return;
    if (!open_if_sealed(session, *reply)) return;
    const auto status = get(session, target(path + "/status", {{"issuer", options->issuer}}));
    if (!status) return;
    reply->set("status", *status);
    const Json* credential = reply->find("verifiableCredential");
    if (!options->out.empty()) {
      if (credential == nullptr)
        return session.fail(kRefused, "the credential cannot be read by this caller");
      write_file(session, options->out, as_bytes(credential_text(*credential) + "\n"));
      return;
    }
    show_all(session, *reply);
  });
}

// Evidence is as good as who made it: a credential's holder could bring a file of their own.
void show_voucher(Session& session, const Json& answer) {
  if (answer.find("vouched_by") == nullptr) return;
  session.out << fields_text(answer,
                             {{"vouched for by", "vouched_by", Kind::kId},
                              {"named by --authority", "is_pinned"},
                              {"as of", "evidence_made_at", Kind::kTime}},
                             session.is_terminal);
}

void show_verification(Session& session, const Json& answer) {
  const Json* verified = answer.find("verified");
  if (verified == nullptr || verified->boolean() == nullptr || !*verified->boolean())
    session.exit_code = kNotMet;
  if (session.json) return show_json(session, answer);
  const Json* checks = answer.find("checks");
  if (checks && checks->array())
    session.out << table_text(*checks->array(),
                              {{"CHECK", "name"}, {"HOLDS", "ok"}, {"WHY", "reason"}, {"OF", "credential"}},
                              session.is_terminal);
  show_voucher(session, answer);
  session.out << (session.exit_code == kOk ? "verified\n" : "not verified\n");
}

void define_verify(Command command, Session& session) {
  auto order = std::make_shared<VerifyOrder>();
  command
      .argument("FILE", order->file, "credential or presentation: JSON, JWT or SD-JWT; - is standard input")
      .flag("--offline", order->is_offline,
            "without a node: did:key speaks for itself, the rest comes from files")
      .option("--evidence", order->evidence, "with --offline: file of `icn credential evidence`")
      .option("--did-document", order->documents, "file with the document of a DID that is not did:key")
      .option("--status-list", order->status_lists, "file with the signed credential of a status list")
      .option("--authority", order->authorities,
              "DID beside the issuer whose status lists count: a node's; default: that of --evidence")
      .option("--challenge", order->challenge, "what its holder had to sign")
      .option("--domain", order->domain, "for whom")
      .option("--context", order->context, "in which it is to be used")
      .option("--trusted-issuer", order->trusted_issuers, "no others are trusted")
      .footer("Exit code 3: a check does not hold.");
  command.runs([order, &session] {
    if (order->evidence && !order->is_offline)
      return session.fail(kUsage, "--evidence: goes with --offline; a node has its own");
    show_verified_credential(session, *order);
  });
}

void define_evidence(Command command, Session& session) {
  struct Options {
    std::string file, out;
  };
  auto options = std::make_shared<Options>();
  command.argument("FILE", options->file, "credential or presentation; - is standard input")
      .option("--out,-o", options->out, "file for the evidence; else it is printed")
      .footer(
          "The DID documents, status lists and schemas of the node: `icn credential verify FILE --offline\n"
          "--evidence EVIDENCE` needs nothing else, for a day. Exit code 3: something could not be had.");
  command.runs([options, &session] {
    const auto credential = read_credential_file(session, options->file);
    if (!credential) return;
    const auto evidence = gather_evidence(session, *credential);
    if (evidence)
      write_file(session, options->out, as_bytes(codec::write_json_pretty(codec::to_json(*evidence)) + "\n"));
  });
}

void define_revoke(Command command, Session& session) {
  struct Options {
    StatusOrder order;
    bool suspend = false, lift = false;
  };
  auto options = std::make_shared<Options>();
  command.argument("CID", options->order.cid, "of the credential")
      .argument("REASON", options->order.reason, "why; issuer and holder can read it")
      .option("--issuer", options->order.issuer, "DID; needed where several anchored this CID")
      .flag("--suspend", options->suspend, "only until it is lifted")
      .flag("--lift", options->lift, "end a suspension");
  command.runs([options, &session] {
    if (options->suspend && options->lift)
      return session.fail(kUsage, "--suspend and --lift: exclude each other");
    if (options->suspend || options->lift) options->order.change = options->suspend ? "suspend" : "lift";
    const auto reply = change_status(session, options->order);
    if (reply)
      show_fields(session, *reply,
                  {{"credential", "cid", Kind::kId},
                   {"status", "status"},
                   {"reason", "revocation_cid", Kind::kId},
                   {"block", "height"}});
  });
}

void define_disclose(Command command, Session& session) {
  auto order = std::make_shared<DiscloseOrder>();
  command.argument("FILE", order->file, "credential of format dc+sd-jwt")
      .option("--field", order->fields, "claim to show")
      .option("--verifier", order->verifier, "who it is for")
      .option("--challenge", order->challenge, "what the verifier wants signed")
      .option("--out,-o", order->out, "file for what is shown; else it is printed")
      .footer("With --key it is made here, else by a node that keeps the holder's key.");
  command.runs([order, &session] { disclose(session, *order); });
}

void define_present(Command command, Session& session) {
  auto order = std::make_shared<DiscloseOrder>();
  command.argument("FILE", order->file, "credential to show whole")
      .option("--verifier", order->verifier, "who it is for: its domain")
      .option("--challenge", order->challenge, "what the verifier wants signed")
      .option("--out,-o", order->out, "file for the presentation; else it is printed")
      .footer("With --key it is made here, else by a node that keeps the holder's key.");
  command.runs([order, &session] {
    order->is_whole = true;
    disclose(session, *order);
  });
}

void define_anchor(Command command, Session& session) {
  auto order = std::make_shared<AnchorOrder>();
  command.argument("CID", order->cid, "of the credential")
      .argument("VERIFIER", order->verifier, "DID it was shown to")
      .option("--field", order->fields, "claim that was shown; several times")
      .option("--issuer", order->issuer, "DID; needed where several anchored this CID")
      .footer("By its holder. It counts as one use of the credential; what was shown stays private.");
  command.runs([order, &session] {
    const auto reply = anchor_disclosure(session, *order);
    if (reply)
      show_fields(session, *reply,
                  {{"disclosure", "disclosure_cid", Kind::kId},
                   {"uses", "usage_count"},
                   {"anchored", "anchored_at", Kind::kTime},
                   {"block", "height"}});
  });
}

void define_schema(Command command, Session& session) {
  command.add("list", "schemas this network knows").runs([&session] {
    const auto reply = get(session, "/identity/credentials/schemas");
    if (reply)
      show_table(session, *reply,
                 {{"SCHEMA", "id"},
                  {"AUTHOR", "author", Kind::kId},
                  {"ISSUERS", "issuers"},
                  {"TITLE", "json_schema.title"}},
                 "no schemas");
  });
  struct Options {
    std::string name, file;
    std::uint64_t version = 1;
    std::vector<std::string> issuers;
  };
  auto options = std::make_shared<Options>();
  Command add = command.add("add", "register a schema");
  add.argument("NAME", options->name, "as bread:skill")
      .argument("FILE", options->file, "JSON Schema of the claims")
      .option("--version", options->version, "1 is the first")
      .option("--issuer", options->issuers, "DID that may issue under it; none: everybody");
  add.runs([options, &session] {
    const auto schema = read_json_file(session, options->file);
    if (!schema) return;
    const auto author = did_or_own(session);
    if (!author) return;
    Json::Array issuers;
    for (const std::string& each : options->issuers) issuers.emplace_back(each);
    const Json body = Json::object({{"name", options->name},
                                    {"version", options->version},
                                    {"json_schema", *schema},
                                    {"issuers", std::move(issuers)},
                                    {"author", *author}});
    const auto reply = session.key_file.empty() ? post(session, "/identity/credentials/schemas", body)
                                                : register_schema_here(session, body);
    if (reply)
      show_fields(session, *reply, {{"schema", "id"}, {"text", "cid", Kind::kId}, {"block", "height"}});
  });
}

}  // namespace

void show_verified_credential(Session& session, const VerifyOrder& order) {
  const auto answer = order.is_offline ? verify_offline(session, order) : verify_by_node(session, order);
  if (answer) show_verification(session, *answer);
}

void define_credential(Command command, Session& session) {
  define_issue(command.add("issue", "issue a credential"), session);
  define_list(command.add("list", "credentials of the ledger"), session);
  define_show(command.add("show", "a credential and its status"), session);
  define_verify(command.add("verify", "check a credential or presentation"), session);
  define_evidence(command.add("evidence", "what checks a credential without a node, in one file"), session);
  define_revoke(command.add("revoke", "revoke or suspend a credential"), session);
  define_present(command.add("present", "show a credential whole, to one verifier"), session);
  define_disclose(command.add("disclose", "show parts of a credential, to one verifier"), session);
  define_anchor(command.add("anchor", "have the ledger note that a credential was shown"), session);
  define_schema(command.add("schema", "schemas of credentials"), session);
}

}  // namespace icn::cli
