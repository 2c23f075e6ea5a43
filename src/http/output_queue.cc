#include "base/assert.h"
#include "http/connection.h"

namespace icn::http {
namespace {

constexpr std::size_t kCopiedMax = 16 * 1024;  // copying less than this is quicker than one piece more
constexpr std::size_t kSpareMax = 32 * 1024;
constexpr std::size_t kPiecesMax = 16;

}  // namespace

std::string& OutputQueue::tail() {
  if (pieces_.empty() || pieces_.back().shared || is_sealed_) {
    pieces_.push_back({std::move(spare_), nullptr});
    spare_.clear();
    is_sealed_ = false;
  }
  return pieces_.back().own;
}

void OutputQueue::append(std::string_view text) {
  tail().append(text);
  size_ += text.size();
}

void OutputQueue::append_shared(std::shared_ptr<const std::string> text) {
  if (text->size() <= kCopiedMax) return append(*text);
  size_ += text->size();
  pieces_.push_back({{}, std::move(text)});
}

void OutputQueue::consume(std::size_t bytes) {
  ICN_ASSERT(bytes <= size_);
  size_ -= bytes;
  offset_ += bytes;
  while (!pieces_.empty() && offset_ >= pieces_.front().view().size()) {
    Piece& piece = pieces_.front();
    offset_ -= piece.view().size();
    if (spare_.capacity() < piece.own.capacity() && piece.own.capacity() <= kSpareMax) {
      spare_ = std::move(piece.own);
      spare_.clear();
    }
    pieces_.pop_front();
  }
}

void OutputQueue::fill(std::vector<boost::asio::const_buffer>& buffers) const {
  buffers.clear();
  std::size_t skip = offset_;
  for (const Piece& piece : pieces_) {
    if (buffers.size() == kPiecesMax) return;
    const std::string_view view = piece.view().substr(skip);
    skip = 0;
    if (!view.empty()) buffers.emplace_back(view.data(), view.size());
  }
}

}  // namespace icn::http
