#include "dag/api/post_file.h"

#include "codec/unixfs_file.h"
#include "dag/api/upload_plan.h"
#include "dag/errors.h"

namespace icn::dag::api {
namespace {

class FileSession final : public http::UploadSession {
 public:
  FileSession(const Api& api, http::Exchange& exchange, std::shared_ptr<UploadPlan> plan)
      : api_(api),
        plan_(std::move(plan)),
        run_(api.uploads.begin(exchange.executor(), options(api, *plan_))),
        builder_([this](const Cid& cid, ByteView block) { return take(cid, block); }) {}

  Result<void> write(ByteView bytes) override {
    size_ += bytes.size();
    if (size_ > api_.file_bytes_max) {
      return Error(errors::kTooLarge,
                   "a file has at most " + std::to_string(api_.file_bytes_max) + " bytes here");
    }
    return builder_.write(bytes);
  }

  bool wants_pause(const std::function<void()>& resume) override {
    if (!run_->is_busy()) return false;
    run_->when_ready(resume);
    return true;
  }

  void finish(http::ExchangePtr exchange) override {
    const auto built = builder_.finish();
    if (!built.ok()) return exchange->reply(built.error());
    run_->commit(plan_->finish(api_, {built->cid}), [&api = api_, plan = plan_, exchange,
                                                     file = *built](const Result<UploadTotals>& totals) {
      plan->reserved = {};
      if (!totals.ok()) return exchange->reply(totals.error());
      api.put_count.add(totals->blocks);
      if (plan->visibility == Visibility::kPublic && api.announce) api.announce(file.cid);
      const PostFile::Output output{file.cid, file.size, totals->blocks, totals->price};
      exchange->reply(http::Response::json(codec::to_json_text(output), PostFile::success_status));
    });
  }

 private:
  // A file's blocks have an author: who sent it.
  static UploadOptions options(const Api& api, const UploadPlan& plan) {
    UploadOptions options = plan.options(api);
    options.put.author = plan.owner;
    return options;
  }

  Result<void> take(const Cid& cid, ByteView bytes) {
    ICN_TRY(plan_->reserve(api_, bytes.size()));
    ICN_TRY_ASSIGN(block, trusted_block(cid, to_bytes(bytes)));
    return run_->add(std::move(block));
  }

  const Api& api_;
  std::shared_ptr<UploadPlan> plan_;
  std::unique_ptr<UploadRun> run_;
  codec::FileBuilder builder_;
  std::uint64_t size_ = 0;
};

}  // namespace

Result<std::unique_ptr<http::UploadSession>> PostFile::handle(const Api& api, http::Exchange& exchange) {
  ICN_TRY_ASSIGN(plan, UploadPlan::of(api, exchange.request()));
  return std::unique_ptr<http::UploadSession>(std::make_unique<FileSession>(api, exchange, std::move(plan)));
}

}  // namespace icn::dag::api
