#include "node/caches.h"

#include "node/change_notes.h"
#include "node/engines.h"

namespace icn::node {
Result<std::unique_ptr<Caches>> Caches::open(CacheParts parts) {
  auto out = std::unique_ptr<Caches>(new Caches(std::move(parts)));
  Caches& self = *out;
  const config::Settings& settings = self.parts_.settings;
  http::AnswerCacheOptions options{settings.cache_l1_mb * 1'048'576, &self.parts_.metrics, nullptr,
                                   self.parts_.is_follower};
  if (!settings.cache_redis_url.empty()) {
    storage::RedisOptions redis;
    redis.url = settings.cache_redis_url;
    redis.ca_file = settings.cache_redis_ca_file;
    redis.certificate = settings.cache_redis_cert;
    redis.private_key = settings.cache_redis_key;
    redis.timeout_ms = static_cast<std::uint32_t>(settings.cache_redis_timeout_ms);
    redis.marks = "icn:mark:" + settings.network_id + ":" + settings.storage_postgresql_schema + ":";
    ICN_TRY_ASSIGN(made, storage::RedisCache::make(redis, self.parts_.log));
    self.redis_ = std::move(made);
    self.shared_ = std::make_unique<http::SharedAnswers>(*self.redis_, self.parts_.secret);
    options.shared = self.shared_.get();
  }
  self.answers_ = std::make_unique<http::AnswerCache>(options);
  self.begin_anew();
  if (self.redis_ != nullptr) {
    http::AnswerCache& answers = *self.answers_;
    self.redis_->start(
        {[&answers](std::string_view name) { answers.drop(http::SharedAnswers::place_of(name)); },
         [&answers] { answers.drop_all(); }});
  }
  self.parts_.ledger.share_changes(shared_tables(), [&self](const std::vector<std::uint64_t>& places) {
    if (places.empty()) return self.begin_anew();
    if (self.redis_ == nullptr || self.parts_.is_follower) return;
    std::vector<std::string> marks;
    for (const std::uint64_t place : places) marks.push_back(http::SharedAnswers::mark_of(place));
    self.redis_->mark(std::move(marks));
  });
  return out;
}

std::string Caches::generation() const {
  if (parts_.settings.storage_backend == config::StorageBackend::kPostgresql) {
    auto known = database_generation(parts_.settings, config::storage_folder(parts_.settings));
    if (known.ok()) return std::move(*known);
    parts_.log->warn("no answers are shared: {}", known.error().detail());
    return {};
  }
  return hex_encode(parts_.random.bytes(16));
}

void Caches::begin_anew() {
  answers_->drop_all();
  if (shared_ != nullptr) shared_->set_generation(generation());
}

std::optional<storage::RedisStats> Caches::redis_stats() const {
  return redis_ == nullptr ? std::optional<storage::RedisStats>() : redis_->stats();
}

void Caches::stop() {
  if (redis_ != nullptr) redis_->stop();
}

}  // namespace icn::node
