#include "http/answer_cache.h"

#include <functional>

namespace icn::http {

AnswerCache::AnswerCache(std::size_t bytes_max, telemetry::Metrics* metrics)
    : shard_bytes_max_(bytes_max / kShards) {
  if (metrics == nullptr) return;
  hits_ = &metrics->counter(telemetry::Metric::cache_hits, {"l1"});
  misses_ = &metrics->counter(telemetry::Metric::cache_misses, {"l1"});
}

AnswerCache::Shard& AnswerCache::shard_of(std::string_view name) {
  return shards_[std::hash<std::string_view>{}(name) % kShards];
}

void AnswerCache::erase(Shard& shard, ByUse::iterator answer) {
  shard.bytes -= answer->size();
  shard.answers.erase(answer->name);
  shard.by_use.erase(answer);
}

std::optional<Response> AnswerCache::find(const std::string& name, std::uint64_t version) {
  Shard& shard = shard_of(name);
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.answers.find(name);
    if (found != shard.answers.end() && found->second->version == version) {
      shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
      if (hits_ != nullptr) hits_->add();
      return Response::cached(found->second->content_type, found->second->body);
    }
  }
  if (misses_ != nullptr) misses_->add();
  return std::nullopt;
}

void AnswerCache::keep(const std::string& name, std::uint64_t version, Response& response) {
  auto* text = std::get_if<std::string>(&response.body);
  if (response.status != 200 || !response.headers.empty() || text == nullptr) return;
  Answer answer{name, version, response.content_type, std::make_shared<const std::string>(std::move(*text))};
  response.body = answer.body;
  const std::size_t size = answer.size();
  if (size > shard_bytes_max_) return;
  Shard& shard = shard_of(name);
  const std::lock_guard lock(shard.mutex);
  if (const auto old = shard.answers.find(name); old != shard.answers.end()) erase(shard, old->second);
  while (shard.bytes + size > shard_bytes_max_) erase(shard, std::prev(shard.by_use.end()));
  shard.by_use.push_front(std::move(answer));
  shard.answers.emplace(shard.by_use.front().name, shard.by_use.begin());
  shard.bytes += size;
}

}  // namespace icn::http
