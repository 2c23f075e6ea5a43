#include "network/block_exchange.h"

#include <mutex>
#include <set>

#include "base/errors.h"
#include "network/errors.h"

namespace icn::network {
namespace {

constexpr std::size_t kParallel = 16;

}  // namespace

// One fetch: CIDs still to look at, those asked for, and what has come.
struct BlockExchange::Run {
  Run(FetchOptions wanted, Executor& on, Done<Fetched> answer)
      : options(wanted), executor(on), done(std::move(answer)) {}

  FetchOptions options;
  Executor& executor;
  Done<Fetched> done;
  std::mutex mutex;
  std::vector<Cid> next;
  std::set<Cid> seen;
  std::size_t asked = 0;
  std::vector<dag::NewBlock> blocks;
  std::uint64_t bytes = 0;
  std::optional<Error> failure;
  bool is_done = false;

  void finish(Result<Fetched> result) {
    executor.post([done = std::move(done), result = std::move(result)] { done(result); });
  }
  void add(const std::vector<Cid>& cids) {
    for (const Cid& each : cids) {
      if (seen.insert(each).second) next.push_back(each);
    }
  }
};

BlockExchange::BlockExchange(Network& network, dag::BlockStore& blocks, const Clock& clock)
    : network_(network), blocks_(blocks), clock_(clock) {
  network_.serve_blocks([this](const Cid& cid) { return public_block(cid); });
}

bool BlockExchange::is_public(const Cid& cid) const {
  const auto meta = blocks_.meta(cid);
  return meta.ok() && *meta && (*meta)->visibility == dag::Visibility::kPublic;
}

std::optional<Bytes> BlockExchange::public_block(const Cid& cid) const {
  if (!is_public(cid)) return std::nullopt;
  const auto block = blocks_.get(cid);
  if (!block.ok()) return std::nullopt;
  return to_bytes(as_bytes((*block)->bytes));
}

void BlockExchange::fetch(const Cid& cid, const FetchOptions& options, Executor& executor,
                          Done<Fetched> done) {
  const auto run = std::make_shared<Run>(options, executor, std::move(done));
  if (!network_.is_on()) return run->finish(Error(kOff));
  run->add({cid.to_v1()});
  network_.meet_providers(cid.to_v1());
  fetch_more(run);
}

// Asks for what may be asked for now; the last answer to come ends the run.
void BlockExchange::fetch_more(const std::shared_ptr<Run>& run) {
  std::vector<Cid> ask;
  {
    const std::lock_guard lock(run->mutex);
    while (!run->failure && !run->next.empty() && run->asked < kParallel) {
      const Cid cid = run->next.back();
      run->next.pop_back();
      const auto held = blocks_.get(cid);
      if (held.ok()) {
        if (!run->options.is_recursive) continue;
        const auto block = dag::trusted_block(cid, to_bytes(as_bytes((*held)->bytes)));
        if (block.ok()) run->add(block->links);
        continue;
      }
      ++run->asked;
      ask.push_back(cid);
    }
    if (run->asked > 0 || run->is_done) {
      if (ask.empty()) return;
    } else {
      run->is_done = true;
    }
  }
  for (const Cid& cid : ask) {
    network_.fetch_block(cid, run->options.timeout_ms,
                         [this, run, cid](Result<Bytes> bytes) { arrived(run, cid, std::move(bytes)); });
  }
  if (!ask.empty()) return;
  if (run->failure) return run->finish(*run->failure);
  const Fetched fetched{run->blocks.size(), run->bytes};
  if (run->blocks.empty()) return run->finish(fetched);
  dag::PutOptions put;
  put.time = clock_.now_secs();
  put.visibility = dag::Visibility::kPublic;
  blocks_.put_later(run->executor, std::move(run->blocks), put, {},
                    [run, fetched](const Result<void>& written) {
                      if (!written.ok()) return run->done(written.error());
                      run->done(fetched);
                    });
}

void BlockExchange::arrived(const std::shared_ptr<Run>& run, const Cid& cid, Result<Bytes> bytes) {
  {
    const std::lock_guard lock(run->mutex);
    --run->asked;
    auto block =
        bytes.ok() ? dag::verify_block(cid, std::move(*bytes)) : Result<dag::NewBlock>(bytes.error());
    if (!block.ok()) {
      run->failure = block.error();
    } else {
      run->bytes += block->bytes.size();
      if (run->options.is_recursive) run->add(block->links);
      run->blocks.push_back(std::move(*block));
      if (run->bytes > run->options.bytes_max || run->blocks.size() > run->options.blocks_max)
        run->failure = Error(errors::kTooLarge, "more than may be fetched at once");
    }
  }
  fetch_more(run);
}

}  // namespace icn::network
