#include "bench/governance_scale.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <thread>

#include "base/errors.h"
#include "base/random.h"
#include "bench/temporary_folder.h"
#include "bench/votes.h"
#include "config/settings.h"
#include "crypto/key_text.h"
#include "governance/tables.h"
#include "governance/vote.h"
#include "node/engines.h"
#include "registry/rules.h"

namespace icn::bench {
namespace {

using codec::Json;

constexpr std::size_t kVoters = 256;
constexpr std::uint64_t kProposals = 100'000;
constexpr std::uint64_t kBallots = 1'000'000;
constexpr std::uint64_t kBatch = 10'000;
constexpr std::size_t kConnections = 4;
constexpr std::uint64_t kRate = 500;  // ballots a second beside the count
// From the opening of the large vote to its end: time enough to write its ballots.
constexpr std::uint64_t kLargeVotingSecs = 100;
constexpr std::uint64_t kOtherVotingSecs = 7 * 86'400;
constexpr std::uint64_t kCountingSecsMax = 120;
constexpr std::array<const char*, 10> kOptions{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

Result<std::unique_ptr<storage::Store>> open_store(const std::filesystem::path& data,
                                                   std::unique_ptr<storage::Engine>& engine) {
  config::Settings settings;
  settings.data_path = data.string();
  engine = node::make_engine(settings, config::storage_folder(settings), node::WritePattern::kBlocks,
                             make_silent_log());
  return engine->open(registry::ledger_tables());
}

template <typename Key, typename Record>
storage::Row row_of(const ledger::Table<Key, Record>& table, const Key& key, const Record& record) {
  return {&table.schema(), ledger::key_of(key), codec::encode_record(record), table.index_values(record), {}};
}

Did did_of_number(std::uint64_t number) {
  SeededRandom random(number);
  crypto::PublicKey key;
  random.fill(key.bytes);
  return crypto::did_key(key);
}

// Proposals like `model` that have ended, of all categories, a second apart, the newest as old as the model.
Result<void> add_proposals(storage::Store& store, const governance::Proposal& model) {
  using enum governance::ProposalState;
  SeededRandom random(5);
  for (std::uint64_t done = 0; done < kProposals; done += kBatch) {
    std::vector<storage::Row> rows;
    for (std::uint64_t i = done; i < done + kBatch; ++i) {
      governance::Proposal each = model;
      each.id = "pr_" + hex_encode(random.bytes(16));
      each.proposer = did_of_number(i % 1'000);
      each.category = static_cast<governance::ProposalCategory>(i % 6);
      each.state = i % 3 == 0 ? kExecuted : kRejected;
      each.created_at = model.created_at - i;
      each.result.emplace();
      rows.push_back(row_of(governance::kProposals, each.id, each));
    }
    ICN_TRY(store.write(rows, storage::Durability::kBuffered));
  }
  return store.flush();
}

// Random rankings of all options, so that hardly two ballots are equal.
Result<void> add_ballots(storage::Store& store, const std::string& proposal_id) {
  ICN_TRY_ASSIGN(proposal, governance::kProposals.get(store, proposal_id));
  ICN_TRY_ASSIGN(vote, governance::kVotes.get(store, proposal_id));
  ICN_TRY_ASSIGN(box, governance::kBoxes.get(store, proposal_id));
  if (!proposal || !vote || !box) return Error(errors::kInternal, "the large vote has not begun");
  ICN_TRY_ASSIGN(contest, governance::contest_of(*proposal, *vote));
  SeededRandom random(6);
  std::vector<std::string> order(kOptions.begin(), kOptions.end());
  for (std::uint64_t done = 0; done < kBallots; done += kBatch) {
    std::vector<storage::Row> rows;
    for (std::uint64_t i = done; i < done + kBatch; ++i) {
      const Bytes chance = random.bytes(order.size());
      for (std::size_t at = order.size() - 1; at > 0; --at)
        std::swap(order[at], order[chance[at] % (at + 1)]);
      governance::tally::BallotContent content;
      content.ranking = order;
      ICN_TRY_ASSIGN(packed, contest.method->pack(contest.election, content));
      governance::Ballot ballot;
      ballot.sequence = i + 1;
      ballot.packed.bytes = to_bytes(as_bytes(packed));
      ballot.content = governance::content_text(content);
      ballot.transaction.bytes = random.bytes(32);
      ballot.cast_at = proposal->created_at;
      rows.push_back(row_of(governance::kBallots, {proposal_id, did_of_number(i)}, ballot));
    }
    std::ranges::sort(rows, {}, &storage::Row::key);
    ICN_TRY(store.write(rows, storage::Durability::kBuffered));
  }
  box->ballots += kBallots;
  box->participants += kBallots;
  ICN_TRY(store.write({row_of(governance::kBoxes, proposal_id, *box)}, storage::Durability::kSynced));
  return store.flush();
}

Result<void> add_rows(const std::filesystem::path& data, const std::string& large, const std::string& other) {
  std::unique_ptr<storage::Engine> engine;
  ICN_TRY_ASSIGN(store, open_store(data, engine));
  ICN_TRY_ASSIGN(model, governance::kProposals.get(*store, other));
  if (!model) return Error(errors::kInternal, "there is no proposal to copy");
  ICN_TRY(add_proposals(*store, *model));
  return add_ballots(*store, large);
}

Result<Row> measure_list(const Bench& bench, const NodeProcess& node, TargetId id, const std::string& query) {
  return measure_p99(id, bench, node, {http_request("GET", "/governance/proposals?" + query)}, kConnections,
                     true);
}

std::uint64_t now_secs() { return SystemClock().now_secs(); }

Result<std::uint64_t> voting_ends_of(const NodeProcess& node, const std::string& proposal) {
  http::Client asking = node.client();
  ICN_TRY_ASSIGN(answer, asking.get("/governance/proposals/" + proposal));
  ICN_TRY_ASSIGN(json, codec::parse_json(answer.body));
  const Json* ends = json.find("voting_ends");
  if (ends == nullptr || ends->number() == nullptr)
    return Error(errors::kInternal, "the large vote has no end: " + answer.body.substr(0, 200));
  return codec::read_uint64(*ends->number());
}

Result<std::string> state_of(const NodeProcess& node, const std::string& proposal) {
  return node.ask("/governance/proposals/" + proposal, "state");
}

// Ballots on another proposal, at a steady rate, from shortly before the large vote ends until it is counted.
Result<Row> measure_closing(const NodeProcess& node, const std::vector<Member>& members,
                            const std::string& network, const std::string& large, const std::string& other) {
  ICN_TRY_ASSIGN(ends, voting_ends_of(node, large));
  while (now_secs() + 3 < ends) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto began = std::chrono::steady_clock::now();
  double counted_secs = 0;
  std::string state = "voting";
  LoadResult worst;
  std::string note;
  for (std::uint64_t round = 0; (state == "voting" || state == "counting") && round < kCountingSecsMax / 5;
       ++round) {
    Ballots ballots{node, members, network, other, 5, 200 + round};
    ICN_TRY_ASSIGN(result, ballots.run(kRate));
    if (result.errors > 0) return with_errors(fixed_row(TargetId::kClosingWait, result.max_ms, ""), result);
    if (result.max_ms > worst.max_ms) worst = result;
    note = ballots.note;
    ICN_TRY_ASSIGN(next, state_of(node, large));
    state = next;
    counted_secs = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }
  if (state == "voting" || state == "counting")
    return Error(errors::kInternal, "the vote is " + state + " after two minutes");
  return with_errors(fixed_row(TargetId::kClosingWait, worst.max_ms,
                               latency_note(worst) + "counted within " +
                                   std::to_string(static_cast<int>(std::ceil(counted_secs))) + " s; " + note),
                     worst);
}

}  // namespace

Result<void> measure_large_votes(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  const std::filesystem::path data = folder.path() / "node";
  const std::vector<Member> members = make_members(kVoters);
  Json::Array options;
  for (const char* each : kOptions) options.emplace_back(each);
  std::string network, large, other;
  {
    ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, data));
    ICN_TRY(enroll(*node, members));
    ICN_TRY_ASSIGN(name, node->ask("/system/info", "network_id"));
    network = std::move(name);
    ICN_TRY_ASSIGN(second, open_vote(*node, members, network, kOtherVotingSecs));
    other = std::move(second);
    ICN_TRY_ASSIGN(first, open_vote(*node, members, network, kLargeVotingSecs,
                                    {{"voting_method", "ranked_choice"},
                                     {"method_params", Json::object({{"options", options}})}}));
    large = std::move(first);
  }
  ICN_TRY(add_rows(data, large, other));
  ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, data));
  ICN_TRY_ASSIGN(list,
                 measure_list(bench, *node, TargetId::kProposalList, "status=executed&category=economic"));
  bench.add(list);
  ICN_TRY_ASSIGN(closing, measure_closing(*node, members, network, large, other));
  bench.add(closing);
  return {};
}

}  // namespace icn::bench
