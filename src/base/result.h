#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace icn {

// What a caller can do about an error. The value is its HTTP status (domain.md 1).
enum class Category : std::uint16_t {
  kMalformed = 400,  // the input has no meaning; change it
  kUnauthenticated = 401,  // no or bad credentials
  kPayment = 402,  // not enough mana; may succeed after regeneration
  kForbidden = 403,  // known caller, not allowed
  kNotFound = 404,
  kConflict = 409,  // wrong state or duplicate
  kTooLarge = 413,
  kRule = 422,  // well formed, but a rule of the cooperative says no
  kRateLimited = 429,  // retry later
  kInternal = 500,  // our fault
  kUnavailable = 503,  // retry later
  kStorageFull = 507,
};

// One way to fail, declared once as a constexpr object in the `errors.h` of the domain that owns it.
// `code` is what clients compare (snake_case, or the number domain.md gives it, as in "J002");
// `title` is the same for every occurrence.
struct ErrorKind {
  Category category;
  const char* code;
  const char* title;
};

// An occurrence of an ErrorKind. `detail` names what was wrong and what is allowed.
class Error {
 public:
  Error(const ErrorKind& kind, std::string detail) : kind_(&kind), detail_(std::move(detail)) {}
  explicit Error(const ErrorKind& kind) : kind_(&kind), detail_(kind.title) {}

  // An error read back from where it was recorded: its kind is a copy, equal to the declared one by code.
  static Error restored(Category category, std::string code, std::string title, std::string detail);

  const ErrorKind& kind() const { return *kind_; }
  Category category() const { return kind_->category; }
  std::string_view code() const { return kind_->code; }
  const std::string& detail() const { return detail_; }
  bool is(const ErrorKind& kind) const { return std::string_view(kind_->code) == kind.code; }

  // The same error with `context` in front of its detail: "settings.toml: line 3: ...".
  Error within(std::string_view context) const {
    Error out = *this;
    out.detail_ = std::string(context) + ": " + detail_;
    return out;
  }

 private:
  struct OwnedKind;

  const ErrorKind* kind_;
  std::string detail_;
  std::shared_ptr<const OwnedKind> owned_;  // of a restored error: what kind_ points into
};

// A value or an Error. Reading the value of a failed Result is a programmer error (aborts).
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    ICN_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    ICN_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    ICN_ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    ICN_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    ICN_ASSERT(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& {
    ICN_ASSERT(!ok());
    return *error_;
  }
  Error&& error() && {
    ICN_ASSERT(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace icn

// Returns the error of `expression` (a Result) from the enclosing function, if it has one.
#define ICN_TRY(expression)                                             \
  do {                                                                  \
    auto icn_try_result = (expression);                                 \
    if (!icn_try_result.ok()) return std::move(icn_try_result).error(); \
  } while (false)

// Declares `name` with the value of `expression`, or returns its error from the enclosing function.
#define ICN_TRY_ASSIGN(name, expression)                            \
  auto name##_result = (expression);                                \
  if (!name##_result.ok()) return std::move(name##_result).error(); \
  auto& name = *name##_result
