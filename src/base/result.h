#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"

namespace icn {

// What a caller can do about an error. The value is its HTTP status (domain.md 1).
enum class Category : std::uint16_t {
  kMalformed = 400,        // the input has no meaning; change it
  kUnauthenticated = 401,  // no or bad credentials
  kPayment = 402,          // not enough mana; may succeed after regeneration
  kForbidden = 403,        // known caller, not allowed
  kNotFound = 404,
  kConflict = 409,  // wrong state or duplicate
  kTooLarge = 413,
  kRule = 422,         // well formed, but a rule of the cooperative says no
  kRateLimited = 429,  // retry later
  kInternal = 500,     // our fault
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
  explicit Error(const ErrorKind& kind);
  Error(const Error& other);
  Error(Error&& other) noexcept;
  Error& operator=(const Error& other);
  Error& operator=(Error&& other) noexcept;
  ~Error();

  // An error read back from where it was recorded: its kind is a copy, equal to the declared one by code.
  static Error restored(Category category, std::string code, std::string title, std::string detail);

  const ErrorKind& kind() const { return *kind_; }
  Category category() const { return kind_->category; }
  std::string_view code() const { return kind_->code; }
  const std::string& detail() const { return detail_; }
  bool is(const ErrorKind& kind) const { return std::string_view(kind_->code) == kind.code; }

  // The same error with `context` in front of its detail: "settings.toml: line 3: ...".
  Error within(std::string_view context) const;

 private:
  struct OwnedKind;

  const ErrorKind* kind_;
  std::string detail_;
  std::shared_ptr<const OwnedKind> owned_;  // of a restored error: what kind_ points into
};

// A value or an Error. Reading the value of a failed Result is a programmer error (aborts).
// Written out rather than a std::variant: every function returns one, and a variant takes the compiler much
// longer.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)), ok_(true) {}
  Result(Error error) : error_(std::move(error)), ok_(false) {}
  Result(const Result& other) : ok_(other.ok_) {
    if (ok_)
      std::construct_at(&value_, other.value_);
    else
      std::construct_at(&error_, other.error_);
  }
  Result(Result&& other) noexcept : ok_(other.ok_) { take(std::move(other)); }
  Result& operator=(const Result& other) { return *this = Result(other); }
  Result& operator=(Result&& other) noexcept {
    if (this == &other) return *this;
    destroy();
    ok_ = other.ok_;
    take(std::move(other));
    return *this;
  }
  ~Result() { destroy(); }

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }

  T& value() & {
    ICN_ASSERT(ok_);
    return value_;
  }
  const T& value() const& {
    ICN_ASSERT(ok_);
    return value_;
  }
  T&& value() && {
    ICN_ASSERT(ok_);
    return std::move(value_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    ICN_ASSERT(!ok_);
    return error_;
  }
  Error&& error() && {
    ICN_ASSERT(!ok_);
    return std::move(error_);
  }

 private:
  void take(Result&& other) {
    if (ok_)
      std::construct_at(&value_, std::move(other.value_));
    else
      std::construct_at(&error_, std::move(other.error_));
  }
  void destroy() {
    if (ok_)
      std::destroy_at(&value_);
    else
      std::destroy_at(&error_);
  }

  union {
    T value_;
    Error error_;
  };
  bool ok_;
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
