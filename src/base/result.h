#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace dashcam {

// Why something failed, as one sentence for the user: what, which file, the cause, what to do.
struct Error {
    std::string message;
};

// A value or an Error. Errors are returned, and reported once, by whoever can say something useful.
template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return content_.index() == 0; }
    explicit operator bool() const { return ok(); }

    // Precondition: ok().
    T& value() & { return std::get<0>(content_); }
    const T& value() const& { return std::get<0>(content_); }
    // By value: a reference would dangle in `for (x : f().value())`.
    T value() && { return std::get<0>(std::move(content_)); }
    T* operator->() { return &std::get<0>(content_); }
    const T* operator->() const { return &std::get<0>(content_); }
    T& operator*() { return std::get<0>(content_); }
    const T& operator*() const { return std::get<0>(content_); }

    // Precondition: !ok().
    const Error& error() const { return std::get<1>(content_); }

  private:
    std::variant<T, Error> content_;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool ok() const { return !error_.has_value(); }
    explicit operator bool() const { return ok(); }
    // Precondition: !ok().
    const Error& error() const { return *error_; }

  private:
    std::optional<Error> error_;
};

}  // namespace dashcam

#define DASHCAM_CONCAT_(a, b) a##b
#define DASHCAM_CONCAT(a, b) DASHCAM_CONCAT_(a, b)

// TRY(expression): returns the expression's Error from the enclosing function, for results without
// a value.
#define TRY(expression)                                                              \
    do {                                                                             \
        auto try_result_ = (expression);                                             \
        if (!try_result_.ok()) return ::dashcam::Error{try_result_.error().message}; \
    } while (false)

// TRY_ASSIGN(declaration, expression): the value, or the Error is returned from the enclosing
// function.
#define TRY_ASSIGN(declaration, expression)                                             \
    auto DASHCAM_CONCAT(try_result_, __LINE__) = (expression);                          \
    if (!DASHCAM_CONCAT(try_result_, __LINE__).ok())                                    \
        return ::dashcam::Error{DASHCAM_CONCAT(try_result_, __LINE__).error().message}; \
    declaration = std::move(DASHCAM_CONCAT(try_result_, __LINE__)).value()
