#include "ledger/snapshot_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/errors.h"
#include "crypto/durable_file.h"
#include "ledger/parameters.h"
#include "ledger/state.h"

namespace icn::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifestName = "manifest";
constexpr std::string_view kPartial = ".partial";
constexpr std::string_view kTransactionDomain{"icn:tx:v1\0", CheckedTransaction::kDomainSize};

Error file_error(const fs::path& path, const std::string& what) {
  return Error(errors::kInternal, path.string() + ": " + what);
}

fs::path folder_of(const std::string& folder, std::uint64_t epoch) {
  return fs::path(folder) / std::to_string(epoch);
}

std::string tree_name(std::size_t domain) { return "tree-" + std::string(kCheckpointDomains[domain].name); }

Result<Bytes> read_whole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return file_error(path, "is missing");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return file_error(path, "cannot be read");
  return to_bytes(as_bytes(text));
}

Result<void> write_whole(const fs::path& path, ByteView content) {
  return crypto::write_file_durably(path.string(), content, crypto::Existing::kReplace);
}

Result<void> sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_done = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  return is_done ? Result<void>() : Result<void>(file_error(path, "cannot be made durable"));
}

Result<void> write_manifest(const fs::path& folder, const Manifest& manifest) {
  return write_whole(folder / kManifestName, codec::encode_record(manifest));
}

// Nodes of a level, counted from the leaves.
std::uint64_t level_size(std::uint64_t leaves, unsigned level) {
  return leaves == 0 ? 0 : ((leaves - 1) >> level) + 1;
}

// Reads the level that begins at `begin` and appends the one above it.
Result<void> add_level(const fs::path& path, std::uint64_t begin, std::uint64_t count) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(begin * 32));
  std::ofstream out(path, std::ios::binary | std::ios::app);
  for (std::uint64_t i = 0; i < count; i += 2) {
    crypto::Hash left;
    crypto::Hash right;
    in.read(reinterpret_cast<char*>(left.data()), 32);
    const bool has_right = i + 1 < count;
    if (has_right) in.read(reinterpret_cast<char*>(right.data()), 32);
    const crypto::Hash node = has_right ? merkle_node(left, right) : left;
    out.write(reinterpret_cast<const char*>(node.data()), 32);
  }
  out.flush();
  return in && out ? Result<void>() : Result<void>(file_error(path, "the tree cannot be written"));
}

bool is_before(std::uint16_t table, ByteView key, const SnapshotChunk& chunk) {
  return table < chunk.table || (table == chunk.table && BytesLess()(key, chunk.first_key));
}

Result<std::vector<crypto::Hash>> read_path(const fs::path& tree, std::uint64_t index, std::uint64_t leaves) {
  std::ifstream in(tree, std::ios::binary);
  std::vector<crypto::Hash> path;
  std::uint64_t begin = 0;
  for (unsigned level = 0; level_size(leaves, level) > 1; ++level) {
    const std::uint64_t sibling = (index >> level) ^ 1;
    if (sibling < level_size(leaves, level)) {
      in.seekg(static_cast<std::streamoff>((begin + sibling) * 32));
      in.read(reinterpret_cast<char*>(path.emplace_back().data()), 32);
    }
    begin += level_size(leaves, level);
  }
  if (!in) return file_error(tree, "is missing or cut off");
  return path;
}

// Ids in blocks before this time have expired whatever lifetime the network allowed.
std::uint64_t lifetime_bound_secs() {
  const auto rows = parameter_rows();
  const auto row = std::ranges::find(rows, "ledger.lifetime_max_secs", &ParameterRow::name);
  ICN_ASSERT(row != rows.end());
  return static_cast<std::uint64_t>(row->max);
}

Result<TailBlock> tail_block(const Reader& store, BlockHeader header, bool is_to_be_executed) {
  ICN_TRY_ASSIGN(body, kBodies.get(store, header.height));
  if (!body) return Error(errors::kInternal, "block " + std::to_string(header.height) + " is not kept");
  TailBlock out{std::move(header), {}, {}, {}};
  if (is_to_be_executed) {
    out.transactions = std::move(body->transactions);
    out.misconduct = std::move(body->misconduct);
    return out;
  }
  for (const StoredTransaction& each : body->transactions) out.ids.push_back({to_bytes(stored_id(each))});
  return out;
}

Result<std::uint64_t> first_tail_height(const Reader& store, const CheckpointSummary& summary) {
  std::uint64_t height = summary.height;
  while (height > 1) {
    ICN_TRY_ASSIGN(before, kHeaders.get(store, height - 1));
    if (!before || before->time + lifetime_bound_secs() <= summary.time) break;
    --height;
  }
  return height;
}

}  // namespace

crypto::Hash stored_id(const StoredTransaction& transaction) {
  return crypto::sha256(as_bytes(kTransactionDomain), as_bytes(transaction.canonical));
}

std::string chunk_name(bool is_tail, std::size_t number) {
  return (is_tail ? "tail-" : "rows-") + std::to_string(number);
}

Result<SnapshotWriter> SnapshotWriter::begin(const std::string& folder, std::uint64_t epoch) {
  SnapshotWriter out;
  out.epoch_ = epoch;
  out.folder_ = folder_of(folder, epoch);
  out.folder_ += kPartial;
  std::error_code failure;
  fs::remove_all(out.folder_, failure);
  fs::create_directories(out.folder_, failure);
  if (!failure) fs::permissions(folder, fs::perms::owner_all, failure);
  if (failure) return file_error(out.folder_, failure.message());
  for (std::size_t i = 0; i < out.trees_.size(); ++i)
    out.trees_[i].open(out.folder_ / tree_name(i), std::ios::binary | std::ios::trunc);
  return out;
}

Result<void> SnapshotWriter::row(std::uint16_t table, ByteView key, ByteView item, const crypto::Hash& hash) {
  const std::size_t domain = checkpoint_domain_of(table);
  const bool is_other_domain = !chunk_.empty() && checkpoint_domain_of(manifest_.rows.back().table) != domain;
  if (is_other_domain || chunk_.size() >= kSnapshotChunkBytes) ICN_TRY(end_chunk());
  if (chunk_.empty()) manifest_.rows.push_back({{}, 0, table, to_bytes(key), rows_[domain]});
  append(chunk_, item);
  const crypto::Hash leaf = merkle_leaf(hash);
  trees_[domain].write(reinterpret_cast<const char*>(leaf.data()), 32);
  ++rows_[domain];
  return trees_[domain] ? Result<void>() : Result<void>(file_error(folder_, "the tree cannot be written"));
}

Result<void> SnapshotWriter::end_chunk() {
  if (chunk_.empty()) return {};
  SnapshotChunk& chunk = manifest_.rows.back();
  chunk.bytes = chunk_.size();
  chunk.hash.bytes = to_bytes(crypto::sha256(ByteView(chunk_)));
  ICN_TRY(write_whole(folder_ / chunk_name(false, manifest_.rows.size() - 1), chunk_));
  chunk_.clear();
  return {};
}

Result<Manifest> SnapshotWriter::finish(const CheckpointSummary& summary) {
  ICN_TRY(end_chunk());
  for (std::size_t domain = 0; domain < trees_.size(); ++domain) {
    trees_[domain].close();
    const fs::path tree = folder_ / tree_name(domain);
    std::uint64_t begin = 0;
    for (unsigned level = 0; level_size(rows_[domain], level) > 1; ++level) {
      const std::uint64_t count = level_size(rows_[domain], level);
      ICN_TRY(add_level(tree, begin, count));
      begin += count;
    }
    ICN_TRY(sync(tree));
  }
  manifest_.summary = summary;
  ICN_TRY(write_manifest(folder_, manifest_));
  const fs::path final_folder = folder_.parent_path() / std::to_string(epoch_);
  std::error_code failure;
  fs::remove_all(final_folder, failure);
  fs::rename(folder_, final_folder, failure);
  if (failure) return file_error(final_folder, failure.message());
  ICN_TRY(sync(final_folder.parent_path()));
  return std::move(manifest_);
}

Result<void> write_tail(const std::string& folder, std::uint64_t epoch, bool is_for_joiners,
                        const Reader& store) {
  ICN_TRY_ASSIGN(manifest, read_manifest(folder, epoch));
  if (!manifest.tail.empty()) return {};
  const CheckpointSummary& summary = manifest.summary;
  std::uint64_t height = summary.height;
  if (is_for_joiners) {
    ICN_TRY_ASSIGN(first, first_tail_height(store, summary));
    height = first;
  }
  Bytes chunk;
  const auto end_chunk = [&]() -> Result<void> {
    manifest.tail.push_back({{to_bytes(crypto::sha256(ByteView(chunk)))}, chunk.size(), 0, {}, 0});
    ICN_TRY(write_whole(folder_of(folder, epoch) / chunk_name(true, manifest.tail.size() - 1), chunk));
    chunk.clear();
    return {};
  };
  for (; height <= summary.height + kCheckpointDelay; ++height) {
    ICN_TRY_ASSIGN(header, kHeaders.get(store, height));
    if (!header) return Error(errors::kInternal, "block " + std::to_string(height) + " is missing");
    ICN_TRY_ASSIGN(block, tail_block(store, std::move(*header), height > summary.height));
    codec::CborWriter writer;
    writer.bytes(codec::encode_record(block));
    append(chunk, writer.view());
    if (chunk.size() >= kSnapshotChunkBytes) ICN_TRY(end_chunk());
  }
  if (!chunk.empty()) ICN_TRY(end_chunk());
  return write_manifest(folder_of(folder, epoch), manifest);
}

Result<void> write_tail_chunks(const std::string& folder, const Manifest& manifest,
                               const std::vector<Bytes>& tail) {
  const fs::path path = folder_of(folder, manifest.summary.epoch);
  for (std::size_t i = 0; i < tail.size(); ++i) ICN_TRY(write_whole(path / chunk_name(true, i), tail[i]));
  return write_manifest(path, manifest);
}

Result<Manifest> read_manifest(const std::string& folder, std::uint64_t epoch) {
  ICN_TRY_ASSIGN(bytes, read_whole(folder_of(folder, epoch) / kManifestName));
  return codec::decode_record<Manifest>(bytes);
}

Result<Bytes> read_chunk(const std::string& folder, std::uint64_t epoch, const std::string& name,
                         const SnapshotChunk& chunk) {
  const fs::path path = folder_of(folder, epoch) / name;
  ICN_TRY_ASSIGN(bytes, read_whole(path));
  if (to_bytes(crypto::sha256(ByteView(bytes))) != chunk.hash.bytes)
    return file_error(path, "is not what the manifest says");
  return bytes;
}

std::vector<std::uint64_t> snapshot_epochs(const std::string& folder) {
  std::vector<std::uint64_t> out;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    std::uint64_t epoch = 0;
    const auto [stop, problem] = std::from_chars(name.data(), name.data() + name.size(), epoch);
    const bool is_epoch = problem == std::errc() && stop == name.data() + name.size();
    if (is_epoch && fs::exists(at->path() / kManifestName, failure)) out.push_back(epoch);
  }
  std::ranges::sort(out);
  return out;
}

void remove_old_snapshots(const std::string& folder, std::size_t kept) {
  std::vector<std::uint64_t> epochs = snapshot_epochs(folder);
  if (epochs.size() > kept) epochs.erase(epochs.begin(), epochs.end() - static_cast<std::ptrdiff_t>(kept));
  std::error_code failure;
  std::vector<fs::path> gone;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    const auto is_kept = [&](std::uint64_t epoch) { return name == std::to_string(epoch); };
    // One that is newer than all others may be on its way just now.
    const bool is_partial = name.ends_with(kPartial);
    if (is_partial && (epochs.empty() || std::strtoull(name.c_str(), nullptr, 10) > epochs.back())) continue;
    if (kept == 0 || std::ranges::none_of(epochs, is_kept)) gone.push_back(at->path());
  }
  for (const fs::path& each : gone) fs::remove_all(each, failure);
}

Result<std::optional<RowProof>> prove_row(const std::string& folder, const Manifest& manifest,
                                          std::uint16_t table, ByteView key) {
  auto after = std::ranges::find_if(manifest.rows,
                                    [&](const SnapshotChunk& each) { return is_before(table, key, each); });
  if (after == manifest.rows.begin()) return std::optional<RowProof>();
  const auto number = static_cast<std::size_t>(after - manifest.rows.begin()) - 1;
  const std::uint64_t epoch = manifest.summary.epoch;
  ICN_TRY_ASSIGN(bytes, read_chunk(folder, epoch, chunk_name(false, number), manifest.rows[number]));
  ByteView rest = bytes;
  for (std::uint64_t index = manifest.rows[number].first_row; !rest.empty(); ++index) {
    ICN_TRY_ASSIGN(item, take_state_item(rest));
    if (item.table != table || !std::ranges::equal(item.key, key)) continue;
    const std::size_t domain = checkpoint_domain_of(table);
    ICN_TRY_ASSIGN(path, read_path(folder_of(folder, epoch) / tree_name(domain), index,
                                   manifest.summary.domains.at(domain).rows));
    return std::optional(RowProof{index, to_bytes(item.record), std::move(path)});
  }
  return std::optional<RowProof>();
}

}  // namespace icn::ledger
