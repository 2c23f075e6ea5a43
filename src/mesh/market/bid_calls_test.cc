#include "mesh/market/bid_calls.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "mesh/lifecycle.h"
#include "mesh/market/bid_post.h"
#include "mesh/market/market_testing.h"

namespace icn::mesh {
namespace {

using testing::MarketWorld;

JobRecord record(const std::string& text, const Did& coordinator) {
  const JobSpec spec = testing::echo_spec(text);
  return {
      "test-net", testing::person(1), {Bytes(16, 7)}, submission_of(spec, spec_block(spec).cid, coordinator)};
}

// A node that coordinates and bids, and seven executors it is connected with.
class BidCallsTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kPeers = 7;
  static constexpr network::RequestGateOptions kLimit{10, 40};

  BidCallsTest() {
    around_.node = {crypto::did_key(node_.key.public_key()), crypto::did_key_method(node_.key.public_key()),
                    &node_.key};
    around_.later = [](std::uint64_t, const std::function<void()>&) {};
    around_.parameters = [] { return ledger::Parameters{}; };
    around_.network = [] { return std::string("test-net"); };
    around_.load = [] { return ExecutorLoad{.workers = 1, .queue_max = 100, .mean_run_ms = 10}; };
    around_.bidder = [](const Job&, const Did&) { return Bidder{}; };
    around_.offer = [] { return offer(); };
    around_.can_lock = [](const Did&, Millimana) { return true; };
    around_.find_job = [this](const JobId& id) -> Result<std::optional<Job>> {
      const auto found = committed_.find(id);
      return found == committed_.end() ? std::optional<Job>() : std::optional(found->second);
    };
    // What a call must not do.
    around_.load_block = [](const Did&, const codec::Cid&) -> Result<Bytes> {
      ADD_FAILURE() << "a block is read";
      return Bytes();
    };
    around_.fetch_public = [](const codec::Cid&, const std::function<void(Result<void>)>&) {
      ADD_FAILURE() << "a block is fetched";
    };
    for (std::size_t i = 0; i < kPeers; ++i) add_peer(i);
    sim_.run_for(1'000);
  }
  ~BidCallsTest() override { node_.transport->stop(); }

  static network::ExecutorOffer offer() {
    network::ExecutorOffer offer;
    offer.workers = 1;
    offer.queue_max = 100;
    offer.cpu_cores = 4;
    return offer;
  }

  void add_peer(std::size_t i) {
    peers_[i] = std::make_unique<network::SimNode>(sim_, clock_, 10 + i, network::GossipOptions{"test-net"});
    peers_[i]->transport->serve(
        network::Protocol::kMesh,
        [this, i](const network::PeerId&, const Bytes& bytes, const network::Respond& respond) {
          auto request = codec::decode_block<MeshRequest>(bytes);
          EXPECT_TRUE(request.ok() && request->calls);
          if (request.ok() && request->calls) requests_[i].push_back(std::move(*request->calls));
          MeshAnswer answer;
          answer.bids = answers_[i];
          respond(codec::encode_block(answer));
        });
    node_.transport->connect(peers_[i]->transport->addresses()[0], [](const Result<network::PeerId>&) {});
    book_.heard(did(i), offer());
  }

  Did self() const { return around_.node.did; }
  Did did(std::size_t i) const { return crypto::did_key(peers_[i]->key.public_key()); }

  JobId send(const std::string& text) {
    const JobRecord job = record(text, self());
    const JobId id = job_id_of(job);
    calls_.send(id, job);
    return id;
  }
  std::set<Did> called(const JobId& id) const {
    std::set<Did> out;
    for (std::size_t i = 0; i < kPeers; ++i) {
      for (const auto& calls : requests_[i]) {
        for (const BidCall& call : calls) {
          if (job_id_of(call.job) == id) out.insert(did(i));
        }
      }
    }
    return out;
  }
  // By peer 0.
  bool take(const JobRecord& job) { return take(0, {BidCall{job}}); }
  bool take(std::size_t peer, const std::vector<BidCall>& calls) {
    const auto answered = calls_.take(did(peer), calls);
    if (answered) bids_.insert(bids_.end(), answered->begin(), answered->end());
    return answered.has_value();
  }

  ManualClock clock_;
  network::SimWorld sim_{1, clock_, {}};
  network::SimNode node_{sim_, clock_, 1, {"test-net"}};
  std::array<std::unique_ptr<network::SimNode>, kPeers> peers_;
  std::array<std::vector<std::vector<BidCall>>, kPeers> requests_;
  std::array<std::vector<Bid>, kPeers> answers_;
  InlineExecutor loop_;
  MarketSurroundings around_{node_.gossip, *node_.transport, loop_, clock_, {}, nullptr};
  ExecutorBook book_{clock_};
  std::map<JobId, Job> committed_;
  std::vector<Bid> bids_;
  ExecutorBidder bidder_{around_, book_, [this](const Job&, Bid bid) { bids_.push_back(std::move(bid)); }};
  std::vector<Bid> answered_;  // by executors that were called
  BidCalls calls_{around_, bidder_, kLimit, [this](std::vector<Bid> bids) {
                    answered_.insert(answered_.end(), bids.begin(), bids.end());
                  }};
};

// ---- From the coordinator

TEST_F(BidCallsTest, GoToThoseThatBidFirstAndToNobodyElse) {
  std::size_t without_self = 0;
  for (int i = 0; i < 20; ++i) {
    const JobId id = send("job " + std::to_string(i));
    sim_.run_for(500);
    std::map<crypto::Hash, Did> order{{tie_hash(id, self()), self()}};
    for (std::size_t k = 0; k < kPeers; ++k) order.emplace(tie_hash(id, did(k)), did(k));
    std::set<Did> first;
    for (const auto& [hash, executor] : order) {
      if (first.size() < ExecutorBidder::kFirstBidders) first.insert(executor);
    }
    if (first.erase(self()) == 0) ++without_self;
    EXPECT_EQ(called(id), first);
  }
  EXPECT_GT(without_self, 0u);
  EXPECT_LT(without_self, 20u);
  EXPECT_TRUE(bids_.empty());
}

TEST_F(BidCallsTest, OfOneThatRunsNoJobsGoToFourOthers) {
  around_.load = [] { return ExecutorLoad{}; };
  for (int i = 0; i < 10; ++i) {
    const JobId id = send("job " + std::to_string(i));
    sim_.run_for(500);
    EXPECT_EQ(called(id).size(), ExecutorBidder::kFirstBidders);
  }
}

TEST_F(BidCallsTest, GoTogetherWhileOneIsUnderWay) {
  std::size_t expected = 0;
  for (int i = 0; i < 60; ++i) {
    const std::vector<Did> first = bidder_.first_bidders(send("job " + std::to_string(i)));
    expected += first.size() - static_cast<std::size_t>(std::ranges::count(first, self()));
  }
  sim_.run_for(1'000);
  std::size_t came = 0;
  for (const auto& of_peer : requests_) {
    EXPECT_EQ(of_peer.size(), 2u);
    for (const auto& calls : of_peer) came += calls.size();
  }
  EXPECT_EQ(came, expected);
}

TEST_F(BidCallsTest, ThatWaitedTooLongAreNotSent) {
  sim_.partition({{node_.id()}, {peers_[0]->id()}});
  std::size_t of_first = 0;
  for (int i = 0; i < 20; ++i) {
    of_first +=
        static_cast<std::size_t>(std::ranges::count(bidder_.first_bidders(send(std::to_string(i))), did(0)));
  }
  ASSERT_GT(of_first, 1u);
  sim_.run_for(5'000);
  EXPECT_TRUE(requests_[0].empty());
  for (std::size_t i = 1; i < kPeers; ++i) EXPECT_FALSE(requests_[i].empty()) << "all others are called";
  sim_.heal();
  sim_.run_for(20'000);
  // The one that was under way comes when it is tried again.
  ASSERT_EQ(requests_[0].size(), 1u);
  EXPECT_EQ(requests_[0][0].size(), 1u);
  for (int i = 20; i < 60 && requests_[0].size() == 1; ++i) {
    send(std::to_string(i));
    sim_.run_for(500);
  }
  EXPECT_EQ(requests_[0].size(), 2u) << "it is called as before";
}

TEST_F(BidCallsTest, OfALargeSubmissionAreNotSent) {
  JobRecord job = record("large", self());
  job.submission.capabilities.assign(16, std::string(BidCall::kBytesMax / 16, 'c'));
  const JobId id = job_id_of(job);
  calls_.send(id, job);
  sim_.run_for(500);
  EXPECT_TRUE(called(id).empty());
}

TEST_F(BidCallsTest, BringTheBidsOfWhoIsCalledAndOfNobodyElse) {
  for (std::size_t i = 0; i < kPeers; ++i) {
    Bid own;
    own.job_id = job_id_of(record("a", self()));
    own.executor = did(i);
    own.key = KeyId(did(i).text() + "#key");
    own.price = Millimana{1'000};
    own.signature.bytes = Bytes(64, 1);
    Bid others = own;
    others.executor = did((i + 1) % kPeers);
    answers_[i] = {own, others};
  }
  const std::set<Did> called_ones = called((send("a"), sim_.run_for(500), job_id_of(record("a", self()))));
  std::set<Did> bidders;
  for (const Bid& each : answered_) bidders.insert(each.executor);
  EXPECT_EQ(bidders, called_ones);
  EXPECT_EQ(answered_.size(), called_ones.size());
}

// ---- To the executor

TEST_F(BidCallsTest, AreAnsweredWithOneBid) {
  const JobRecord job = record("a", did(0));
  const JobId id = job_id_of(job);
  EXPECT_TRUE(take(job));
  ASSERT_EQ(bids_.size(), 1u);
  EXPECT_EQ(bids_[0].job_id, id);
  EXPECT_EQ(bids_[0].attempt, 1u);
  EXPECT_EQ(bids_[0].executor, self());
  EXPECT_TRUE(take(0, {BidCall{job}, BidCall{job}}));
  committed_[id] = new_job(job.submitter, job.submission, testing::kStart);
  EXPECT_TRUE(take(job));
  bidder_.consider(id, committed_[id], BidCause::kSeen);
  EXPECT_EQ(bids_.size(), 1u);
  bidder_.consider(id, committed_[id], BidCause::kAnnounced);
  EXPECT_EQ(bids_.size(), 2u) << "its coordinator wants more";
}

TEST_F(BidCallsTest, AreAnsweredByWhoWouldNotBidUnasked) {
  std::size_t unasked = 0;
  for (int i = 0; i < 20; ++i) {
    const JobRecord job = record(std::to_string(i), did(0));
    const std::size_t before = bids_.size();
    bidder_.consider(job_id_of(job), new_job(job.submitter, job.submission, testing::kStart),
                     BidCause::kSeen);
    unasked += bids_.size() - before;
    EXPECT_TRUE(take(job));
    EXPECT_EQ(bids_.size(), before + 1);
  }
  EXPECT_GT(unasked, 0u);
  EXPECT_LT(unasked, 20u);
}

TEST_F(BidCallsTest, AreNotAnsweredByWhoIsBusyWithLongJobs) {
  around_.load = [] { return ExecutorLoad{.workers = 1, .queue_max = 100, .busy_ms = 5'000}; };
  EXPECT_TRUE(take(record("a", did(0))));
  EXPECT_TRUE(bids_.empty());
}

TEST_F(BidCallsTest, ForAJobThatTheLedgerHasAreForItAsItIs) {
  const JobRecord job = record("a", did(0));
  const JobId id = job_id_of(job);
  committed_[id] = new_job(job.submitter, job.submission, testing::kStart);
  committed_[id].status = JobStatus::kAssigned;
  EXPECT_TRUE(take(job));
  EXPECT_TRUE(bids_.empty());
  committed_[id].status = JobStatus::kSubmitted;
  committed_[id].attempt = 2;
  EXPECT_TRUE(take(job));
  ASSERT_EQ(bids_.size(), 1u);
  EXPECT_EQ(bids_[0].attempt, 2u);
  committed_[id].excluded = {self()};
  committed_[id].attempt = 3;
  EXPECT_TRUE(take(job));
  EXPECT_EQ(bids_.size(), 1u);
}

TEST_F(BidCallsTest, ThatNoHonestNodeMakesAreRefused) {
  EXPECT_FALSE(take(record("another's", did(1))));
  EXPECT_FALSE(take(record("this node's own", self())));
  JobRecord job = record("of another network", did(0));
  job.network = "elsewhere";
  EXPECT_FALSE(take(job));
  job = record("large", did(0));
  job.submission.capabilities.assign(16, std::string(BidCall::kBytesMax / 16, 'c'));
  EXPECT_FALSE(take(job));
  const auto with = [this](const std::function<void(Submission&)>& change) {
    JobRecord changed = record("of a wrong form", did(0));
    change(changed.submission);
    return take(changed);
  };
  EXPECT_FALSE(with([](Submission& body) { body.max_price = Millimana{-1}; }));
  EXPECT_FALSE(with([](Submission& body) { body.max_price.value = kMillimanaMax.value + 1; }));
  EXPECT_FALSE(with([](Submission& body) { body.cpu_cores = 0; }));
  EXPECT_FALSE(with([](Submission& body) { body.capabilities.assign(17, "c"); }));
  EXPECT_FALSE(with([](Submission& body) { body.manifest_cid = {}; }));
  EXPECT_FALSE(with([](Submission& body) { body.kind = JobKind::kGeneric; }));
  EXPECT_FALSE(take(0, std::vector<BidCall>(BidCall::kMax + 1)));
  EXPECT_TRUE(bids_.empty());
}

TEST_F(BidCallsTest, BeyondTheLimitOfAPeerAreDropped) {
  std::vector<BidCall> calls;
  for (std::size_t i = 0; i < BidCall::kMax; ++i) calls.push_back({record(std::to_string(i), did(0))});
  EXPECT_TRUE(take(0, calls));
  EXPECT_EQ(bids_.size(), kLimit.burst);
  EXPECT_TRUE(take(1, {BidCall{record("another's", did(1))}}));
  EXPECT_EQ(bids_.size(), kLimit.burst + 1);
  sim_.run_for(1'000);
  for (BidCall& call : calls) call.job.nonce.bytes[0] ^= 1;
  EXPECT_TRUE(take(0, calls));
  EXPECT_EQ(bids_.size(), kLimit.burst + 1 + kLimit.rate);
}

// Whoever calls and then does not listen must not make an executor speak to the whole network.
TEST_F(BidCallsTest, BringNoBidToAllForAJobThatTheLedgerDoesNotHave) {
  const JobRecord job = record("a", testing::person(50));  // nobody reaches it
  const JobId id = job_id_of(job);
  peers_[0]->collect(network::Topic::kBids);
  BidPost post(around_);
  Bid bid;
  bid.job_id = id;
  bid.executor = self();
  post.send(testing::person(50), bid);
  sim_.run_for(30'000);
  EXPECT_TRUE(peers_[0]->got.empty());
  committed_[id] = new_job(job.submitter, job.submission, testing::kStart);
  post.send(testing::person(50), bid);
  sim_.run_for(30'000);
  EXPECT_EQ(peers_[0]->got.size(), 1u);
}

// ---- Whole markets

TEST(MarketCalls, BringBidsBeforeTheBlock) {
  MarketWorld world(31, 7);
  const JobId id = world.submit_through_pool(0, testing::echo_spec(), 1'000'000);
  world.run_for(300);
  std::map<crypto::Hash, Did> order;
  for (std::size_t i = 0; i < 7; ++i) order.emplace(tie_hash(id, world.did(i)), world.did(i));
  std::set<Did> first;
  for (const auto& [hash, executor] : order) {
    if (first.size() < ExecutorBidder::kFirstBidders) first.insert(executor);
  }
  const std::vector<Bid> bids = world.market(0).bids(id);
  EXPECT_GE(bids.size(), Auctions::kEnoughBids);
  for (const Bid& bid : bids) EXPECT_TRUE(first.contains(bid.executor)) << bid.executor.text();
}

TEST(MarketCalls, ThatNobodyHearsCostTheJobNothing) {
  MarketWorld world(32, 4);
  for (std::size_t i = 1; i < 4; ++i) world.kill(i);
  const JobId id = world.submit_through_pool(0, testing::echo_spec(), 200);
  world.run_for(100);
  for (std::size_t i = 1; i < 4; ++i) world.revive(i);
  ASSERT_TRUE(world.run_until([&] { return world.is_committed(id); }, 20'000));
  ASSERT_TRUE(world.run_until_ended(id, 20'000));
  EXPECT_EQ(world.job(id).status, JobStatus::kCompleted);
}

TEST(MarketCalls, OfWhoDoesNotCoordinateTheJobAreHeldAgainstIt) {
  MarketWorld world(33, 4);
  const auto ask = [&](std::size_t from, const Did& coordinator, std::size_t count) {
    MeshRequest request;
    request.calls.emplace(count, BidCall{record("a", coordinator)});
    return world.ask(from, 0, request).ok();
  };
  EXPECT_FALSE(ask(1, world.did(2), 1));
  EXPECT_LT(world.standing(1, 0), 0);
  EXPECT_FALSE(ask(2, world.did(2), BidCall::kMax + 1));
  EXPECT_LT(world.standing(2, 0), 0);
  EXPECT_TRUE(ask(3, world.did(3), BidCall::kMax));
  EXPECT_EQ(world.standing(3, 0), 0);
}

}  // namespace
}  // namespace icn::mesh
