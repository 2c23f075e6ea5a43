#include "devnet/votes.h"

#include <memory>
#include <mutex>
#include <thread>

#include "base/errors.h"
#include "devnet/json_at.h"
#include "devnet/members.h"
#include "devnet/transaction_probe.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;
using codec::Json;

constexpr std::size_t kBallots =
    kVoters - 1;  // so many alike decide it: the last one can neither outvote nor veto
constexpr std::uint64_t kVotingSecs = 60;  // it ends sooner, with the ballot that decides
constexpr std::uint64_t kPauseMs = 2'000;
// The text of the proposals: a block nobody needs to hold.
const char* const kContent = "bafyreigdmqpykrgxyaxtlafqpqhzrb7qy2rh75nldvfd4tucqmqqme5yje";

Json proposal_body() {
  return Json::object(
      {{"content", kContent},
       {"actions", Json::array({Json::object({{"type", "GenericText"}, {"data", Json(Json::Object())}})})},
       {"method_params", Json::object({{"closes_early", true}})},
       {"discussion_secs", Json(std::uint64_t{0})},
       {"duration_secs", Json(kVotingSecs)}});
}

bool is_decided(const Json& proposal) {
  const std::string state = text_at(proposal, "state");
  return state == "passed" || state == "queued" || state == "executed";
}

class Probe {
 public:
  Probe(const World& world, std::span<const bench::Member> members, const Control& control)
      : world_(world), members_(members), control_(control), proposer_(world, control) {
    for (std::size_t i = 0; i < kBallots; ++i)
      voters_.push_back(std::make_unique<TransactionProbe>(world, control));
  }

  void run(std::size_t turn) {
    const std::size_t node = turn % world_.size();
    if (!world_.is_up(node)) return;
    const Clock::time_point start = Clock::now();
    ++out.proposed;
    FinalitySample sample;
    Json answer;
    const auto made =
        signed_transaction(members_[turn % kVoters], "governance.propose", proposal_body(), random_);
    const std::string failure = proposer_.run(node, "/governance/proposals", made, sample, &answer);
    if (control_.is_stopping) return;
    const std::string id = text_at(answer, "proposal_id");
    if (!id.empty() && text_at(answer, "state") == "voting") ++out.taken;
    if (!failure.empty() || id.empty()) return note(failure.empty() ? "no proposal was made" : failure);
    vote(turn, id);
    const std::string undecided =
        proposer_.wait_everywhere("/governance/proposals/" + id, start, &is_decided);
    if (control_.is_stopping) return;
    if (undecided.empty())
      out.decided_secs.push_back(seconds_since(start));
    else
      note(undecided);
  }

  VotesResult out;

 private:
  void note(const std::string& failure) {
    if (out.failures++ == 0) out.first_failure = failure;
  }

  void vote(std::size_t turn, const std::string& id) {
    std::mutex mutex;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kBallots; ++i) {
      const Json body = Json::object({{"proposal_id", id}, {"revision", 1}, {"choice", "yes"}});
      const auto ballot =
          signed_transaction(members_[(turn + i) % kVoters], "governance.vote", body, random_);
      threads.emplace_back([&, i, ballot] {
        const std::size_t node = (turn + 1 + i) % world_.size();
        if (!world_.is_up(node)) return;
        FinalitySample sample;
        const std::string failure =
            voters_[i]->run(node, "/governance/proposals/" + id + "/vote", ballot, sample);
        const std::lock_guard lock(mutex);
        if (control_.is_stopping) return;
        if (failure.empty())
          out.spread_secs.push_back(sample.everywhere_secs - sample.answered_secs);
        else
          note(failure);
      });
    }
    for (std::thread& each : threads) each.join();
  }

  const World& world_;
  const std::span<const bench::Member> members_;
  const Control& control_;
  SystemRandom random_;
  TransactionProbe proposer_;
  std::vector<std::unique_ptr<TransactionProbe>> voters_;
};

}  // namespace

Result<void> enroll_voters(const World& world, std::span<const bench::Member> members) {
  Json::Array people;
  for (const bench::Member& each : members.first(kVoters))
    people.push_back(Json::object({{"did", each.did.text()}}));
  http::ClientRequest request;
  request.method = "POST";
  request.target = "/governance/members?timeout=30";
  request.headers.emplace_back("content-type", "application/json");
  request.headers.emplace_back("x-api-key", world.operator_key(0));
  request.body = codec::write_json(Json::object({{"members", std::move(people)}}));
  ICN_TRY_ASSIGN(answer, world.client(0, 40'000).send(request));
  if (answer.status / 100 == 2) return {};
  return Error(errors::kInternal, "the voters were not taken as members: " + answer.body.substr(0, 300));
}

VotesResult probe_votes(const World& world, std::span<const bench::Member> members, const Control& control,
                        const std::atomic<bool>& is_over) {
  Probe probe(world, members, control);
  for (std::size_t turn = 0; !is_over && !control.is_stopping; ++turn) {
    probe.run(turn);
    for (std::uint64_t waited = 0; waited < kPauseMs && !is_over; waited += 50) {
      if (!control.pause_ms(50)) break;
    }
  }
  return std::move(probe.out);
}

}  // namespace icn::devnet
