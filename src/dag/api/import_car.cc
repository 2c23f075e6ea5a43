#include "dag/api/import_car.h"

#include "codec/car.h"
#include "dag/api/upload_plan.h"
#include "dag/errors.h"

namespace icn::dag::api {
namespace {

class ImportSession final : public http::UploadSession {
 public:
  ImportSession(const Api& api, http::Exchange& exchange, std::shared_ptr<UploadPlan> plan)
      : api_(api),
        plan_(std::move(plan)),
        run_(api.uploads.begin(exchange.executor(), plan_->options(api))),
        reader_(
            [this](const std::vector<Cid>& roots) {
              roots_ = roots;
              return Result<void>();
            },
            [this](const Cid& cid, ByteView block) { return take(cid, block); },
            codec::CarLimits{.header_size_max = std::size_t{64} << 10, .block_size_max = kBlockBytesMax}) {}

  Result<void> write(ByteView bytes) override {
    size_ += bytes.size();
    if (size_ > api_.file_bytes_max) {
      return Error(errors::kTooLarge,
                   "an archive has at most " + std::to_string(api_.file_bytes_max) + " bytes here");
    }
    return reader_.feed(bytes);
  }

  bool wants_pause(const std::function<void()>& resume) override {
    if (!run_->is_busy()) return false;
    run_->when_ready(resume);
    return true;
  }

  void finish(http::ExchangePtr exchange) override {
    if (auto whole = reader_.finish(); !whole.ok()) return exchange->reply(whole.error());
    std::vector<Cid> pins;
    for (const Cid& root : roots_) {
      if (!root.inline_data()) pins.push_back(root.to_v1());
    }
    run_->commit(plan_->finish(api_, std::move(pins)), [&api = api_, plan = plan_, exchange,
                                                        roots = roots_](const Result<UploadTotals>& totals) {
      plan->reserved = {};
      if (!totals.ok()) return exchange->reply(totals.error());
      api.put_count.add(totals->blocks);
      const ImportCar::Output output{roots, totals->blocks, totals->bytes, totals->new_blocks, totals->price};
      exchange->reply(http::Response::json(codec::to_json_text(output), ImportCar::success_status));
    });
  }

 private:
  Result<void> take(const Cid& cid, ByteView bytes) {
    if (cid.inline_data()) return {};  // the CID carries it
    ICN_TRY(plan_->reserve(api_, bytes.size()));
    ICN_TRY_ASSIGN(block, trusted_block(cid, to_bytes(bytes)));
    return run_->add(std::move(block));
  }

  const Api& api_;
  std::shared_ptr<UploadPlan> plan_;
  std::unique_ptr<UploadRun> run_;
  codec::CarReader reader_;
  std::vector<Cid> roots_;
  std::uint64_t size_ = 0;
};

}  // namespace

Result<std::unique_ptr<http::UploadSession>> ImportCar::handle(const Api& api, http::Exchange& exchange) {
  ICN_TRY_ASSIGN(plan, UploadPlan::of(api, exchange.request()));
  return std::unique_ptr<http::UploadSession>(
      std::make_unique<ImportSession>(api, exchange, std::move(plan)));
}

}  // namespace icn::dag::api
