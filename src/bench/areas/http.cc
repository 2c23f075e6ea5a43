#include <algorithm>
#include <iterator>
#include <thread>

#include "bench/area.h"
#include "bench/bare_epoll_server.h"
#include "bench/credential_requests.h"
#include "bench/jobs.h"
#include "bench/load_generator.h"
#include "bench/members.h"
#include "bench/mix.h"
#include "bench/temporary_folder.h"
#include "bench/votes.h"

namespace icn::bench {
namespace {

constexpr std::size_t kMembers = 64;
constexpr std::size_t kMixWritesPerSec = 6'000;
constexpr std::uint64_t kOpenRate = 1'000;
constexpr std::size_t kVoters = 256;
constexpr std::size_t kProposalsEach = 30;  // whose fees the start grant of a member pays
constexpr std::uint64_t kVotingSecs = 86'400;

// One node and what its paths are asked with.
struct Bed {
  const Bench& bench;
  const NodeProcess& node;
  const std::filesystem::path& folder;
  std::vector<Member> members;
  std::string network;
  EchoJobs jobs;
  std::uint64_t seed = 100;

  std::vector<std::string> transfers(std::size_t count) {
    return sign_transfers(members, network, count, ++seed);
  }
  std::string account() const { return members[1].did.text(); }
  std::vector<std::string> read_targets() const {
    return {"/system/info",
            "/system/status",
            "/system/metrics",
            "/identity/did/" + account(),
            "/economics/mana/balance?did=" + account(),
            "/economics/mana/history?did=" + account(),
            "/mesh/jobs/" + jobs.some_job(),
            "/mesh/jobs?limit=20"};
  }
};

// The same bytes as the node's, so that both move as much.
Result<std::string> bare_answer(const NodeProcess& node) {
  http::Client client = node.client();
  ICN_TRY_ASSIGN(answer, client.get("/system/info"));
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (const auto& [name, value] : answer.headers) head += name + ": " + value + "\r\n";
  return head + "\r\n" + answer.body;
}

Result<void> measure_against_bare(Bed& bed) {
  ICN_TRY_ASSIGN(answer, bare_answer(bed.node));
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  ICN_TRY_ASSIGN(bare_server, BareEpollServer::start(answer, threads));
  const std::string bare_url = "http://127.0.0.1:" + std::to_string(bare_server->port()) + "/system/info";
  const std::string our_url = bed.node.url() + "/system/info";
  constexpr std::size_t kRounds = 2;
  const std::size_t seconds = std::max<std::size_t>(1, bed.bench.seconds / kRounds);
  double bare_rate = 0;
  double our_rate = 0;
  double requests = 0;
  double cpu_secs = 0;
  for (std::size_t i = 0; i < kRounds; ++i) {
    ICN_TRY_ASSIGN(bare, run_wrk(bare_url, 2, 64, seconds));
    const double before = bed.node.cpu_secs();
    ICN_TRY_ASSIGN(ours, run_wrk(our_url, 2, 64, seconds));
    cpu_secs += bed.node.cpu_secs() - before;
    bare_rate += bare.requests_per_second / kRounds;
    our_rate += ours.requests_per_second / kRounds;
    requests += ours.requests_per_second * static_cast<double>(seconds);
  }
  bed.bench.add(peer_row(TargetId::kHttpInfo, our_rate, bare_rate,
                         cpu_note(cpu_secs, static_cast<std::uint64_t>(requests)) + "; " + load_average()));
  ICN_TRY_ASSIGN(many, run_wrk(our_url, 2, 400, bed.bench.seconds));
  bed.bench.add(fixed_row(TargetId::kHttpInfoErrors, static_cast<double>(many.errors)));
  bed.bench.add(fixed_row(TargetId::kHttpInfoP99, many.p99_ms, load_average()));
  return {};
}

Result<void> measure_path(const Bed& bed, TargetId id, const std::vector<std::string>& requests,
                          bool is_cyclic) {
  Load load;
  load.port = bed.node.port();
  load.connections = 64;
  load.duration_ms = bed.bench.seconds * 1'000;
  load.rate_per_second = kOpenRate;
  load.requests = &requests;
  load.is_cyclic = is_cyclic;
  const double before = bed.node.cpu_secs();
  ICN_TRY_ASSIGN(result, run_load(load));
  const std::string note = cpu_note(bed.node.cpu_secs() - before, result.answers) + "; " + load_average();
  bed.bench.add(with_errors(fixed_row(id, result.p95_ms, note), result));
  return {};
}

Result<void> measure_paths(Bed& bed) {
  const auto read = [&](TargetId id, const std::string& target) {
    return measure_path(bed, id, {http_request("GET", target)}, true);
  };
  const std::size_t count = bed.bench.seconds * kOpenRate;
  ICN_TRY(read(TargetId::kPathInfo, "/system/info"));
  ICN_TRY(read(TargetId::kPathStatus, "/system/status"));
  ICN_TRY(read(TargetId::kPathMetrics, "/system/metrics"));
  // Keys made by the node for its operator, who has no hourly limit; the new DID is written to the ledger.
  const std::string key = "X-API-Key: " + bed.node.operator_key() + "\r\n";
  ICN_TRY(measure_path(bed, TargetId::kPathDidCreate,
                       {http_request("POST", "/identity/did/create", "{}", key)}, true));
  ICN_TRY(read(TargetId::kPathDidGet, "/identity/did/" + bed.account()));
  ICN_TRY(read(TargetId::kPathBalance, "/economics/mana/balance?did=" + bed.account()));
  ICN_TRY(measure_path(bed, TargetId::kPathTransfer,
                       post_requests("/economics/mana/transfer", bed.transfers(count)), false));
  ICN_TRY(read(TargetId::kPathHistory, "/economics/mana/history?did=" + bed.account()));
  ICN_TRY(
      measure_path(bed, TargetId::kPathJobPost, post_requests("/mesh/jobs", bed.jobs.sign(count)), false));
  ICN_TRY(read(TargetId::kPathJobGet, "/mesh/jobs/" + bed.jobs.some_job()));
  ICN_TRY(read(TargetId::kPathJobList, "/mesh/jobs?limit=20"));
  return {};
}

Result<void> measure_credentials(const Bed& bed) {
  ICN_TRY_ASSIGN(issuers, make_issuers(bed.node, kMembers));
  const auto issued = issue_requests(bed.node, issuers, bed.members, bed.bench.seconds * kOpenRate);
  ICN_TRY(measure_path(bed, TargetId::kPathCredentialIssue, issued, false));
  ICN_TRY_ASSIGN(verified, verify_requests(bed.node, issuers, bed.members, kMembers));
  return measure_path(bed, TargetId::kPathCredentialVerify, verified, true);
}

// Proposals first: the list and the vote have them beside theirs.
Result<void> measure_governance(const Bed& bed) {
  const std::size_t count = bed.bench.seconds * kOpenRate;
  std::vector<Member> all = make_members(kMembers + std::max(kVoters, count / kProposalsEach / 4 * 4 + 4));
  const auto others = all.begin() + kMembers;  // the first have spent some of theirs
  const std::vector<Member> voters(std::make_move_iterator(others), std::make_move_iterator(all.end()));
  ICN_TRY(grant_start(bed.node, voters));
  ICN_TRY(enroll(bed.node, voters));
  ICN_TRY_ASSIGN(proposals, sign_proposals(bed.node, voters, bed.network, count));
  ICN_TRY(measure_path(bed, TargetId::kPathProposalPost, post_requests("/governance/proposals", proposals),
                       false));
  ICN_TRY(measure_path(bed, TargetId::kPathProposalList,
                       {http_request("GET", "/governance/proposals?status=active&limit=20")}, true));
  ICN_TRY_ASSIGN(proposal, open_vote(bed.node, voters, bed.network, kVotingSecs));
  Ballots ballots{bed.node, voters, bed.network, proposal, bed.bench.seconds};
  ICN_TRY_ASSIGN(voted, ballots.run(kOpenRate));
  bed.bench.add(with_errors(fixed_row(TargetId::kPathVote, voted.p95_ms, ballots.note), voted));
  return {};
}

Result<void> measure_mix(Bed& bed) {
  const std::size_t writes = bed.bench.seconds * kMixWritesPerSec;
  Mix mix{bed.read_targets(), "/economics/mana/transfer", bed.transfers(writes)};
  double before = bed.node.cpu_secs();
  ICN_TRY_ASSIGN(figures, run_wrk_mix(bed.node.url(), mix, bed.folder / "mix", 12, 400, bed.bench.seconds));
  const auto answered =
      static_cast<std::uint64_t>(figures.requests_per_second * static_cast<double>(bed.bench.seconds));
  bed.bench.add(fixed_row(TargetId::kMix400, figures.requests_per_second,
                          cpu_note(bed.node.cpu_secs() - before, answered) + "; " + load_average()));
  bed.bench.add(fixed_row(TargetId::kMix400Errors, static_cast<double>(figures.errors)));

  mix.writes = bed.transfers(writes);
  const std::vector<std::string> requests = mix_requests(mix);
  Load load;
  load.port = bed.node.port();
  load.connections = 1'000;
  load.duration_ms = bed.bench.seconds * 1'000;
  load.requests = &requests;
  load.is_cyclic = false;
  before = bed.node.cpu_secs();
  ICN_TRY_ASSIGN(result, run_load(load));
  bed.bench.add(fixed_row(TargetId::kMix1000, result.per_second,
                          cpu_note(bed.node.cpu_secs() - before, result.answers) + "; " + load_average()));
  bed.bench.add(fixed_row(TargetId::kMix1000Errors, static_cast<double>(result.errors), result.first_error));
  return {};
}

}  // namespace

Result<void> run_http(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, folder.path() / "node"));
  ICN_TRY_ASSIGN(network, node->ask("/system/info", "network_id"));
  std::vector<Member> members = make_members(kMembers);
  ICN_TRY(grant_start(*node, members));
  ICN_TRY_ASSIGN(jobs, EchoJobs::prepare(*node, make_members(kMembers)));
  Bed bed{bench, *node, folder.path(), std::move(members), network, std::move(jobs)};
  // Without wrk some rows are missing, the others are not.
  const auto against_bare = measure_against_bare(bed);
  ICN_TRY(measure_paths(bed));
  ICN_TRY(measure_credentials(bed));
  const auto mixed = measure_mix(bed);
  ICN_TRY(measure_governance(bed));
  return against_bare.ok() ? mixed : against_bare;
}

}  // namespace icn::bench
