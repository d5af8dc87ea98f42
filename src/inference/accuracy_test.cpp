// Accuracy of the shipped networks through this library, on the development pictures beside the
// source tree. The limits are the models' cards' figures, less what another decoder, precision or
// processor may cost.
#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "inference/networks.h"
#include "inference/openvino_engine.h"
#include "inference/test_frames.h"
#include "inference/test_models.h"

namespace dashcam {
namespace {

std::vector<unsigned char> bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct JpegDecoder {
    tjhandle handle = tjInitDecompress();
    JpegDecoder() = default;
    JpegDecoder(const JpegDecoder&) = delete;
    JpegDecoder& operator=(const JpegDecoder&) = delete;
    ~JpegDecoder() { tjDestroy(handle); }

    struct Header {
        int width = 0, height = 0, subsampling = 0, space = 0;
    };
    Header header(const std::vector<unsigned char>& jpeg) const {
        Header h;
        EXPECT_EQ(tjDecompressHeader3(handle, jpeg.data(), jpeg.size(), &h.width, &h.height,
                                      &h.subsampling, &h.space),
                  0);
        return h;
    }
    // The planes as they lie in a 4:2:0 file.
    TestFrame frame(const std::vector<unsigned char>& jpeg) const {
        const Header h = header(jpeg);
        EXPECT_EQ(h.subsampling, TJSAMP_420);
        TestFrame out(frame_format(h.width, h.height));
        unsigned char* planes[3] = {out.luma(), out.cb(), out.cr()};
        int strides[3] = {out.format.luma_stride(), out.format.chroma_stride(),
                          out.format.chroma_stride()};
        EXPECT_EQ(tjDecompressToYUVPlanes(handle, jpeg.data(), jpeg.size(), planes, h.width,
                                          strides, h.height, 0),
                  0);
        return out;
    }
    cv::Mat grey(const std::vector<unsigned char>& jpeg) const {
        const Header h = header(jpeg);
        cv::Mat out(h.height, h.width, CV_8U);
        EXPECT_EQ(tjDecompress2(handle, jpeg.data(), jpeg.size(), out.data, h.width, 0, h.height,
                                TJPF_GRAY, 0),
                  0);
        return out;
    }
};

// A whole picture of a plate as the text network wants it (the network's card).
GreyPlate stretched(cv::Mat picture) {
    if (picture.cols > 1.6 * kPlateWidth) {
        const double k = 1.2 * kPlateWidth / picture.cols;
        cv::resize(picture, picture, {}, k, k, cv::INTER_AREA);
    }
    const auto w = static_cast<float>(picture.cols), h = static_cast<float>(picture.rows);
    const cv::Point2f from[4] = {{0, 0}, {w, 0}, {w, h}, {0, h}};
    const cv::Point2f to[4] = {
        {0, 0}, {kPlateWidth, 0}, {kPlateWidth, kPlateHeight}, {0, kPlateHeight}};
    GreyPlate out{};
    cv::Mat plate(kPlateHeight, kPlateWidth, CV_8U, out.data());
    cv::warpPerspective(picture, plate, cv::getPerspectiveTransform(from, to), plate.size(),
                        cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    return out;
}

// O and 0, I and 1 count as the same: many labels mix them.
std::string merged(std::string text) {
    std::replace(text.begin(), text.end(), 'O', '0');
    std::replace(text.begin(), text.end(), 'I', '1');
    return text;
}

std::string text_of(const TextPosterior& posterior) {
    std::string text;
    for (const SlotPosterior& slot : posterior.posterior) {
        const auto best = std::max_element(slot.begin(), slot.end()) - slot.begin();
        if (best < 36) text += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[best];
    }
    return text;
}

// "1 cx cy w h" in shares of the picture, one line for each plate.
std::vector<Box> labels_of(const std::filesystem::path& path, const FrameFormat& format) {
    std::vector<Box> boxes;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream values(line);
        float cls = 0, cx = 0, cy = 0, w = 0, h = 0;
        values >> cls >> cx >> cy >> w >> h;
        const auto fw = static_cast<float>(format.width), fh = static_cast<float>(format.height);
        boxes.push_back(
            {(cx - w / 2) * fw, (cy - h / 2) * fh, (cx + w / 2) * fw, (cy + h / 2) * fh});
    }
    return boxes;
}

class Accuracy : public testing::Test {
  protected:
    static std::filesystem::path dev() { return shared_folder() / "data" / "dev"; }

    Networks networks(Precision precision) {
        NetworkSettings settings;
        settings.vehicle_path = vehicle_model();
        settings.plate_path = plate_model();
        settings.text_path = text_model();
        settings.model.precision = precision;
        FileNetworkLoader loader(std::move(OpenVinoEngine::create()).value(), settings);
        auto loaded = load_networks(loader);
        EXPECT_TRUE(loaded.ok()) << loaded.error().message;
        return std::move(loaded).value();
    }
};

#define SKIP_WITHOUT_DATA(path)         \
    if (!std::filesystem::exists(path)) \
    GTEST_SKIP() << "no development pictures: " << (path).string()

TEST_F(Accuracy, TextOfUsPlates) {
    SKIP_WITHOUT_MODELS();
    const std::filesystem::path folder = dev() / "text" / "us_openalpr751";
    SKIP_WITHOUT_DATA(folder);
    const JpegDecoder jpeg;
    const Networks nets = networks(Precision::kAuto);
    int plates = 0, right = 0;
    std::ifstream truth(folder / "text.csv");
    for (std::string line; std::getline(truth, line); ++plates) {
        std::istringstream fields(line);
        std::string stem, text;
        std::getline(fields, stem, ',');
        std::getline(fields, text, ',');
        const auto read = nets.text->read(stretched(jpeg.grey(bytes_of(folder / (stem + ".jpg")))));
        ASSERT_TRUE(read.ok());
        if (merged(text_of(*read)) == merged(text)) ++right;
    }
    ASSERT_GT(plates, 700);
    const double share = static_cast<double>(right) / plates;
    std::cout << "read without an error: " << right << " of " << plates << " (" << share << ")\n";
    EXPECT_GT(share, 0.89);
}

// The share of labelled plates that are found in the crops of found vehicles, IoU of the boxes at
// least 0.5.
TEST_F(Accuracy, PlatesOfDashcamFrames) {
    SKIP_WITHOUT_MODELS();
    const std::filesystem::path folder = dev() / "plates" / "ro_dashcam";
    SKIP_WITHOUT_DATA(folder);
    const JpegDecoder jpeg;
    const Networks nets = networks(Precision::kAuto);
    int plates = 0, right = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "images")) {
        const TestFrame frame = jpeg.frame(bytes_of(entry.path()));
        const auto vehicles = nets.vehicle->detect(frame.view());
        ASSERT_TRUE(vehicles.ok());
        std::vector<Box> found;
        for (const Detection& vehicle : *vehicles) {
            if (vehicle.score < 0.4f) continue;
            const auto in_crop = nets.plate->detect(frame.view(), vehicle.box);
            ASSERT_TRUE(in_crop.ok());
            for (const PlateDetection& plate : *in_crop) found.push_back(plate.corners.bounds());
        }
        const auto label = folder / "labels" / entry.path().stem().concat(".txt");
        for (const Box& truth : labels_of(label, frame.format)) {
            ++plates;
            right += std::any_of(found.begin(), found.end(),
                                 [&truth](const Box& box) { return iou(box, truth) >= 0.5f; });
        }
    }
    ASSERT_GT(plates, 200);
    const double share = static_cast<double>(right) / plates;
    std::cout << "found: " << right << " of " << plates << " plates (" << share << ")\n";
    EXPECT_GT(share, 0.95);
}

// COCO's classes, in the order of the networks that were trained on it.
constexpr char kCocoLabels[] =
    R"(["person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat",
"traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse",
"sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie",
"suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove",
"skateboard", "surfboard", "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon",
"bowl", "banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut",
"cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse",
"remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "book",
"clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush"])";

// A network that others trained works as a vehicle model: most labelled plates lie inside a vehicle
// that it finds.
TEST_F(Accuracy, YoloxOfOthersAsVehicleModel) {
    const std::filesystem::path network = shared_folder() / "teachers" / "yolox_nano_416.onnx";
    const std::filesystem::path folder = dev() / "plates" / "ro_dashcam";
    SKIP_WITHOUT_DATA(network);
    SKIP_WITHOUT_DATA(folder);
    const std::string side = testing::TempDir() + "yolox_side_file.toml";
    std::ofstream(side)
        << "role = \"vehicle\"\nfile = \"" << std::filesystem::absolute(network).string()
        << "\"\nformat = \"yolox-1\"\ninput_width = 416\ninput_height = 416\nlabels = "
        << kCocoLabels << "\nscore_threshold = 0.25\nnms_iou = 0.45\n";
    const auto engine = std::move(OpenVinoEngine::create()).value();
    const auto detector = VehicleDetector::load(*engine, side, {});
    ASSERT_TRUE(detector.ok()) << detector.error().message;
    const JpegDecoder jpeg;
    int plates = 0, inside = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "images")) {
        const TestFrame frame = jpeg.frame(bytes_of(entry.path()));
        const auto vehicles = (*detector)->detect(frame.view());
        ASSERT_TRUE(vehicles.ok());
        const auto label = folder / "labels" / entry.path().stem().concat(".txt");
        for (const Box& truth : labels_of(label, frame.format)) {
            const Point c = truth.centre();
            ++plates;
            inside +=
                std::any_of(vehicles->begin(), vehicles->end(), [&c](const Detection& vehicle) {
                    const Box& box = vehicle.box;
                    return vehicle.score >= kSureScore && c.x > box.x0 && c.x < box.x1 &&
                           c.y > box.y0 && c.y < box.y1;
                });
        }
    }
    ASSERT_GT(plates, 200);
    const double share = static_cast<double>(inside) / plates;
    std::cout << "inside a vehicle: " << inside << " of " << plates << " plates (" << share
              << ")\n";
    // Another implementation (f32, without suppression of overlaps) has 156 of 207.
    EXPECT_GT(share, 0.7);
}

}  // namespace
}  // namespace dashcam
