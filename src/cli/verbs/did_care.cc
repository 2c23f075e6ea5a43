#include "cli/verbs/did_care.h"

#include <memory>

#include "cli/files.h"
#include "cli/key_file.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "crypto/key_text.h"
#include "identity/did.h"
#include "identity/key_proof.h"

namespace icn::cli {
namespace {

using codec::Json;

const std::vector<View> kRecoveryViews{
    {"did", "did"},          {"new key", "new_key"},         {"state", "state"}, {"approved by", "approvals"},
    {"needed", "threshold"}, {"due", "due_at", Kind::kTime}, {"block", "height"}};

std::string path_of(const std::string& did, std::string_view verb) {
  return "/identity/did/" + segment(did) + std::string(verb);
}

Json texts(const std::vector<std::string>& list) {
  Json::Array out;
  for (const std::string& each : list) out.emplace_back(each);
  return Json(std::move(out));
}

void define_guardians(Command command, Session& session) {
  struct Options {
    std::string did;
    std::vector<std::string> guardians;
    std::optional<std::uint64_t> threshold;
    std::uint64_t delay_days = 7;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "a person or organisation")
      .option("--guardian", options->guardians, "DID of one; several times")
      .option("--threshold", options->threshold, "how many must approve; 0 and no guardians: nobody")
      .option("--delay-days", options->delay_days, "how long a recovery can be taken back, 7 to 90")
      .footer(
          "Without --threshold it shows them and what they want. Others than the first follow after 7 days.");
  command.runs([options, &session] {
    if (!options->threshold) {
      const auto reply = get(session, path_of(options->did, "/recovery"));
      if (reply) show_all(session, *reply);
      return;
    }
    session.acting_did = options->did;
    Json body = Json::object({{"guardians", texts(options->guardians)},
                              {"threshold", *options->threshold},
                              {"delay_secs", options->delay_days * 86'400}});
    const auto reply =
        write(session, path_of(options->did, "/guardians"), "identity.guardians", "", std::move(body));
    if (reply)
      show_fields(session, *reply,
                  {{"did", "did"},
                   {"guardians", "guardians"},
                   {"needed", "threshold"},
                   {"in force", "in_force_at", Kind::kTime},
                   {"block", "height"}});
  });
}

void define_claim(Command command, Session& session) {
  struct Options {
    std::string did, new_key_file, out;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "the DID whose keys are lost")
      .argument("KEY-FILE", options->new_key_file, "key file with the key it is to have")
      .option("--out,-o", options->out, "file for the claim; else it is printed")
      .footer(
          "The claim proves that its maker has the new key; a guardian submits it with `icn did recover`.");
  command.runs([options, &session] {
    const auto key = load_key_file(options->new_key_file, session.random);
    if (!key.ok()) return fail_key_file(session, options->new_key_file, key.error());
    const auto info = node_info(session);
    if (!info) return;
    const Bytes nonce = session.random.bytes(identity::kDidNonceSize);
    const Bytes message =
        identity::key_proof_bytes(info->network, Did(options->did), nonce, key->public_key());
    const Json claim = Json::object({{"did", options->did},
                                     {"new_key", crypto::multikey_text(key->public_key())},
                                     {"nonce", hex_encode(nonce)},
                                     {"proof", hex_encode(key->sign(message).view())}});
    write_file(session, options->out, as_bytes(codec::write_json_pretty(claim) + "\n"));
  });
}

void define_recover(Command command, Session& session) {
  auto file = std::make_shared<std::string>();
  command.argument("CLAIM", *file, "file of `icn did claim`; - is standard input")
      .footer("By a guardian: it asks for the new key and approves it.");
  command.runs([file, &session] {
    const auto bytes = read_file(session, *file);
    if (!bytes) return;
    auto claim = codec::parse_json(as_text(*bytes));
    const Json* did = claim.ok() ? claim->find("did") : nullptr;
    if (did == nullptr || did->string() == nullptr)
      return session.fail(kFailed, *file + ": is no claim to a DID");
    const std::string path = path_of(*did->string(), "/recovery");
    const auto reply = write(session, path, "identity.recover", "guardian", std::move(*claim));
    if (reply) show_fields(session, *reply, kRecoveryViews);
  });
}

void define_approve(Command command, Session& session) {
  struct Options {
    std::string did, new_key;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "the DID whose keys are lost")
      .argument("NEW-KEY", options->new_key, "the key that was asked for, as in z6Mk...")
      .footer("By a further guardian. With enough of them the delay begins.");
  command.runs([options, &session] {
    Json body = Json::object({{"did", options->did}, {"new_key", options->new_key}});
    const auto reply = write(session, path_of(options->did, "/recovery/approve"), "identity.approve_recovery",
                             "guardian", std::move(body));
    if (reply) show_fields(session, *reply, kRecoveryViews);
  });
}

void define_veto(Command command, Session& session) {
  struct Options {
    std::string did, new_key;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "one's own DID")
      .argument("NEW-KEY", options->new_key, "the key that is to replace one's own, as in z6Mk...")
      .footer("Takes a recovery back while it waits. The second time within 30 days freezes the DID's keys.");
  command.runs([options, &session] {
    session.acting_did = options->did;
    Json body = Json::object({{"new_key", options->new_key}});
    const auto reply = write(session, path_of(options->did, "/recovery/cancel"), "identity.cancel_recovery",
                             "", std::move(body));
    if (reply) show_fields(session, *reply, kRecoveryViews);
  });
}

void define_control(Command command, Session& session) {
  struct Options {
    std::string did;
    std::vector<std::string> controllers;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "a device, service or ephemeral DID")
      .option("--controller", options->controllers, "DID that may change it; several times")
      .footer("By the DID itself, once: then its controllers alone name others, with `icn did manage`.");
  command.runs([options, &session] {
    session.acting_did = options->did;
    Json body = Json::object({{"controllers", texts(options->controllers)}});
    const auto reply =
        write(session, path_of(options->did, "/controllers"), "identity.controllers", "", std::move(body));
    if (reply) show_fields(session, *reply, {{"did", "did"}, {"version", "version"}, {"block", "height"}});
  });
}

void define_manage(Command command, Session& session) {
  struct Options {
    std::string did;
    std::optional<std::string> new_key_file;
    std::vector<std::string> controllers;
    bool is_ended = false;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "a DID one controls")
      .option("--new-key", options->new_key_file, "key file with the key it is to have")
      .option("--controller", options->controllers, "DID in place of its controllers; several times")
      .flag("--deactivate", options->is_ended, "end it for ever")
      .footer("By a controller. One of the three at a time.");
  command.runs([options, &session] {
    Json body = Json::object({{"did", options->did}});
    if (options->new_key_file) {
      const auto key = load_key_file(*options->new_key_file, session.random);
      if (!key.ok()) return fail_key_file(session, *options->new_key_file, key.error());
      const auto info = node_info(session);
      if (!info) return;
      const Bytes nonce = session.random.bytes(identity::kDidNonceSize);
      const Bytes message =
          identity::key_proof_bytes(info->network, Did(options->did), nonce, key->public_key());
      body.set("new_key", crypto::multikey_text(key->public_key()));
      body.set("nonce", hex_encode(nonce));
      body.set("proof", hex_encode(key->sign(message).view()));
    }
    if (!options->controllers.empty()) body.set("controllers", texts(options->controllers));
    if (options->is_ended) body.set("deactivate", true);
    const auto reply =
        write(session, path_of(options->did, "/manage"), "identity.manage", "controller", std::move(body));
    if (reply)
      show_fields(session, *reply,
                  {{"did", "did"}, {"key", "key"}, {"version", "version"}, {"block", "height"}});
  });
}

// "shop=LinkedDomains=https://bakery.example"
std::optional<Json> service_of(Session& session, const std::string& text) {
  const std::size_t first = text.find('=');
  const std::size_t second = first == std::string::npos ? first : text.find('=', first + 1);
  if (second == std::string::npos) {
    session.fail(kUsage, "--add: \"" + text + "\" is not like ID=TYPE=URI");
    return std::nullopt;
  }
  return Json::object({{"id", text.substr(0, first)},
                       {"type", text.substr(first + 1, second - first - 1)},
                       {"endpoint", text.substr(second + 1)}});
}

void show_services(Session& session, const std::string& did) {
  const auto document = get(session, path_of(did, ""));
  if (!document) return;
  const Json* services = document->find("service");
  const Json listed = Json::object({{"items", services != nullptr ? *services : Json(Json::Array{})}});
  show_table(session, listed, {{"SERVICE", "id"}, {"TYPE", "type"}, {"AT", "serviceEndpoint"}},
             "no services");
}

void define_services(Command command, Session& session) {
  struct Options {
    std::string did;
    std::vector<std::string> add, remove;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "a did:icn")
      .option("--add", options->add, "ID=TYPE=URI: a service, as shop=LinkedDomains=https://bakery.example")
      .option("--remove", options->remove, "ID of a service; with --add of the same ID it is replaced")
      .footer("Without --add and --remove it shows them. Both may be given several times.");
  command.runs([options, &session] {
    if (options->add.empty() && options->remove.empty()) return show_services(session, options->did);
    Json::Array add;
    for (const std::string& each : options->add) {
      auto service = service_of(session, each);
      if (!service) return;
      add.push_back(std::move(*service));
    }
    session.acting_did = options->did;
    Json body = Json::object(
        {{"add", std::move(add)}, {"remove", Json::Array(options->remove.begin(), options->remove.end())}});
    const auto reply =
        write(session, path_of(options->did, "/services"), "identity.services", "", std::move(body));
    if (reply)
      show_fields(session, *reply,
                  {{"did", "did"},
                   {"version", "version"},
                   {"transaction", "transaction_id", Kind::kId},
                   {"block", "height"}});
  });
}

void define_archive(Command command, Session& session) {
  struct Options {
    std::string did, out;
  };
  auto options = std::make_shared<Options>();
  command.optional_argument("DID", options->did, "one's own; default: the acting DID")
      .option("--out,-o", options->out, "file for it; else standard output")
      .footer(
          "What the ledger holds of it, and the texts and credentials that this node holds for it, as a CAR "
          "that\n"
          "IPFS tools read. Only for who may act as the DID:\n"
          "with --key, or where the node keeps its key.");
  command.runs([options, &session] {
    // As the member, also where this machine has the key of an operator.
    if (!session.key_file.empty() && !open_session(session)) return;
    const auto did = did_or_own(session, options->did);
    if (!did) return;
    http::ClientRequest request;
    request.target = path_of(*did, "/export");
    const auto answer = send(session, std::move(request));
    if (!answer || !write_file(session, options->out, as_bytes(answer->body))) return;
    if (options->out.empty() || options->out == "-") return;
    show_fields(
        session,
        Json::object({{"did", *did}, {"file", options->out}, {"bytes", std::uint64_t{answer->body.size()}}}),
        {{"did", "did"}, {"file", "file"}, {"bytes", "bytes"}});
  });
}

}  // namespace

void define_did_care(Command& command, Session& session) {
  define_guardians(command.add("guardians", "who can recover a DID"), session);
  define_claim(command.add("claim", "ask guardians for a new key of a DID"), session);
  define_recover(command.add("recover", "as a guardian, submit such a claim"), session);
  define_approve(command.add("approve", "as a guardian, agree to a recovery"), session);
  define_veto(command.add("veto", "take back a recovery of one's own DID"), session);
  define_control(command.add("control", "name who may change a device"), session);
  define_manage(command.add("manage", "change a DID one controls"), session);
  define_services(command.add("services", "where a DID can be reached"), session);
  define_archive(command.add("export", "take out all of one's own data"), session);
}

}  // namespace icn::cli
