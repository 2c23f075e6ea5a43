#include "bench/votes.h"

#include <algorithm>

#include "base/errors.h"
#include "bench/area.h"

namespace icn::bench {
namespace {

using codec::Json;

constexpr std::size_t kBallotRateMax = 45'000;  // ballots signed for each second of a run
// The text of the proposal: a block nobody needs to hold.
const char* const kContent = "bafyreigdmqpykrgxyaxtlafqpqhzrb7qy2rh75nldvfd4tucqmqqme5yje";

constexpr std::size_t kScopeMembers = 4;
constexpr std::size_t kScopeRounds = 2;  // proposals of each there: 8 of 10, and 2 of 3, that may be open

Json proposal_body() {
  return Json::object(
      {{"content", kContent},
       {"actions", Json::array({Json::object({{"type", "GenericText"}, {"data", Json(Json::Object())}})})}});
}

std::string scope_name(std::size_t member, std::size_t round) {
  return "group:bench-" + std::to_string(member / kScopeMembers) + "-" + std::to_string(round / kScopeRounds);
}

}  // namespace

Result<void> enroll(const NodeProcess& node, const std::vector<Member>& members) {
  constexpr std::size_t kAtOnce = 100;
  for (std::size_t first = 0; first < members.size(); first += kAtOnce) {
    Json::Array people;
    for (std::size_t i = first; i < std::min(first + kAtOnce, members.size()); ++i)
      people.push_back(Json::object({{"did", members[i].did.text()}}));
    ICN_TRY(node.post("/governance/members", codec::write_json(Json::object({{"members", people}}))));
  }
  return {};
}

Result<std::string> open_vote(const NodeProcess& node, const std::vector<Member>& members,
                              const std::string& network, std::uint64_t voting_secs, Json::Object more) {
  Json body = proposal_body();
  body.set("duration_secs", voting_secs);
  for (auto& [name, value] : more) body.set(name, std::move(value));
  const auto signed_one = sign_many(members, {network, "governance.propose", expiry_of_orders(), 1}, 1,
                                    [&](std::size_t) { return body; });
  ICN_TRY_ASSIGN(reply, node.post("/ledger/transactions", signed_one.front(), NodeProcess::Caller::kNobody));
  const Json* id = reply.find("proposal_id");
  if (id == nullptr || id->string() == nullptr) return Error(errors::kInternal, "no proposal was made");
  return *id->string();
}

Result<std::vector<std::string>> sign_proposals(const NodeProcess& node, const std::vector<Member>& members,
                                                const std::string& network, std::size_t count) {
  const std::size_t rounds = (count + members.size() - 1) / members.size();
  for (std::size_t round = 0; round < rounds; round += kScopeRounds) {
    for (std::size_t first = 0; first < members.size(); first += kScopeMembers) {
      Json::Array people;
      for (std::size_t i = first; i < first + kScopeMembers; ++i)
        people.push_back(Json::object({{"did", members[i].did.text()}}));
      const Json body = Json::object({{"scope", scope_name(first, round)}, {"members", people}});
      ICN_TRY(node.post("/governance/members", codec::write_json(body)));
    }
  }
  return sign_many(members, {network, "governance.propose", expiry_of_orders(), 2}, count,
                   [&](std::size_t i) {
                     Json body = proposal_body();
                     body.set("scope", scope_name(i % members.size(), i / members.size()));
                     return body;
                   });
}

Result<LoadResult> Ballots::run(std::uint64_t rate) {
  const std::size_t count = seconds * (rate == 0 ? kBallotRateMax : rate);
  const auto ballots =
      sign_many(members, {network, "governance.vote", expiry_of_orders(), ++seed}, count, [&](std::size_t i) {
        return Json::object(
            {{"proposal_id", proposal}, {"revision", 1}, {"choice", i % 3 == 0 ? "no" : "yes"}});
      });
  const auto requests = post_requests("/governance/proposals/" + proposal + "/vote", ballots);
  Load load;
  load.connections = 64;
  load.duration_ms = seconds * 1'000;
  load.rate_per_second = rate;
  load.requests = &requests;
  return run_once(node, std::move(load), note);
}

}  // namespace icn::bench
