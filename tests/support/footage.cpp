#include "support/footage.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace dashcam {
namespace {

namespace fs = std::filesystem;

// Encoding is not what is tested: as fast as possible, and always the same.
const std::vector<std::string> kEncoder{"-an",  "-c:v",     "libx264",  "-preset", "veryfast",
                                        "-crf", "20",       "-pix_fmt", "yuv420p", "-g",
                                        "15",   "-threads", "1"};

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

}  // namespace

std::string sample_drive() {
    const std::string path = std::string(DASHCAM_SOURCE_DIR) + "/samples/drive.mp4";
    return fs::exists(path) ? path : "";
}

std::string make_clip(const std::string& path, const std::vector<std::string>& arguments) {
    std::vector<std::string> all =
        std::vector<std::string>{"ffmpeg", "-nostdin", "-v", "error", "-y"} + arguments +
        std::vector<std::string>{path};
    std::vector<char*> argv;
    for (std::string& argument : all) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], argv.data());
        _exit(127);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "ffmpeg could not make " << path;
    return path;
}

std::string cut_drive(const std::string& folder, const std::string& name, double start,
                      double seconds) {
    return make_clip(
        folder + "/" + name,
        std::vector<std::string>{"-ss", std::to_string(start), "-t", std::to_string(seconds), "-i",
                                 sample_drive(), "-vf", "scale=iw/2:-2:flags=area,fps=15"} +
            kEncoder);
}

std::string pattern_clip(const std::string& folder, const std::string& name, int frames, int width,
                         int height, int variant) {
    const std::string size = std::to_string(width) + "x" + std::to_string(height);
    return make_clip(
        folder + "/" + name,
        std::vector<std::string>{"-f", "lavfi", "-i", "testsrc2=size=" + size + ":rate=15", "-vf",
                                 "hue=h=" + std::to_string(variant * 20), "-frames:v",
                                 std::to_string(frames)} +
            kEncoder);
}

std::vector<std::string> mixed_clips(const std::string& folder) {
    std::vector<std::string> clips;
    if (!sample_drive().empty()) {
        clips.push_back(cut_drive(folder, "a1.mp4", 2, 2));
        clips.push_back(cut_drive(folder, "a2.mp4", 8, 2));
        clips.push_back(cut_drive(folder, "a3.mp4", 14, 2));
    }
    clips.push_back(pattern_clip(folder, "b1.mp4", 20, 640, 360, 1));
    clips.push_back(pattern_clip(folder, "b2.mp4", 12, 322, 182, 2));
    // The same content under another name: one video.
    fs::copy_file(clips.back(), folder + "/b0.mp4");
    clips.push_back(folder + "/b0.mp4");
    return clips;
}

void write_file(const std::string& path, const std::string& content) {
    std::ofstream file(path, std::ios::binary);
    file << content;
    EXPECT_TRUE(file.flush().good()) << path;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace dashcam
