#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace icn {

// A text identifier of one kind; `Tag` keeps kinds apart. Holds whatever text it was made from:
// whether that text is well formed is for the parser of its domain to say.
template <typename Tag>
class TextId {
 public:
  TextId() = default;
  explicit TextId(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const TextId&) const = default;

 private:
  std::string text_;
};

using Did = TextId<struct DidTag>;                      // "did:key:z6Mk...", "did:icn:person:..."
using KeyId = TextId<struct KeyIdTag>;                  // verification method, "did:...#key-1"
using TransactionId = TextId<struct TransactionIdTag>;  // 64 hex digits
using JobId = TextId<struct JobIdTag>;                  // CID of the canonical job record

}  // namespace icn

template <typename Tag>
struct std::hash<icn::TextId<Tag>> {
  std::size_t operator()(const icn::TextId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
