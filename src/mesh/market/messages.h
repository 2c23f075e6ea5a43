#pragma once

#include "mesh/progress.h"
#include "mesh/selection.h"
#include "mesh/tx/settle.h"

// What the market says: payloads of gossip and the requests of "/icn/mesh/1", all as DAG-CBOR.
// Source: domain.md 7 and 11, design.md 6.
namespace icn::mesh {

// Payload of JobAnnouncement: attempts whose coordinator still wants bids. A submission is announced by its
// block, and before that by BidCall to those who bid first.
struct JobAnnouncement {
  static constexpr std::size_t kMax = 256;
  std::vector<AttemptName> attempts;
  static constexpr auto fields() {
    return described(codec::field("attempts", &JobAnnouncement::attempts, "", {1, kMax}));
  }
};

// Payload of BidSubmission: bids of its sender, for coordinators it cannot reach directly.
struct BidSubmission {
  static constexpr std::size_t kMax = 256;
  std::vector<Bid> bids;
  static constexpr auto fields() {
    return described(codec::field("bids", &BidSubmission::bids, "", {1, kMax}));
  }
};

// A coordinator asks an executor to bid for a job whose submission waits for its block: the ledger says
// nothing of it yet, and only a node with an engine of its own sees the pool of transactions.
struct BidCall {
  static constexpr std::size_t kMax = 64;                          // in one request
  static constexpr std::size_t kBytesMax = std::size_t{16} << 10;  // of the record's block
  JobRecord job;                                                   // its id is computed, not told
  static constexpr auto fields() { return described(codec::field("job", &BidCall::job)); }
};

// Asks for a block of a job: the executor asks its coordinator for the spec, the module and the inputs; the
// coordinator asks the executor for what the run made.
struct BlockRequest {
  JobId job_id;
  codec::Cid cid;
  static constexpr auto fields() {
    return described(codec::field("job_id", &BlockRequest::job_id, "", {1, 128}),
                     codec::field("cid", &BlockRequest::cid));
  }
};

// The executor hands its coordinator the claim of a finished attempt with the block of the signed receipt and
// what of the rest is small.
struct CarriedBlock {
  codec::Cid cid;
  Bytes bytes;
  static constexpr auto fields() {
    return described(codec::field("cid", &CarriedBlock::cid), codec::field("bytes", &CarriedBlock::bytes));
  }
};
struct ResultReport {
  static constexpr std::size_t kCarriedBytesMax = std::size_t{64} << 10;
  ReceiptClaim claim;
  std::vector<CarriedBlock> blocks;
  std::vector<codec::Cid> others;  // further blocks of the attempt, to be asked for
  static constexpr auto fields() {
    using codec::field;
    return described(field("claim", &ResultReport::claim), field("blocks", &ResultReport::blocks),
                     field("others", &ResultReport::others));
  }
};

// A coordinator asks how an attempt of its job fares that the other node has.
struct NewsRequest {
  static constexpr std::size_t kMax = 64;
  AttemptName name;
  std::uint64_t log_from = 0;  // bytes of the log it has
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &NewsRequest::name), field("log_from", &NewsRequest::log_from));
  }
};
struct AttemptNews {
  static constexpr std::size_t kLogBytesMax = std::size_t{32} << 10;  // of one attempt in one answer
  bool is_held = false;                                               // false: it knows nothing of it
  bool is_started = false;                                            // it runs now
  std::optional<Progress> progress;                                   // signed, while it runs
  std::uint64_t log_from = 0;  // where `log` begins: the oldest may be gone
  Bytes log;
  static constexpr auto fields() {
    using codec::field;
    return described(field("is_held", &AttemptNews::is_held), field("is_started", &AttemptNews::is_started),
                     field("progress", &AttemptNews::progress), field("log_from", &AttemptNews::log_from),
                     field("log", &AttemptNews::log));
  }
};

// One of these is there.
struct MeshRequest {
  std::optional<BlockRequest> block;
  std::optional<std::vector<ResultReport>> results;
  std::optional<std::vector<Bid>> bids;  // of the peer that asks
  std::optional<std::vector<NewsRequest>> news;
  std::optional<std::vector<BidCall>> calls;  // for jobs that the peer coordinates
  static constexpr auto fields() {
    using codec::field;
    return described(field("block", &MeshRequest::block), field("results", &MeshRequest::results),
                     field("bids", &MeshRequest::bids), field("news", &MeshRequest::news),
                     field("calls", &MeshRequest::calls));
  }
};

// The one that answers the request. A request that may not be made is refused: no answer at all.
struct MeshAnswer {
  std::optional<Bytes> block;
  bool is_block_missing = false;                     // the coordinator itself does not have it
  bool is_early = false;                             // it has not seen the assignment yet: ask again
  std::optional<std::vector<std::string>> verdicts;  // a result each: empty when taken, else the code
  std::optional<std::vector<AttemptNews>> news;      // in the order of the question
  std::optional<std::string> trace;                  // of the job whose block is asked for: a traceparent
  std::optional<std::vector<Bid>> bids;              // for jobs that were called, of who is called
  static constexpr auto fields() {
    using codec::field;
    return described(field("block", &MeshAnswer::block),
                     field("is_block_missing", &MeshAnswer::is_block_missing),
                     field("is_early", &MeshAnswer::is_early), field("verdicts", &MeshAnswer::verdicts),
                     field("news", &MeshAnswer::news), field("trace", &MeshAnswer::trace),
                     field("bids", &MeshAnswer::bids));
  }
};

}  // namespace icn::mesh
