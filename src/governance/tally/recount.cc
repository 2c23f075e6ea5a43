#include "governance/tally/recount.h"

#include <algorithm>
#include <map>
#include <set>

#include "crypto/key_text.h"
#include "crypto/merkle.h"
#include "governance/tally/audit_entries.h"
#include "governance/tally/method.h"
#include "governance/tally/packing.h"

namespace icn::governance::tally {
namespace {

constexpr std::uint32_t kNobody = 0xffffffff;

std::optional<crypto::Hash> hash_of(const codec::HexBytes& hex) {
  crypto::Hash out{};
  if (hex.bytes.size() != out.size()) return std::nullopt;
  std::copy(hex.bytes.begin(), hex.bytes.end(), out.begin());
  return out;
}

bool is_root(const ListRoot& claimed, std::span<const crypto::Hash> leaves) {
  return claimed.count == leaves.size() && claimed.root == root_of(leaves).root;
}

class Recounter {
 public:
  Recounter(const AuditBundle& bundle, std::optional<crypto::PublicKey> node_key)
      : bundle_(bundle), statement_(bundle.statement), node_key_(node_key) {}

  RecountReport run() {
    check_statement();
    check_eligible();
    ballots_ = read_entries(bundle_.ballots, "ballot", findings_, report_.signatures_checked);
    check_ballots();
    reveals_ = read_entries(bundle_.reveals, "reveal", findings_, report_.signatures_checked);
    check_reveals();
    check_delegations();
    check_judgements();
    const auto checked = check_election(statement_.election);
    if (checked.ok()) {
      count();
    } else {
      findings_.add("election_invalid", checked.error().detail());
    }
    report_.ballots = bundle_.ballots.size();
    report_.findings = findings_.take();
    report_.holds = report_.findings.empty();
    return std::move(report_);
  }

 private:
  void check_statement() {
    const auto own_key = crypto::read_did_key(bundle_.node_did.text());
    if (!node_key_ && own_key.ok()) node_key_ = *own_key;
    const auto signature = crypto::Signature::from_bytes(bundle_.node_signature.bytes);
    if (!node_key_ || !signature.ok()) {
      findings_.add("statement_signature", node_key_ ? "there is no signature of the node"
                                                     : "the node is no did:key: its key must be given");
      return;
    }
    ++report_.signatures_checked;
    const std::string signed_text = statement_signing_bytes(statement_);
    if (crypto::verify(*node_key_, as_bytes(signed_text), *signature)) return;
    if (own_key.ok() && crypto::verify(*own_key, as_bytes(signed_text), *signature)) {
      findings_.add("statement_signature",
                    "not the node that was named vouches for this, but " + bundle_.node_did.text());
    } else {
      findings_.add("statement_signature",
                    "the node did not sign this statement: something in it was changed");
    }
  }

  void check_eligible() {
    std::vector<crypto::Hash> leaves;
    for (std::size_t i = 0; i < bundle_.eligible.size(); ++i) {
      const EligibleMember& member = bundle_.eligible[i];
      leaves.push_back(eligible_leaf(member.did, member.weight));
      if (i > 0 && !(bundle_.eligible[i - 1].did.text() < member.did.text())) {
        findings_.add("eligible_changed", member.did.text() + " does not stand in order, or twice");
        is_eligible_sound_ = false;
      }
    }
    if (!is_root(statement_.eligible, leaves)) {
      findings_.add("eligible_changed", "the " + std::to_string(leaves.size()) +
                                            " eligible members are not the " +
                                            std::to_string(statement_.eligible.count) +
                                            " whose root was fixed when voting opened");
    }
  }

  void check_ballots() {
    std::vector<crypto::Hash> leaves;
    for (const auto& each : bundle_.leaves) {
      if (const auto hash = hash_of(each)) leaves.push_back(*hash);
    }
    const bool is_sound = is_root(statement_.ballots, leaves) && leaves.size() == bundle_.leaves.size();
    if (!is_sound) {
      findings_.add("leaves_changed", "the leaves do not lead to the root over the " +
                                          std::to_string(statement_.ballots.count) + " ballots accepted");
    }
    match_leaves(ballots_, leaves, is_sound, statement_.ballots.count, findings_);
    for (const ReadEntry& entry : ballots_) {
      if (entry.body != nullptr) check_subject(entry, "ballot");
    }
  }

  void check_reveals() {
    std::vector<crypto::Hash> leaves;
    for (const ReadEntry& entry : reveals_) {
      leaves.push_back(entry.leaf);
      if (entry.body != nullptr) check_subject(entry, "reveal");
    }
    if (!is_root(statement_.reveals, leaves)) {
      findings_.add("reveals_changed", "the reveals are not the " + std::to_string(statement_.reveals.count) +
                                           " the ledger took, or not in their order");
    }
  }

  // Whether an entry speaks of this vote and by somebody who may.
  bool check_subject(const ReadEntry& entry, std::string_view name) {
    const codec::Json* proposal = entry.body->find("proposal_id");
    const codec::Json* revision = entry.body->find("revision");
    const std::string expected = std::to_string(statement_.revision);
    if (proposal == nullptr || proposal->string() == nullptr ||
        *proposal->string() != statement_.election.proposal_id) {
      findings_.add(std::string(name) + "_invalid", "it was cast for another proposal", &entry);
    } else if (revision == nullptr || revision->number() == nullptr || revision->number()->text != expected) {
      findings_.add(std::string(name) + "_invalid", "it was cast for another revision", &entry);
    } else if (member_of(entry.sender) == kNobody) {
      findings_.add(std::string(name) + "_voter", "the voter is not eligible", &entry);
    } else {
      return true;
    }
    return false;
  }

  std::uint32_t member_of(const std::string& did) const {
    const auto& all = bundle_.eligible;
    if (!is_eligible_sound_) {
      const auto found = std::find_if(all.begin(), all.end(),
                                      [&](const EligibleMember& each) { return each.did.text() == did; });
      return found == all.end() ? kNobody : static_cast<std::uint32_t>(found - all.begin());
    }
    const auto found =
        std::lower_bound(all.begin(), all.end(), did,
                         [](const EligibleMember& each, const auto& text) { return each.did.text() < text; });
    const bool is_there = found != all.end() && found->did.text() == did;
    return is_there ? static_cast<std::uint32_t>(found - all.begin()) : kNobody;
  }

  void check_delegations() {
    std::vector<crypto::Hash> leaves;
    std::vector<SignedEntry> entries;
    for (const DelegationEntry& each : bundle_.delegations) {
      leaves.push_back(delegation_leaf(each.delegation));
      entries.push_back({0, 0, each.transaction, each.public_key});
    }
    if (!is_root(statement_.delegations, leaves)) {
      findings_.add("delegations_changed", "the delegations are not the " +
                                               std::to_string(statement_.delegations.count) +
                                               " in force when voting ended");
    }
    const auto read = read_entries(entries, "delegation", findings_, report_.signatures_checked);
    for (std::size_t i = 0; i < read.size(); ++i) {
      if (read[i].body == nullptr) continue;
      const DelegationRecord& record = bundle_.delegations[i].delegation;
      if (read[i].sender != record.from.text() || !is_of(*read[i].body, record)) {
        findings_.add("delegation_changed", record.id + " is not what " + record.from.text() + " signed",
                      &read[i]);
      }
    }
  }

  // The last ballot of each member; null: none.
  std::vector<const ReadEntry*> last_ballots() const {
    std::vector<const ReadEntry*> last(bundle_.eligible.size());
    for (const ReadEntry& entry : ballots_) {
      if (entry.body == nullptr) continue;
      const std::uint32_t member = member_of(entry.sender);
      if (member == kNobody) continue;
      if (last[member] == nullptr || last[member]->sequence < entry.sequence) last[member] = &entry;
    }
    return last;
  }

  // Which members signed that an objection is not paramount.
  std::map<std::string, std::set<std::uint32_t>> read_judgements() {
    std::map<std::string, std::set<std::uint32_t>> out;
    const auto read = read_entries(bundle_.judgements, "judgement", findings_, report_.signatures_checked);
    std::vector<crypto::Hash> leaves;
    for (const ReadEntry& entry : read) {
      leaves.push_back(entry.leaf);
      if (entry.body == nullptr || !check_subject(entry, "judgement")) continue;
      const codec::Json* objection = entry.body->find("objection_id");
      const codec::Json* is_paramount = entry.body->find("is_paramount");
      if (objection == nullptr || objection->string() == nullptr || is_paramount == nullptr ||
          is_paramount->boolean() == nullptr) {
        findings_.add("judgement_invalid", "it says nothing about an objection", &entry);
      } else if (!*is_paramount->boolean()) {
        out[*objection->string()].insert(member_of(entry.sender));
      }
    }
    if (!is_root(statement_.judgements.value_or(root_of({})), leaves))
      findings_.add("judgements_changed", "the judgements are not those the ledger took");
    return out;
  }

  // Consent: the objections set aside are those that two thirds of the members signed not to be paramount.
  void check_judgements() {
    const auto against = read_judgements();
    const auto last = last_ballots();
    std::set<std::uint64_t> set_aside;
    for (const ReadEntry& ballot : ballots_) {
      const auto found = against.find(ballot.vote_id);
      const std::uint32_t owner = member_of(ballot.sender);
      if (found == against.end() || owner == kNobody || last[owner] == nullptr) continue;
      const std::size_t members = found->second.size() - found->second.count(owner);
      const auto content = content_of(*last[owner]->body);
      if (content.ok() && content->position == Position::kObjection &&
          3 * members >= 2 * bundle_.eligible.size())
        set_aside.insert(last[owner]->sequence);
    }
    const std::set<std::uint64_t> stated(statement_.objections_set_aside.begin(),
                                         statement_.objections_set_aside.end());
    if (set_aside != stated)
      findings_.add("judgements_differ",
                    "the objections set aside are not those that two thirds of the members found so");
  }

  // Whether a signed body asks for the delegation.
  static bool is_of(const codec::Json& body, const DelegationRecord& record) {
    const auto text = [&](std::string_view name) {
      const codec::Json* found = body.find(name);
      return found == nullptr || found->string() == nullptr ? std::string() : *found->string();
    };
    std::vector<std::string> categories;
    if (const codec::Json* list = body.find("categories"); list != nullptr && list->array() != nullptr) {
      for (const codec::Json& each : *list->array())
        categories.push_back(each.string() ? *each.string() : "");
    }
    return text("to") == record.to.text() && text("scope") == record.scope &&
           text("proposal_id") == record.proposal_id.value_or("") && categories == record.categories;
  }

  // What each member voted: packed, from their last ballot; sealed ones from the reveal of that ballot.
  std::vector<std::string> gather(const Method& method) {
    const auto last = last_ballots();
    std::vector<const codec::Json*> revealed(last.size());
    for (const ReadEntry& entry : reveals_) {
      const std::uint32_t member = entry.body == nullptr ? kNobody : member_of(entry.sender);
      if (member != kNobody && last[member] != nullptr && opens(entry, *last[member]))
        revealed[member] = entry.body;
    }
    std::vector<std::string> out(last.size());
    for (std::size_t i = 0; i < last.size(); ++i) {
      if (last[i] == nullptr) continue;
      const bool is_sealed = last[i]->body->find("commitment") != nullptr;
      const codec::Json* body = is_sealed ? revealed[i] : last[i]->body;
      if (body != nullptr) out[i] = pack(method, *body, *last[i]);
    }
    return out;
  }

  bool opens(const ReadEntry& reveal, const ReadEntry& ballot) {
    const codec::Json* salt = reveal.body->find("salt");
    const codec::Json* commitment = ballot.body->find("commitment");
    const auto salt_bytes =
        salt != nullptr && salt->string() != nullptr ? hex_decode(*salt->string()) : Result<Bytes>(Bytes());
    const auto content = content_of(*reveal.body);
    if (commitment == nullptr || commitment->string() == nullptr || !salt_bytes.ok() || !content.ok()) {
      findings_.add("reveal_invalid", "there is no sealed ballot it opens", &reveal);
      return false;
    }
    const auto hash = ballot_commitment(statement_.election.proposal_id, statement_.revision,
                                        Did(reveal.sender), *content, *salt_bytes);
    if (hex_encode(hash) == *commitment->string()) return true;
    findings_.add("reveal_invalid", "it is not what the sealed ballot commits to", &reveal);
    return false;
  }

  std::string pack(const Method& method, const codec::Json& body, const ReadEntry& entry) {
    auto content = content_of(body);
    const auto& set_aside = statement_.objections_set_aside;
    const bool is_set_aside =
        std::find(set_aside.begin(), set_aside.end(), entry.sequence) != set_aside.end();
    if (content.ok() && is_set_aside) content->position = Position::kConcern;
    const auto packed =
        content.ok() ? method.pack(statement_.election, *content) : Result<std::string>(content.error());
    if (packed.ok()) return *packed;
    findings_.add("ballot_invalid", packed.error().detail(), &entry);
    return "";
  }

  std::vector<Share> shares(std::span<const std::string> packed) {
    std::vector<VoterState> voters(packed.size());
    std::vector<std::uint64_t> weights(packed.size());
    for (std::size_t i = 0; i < packed.size(); ++i) {
      voters[i] = {!packed[i].empty(), bundle_.eligible[i].is_suspended};
      weights[i] = bundle_.eligible[i].weight;
    }
    const DelegationSubject subject{statement_.election.proposal_id, statement_.category, statement_.scope,
                                    statement_.delegations_at};
    std::vector<DelegationLink> links;
    for (const DelegationEntry& each : bundle_.delegations) {
      const std::uint32_t from = member_of(each.delegation.from.text());
      const auto specificity = specificity_of(each.delegation, subject);
      if (!statement_.delegation || !specificity || from == kNobody) continue;
      links.push_back({from, member_of(each.delegation.to.text()), *specificity, each.delegation.created_at});
    }
    const auto members = resolve(voters, links, {statement_.hops_max, statement_.carried_max});
    return shares_of(members, weights);
  }

  void count() {
    const Method& method = **find_method(statement_.election.method);
    const auto packed = gather(method);
    const auto all_shares = shares(packed);
    const auto count = method.start(statement_.election);
    for (std::size_t i = 0; i < packed.size(); ++i) {
      if (packed[i].empty()) continue;
      count->add(packed[i], all_shares[i]);
      report_.counted += all_shares[i].members;
    }
    while (!count->advance(1 << 20)) {
    }
    if (!statement_.accruals.empty() || !statement_.election.supporters.empty()) check_accruals();
    report_.outcome = view_of(count->outcome());
    report_.quorum_needed = quorum_needed(statement_.quorum, bundle_.eligible.size());
    report_.quorum_met =
        quorum_holds(report_.quorum_needed, report_.outcome.participated, bundle_.eligible.size());
    report_.passed = report_.outcome.passes && report_.quorum_met && !report_.outcome.vetoed;
    compare();
  }

  // Conviction: the supporters of each day from the ballots taken before it.
  void check_accruals() {
    std::vector<const ReadEntry*> in_order;
    for (const ReadEntry& entry : ballots_) {
      if (entry.body != nullptr && member_of(entry.sender) != kNobody) in_order.push_back(&entry);
    }
    std::sort(in_order.begin(), in_order.end(),
              [](const ReadEntry* left, const ReadEntry* right) { return left->sequence < right->sequence; });
    const std::string yes{kVotes, static_cast<char>(Choice::kYes)};
    const auto pack_yes_no = [](const BallotContent& content) {
      const auto packed = pack_choice(content);
      return packed.ok() ? *packed : std::string();
    };
    std::vector<bool> supports(bundle_.eligible.size());
    std::vector<std::uint64_t> supporters;
    std::size_t next = 0;
    for (const std::uint64_t taken : statement_.accruals) {
      for (; next < in_order.size() && in_order[next]->sequence <= taken; ++next) {
        const auto content = content_of(*in_order[next]->body);
        supports[member_of(in_order[next]->sender)] = content.ok() && pack_yes_no(*content) == yes;
      }
      supporters.push_back(static_cast<std::uint64_t>(std::count(supports.begin(), supports.end(), true)));
    }
    if (supporters != statement_.election.supporters) {
      findings_.add("accruals_differ", "the supporters of a day are not those who had voted yes by then");
    }
  }

  void compare() {
    const OutcomeView& claimed = statement_.outcome;
    if (report_.outcome != claimed) {
      findings_.add("outcome_differs", "counted again: " + codec::to_json_text(report_.outcome) +
                                           "; stated: " + codec::to_json_text(claimed));
    }
    if (report_.quorum_needed != statement_.quorum_needed || report_.quorum_met != statement_.quorum_met) {
      findings_.add("outcome_differs", "the quorum is " + std::to_string(report_.quorum_needed) + " and " +
                                           (report_.quorum_met ? "met" : "not met"));
    }
    if (report_.passed != statement_.passed) {
      findings_.add("outcome_differs", report_.passed ? "it passed" : "it did not pass");
    }
  }

  const AuditBundle& bundle_;
  const AuditStatement& statement_;
  std::optional<crypto::PublicKey> node_key_;
  Findings findings_;
  RecountReport report_;
  std::vector<ReadEntry> ballots_;
  std::vector<ReadEntry> reveals_;
  bool is_eligible_sound_ = true;
};

}  // namespace

RecountReport recount(const AuditBundle& bundle, std::optional<crypto::PublicKey> node_key) {
  return Recounter(bundle, node_key).run();
}

}  // namespace icn::governance::tally
