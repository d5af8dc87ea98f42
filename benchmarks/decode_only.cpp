// The limit: clips decoded by libav and thrown away, as many at once as the pipeline has readers.
//
//     decode_only [--readers N] [--threads N] CLIP...
//
// Prints one JSON object. Nothing of this project is in the way: no copy, no conversion, no clock.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "video/libav_handles.h"

namespace {

using dashcam::CodecContextPtr;
using dashcam::FormatContextPtr;
using dashcam::FramePtr;
using dashcam::PacketPtr;

[[noreturn]] void die(const std::string& message) {
    std::fprintf(stderr, "decode_only: %s\n", message.c_str());
    std::exit(1);
}

// Frames of the clip.
std::uint64_t decode(const std::string& path, int threads) {
    AVFormatContext* opened = nullptr;
    if (avformat_open_input(&opened, path.c_str(), nullptr, nullptr) < 0)
        die("cannot open " + path);
    const FormatContextPtr container(opened);
    if (avformat_find_stream_info(container.get(), nullptr) < 0) die("no streams in " + path);
    const AVCodec* codec = nullptr;
    const int stream = av_find_best_stream(container.get(), AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (stream < 0) die("no video in " + path);
    const CodecContextPtr context(avcodec_alloc_context3(codec));
    avcodec_parameters_to_context(context.get(), container->streams[stream]->codecpar);
    context->thread_count = threads;
    if (avcodec_open2(context.get(), codec, nullptr) < 0) die("no decoder for " + path);

    const FramePtr frame(av_frame_alloc());
    const PacketPtr packet(av_packet_alloc());
    std::uint64_t frames = 0;
    const auto take = [&] {
        while (avcodec_receive_frame(context.get(), frame.get()) == 0) ++frames;
    };
    while (av_read_frame(container.get(), packet.get()) == 0) {
        if (packet->stream_index == stream) {
            avcodec_send_packet(context.get(), packet.get());
            take();
        }
        av_packet_unref(packet.get());
    }
    avcodec_send_packet(context.get(), nullptr);
    take();
    return frames;
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
    int readers = 2;
    int threads = 1;
    std::vector<std::string> clips;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--readers") == 0 && i + 1 < argc) {
            readers = std::atoi(argv[++i]);
        } else if (std::strcmp(argv[i], "--threads") == 0 && i + 1 < argc) {
            threads = std::atoi(argv[++i]);
        } else {
            clips.emplace_back(argv[i]);
        }
    }
    if (clips.empty() || readers < 1 || threads < 0)
        die("usage: decode_only [--readers N] [--threads N] CLIP...");
    av_log_set_level(AV_LOG_QUIET);

    const auto start = std::chrono::steady_clock::now();
    std::atomic<std::size_t> next = 0;
    std::atomic<std::uint64_t> frames = 0;
    std::vector<std::thread> pool;
    for (int i = 0; i < readers; ++i) {
        pool.emplace_back([&] {
            for (std::size_t clip = next++; clip < clips.size(); clip = next++)
                frames += decode(clips[clip], threads);
        });
    }
    for (std::thread& thread : pool) thread.join();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    std::printf("{\"frames\": %llu, \"wall_s\": %.6f, \"cpu_s\": %.6f}\n",
                static_cast<unsigned long long>(frames.load()), wall.count(), cpu_seconds());
    return 0;
}
