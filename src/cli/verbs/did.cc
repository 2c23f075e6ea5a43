#include <memory>
#include <ostream>

#include "cli/key_file.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/did_care.h"
#include "crypto/key_text.h"
#include "crypto/secret_key_text.h"
#include "identity/did.h"
#include "identity/key_proof.h"

namespace icn::cli {
namespace {

using codec::Json;

const std::vector<View> kChangeViews{{"did", "did"},
                                     {"key", "key"},
                                     {"kept by", "key_custody"},
                                     {"version", "version"},
                                     {"transaction", "transaction_id", Kind::kId},
                                     {"block", "height"}};

std::string did_path(const std::string& did, std::string_view verb = {}) {
  return "/identity/did/" + segment(did) + std::string(verb);
}

// Adds to `body` the key under `name`, with the proof that its secret is here.
void add_key_with_proof(Json& body, std::string_view name, const std::string& network, const Did& did,
                        ByteView nonce, const crypto::SecretKey& key) {
  body.set(name, crypto::multikey_text(key.public_key()));
  body.set("nonce", hex_encode(nonce));
  const Bytes message = identity::key_proof_bytes(network, did, nonce, key.public_key());
  body.set("proof", hex_encode(key.sign(message).view()));
}

std::optional<crypto::SecretKey> load(Session& session, const std::string& file) {
  auto key = load_key_file(file, session.random);
  if (key.ok()) return std::move(key).value();
  fail_key_file(session, file, key.error());
  return std::nullopt;
}

// Later verbs with this key file act as `did`.
void note(Session& session, const std::string& file, const std::string& did) {
  const auto noted = note_did(file, did);
  if (!noted.ok()) session.err << "icn: name it with --as from now on: " << noted.error().detail() << "\n";
}

std::optional<identity::IdentityType> type_named(std::string_view name) {
  for (const auto& [type, each] : enum_names(identity::IdentityType{})) {
    if (each == name) return type;
  }
  return std::nullopt;
}

void define_create(Command command, Session& session) {
  struct Options {
    std::string method = "icn", type = "person";
  };
  auto options = std::make_shared<Options>();
  std::vector<std::string> types;
  for (const auto& [type, name] : enum_names(identity::IdentityType{})) types.emplace_back(name);
  command
      .choice("--method", options->method, {"icn", "key"},
              "icn: on the ledger, can rotate; key: the key itself")
      .choice("--type", options->type, types, "kind of did:icn")
      .footer(
          "With --key the secret stays in that file, and FILE.did notes the DID: whoever gives that key file "
          "acts as it from then on. Without --key the node makes a key and keeps it.");
  command.runs([options, &session] {
    Json body = Json::object({{"method", options->method}});
    if (options->method == "icn") body.set("type", options->type);
    if (!session.key_file.empty()) {
      const auto key = load(session, session.key_file);
      if (!key) return;
      if (options->method == "key") {
        body.set("public_key", crypto::multikey_text(key->public_key()));
      } else {
        const auto info = node_info(session);
        if (!info) return;
        const Bytes nonce = session.random.bytes(identity::kDidNonceSize);
        const Did did = identity::make_did_icn(*type_named(options->type), key->public_key(), nonce);
        add_key_with_proof(body, "public_key", info->network, did, nonce, *key);
      }
    }
    const auto reply = post(session, "/identity/did/create", body);
    if (!reply) return;
    const Json* made = reply->find("did");
    if (!session.key_file.empty() && made != nullptr && made->string() != nullptr)
      note(session, session.key_file, *made->string());
    show_fields(session, *reply, kChangeViews);
  });
}

void define_resolve(Command command, Session& session) {
  struct Options {
    std::string did;
    std::optional<std::string> version;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "the DID")
      .option("--version", options->version, "an earlier version of a did:icn");
  command.runs([options, &session] {
    const auto reply = get(session, target(did_path(options->did), {{"version", options->version}}));
    if (reply) show_json(session, *reply);
  });
}

void define_rotate(Command command, Session& session) {
  struct Options {
    std::string did, new_key_file;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "a did:icn")
      .option("--new-key", options->new_key_file,
              "key file with the new key; the node makes one when absent");
  command.runs([options, &session] {
    session.acting_did = options->did;
    Json body = Json::object({});
    if (!options->new_key_file.empty()) {
      const auto key = load(session, options->new_key_file);
      const auto info = key ? node_info(session) : std::nullopt;
      if (!info) return;
      add_key_with_proof(body, "new_key", info->network, Did(options->did), session.random.bytes(16), *key);
    } else if (!session.key_file.empty()) {
      return session.fail(kUsage,
                          "--key needs --new-key: a key the node does not keep is replaced by one of yours");
    }
    const auto reply =
        write(session, did_path(options->did, "/rotate"), "identity.rotate", "", std::move(body));
    if (!reply) return;
    if (!options->new_key_file.empty()) note(session, options->new_key_file, options->did);
    show_fields(session, *reply, kChangeViews);
  });
}

void define_deactivate(Command command, Session& session) {
  struct Options {
    std::string did;
    std::string reason = "unspecified";
    bool is_sure = false;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "a did:icn")
      .choice("--reason", options->reason, {"unspecified", "key_compromised", "superseded", "ceased"}, "why")
      .flag("--yes", options->is_sure, "it is meant: a DID that ended never comes back");
  command.runs([options, &session] {
    if (!options->is_sure) {
      return session.fail(kUsage, "this ends " + options->did + " for ever; add --yes if that is meant");
    }
    session.acting_did = options->did;
    Json body = Json::object({{"reason", options->reason}});
    const auto reply =
        write(session, did_path(options->did, "/deactivate"), "identity.deactivate", "", std::move(body));
    if (reply) show_fields(session, *reply, kChangeViews);
  });
}

void show_key(Session& session, const std::string& file, const crypto::SecretKey& key) {
  show_fields(session,
              Json::object({{"file", file},
                            {"did", crypto::did_key(key.public_key()).text()},
                            {"public_key_multibase", crypto::multikey_text(key.public_key())}}),
              {{"file", "file"}, {"did", "did"}, {"public key", "public_key_multibase"}});
}

// The DID it stands for comes along.
void define_key_copy(Command command, Session& session) {
  struct Options {
    std::string file, copy;
    bool is_plain = false;
  };
  auto options = std::make_shared<Options>();
  command.argument("FILE", options->file, "key file")
      .argument("NEW", options->copy, "file to make (mode 0600)")
      .flag("--no-passphrase", options->is_plain, "leave the copy unencrypted, as the page /vote takes it")
      .footer(
          "Asks for both passphrases; ICN_KEY_PASSPHRASE stands for both. An unencrypted copy is the member "
          "to "
          "whoever\nreads it: keep it on a device of one's own, and delete it after use.");
  command.runs([options, &session] {
    const auto key = load(session, options->file);
    if (!key) return;
    const auto written = write_key_file(
        options->copy, *key, options->is_plain ? Protection::kNone : Protection::kPassphrase, session.random);
    if (!written.ok()) return fail_key_file(session, options->copy, written.error());
    if (const auto did = noted_did(options->file)) note(session, options->copy, *did);
    show_key(session, options->copy, *key);
  });
}

// A secret stands in no terminal and no log: it goes to another file, or stays with the node.
void save_elsewhere(Session& session, const KeyFileToBe& file, const crypto::SecretKey& key,
                    const std::string& path, const Error& why) {
  const auto saved = file.write_elsewhere(key, session.random);
  const std::string what =
      saved.ok() ? "the key is in " + *saved + " instead: move it"
                 : "the key was not saved; the node keeps it, but gives it out no more (`icn did rotate`)";
  session.fail(kFailed, path + ": " + why.detail() + "; " + what);
}

// The node gives a key out once: all that could go wrong here is looked at before it is asked.
void define_key_export(Command command, Session& session) {
  struct Options {
    std::string did, file;
    bool is_plain = false;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "whose key the node keeps")
      .argument("FILE", options->file, "file to make (mode 0600)")
      .flag("--no-passphrase", options->is_plain, "leave it unencrypted")
      .footer(
          "The node gives a key out once, and goes on keeping it; `icn did rotate DID --key FILE --new-key "
          "NEW` afterwards gives the DID a key that only you have.");
  command.runs([options, &session] {
    const auto file =
        KeyFileToBe::prepare(options->file, options->is_plain ? Protection::kNone : Protection::kPassphrase);
    if (!file.ok()) return fail_key_file(session, options->file, file.error());
    const auto reply = post(session, did_path(options->did, "/custody/export"), Json(Json::Object{}));
    if (!reply) return;
    const Json* text = reply->find("secret_key_multibase");
    const auto key = crypto::read_secret_multikey(text != nullptr && text->string() != nullptr
                                                      ? std::string_view(*text->string())
                                                      : std::string_view());
    if (!key.ok()) return session.fail(kFailed, "the node's answer holds no key: " + key.error().detail());
    const auto written = file->write(*key, session.random);
    if (!written.ok()) return save_elsewhere(session, *file, *key, options->file, written.error());
    note(session, options->file, options->did);
    show_key(session, options->file, *key);
  });
}

void define_key(Command command, Session& session) {
  struct Options {
    std::string file;
    bool is_plain = false;
  };
  auto made = std::make_shared<Options>();
  Command make = command.add("new", "make a key and its file (mode 0600)");
  make.argument("FILE", made->file, "file to make")
      .flag("--no-passphrase", made->is_plain, "leave it unencrypted");
  make.runs([made, &session] {
    const auto key = make_key_file(made->file, made->is_plain ? Protection::kNone : Protection::kPassphrase,
                                   session.random);
    if (!key.ok()) return fail_key_file(session, made->file, key.error());
    show_key(session, made->file, *key);
  });
  auto shown = std::make_shared<Options>();
  Command show = command.add("show", "the public side of a key file");
  show.argument("FILE", shown->file, "key file");
  show.runs([shown, &session] {
    const auto key = load(session, shown->file);
    if (key) show_key(session, shown->file, *key);
  });
  define_key_copy(command.add("copy", "a key file with another passphrase, or none"), session);
  define_key_export(command.add("export", "a key file with the key that the node keeps for a DID"), session);
}

}  // namespace

void define_did(Command command, Session& session) {
  define_create(command.add("create", "make a DID"), session);
  define_resolve(command.add("resolve", "the document of a DID"), session);
  define_rotate(command.add("rotate", "give a DID a new key"), session);
  define_deactivate(command.add("deactivate", "end a DID for ever"), session);
  define_did_care(command, session);
  define_key(command.add("key", "key files of members on this machine"), session);
}

}  // namespace icn::cli
