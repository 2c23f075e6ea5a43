#include <gtest/gtest.h>

#include <set>

#include "base/errors.h"
#include "dag/dag_testing.h"
#include "http/typed_route.h"
#include "mesh/api/cancel_job.h"
#include "mesh/api/dispute_job.h"
#include "mesh/api/get_job.h"
#include "mesh/api/job_data.h"
#include "mesh/api/job_stream.h"
#include "mesh/api/market.h"
#include "mesh/api/resume_job.h"
#include "mesh/api/submit_job.h"
#include "mesh/errors.h"
#include "mesh/node_testing.h"

namespace icn::mesh::api {
namespace {

using testing::kNode;
using testing::person;

// Keeps the keys of everybody, for who may act as them.
class TestCustody final : public ledger::Custody {
 public:
  Result<Key> key_for(const http::Caller& caller, const Did& did) const override {
    for (std::uint64_t who = 0; who < 10; ++who) {
      if (person(who) == did && caller.acts_as(did))
        return Key{testing::key_id(who), testing::key_of_person(who)};
    }
    return Error(errors::kForbidden, "not a DID of the caller");
  }
};

struct Answered {
  int status = 0;
  std::string text;
  codec::Json json;

  std::string at(std::string_view name) const {
    const codec::Json* found = json.find(name);
    if (found == nullptr) return "";
    return found->string() ? *found->string() : codec::write_json(*found);
  }
};

// The endpoints over a whole node; requests run as the server would run them, without sockets.
class MeshApi : public ::testing::Test {
 protected:
  explicit MeshApi(ServiceOptions options = {}, const std::string& profile = "development")
      : engine_([](const wasm::RunRequest&) { return wasm::RunOutcome(); }),
        node_(engine_, options, std::make_shared<storage::MemoryEngine>(), profile) {
    idempotency_space_ = idempotency_storage_.open({http::IdempotencyStore::table()}).value();
    idempotency_ = std::make_unique<http::IdempotencyStore>(*idempotency_space_, node_.clock);
    writer_ = std::make_unique<ledger::Writer>(*node_.ledger, *node_.gateway, custody_, *idempotency_,
                                               node_.clock, node_.random);
    api_ = std::make_unique<Api>(
        Api{*node_.ledger, *writer_, *node_.service, *node_.blocks, cursors_, node_.clock, node_.random});
  }
  ~MeshApi() override {
    node_.close();
    writer_.reset();
  }

  static http::Request request(http::Method method, std::string_view target, std::uint64_t who,
                               const std::string& body = "") {
    http::Request request;
    request.method = method;
    EXPECT_TRUE(request.set_target(target));
    if (!body.empty()) request.headers.add("content-type", "application/json");
    request.body = to_bytes(as_bytes(body));
    request.caller.role = http::Role::kMember;
    request.caller.id = "person " + std::to_string(who);
    request.caller.dids = std::make_shared<const std::vector<Did>>(std::vector<Did>{person(who)});
    // /mesh/jobs/{id}[/...]
    const std::string path = request.path;
    if (path.starts_with("/mesh/jobs/")) {
      const std::string rest = path.substr(11);
      request.path_parameters.emplace_back("id", rest.substr(0, rest.find('/')));
    }
    return request;
  }

  Answered run(const http::Route& route, http::Request request) {
    std::promise<Answered> promise;
    auto exchange = std::make_shared<http::Exchange>(executor_, [&](http::Response response) {
      Answered answered;
      answered.status = response.status;
      answered.text = response.body_text();
      if (auto json = codec::parse_json(answered.text); json.ok()) answered.json = std::move(*json);
      promise.set_value(std::move(answered));
    });
    exchange->request() = std::move(request);
    route.handle(exchange);
    return promise.get_future().get();
  }
  template <typename Handler>
  Answered call(http::Request request) {
    using Context = typename http::HandleContext<decltype(&Handler::handle)>::Type;
    const http::RouteRow row{request.method, "/mesh/x", http::Access::kMember, 1 << 20, "x"};
    return run(http::bind_handle<Handler, Context>(http::route_of<Handler>(row), *api_), std::move(request));
  }

  Answered post_job(std::uint64_t who, const codec::Json& body,
                    std::string_view target = "/mesh/jobs?wait=20") {
    return call<SubmitJob>(request(http::Method::kPost, target, who, codec::write_json(body)));
  }
  static codec::Json echo(const std::string& text, std::int64_t price = 20) {
    return codec::Json::object({{"spec", codec::to_json(testing::echo_spec(text, price))}});
  }
  template <typename Handler>
  Answered get(const std::string& target, std::uint64_t who = 1) {
    return call<Handler>(request(http::Method::kGet, target, who));
  }

  testing::FakeEngine engine_;
  testing::TestNode node_;
  TestCustody custody_;
  storage::MemoryEngine idempotency_storage_;
  std::unique_ptr<storage::Store> idempotency_space_;
  std::unique_ptr<http::IdempotencyStore> idempotency_;
  std::unique_ptr<ledger::Writer> writer_;
  http::Cursors cursors_{as_bytes("0123456789abcdef0123456789abcdef")};
  std::unique_ptr<Api> api_;
  InlineExecutor executor_;
};

TEST_F(MeshApi, AnswersAWaitedJobWithItsReceiptAndResult) {
  const Answered answer = post_job(1, echo("hello"));
  EXPECT_EQ(answer.status, 201) << answer.text;
  EXPECT_EQ(answer.at("status"), "completed");
  ASSERT_NE(answer.json.find("result"), nullptr) << answer.text;
  EXPECT_EQ(*answer.json.find("result")->find("text")->string(), "hello");
  EXPECT_EQ(*answer.json.find("receipt")->find("job_id")->string(), answer.at("job_id"));

  const Answered result = get<GetJobResult>("/mesh/jobs/" + answer.at("job_id") + "/result");
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.text, "hello");
  EXPECT_EQ(get<GetJobResult>("/mesh/jobs/" + answer.at("job_id") + "/result", 2).status, 403);
  EXPECT_EQ(get<GetJobLogs>("/mesh/jobs/" + answer.at("job_id") + "/logs").status, 200);
  EXPECT_EQ(get<GetJobLogs>("/mesh/jobs/" + answer.at("job_id") + "/logs", 2).status, 403);
  EXPECT_EQ(get<GetJobResult>("/mesh/jobs/bafknone/result").at("code"), "job_not_found");

  const Answered progress = get<GetJobProgress>("/mesh/jobs/" + answer.at("job_id") + "/progress");
  EXPECT_EQ(progress.at("percent"), "100");
}

TEST_F(MeshApi, TakesASignedSubmissionWithItsSpecBeside) {
  const JobSpec spec = testing::echo_spec("signed");
  const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
  const ledger::Transaction transaction =
      testing::make_transaction(1, "mesh.submit", codec::to_json(body), node_.clock.now_secs(), node_.random);
  codec::Json json = codec::to_json(transaction);
  // Without the spec nothing can run, so nothing is locked.
  EXPECT_EQ(post_job(1, json).at("code"), "J001");

  codec::Json other = json;
  other.set("spec", codec::to_json(testing::echo_spec("another")));
  EXPECT_EQ(post_job(1, other).at("code"), "J001");

  codec::Json forged = json;
  forged.set("signature", codec::Json(hex_encode(Bytes(64, 1))));
  forged.set("spec", codec::to_json(spec));
  EXPECT_EQ(post_job(1, forged).status, 401);
  EXPECT_FALSE(node_.blocks->has(body.manifest_cid).value());  // nothing is kept in another's name

  json.set("spec", codec::to_json(spec));
  const Answered answer = post_job(2, json);  // who sends it does not matter
  EXPECT_EQ(answer.status, 201) << answer.text;
  EXPECT_EQ(answer.at("job_id"), job_id_of("test-net", person(1), transaction.nonce, body).text());
  EXPECT_EQ(answer.at("status"), "completed");
}

TEST_F(MeshApi, StoresNothingForWhoCannotPayAndNothingThatWasNotSigned) {
  const auto data = codec::Json::array({codec::Json::object({{"data", base64_encode(as_bytes("junk"))}})});
  const codec::Cid junk = codec::Cid::of(codec::kRaw, as_bytes("junk"));
  JobSpec spec = testing::echo_spec("for free");
  spec.inputs = {{junk, "junk"}};
  const auto signed_by = [&](std::uint64_t who) {
    const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
    return codec::to_json(testing::make_transaction(who, "mesh.submit", codec::to_json(body),
                                                    node_.clock.now_secs(), node_.random));
  };
  codec::Json json = signed_by(77);  // no account
  json.set("spec", codec::to_json(spec));
  json.set("input_data", data);
  EXPECT_EQ(post_job(1, json).at("code"), "not_verified");

  spec.max_price = Millimana::from_mana(100'000);
  json = signed_by(1);
  json.set("spec", codec::to_json(spec));
  json.set("input_data", data);
  EXPECT_EQ(post_job(1, json).at("code"), "J002");

  // Everybody sees signed transactions, and could send one again with more beside it.
  spec = testing::echo_spec("paid");
  json = signed_by(1);
  json.set("spec", codec::to_json(spec));
  json.set("input_data", data);
  EXPECT_EQ(post_job(2, json).at("code"), "J001");
  EXPECT_FALSE(node_.blocks->has(junk).value());
}

TEST_F(MeshApi, RefusesBadSubmissions) {
  codec::Json body = echo("x");
  body.set("submitter_did", person(2).text());
  EXPECT_EQ(post_job(1, body).status, 403);
  EXPECT_EQ(post_job(1, echo("x", 1'000'000)).at("code"), "J002");
  EXPECT_EQ(post_job(1, echo("x", 1'000'000)).status, 402);
  EXPECT_EQ(post_job(1, codec::Json::object({})).status, 400);
  EXPECT_EQ(post_job(1, echo("x"), "/mesh/jobs?wait=61").status, 400);
  EXPECT_EQ(post_job(1, echo("x"), "/mesh/jobs?wait=soon").status, 400);
  body = echo("x");
  body.set("colour", "red");
  EXPECT_EQ(post_job(1, body).status, 400);
  body = codec::Json::object({{"manifest_cid", codec::Cid::of(codec::kDagCbor, as_bytes("x")).to_string()}});
  EXPECT_EQ(post_job(1, body).at("code"), "J001");
  body = codec::Json::object({{"spec", codec::Json::object({{"kind", "generic"}})}});
  EXPECT_EQ(post_job(1, body).status, 422);
  EXPECT_EQ(node_.account(1).locked.value, 0);
}

TEST_F(MeshApi, KeepsInlineInputsAsPrivateBlocks) {
  JobSpec spec = testing::echo_spec();
  spec.args.clear();
  codec::Json body = codec::Json::object({{"spec", codec::to_json(spec)}});
  body.set("input_data",
           codec::Json::array({codec::Json::object({{"data", base64_encode(as_bytes("in"))}})}));
  const Answered answer = post_job(1, body);
  EXPECT_EQ(*answer.json.find("result")->find("text")->string(), "in") << answer.text;
  const auto meta = node_.blocks->meta(codec::Cid::of(codec::kRaw, as_bytes("in"))).value();
  ASSERT_TRUE(meta.has_value());
  EXPECT_EQ(meta->visibility, dag::Visibility::kPrivate);
  EXPECT_EQ(meta->author, person(1));
}

TEST_F(MeshApi, ListsJobsByPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(post_job(1 + i % 2, echo(std::to_string(i))).at("job_id"));
  std::vector<std::string> seen;
  std::string target = "/mesh/jobs?limit=2";
  for (int page = 0; page < 3; ++page) {
    const Answered answer = get<ListJobs>(target);
    ASSERT_EQ(answer.status, 200) << answer.text;
    for (const codec::Json& item : *answer.json.find("items")->array())
      seen.push_back(*item.find("job_id")->string());
    if (page < 2) target = "/mesh/jobs?limit=2&cursor=" + answer.at("next_cursor");
    if (page == 2) {
      EXPECT_EQ(answer.at("next_cursor"), "");
    }
  }
  std::ranges::reverse(seen);
  EXPECT_EQ(seen, ids);
  const auto count = [&](const std::string& query) {
    return get<ListJobs>("/mesh/jobs?" + query).json.find("items")->array()->size();
  };
  EXPECT_EQ(count("status=completed"), 5u);
  EXPECT_EQ(count("status=failed"), 0u);
  EXPECT_EQ(count("submitter=" + person(1).text()), 3u);
  EXPECT_EQ(count("submitter=" + person(2).text() + "&status=completed"), 2u);
  EXPECT_EQ(count("executor=" + person(kNode).text()), 5u);
  EXPECT_EQ(count("since=" + std::to_string(node_.clock.now_secs() + 100)), 0u);
  EXPECT_EQ(get<ListJobs>("/mesh/jobs?cursor=abc").status, 400);
  EXPECT_EQ(get<ListJobs>("/mesh/jobs?limit=201").status, 400);
}

TEST_F(MeshApi, ShowsAJobAndItsMoney) {
  const Answered submitted = post_job(1, echo("hello"));
  const std::string id = submitted.at("job_id");
  const Answered detail = get<GetJob>("/mesh/jobs/" + id);
  EXPECT_EQ(*detail.json.find("job")->find("status")->string(), "completed");
  EXPECT_NE(detail.json.find("receipt"), nullptr);
  EXPECT_NE(detail.json.find("spec"), nullptr);
  EXPECT_EQ(get<GetJob>("/mesh/jobs/" + id, 2).json.find("spec"), nullptr);  // for its parties
  EXPECT_EQ(get<GetJob>("/mesh/jobs/none").status, 404);

  std::multiset<std::string> kinds;
  const Answered money = get<GetJobLedger>("/mesh/jobs/" + id + "/ledger");
  for (const codec::Json& item : *money.json.find("items")->array()) {
    // What regenerated meanwhile depends on the clock.
    if (const std::string& kind = *item.find("kind")->string(); kind != "regen") kinds.insert(kind);
  }
  EXPECT_EQ(kinds, (std::multiset<std::string>{"lock", "release", "settle_pay", "settle_receive"}));

  const Answered metrics = get<GetMeshMetrics>("/mesh/metrics");
  EXPECT_EQ(metrics.at("submitted"), "1");
  EXPECT_EQ(metrics.at("completed"), "1");
  EXPECT_EQ(metrics.at("active"), "0");
  EXPECT_EQ(get<ListExecutors>("/mesh/executors").json.find("items")->array()->size(), 1u);
}

TEST_F(MeshApi, ChecksReceipts) {
  const Answered submitted = post_job(1, echo("hello"));
  codec::Json receipt = *submitted.json.find("receipt");
  const auto check = [&] {
    return call<CheckReceipt>(request(http::Method::kPost, "/mesh/receipts", 2, codec::write_json(receipt)));
  };
  EXPECT_EQ(check().at("accepted"), "true") << check().text;
  receipt.set("fuel_used", 7);
  EXPECT_EQ(check().at("accepted"), "false");
  EXPECT_EQ(check().at("is_signature_valid"), "false");
  EXPECT_EQ(check().at("is_known"), "true");
}

TEST_F(MeshApi, EstimatesWithoutLocking) {
  const auto estimate = [&](const JobSpec& spec) {
    const codec::Json body = codec::Json::object({{"spec", codec::to_json(spec)}});
    return call<EstimateJob>(request(http::Method::kPost, "/mesh/jobs/estimate", 1, codec::write_json(body)));
  };
  const Answered answer = estimate(testing::echo_spec());
  EXPECT_EQ(answer.at("price_min"), "7.692");  // 8.547 . 0.9
  EXPECT_EQ(answer.at("price_max"), "9.401");  // 8.547 . 1.1
  EXPECT_EQ(answer.at("eligible_executors"), "1");
  JobSpec bad = testing::echo_spec();
  bad.kind = JobKind::kCcl;
  EXPECT_EQ(estimate(bad).at("eligible_executors"), "0");
  // What the ledger would refuse no executor is counted for.
  for (const std::string_view what : {"capability", "federation", "scope", "gpu", "reputation"}) {
    JobSpec asks = testing::echo_spec();
    if (what == "capability") asks.capabilities = {"LargeDatasets"};
    if (what == "federation") asks.allowed_federations = {"fed-a"};
    if (what == "scope") asks.trust_scope = "kitchen";
    if (what == "gpu") asks.resources.gpu = 1;
    if (what == "reputation") asks.min_executor_reputation = 51;
    const Answered refused = estimate(asks);
    EXPECT_EQ(refused.at("eligible_executors"), "0") << what;
    EXPECT_NE(refused.text.find("no known executor would run it: "), std::string::npos) << refused.text;
  }
  JobSpec several = testing::echo_spec();
  several.redundancy = {RedundancyKind::kFull, 2};
  EXPECT_NE(estimate(several).text.find("2 executors are asked for and 1 may run it"), std::string::npos);
}

// A job that says two things and then waits: the stream shows both, and its end.
TEST_F(MeshApi, StreamsWhatARunningJobSays) {
  std::atomic<bool> may_end{false};
  std::atomic<bool> has_spoken{false};
  engine_.set_run([&](const wasm::RunRequest& request) {
    request.observer->on_log("counting\n");
    request.observer->on_progress(40, "half way, nearly");
    has_spoken = true;
    while (!may_end) std::this_thread::yield();
    return wasm::RunOutcome();
  });
  JobSpec spec;
  spec.module_cid = node_.put(1, codec::kRaw, Bytes{0});
  spec.max_price = Millimana::from_mana(20);
  const JobId id = node_.submit_job(1, spec);
  while (!has_spoken) std::this_thread::yield();
  const std::string target = "/mesh/jobs/" + id.text();
  http::Request wanted = request(http::Method::kGet, target + "/stream", 1);
  const http::Response response = StreamJob::handle(*api_, wanted);
  ASSERT_EQ(response.status, 200);
  const auto body = std::get<std::shared_ptr<http::LiveBody>>(response.body);
  std::atomic<int> wakes{0};
  body->attach([&] { ++wakes; });
  std::string seen;
  EXPECT_EQ(body->pull(seen, 1 << 16), http::LiveBody::State::kOpen);
  // "counting\n" in base64, and 9 bytes told.
  EXPECT_NE(seen.find("id: 9\nevent: log\n"), std::string::npos) << seen;
  EXPECT_NE(seen.find("\"data\":\"Y291bnRpbmcK\""), std::string::npos) << seen;
  EXPECT_NE(seen.find("event: progress\n"), std::string::npos) << seen;
  EXPECT_EQ(node_.percent_told, 40u);
  EXPECT_EQ(get<GetJobLogs>(target + "/logs").text, "counting\n");
  EXPECT_EQ(get<GetJobProgress>(target + "/progress").at("percent"), "40");
  EXPECT_EQ(StreamJob::handle(*api_, request(http::Method::kGet, target + "/stream", 2)).status, 403);
  http::Request following = request(http::Method::kGet, target + "/logs?follow=true", 1);
  const http::Response text = GetJobLogs::handle(*api_, following);
  const auto follower = std::get<std::shared_ptr<http::LiveBody>>(text.body);
  follower->attach([] {});
  std::string log;
  EXPECT_EQ(follower->pull(log, 1 << 16), http::LiveBody::State::kOpen);
  EXPECT_EQ(log, "counting\n");
  may_end = true;
  node_.wait(id);
  EXPECT_GE(wakes, 1);
  EXPECT_EQ(follower->pull(log, 1 << 16), http::LiveBody::State::kEnded);
  EXPECT_EQ(log, "counting\n");
  std::string rest;
  EXPECT_EQ(body->pull(rest, 1 << 16), http::LiveBody::State::kEnded);
  EXPECT_NE(rest.find("event: end"), std::string::npos);
  EXPECT_EQ(rest.find("event: log"), std::string::npos);  // told before
}

// A job saves its state, is cancelled and resumed: a new one, of the same spec, begins from that state.
TEST_F(MeshApi, ResumesAnEndedJobFromWhatItHadSaved) {
  std::atomic<bool> has_saved{false};
  engine_.set_run([&](const wasm::RunRequest& request) {
    wasm::RunOutcome outcome;
    if (const auto state = request.services->load_checkpoint(); state.ok()) {
      outcome.result = to_bytes(as_bytes("from " + to_text(*state)));
      return outcome;
    }
    EXPECT_TRUE(request.services->save_checkpoint(to_bytes(as_bytes("half"))).ok());
    has_saved = true;
    while (!request.cancel->is_cancelled()) std::this_thread::yield();
    outcome.end = wasm::End::kTrap;
    outcome.trap = wasm::Trap{wasm::TrapCode::kCancelled, "", {}};
    return outcome;
  });
  JobSpec spec;
  spec.module_cid = node_.put(1, codec::kRaw, Bytes{0});
  spec.max_price = Millimana::from_mana(20);
  const JobId id = node_.submit_job(1, spec);
  const auto resume = [&](std::uint64_t who, const std::string& body = "{}") {
    return call<ResumeJob>(
        request(http::Method::kPost, "/mesh/jobs/" + id.text() + "/resume?wait=20", who, body));
  };
  while (!has_saved || !node_.service->notes().find(id).value()) std::this_thread::yield();
  EXPECT_EQ(resume(1).at("code"), "job_not_ended");
  mesh::CancelJob::Body cancel;
  cancel.job_id = id;
  ASSERT_TRUE(node_.submit(1, "mesh.cancel", codec::to_json(cancel)).ok());
  node_.wait(id);
  EXPECT_EQ(resume(2).at("code"), "forbidden");
  EXPECT_EQ(
      resume(1, R"({"checkpoint_id":")" + codec::Cid::of(codec::kRaw, as_bytes("other")).to_string() + "\"}")
          .at("code"),
      "no_checkpoint");
  EXPECT_EQ(resume(1, R"({"deadline":1})").status, 422);
  const Answered done = resume(1, R"({"max_price":15})");
  EXPECT_EQ(done.status, 201) << done.text;
  EXPECT_NE(done.at("job_id"), id.text());
  EXPECT_EQ(done.at("status"), "completed");
  EXPECT_EQ(*done.json.find("result")->find("text")->string(), "from half");
  EXPECT_EQ(done.json.find("escrow")->find("locked")->number()->text, "15");
  // The first one stays as it ended, and a completed one is not resumed.
  EXPECT_EQ(node_.wait(id).status, JobStatus::kCancelled);
  const http::Request again =
      request(http::Method::kPost, "/mesh/jobs/" + done.at("job_id") + "/resume", 1, "{}");
  EXPECT_EQ(call<ResumeJob>(again).at("code"), "job_ended");
}

// Pay is held for a while, in which a job may be disputed.
class HoldingMeshApi : public MeshApi {
 protected:
  HoldingMeshApi() : MeshApi({}, "production") {}
};

TEST_F(HoldingMeshApi, KeepsTheReasonOfADisputeThatTheLedgerTook) {
  const std::string id = post_job(1, echo("x")).at("job_id");
  const auto dispute = [&](std::uint64_t who, const std::string& reason) {
    return call<DisputeJob>(request(http::Method::kPost, "/mesh/jobs/" + id + "/dispute", who,
                                    codec::write_json(codec::Json::object({{"reason", reason}}))));
  };
  EXPECT_EQ(dispute(3, "without a grant").at("code"), "not_verified");
  EXPECT_TRUE(dag::testing::held_texts(*node_.blocks).empty());
  const Answered taken = dispute(2, "no echo of mine");
  EXPECT_EQ(taken.status, 200) << taken.text;
  EXPECT_EQ(dag::testing::held_texts(*node_.blocks).size(), 1u);
  const codec::Cid reason = node_.job(JobId(id)).dispute->reason_cid.value();
  EXPECT_EQ(dag::read_salted_text(as_bytes(node_.content(reason))).value(), "no echo of mine");
}

class BusyMeshApi : public MeshApi {
 protected:
  BusyMeshApi() : MeshApi({.workers = 0, .queue_max = 1}) {}
};

TEST_F(BusyMeshApi, CancelsAJobThatHasNotRun) {
  const std::string id = post_job(1, echo("x"), "/mesh/jobs").at("job_id");
  const auto cancel = [&](std::uint64_t who) {
    return call<CancelJob>(request(http::Method::kPost, "/mesh/jobs/" + id + "/cancel", who,
                                   R"({"reason":"no longer needed"})"));
  };
  EXPECT_EQ(get<GetJobResult>("/mesh/jobs/" + id + "/result").at("code"), "job_not_ended");
  EXPECT_EQ(cancel(2).status, 403);
  const Answered done = cancel(1);
  EXPECT_EQ(done.status, 200) << done.text;
  EXPECT_EQ(done.at("status"), "cancelled");
  EXPECT_EQ(done.json.find("escrow")->find("refunded")->number()->text, "20");
  EXPECT_EQ(cancel(1).at("code"), "job_ended");
  EXPECT_EQ(dag::testing::held_texts(*node_.blocks), std::vector<std::string>{"no longer needed"});
  EXPECT_EQ(get<GetJobResult>("/mesh/jobs/" + id + "/result").at("code"), "no_result");
}

TEST_F(BusyMeshApi, AnswersAFullQueueBeforeAnythingIsLocked) {
  const auto place = api_->service.admit();
  ASSERT_TRUE(place.ok());
  const Answered answer = post_job(1, echo("x"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.at("code"), "mesh_queue_full");
  EXPECT_EQ(node_.account(1).locked.value, 0);
}

TEST_F(BusyMeshApi, AnswersAWaitThatTookTooLongAsTheJobStands) {
  const Answered answer = post_job(1, echo("x"), "/mesh/jobs?wait=1");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.at("status"), "submitted");
  EXPECT_EQ(answer.json.find("receipt"), nullptr);
}

}  // namespace
}  // namespace icn::mesh::api
