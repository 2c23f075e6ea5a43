#include "cli/founding.h"

#include <filesystem>
#include <map>
#include <ostream>

#include "cli/cooperative_profile.h"
#include "cli/credential_file.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "codec/values.h"
#include "crypto/durable_file.h"
#include "crypto/key_text.h"
#include "identity/did.h"
#include "identity/key_proof.h"

namespace icn::cli {
namespace {

using codec::Json;
using identity::IdentityType;

constexpr const char* kCostMana = "5";

std::string text_of(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  return member != nullptr && member->string() != nullptr ? *member->string() : std::string();
}

std::size_t item_count(const Json& page) {
  const Json* items = page.find("items");
  return items != nullptr && items->array() != nullptr ? items->array()->size() : 0;
}

std::string founded_file(const std::string& folder) { return folder + "/founded.json"; }

// The session as one person's: what is asked meanwhile is signed with their key.
class ActingAs {
 public:
  ActingAs(Session& session, std::string key_file, std::string did) : session_(session), was_(kept(session)) {
    session.key_file = std::move(key_file);
    session.acting_did = std::move(did);
    session.token.clear();
  }
  ~ActingAs() { std::tie(session_.key_file, session_.acting_did, session_.token) = was_; }
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

 private:
  using Kept = std::tuple<std::string, std::string, std::string>;
  static Kept kept(const Session& session) { return {session.key_file, session.acting_did, session.token}; }

  Session& session_;
  Kept was_;
};

class Founding {
 public:
  Founding(Session& session, const std::string& folder, const FoundingPlan& plan, Protection protection)
      : session_(session), folder_(folder), plan_(plan), protection_(protection) {}

  std::optional<Json> run() {
    for (const Founder* each : everybody()) {
      if (!make_key(*each) || !make_did(*each)) return std::nullopt;
    }
    if (!enroll() || !leave_votes_to_people() || !fund() || !enter_directory()) return std::nullopt;
    const auto pool = pay_shares();
    if (!pool) return std::nullopt;
    for (const Founder& each : plan_.founders) {
      if (!issue(each)) return std::nullopt;
    }
    return finish(summary(*pool));
  }

 private:
  std::vector<const Founder*> everybody() const {
    std::vector<const Founder*> out{&plan_.cooperative};
    for (const Founder& each : plan_.founders) out.push_back(&each);
    return out;
  }
  IdentityType type_of(const Founder& who) const {
    return &who == &plan_.cooperative ? IdentityType::kCoop : IdentityType::kPerson;
  }
  std::string key_of(const Founder& who) const { return folder_ + "/" + who.name + ".key"; }
  std::string credential_of(const Founder& who) const { return folder_ + "/" + who.name + ".member.json"; }
  const std::string& did_of(const Founder& who) const { return dids_.at(who.name); }

  void say(const std::string& what) { session_.err << what << "\n"; }
  bool fail(const std::string& what) {
    session_.fail(kFailed, what);
    return false;
  }

  // Asks for what may be missing: nothing was said when it is.
  std::optional<http::ClientResponse> look(const std::string& target) {
    http::ClientRequest request;
    request.target = target;
    return send(session_, std::move(request), Missing::kAnswered);
  }

  bool make_key(const Founder& who) {
    if (std::filesystem::exists(key_of(who))) return true;
    if (noted_did(key_of(who))) return fail(key_of(who) + " is gone, of " + *noted_did(key_of(who)));
    const auto made = make_key_file(key_of(who), protection_, session_.random);
    if (!made.ok()) return fail(made.error().detail());
    say("a key for " + who.name + ": " + key_of(who));
    return true;
  }

  // The key and the plan's nonce give the DID; whether it has been made is seen on the ledger.
  bool make_did(const Founder& who) {
    const auto key = load_key_file(key_of(who), session_.random);
    if (!key.ok()) return fail(key_of(who) + ": " + key.error().detail());
    const Did did = identity::make_did_icn(type_of(who), key->public_key(), who.nonce.bytes);
    dids_[who.name] = did.text();
    const auto found = look("/identity/did/" + segment(did.text()));
    if (!found) return false;
    if (found->status == 404) {
      const Bytes proof = identity::key_proof_bytes(plan_.network, did, who.nonce.bytes, key->public_key());
      const auto made = post(session_, "/identity/did/create",
                             Json::object({{"method", "icn"},
                                           {"type", codec::enum_name(type_of(who))},
                                           {"public_key", crypto::multikey_text(key->public_key())},
                                           {"nonce", hex_encode(who.nonce.bytes)},
                                           {"proof", hex_encode(key->sign(proof).view())}}));
      if (!made) return false;
      say("a DID for " + who.name + ": " + did.text());
    }
    if (noted_did(key_of(who)) == did.text()) return true;
    const auto noted = note_did(key_of(who), did.text());
    return noted.ok() || fail(noted.error().detail());
  }

  std::optional<bool> is_member(const std::string& did) {
    const auto found = look("/governance/members/" + segment(did) + "?scope=local");
    if (!found) return std::nullopt;
    if (found->status == 404) return false;
    const auto json = codec::parse_json(found->body);
    const Json* list = json.ok() ? json->find("memberships") : nullptr;
    if (list == nullptr || list->array() == nullptr) return false;
    for (const Json& each : *list->array()) {
      if (text_of(each, "status") == "active") return true;
    }
    return false;
  }

  // All founders in one transaction: they are members together or not at all.
  bool enroll() {
    Json::Array missing;
    for (const Founder& each : plan_.founders) {
      const auto is = is_member(did_of(each));
      if (!is) return false;
      if (!*is) missing.push_back(Json::object({{"did", did_of(each)}}));
    }
    if (missing.empty()) return true;
    const auto done = post(session_, "/governance/members", Json::object({{"members", std::move(missing)}}));
    if (done) say("the founders are members");
    return done.has_value();
  }

  // Where membership is open the cooperative's own DID became a member when it was made.
  bool leave_votes_to_people() {
    const auto is = is_member(did_of(plan_.cooperative));
    if (!is || !*is) return is.has_value();
    const ActingAs cooperative(session_, key_of(plan_.cooperative), did_of(plan_.cooperative));
    return write(session_, "/governance/members/" + segment(did_of(plan_.cooperative)) + "/leave",
                 "governance.leave", "", Json(Json::Object()))
        .has_value();
  }

  bool enter_directory() {
    const auto found = look("/cooperative/profile/" + segment(did_of(plan_.cooperative)));
    if (!found) return false;
    if (found->status != 404) return true;
    const ActingAs cooperative(session_, key_of(plan_.cooperative), did_of(plan_.cooperative));
    Json profile = Json::object({{"name", plan_.name},
                                 {"type", plan_.type},
                                 {"geo_scope", plan_.place},
                                 {"member_count", std::uint64_t{plan_.founders.size()}}});
    const auto entered = register_profile(session_, std::move(profile));
    if (entered) say(plan_.name + " is in the directory of cooperatives");
    return entered.has_value();
  }

  // A founder's account is new: what it paid this account was what it had to.
  std::optional<bool> has_paid(const Founder& who, const std::string& to) {
    const auto page =
        get(session_, target("/economics/mana/history",
                             {{"did", did_of(who)}, {"kind", "transfer_out"}, {"limit", "200"}}));
    if (!page) return std::nullopt;
    for (std::size_t i = 0; i < item_count(*page); ++i) {
      if (text_of((*page->find("items")->array())[i], "counterparty") == to) return true;
    }
    return false;
  }

  bool all_pay(const std::string& to, const std::string& amount, const std::string& whom) {
    for (const Founder& each : plan_.founders) {
      const auto paid = has_paid(each, to);
      if (!paid) return false;
      if (*paid) continue;
      const ActingAs founder(session_, key_of(each), did_of(each));
      const auto done = write(session_, "/economics/mana/transfer", "economics.transfer", "",
                              Json::object({{"to", to}, {"amount", Json::Number{amount}}}));
      if (!done) return false;
      say(each.name + " has paid " + whom + " " + amount + " mana");
    }
    return true;
  }

  // What the cooperative signs costs mana, and its account is empty unless membership is open.
  bool fund() {
    const std::string& to = did_of(plan_.cooperative);
    const auto account = get(session_, target("/economics/mana/balance", {{"did", to}}));
    if (!account) return false;
    const Json* available = account->find("available");
    const auto held = available != nullptr && available->number() != nullptr
                          ? codec::read_decimal(available->number()->text, 3)
                          : Result<std::int64_t>(0);
    const auto needed = static_cast<std::int64_t>(plan_.founders.size() + 2) * 2'000;
    return (held.ok() && *held >= needed) || all_pay(to, kCostMana, "the cooperative");
  }

  // Answers the pool's DID.
  std::optional<std::string> pay_shares() {
    const auto members = get(session_, "/governance/members?limit=1");
    if (!members) return std::nullopt;
    const std::string pool = text_of(*members, "pool_did");
    if (plan_.share != "0" && !all_pay(pool, plan_.share, "into the pool")) return std::nullopt;
    return pool;
  }

  // The file comes before the ledger's record: one that the ledger does not know is made anew.
  bool issue(const Founder& who) {
    const auto listed = get(session_, target("/identity/credentials", {{"holder", did_of(who)},
                                                                       {"issuer", did_of(plan_.cooperative)},
                                                                       {"type", "OrganizationMember"}}));
    if (!listed) return false;
    if (item_count(*listed) > 0) return true;
    const ActingAs cooperative(session_, key_of(plan_.cooperative), did_of(plan_.cooperative));
    CredentialOrder order;
    order.holder = did_of(who);
    order.type = "OrganizationMember";
    order.claims = {"role=founder"};
    order.schema = "icn:cooperative:membership:v1";
    const auto issued = issue_here(session_, order, [&](const Json& credential) {
      const std::string text = credential_text(credential) + "\n";
      const auto kept =
          crypto::write_file_durably(credential_of(who), as_bytes(text), crypto::Existing::kReplace);
      return kept.ok() || fail(kept.error().detail());
    });
    if (issued) say("a membership credential for " + who.name + ": " + credential_of(who));
    return issued.has_value();
  }

  Json summary(const std::string& pool) const {
    Json::Array founders;
    for (const Founder& each : plan_.founders) {
      founders.push_back(Json::object({{"name", each.name},
                                       {"did", did_of(each)},
                                       {"key", key_of(each)},
                                       {"credential", credential_of(each)}}));
    }
    return Json::object({{"did", did_of(plan_.cooperative)},
                         {"name", plan_.name},
                         {"folder", folder_},
                         {"pool", pool},
                         {"founders", std::move(founders)}});
  }

  // From here on the folder says that all is done, whoever takes their key away from it.
  std::optional<Json> finish(Json founded) {
    const std::string text = codec::write_json_pretty(founded) + "\n";
    const auto kept =
        crypto::write_file_durably(founded_file(folder_), as_bytes(text), crypto::Existing::kReplace);
    if (!kept.ok()) return fail(kept.error().detail()), std::nullopt;
    return founded;
  }

  Session& session_;
  const std::string& folder_;
  const FoundingPlan& plan_;
  Protection protection_;
  std::map<std::string, std::string> dids_;
};

}  // namespace

std::optional<Json> found(Session& session, const std::string& folder, const FoundingPlan& plan,
                          Protection protection) {
  return Founding(session, folder, plan, protection).run();
}

std::optional<Json> found_before(Session& session, const std::string& folder) {
  if (!std::filesystem::exists(founded_file(folder))) return std::nullopt;
  return read_json_file(session, founded_file(folder));
}

bool may_be_founded(Session& session) {
  const auto members = get(session, "/governance/members?limit=1");
  const auto parameters = members ? get(session, "/governance/parameters?limit=200") : std::nullopt;
  if (!parameters) return false;
  bool is_open = false;
  for (std::size_t i = 0; i < item_count(*parameters); ++i) {
    const Json& each = (*parameters->find("items")->array())[i];
    const Json* value = each.find("value");
    if (text_of(each, "name") == "governance.open_membership" && value != nullptr &&
        value->number() != nullptr)
      is_open = value->number()->text == "1";
  }
  if (is_open || item_count(*members) == 0) return true;
  session.fail(kRefused, "this node has a cooperative already: its members admit others by a vote");
  return false;
}

}  // namespace icn::cli
