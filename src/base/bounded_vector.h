#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/check.h"

namespace dashcam {

// A vector of at most N elements stored in place: trivially copyable, so that it can lie in shared
// memory and in task payloads. Unused elements stay value-initialised, so equal contents are equal
// bytes.
template <typename T, std::size_t N>
class BoundedVector {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    static constexpr std::size_t kCapacity = N;

    // Precondition: !full().
    void push_back(const T& value) {
        CHECK(size_ < N);
        items_[size_++] = value;
    }
    void clear() {
        for (std::size_t i = 0; i < size_; ++i) items_[i] = T{};
        size_ = 0;
    }
    // Removes the element at `index`; the later ones move up and keep their order.
    void erase(std::size_t index) {
        CHECK(index < size_);
        for (std::size_t i = index; i + 1 < size_; ++i) items_[i] = items_[i + 1];
        items_[--size_] = T{};
    }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    bool full() const { return size_ == N; }

    T& operator[](std::size_t i) {
        CHECK(i < size_);
        return items_[i];
    }
    const T& operator[](std::size_t i) const {
        CHECK(i < size_);
        return items_[i];
    }
    T* begin() { return items_.data(); }
    T* end() { return items_.data() + size_; }
    const T* begin() const { return items_.data(); }
    const T* end() const { return items_.data() + size_; }

  private:
    std::uint32_t size_ = 0;
    std::array<T, N> items_{};
};

}  // namespace dashcam
