#include "video/clip_mutator.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace dashcam {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Base = ClipMutator::Base;
using namespace std::string_view_literals;

constexpr std::size_t kTsPacket = 188;

// Numbers at which parsers break.
constexpr std::array<std::uint32_t, 14> kExtremes{
    0,      1,      2,          7,          8,          0x7F,       0xFF,
    0x7FFF, 0xFFFF, 0x10000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0};

// Boxes of ISO 14496-12 whose fields say where and when samples are, or how large pictures are.
constexpr std::array kBoxes{"stts"sv, "ctts"sv, "stsz"sv, "stsc"sv, "stco"sv, "co64"sv,
                            "stss"sv, "elst"sv, "tkhd"sv, "mdhd"sv, "mvhd"sv, "stsd"sv,
                            "avcC"sv, "hvcC"sv, "trun"sv, "tfhd"sv, "tfdt"sv, "hdlr"sv,
                            "moov"sv, "trak"sv, "mdia"sv, "stbl"sv, "moof"sv, "mdat"sv};
// Those with one entry for each sample or group of samples.
constexpr std::array kTimeBoxes{"stts"sv, "ctts"sv, "trun"sv, "elst"sv, "tfdt"sv};

class Damage {
  public:
    Damage(const std::vector<Base>& bases, const Base& base, std::mt19937_64& random)
        : bases_(bases), base_(base), random_(random), bytes_(base.content) {}

    std::string apply() {
        static constexpr std::pair<const char*, void (Damage::*)()> kKinds[] = {
            {"bits flipped", &Damage::flip_bits},
            {"cut off", &Damage::truncate},
            {"another clip's header", &Damage::splice},
            {"absurd dimensions", &Damage::absurd_dimensions},
            {"another size midway", &Damage::append_other},
            {"no timestamps", &Damage::remove_timestamps},
            {"wild timestamps", &Damage::wild_timestamps},
            {"a range of zeros", &Damage::zeros},
            {"a piece removed", &Damage::remove_piece},
            {"a piece repeated", &Damage::repeat_piece},
            {"a box of another length", &Damage::box_length},
            {"a field of extremes", &Damage::extreme_field},
            {"next to nothing", &Damage::next_to_nothing}};
        const auto& [name, damage] = kKinds[random_() % std::size(kKinds)];
        (this->*damage)();
        return name;
    }
    Bytes take() { return std::move(bytes_); }

  private:
    std::size_t place() { return bytes_.empty() ? 0 : random_() % bytes_.size(); }
    std::uint32_t extreme() { return kExtremes[random_() % kExtremes.size()]; }

    void put(std::size_t at, std::uint64_t value, int count, bool big_endian) {
        for (int i = 0; i < count; ++i) {
            const std::size_t to = at + static_cast<std::size_t>(big_endian ? count - 1 - i : i);
            if (to < bytes_.size()) bytes_[to] = static_cast<std::uint8_t>(value >> (8 * i));
        }
    }

    std::vector<std::size_t> places_of(std::string_view text) const {
        std::vector<std::size_t> found;
        for (auto at = bytes_.begin();;) {
            at = std::search(at, bytes_.end(), text.begin(), text.end());
            if (at == bytes_.end()) return found;
            found.push_back(static_cast<std::size_t>(at - bytes_.begin()));
            ++at;
        }
    }

    void flip_bits() {
        if (bytes_.empty()) return;
        const std::size_t count = 1 + random_() % 200;
        // Half of the time all in the header, where they do most harm.
        const std::size_t range =
            random_() % 2 == 0 ? bytes_.size() : std::min<std::size_t>(bytes_.size(), 2000);
        for (std::size_t i = 0; i < count; ++i)
            bytes_[random_() % range] ^= static_cast<std::uint8_t>(1u << (random_() % 8));
    }

    void truncate() { bytes_.resize(place()); }

    void splice() {
        const Bytes& other = bases_[random_() % bases_.size()].content;
        const std::size_t length =
            1 + random_() % std::min<std::size_t>({other.size(), bytes_.size() + 1, 4000});
        Bytes spliced(other.begin(), other.begin() + static_cast<std::ptrdiff_t>(length));
        const std::size_t from = random_() % 2 == 0 ? 0 : std::min(length, bytes_.size());
        spliced.insert(spliced.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(from),
                       bytes_.end());
        bytes_ = std::move(spliced);
    }

    // Wherever width and height stand as two neighbouring numbers.
    void absurd_dimensions() {
        for (const int count : {2, 4}) {
            for (const bool big_endian : {true, false}) {
                for (std::size_t at = 0; at + 2 * static_cast<std::size_t>(count) <= bytes_.size();
                     ++at) {
                    if (number(at, count, big_endian) != static_cast<unsigned>(base_.width) ||
                        number(at + count, count, big_endian) !=
                            static_cast<unsigned>(base_.height))
                        continue;
                    put(at, extreme(), count, big_endian);
                    if (random_() % 2 == 0) put(at + count, extreme(), count, big_endian);
                }
            }
        }
    }
    std::uint32_t number(std::size_t at, int count, bool big_endian) const {
        std::uint32_t value = 0;
        for (int i = 0; i < count; ++i)
            value |= static_cast<std::uint32_t>(bytes_[at + (big_endian ? count - 1 - i : i)])
                     << (8 * i);
        return value;
    }

    // Streams without a header (transport streams, raw H.264) go on in another size or codec.
    void append_other() {
        const Bytes& other = bases_[random_() % bases_.size()].content;
        const std::size_t at = bytes_.size() - (random_() % 2 == 0 ? 0 : bytes_.size() / 3);
        bytes_.resize(at);
        bytes_.insert(bytes_.end(), other.begin(), other.end());
    }

    template <typename Change>
    void for_each_time_stamp(Change change) {
        // Transport streams: the packets that begin a packetised elementary stream.
        for (std::size_t at = 0; at + kTsPacket <= bytes_.size() && bytes_[at] == 0x47;
             at += kTsPacket) {
            for (std::size_t i = at + 4; i + 14 < at + kTsPacket; ++i) {
                if (bytes_[i] == 0 && bytes_[i + 1] == 0 && bytes_[i + 2] == 1 &&
                    (bytes_[i + 3] & 0xF0) == 0xE0) {
                    change(i + 7, i + 9);
                    break;
                }
            }
        }
    }

    void remove_timestamps() {
        for_each_time_stamp([&](std::size_t flags, std::size_t) { bytes_[flags] &= 0x3F; });
        // Matroska: time codes of blocks; a few bytes behind the element's number.
        for (std::size_t i = 0; i + 6 < bytes_.size(); ++i) {
            if (bytes_[i] == 0xA3 && random_() % 4 == 0) put(i + 3, 0xFFFF, 2, true);
        }
        for (const std::string_view box : kTimeBoxes) {
            for (const std::size_t at : places_of(box)) put(at + 8, 0, 4, true);
        }
    }

    void wild_timestamps() {
        for_each_time_stamp([&](std::size_t, std::size_t stamp) {
            for (std::size_t i = 0; i < 5; ++i) {
                if (stamp + i < bytes_.size() && random_() % 2 == 0)
                    bytes_[stamp + i] = static_cast<std::uint8_t>(random_());
            }
        });
        for (const std::string_view box : kTimeBoxes) {
            for (const std::size_t at : places_of(box)) {
                for (int entry = 0; entry < 8; ++entry) {
                    if (random_() % 2 == 0)
                        put(at + 8 + 4 * static_cast<std::size_t>(entry), extreme(), 4, true);
                }
            }
        }
    }

    void zeros() {
        const std::size_t from = place();
        const std::size_t count = std::min<std::size_t>(random_() % 3000, bytes_.size() - from);
        std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(from), count, std::uint8_t{0});
    }

    void remove_piece() {
        const std::size_t from = place();
        const std::size_t count = std::min<std::size_t>(random_() % 1000, bytes_.size() - from);
        const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(from);
        bytes_.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
    }

    void repeat_piece() {
        const std::size_t from = place();
        const std::size_t count = std::min<std::size_t>(random_() % 5000, bytes_.size() - from);
        const Bytes piece(bytes_.begin() + static_cast<std::ptrdiff_t>(from),
                          bytes_.begin() + static_cast<std::ptrdiff_t>(from + count));
        const auto to = bytes_.begin() + static_cast<std::ptrdiff_t>(place());
        bytes_.insert(to, piece.begin(), piece.end());
    }

    void box_length() {
        for (const std::size_t at : places_of(kBoxes[random_() % kBoxes.size()])) {
            if (at >= 4) put(at - 4, extreme(), 4, true);
        }
    }

    void extreme_field() {
        const std::size_t at = random_() % 2 == 0 ? place() : random_() % 2000;
        put(at, extreme(), random_() % 2 == 0 ? 4 : 8, random_() % 2 == 0);
        for (const std::size_t box : places_of(kBoxes[random_() % kBoxes.size()]))
            put(box + 4 + random_() % 40, extreme(), 4, true);
    }

    void next_to_nothing() { bytes_.resize(std::min<std::size_t>(bytes_.size(), random_() % 40)); }

    const std::vector<Base>& bases_;
    const Base& base_;
    std::mt19937_64& random_;
    Bytes bytes_;
};

}  // namespace

Mutant ClipMutator::make(std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    const Base& base = bases_[random() % bases_.size()];
    Mutant mutant;
    mutant.what = base.name;
    Damage damage(bases_, base, random);
    const std::size_t times = 1 + random() % 3;
    for (std::size_t i = 0; i < times; ++i) mutant.what += ", " + damage.apply();
    mutant.content = damage.take();
    const Base& named_like = random() % 8 == 0 ? bases_[random() % bases_.size()] : base;
    mutant.name = "mutant" + named_like.name.substr(named_like.name.rfind('.'));
    return mutant;
}

}  // namespace dashcam
