#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace dashcam {

// One damaged or hostile clip, made from valid ones.
struct Mutant {
    std::string what;  // base clip and kinds of damage, for messages
    std::string name;  // file name: its ending may lie about the content
    std::vector<std::uint8_t> content;
};

// Makes hostile clips from valid ones; the seed draws everything. For tests.
class ClipMutator {
  public:
    struct Base {
        std::string name;
        std::vector<std::uint8_t> content;
        int width = 0;  // as coded: what absurd sizes are written over
        int height = 0;
    };

    explicit ClipMutator(std::vector<Base> bases) : bases_(std::move(bases)) {}

    Mutant make(std::uint64_t seed) const;

  private:
    std::vector<Base> bases_;
};

}  // namespace dashcam
