#include "base/result.h"

namespace icn {

struct Error::OwnedKind {
  OwnedKind(Category category, std::string owned_code, std::string owned_title)
      : code(std::move(owned_code)),
        title(std::move(owned_title)),
        kind{category, code.c_str(), title.c_str()} {}
  OwnedKind(const OwnedKind&) = delete;

  std::string code;
  std::string title;
  ErrorKind kind;
};

Error::Error(const ErrorKind& kind) : kind_(&kind), detail_(kind.title) {}
Error::Error(const Error& other) = default;
Error::Error(Error&& other) noexcept = default;
Error& Error::operator=(const Error& other) = default;
Error& Error::operator=(Error&& other) noexcept = default;
Error::~Error() = default;

Error Error::within(std::string_view context) const {
  Error out = *this;
  out.detail_ = std::string(context) + ": " + detail_;
  return out;
}

Error Error::restored(Category category, std::string code, std::string title, std::string detail) {
  auto owned = std::make_shared<const OwnedKind>(category, std::move(code), std::move(title));
  Error error(owned->kind, std::move(detail));
  error.owned_ = std::move(owned);
  return error;
}

}  // namespace icn
