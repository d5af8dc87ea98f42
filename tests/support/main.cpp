#include <gtest/gtest.h>

#include "stores/testing/store_places.h"

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    const int failed = RUN_ALL_TESTS();
    // Before main() returns, so that a private server's folder is gone.
    dashcam::stop_shared_postgres();
    return failed;
}
