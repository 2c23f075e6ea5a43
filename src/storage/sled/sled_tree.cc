#include "storage/sled/sled_tree.h"

#include <chrono>
#include <string_view>
#include <thread>

#include "storage/errors.h"

namespace icn::storage {
namespace {

// Behind the entries of every table (layout.h).
constexpr std::array<std::uint8_t, kListPrefixSize + 1> kNumberKey{0xFF, 0xFF, 0xFF, 0};

using Message = std::array<char, ICN_SLED_MESSAGE_SIZE>;

// sled's threads may let go of the files a moment after their tree was closed.
constexpr std::chrono::seconds kLetGoWait{5};
constexpr std::chrono::milliseconds kLetGoPause{10};

bool is_held_still(const Message& message) {
  return std::string_view(message.data()).find("could not acquire lock") != std::string_view::npos;
}

Error sled_error(icn_sled_status status, const Message& message) {
  const std::string text = std::string("sled: ") + message.data();
  if (status == ICN_SLED_CORRUPT) return Error(kCorrupt, text);
  if (status == ICN_SLED_FULL) return Error(kFull, text);
  return Error(kInputOutput, text);
}

// sled takes what a crash has left of its notes of where pages lie for the newest of them, and gives up. One
// that is finished has another name.
void remove_unfinished_notes(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::directory_iterator at(folder, failure);
  for (const std::filesystem::directory_iterator end; !failure && at != end; at.increment(failure)) {
    std::error_code ignored;
    if (at->path().extension() == ".generating") std::filesystem::remove(at->path(), ignored);
  }
}

void take_value(void* context, const std::uint8_t*, std::size_t, const std::uint8_t* value,
                std::size_t size) {
  static_cast<std::optional<Bytes>*>(context)->emplace(value, value + size);
}

void take_entry(void* context, const std::uint8_t* key, std::size_t key_size, const std::uint8_t* value,
                std::size_t value_size) {
  static_cast<Chunk*>(context)->entries.push_back(
      {Bytes(key, key + key_size), Bytes(value, value + value_size)});
}

}  // namespace

Result<SledTree::Opened> SledTree::open_tree(const std::filesystem::path& folder,
                                             const SledOptions& options) {
  remove_unfinished_notes(folder);
  const std::string path = folder.string();
  const icn_sled_options wanted{path.c_str(), options.cache_capacity_bytes, options.flush_every_ms,
                                options.compression_factor};
  const auto deadline = std::chrono::steady_clock::now() + kLetGoWait;
  while (true) {
    icn_sled_status status = ICN_SLED_OK;
    Message message{};
    Opened tree(icn_sled_open(&wanted, &status, message.data()));
    if (tree != nullptr) return tree;
    // No other process: the folder is claimed (folder_guard.h).
    if (!is_held_still(message) || std::chrono::steady_clock::now() > deadline)
      return sled_error(status, message).within(path);
    std::this_thread::sleep_for(kLetGoPause);
  }
}

Result<std::unique_ptr<SledTree>> SledTree::open(const std::filesystem::path& folder,
                                                 const SledOptions& options) {
  ICN_TRY_ASSIGN(tree, open_tree(folder, options));
  ICN_TRY_ASSIGN(files, SledFiles::open(folder, options.sync));
  return std::unique_ptr<SledTree>(new SledTree(folder, options, std::move(tree), std::move(files)));
}

void SledTree::cut_off() {
  files_.take_log_from_writers();
  icn_sled_give_up(tree_.get());
}

// Closing writes what is left, and would wait for ever where a write in the background has failed.
SledTree::~SledTree() {
  if (tree_ != nullptr) hand_over();
}

void SledTree::close_noted() {
  hand_over();
  tree_.reset();
  static_cast<void>(open_tree(folder_, options_));  // else the next one to open it does so
}

Result<std::optional<Bytes>> SledTree::get(ByteView key) const {
  std::optional<Bytes> found;
  Message message{};
  const auto status = icn_sled_get(tree_.get(), key.data(), key.size(), &take_value, &found, message.data());
  if (status != ICN_SLED_OK) return sled_error(status, message);
  return found;
}

Result<Chunk> SledTree::read(ByteView from, ByteView to, bool reverse, std::size_t limit) const {
  Chunk chunk;
  bool is_more = false;
  Message message{};
  const auto status = icn_sled_range(tree_.get(), from.data(), from.size(), to.data(), to.size(), reverse,
                                     limit, &take_entry, &chunk, &is_more, message.data());
  if (status != ICN_SLED_OK) return sled_error(status, message);
  if (!is_more || chunk.entries.empty()) return chunk;
  Bytes resume = chunk.entries.back().key;
  if (!reverse) resume.push_back(0);
  chunk.resume = std::move(resume);
  return chunk;
}

Result<void> SledTree::apply(const std::vector<Change>& changes) {
  changes_.clear();
  for (const Change& change : changes) {
    const ByteView value = change.value.value_or(ByteView());
    changes_.push_back({change.key.data(), change.key.size(), value.data(), value.size(), !change.value});
  }
  Message message{};
  const auto status = icn_sled_apply(tree_.get(), changes_.data(), changes_.size(), message.data());
  return status == ICN_SLED_OK ? Result<void>() : sled_error(status, message);
}

std::string SledTree::hand_over() {
  const StuckWatch::Turn turn(watch_);
  Message message{};
  if (icn_sled_flush(tree_.get(), message.data()) == ICN_SLED_OK) return {};
  return std::string("sled: ") + message.data();
}

std::string SledTree::sync(std::uint64_t number) {
  Bytes value;
  append_u64(value, number);
  const icn_sled_change change{kNumberKey.data(), kNumberKey.size(), value.data(), value.size(), false};
  Message message{};
  if (icn_sled_apply(tree_.get(), &change, 1, message.data()) != ICN_SLED_OK) {
    cut_off();
    return std::string("sled: ") + message.data();
  }
  if (std::string problem = hand_over(); !problem.empty()) return problem;
  return files_.sync();
}

Result<std::uint64_t> SledTree::synced_number() const {
  ICN_TRY_ASSIGN(value, get(kNumberKey));
  if (!value) return 0;
  if (value->size() != sizeof(std::uint64_t))
    return Error(kCorrupt, "sled: the number of the newest sync is damaged");
  return read_u64(*value);
}

}  // namespace icn::storage
