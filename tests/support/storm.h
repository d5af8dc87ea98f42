#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "stores/testing/store_places.h"
#include "support/program.h"

namespace dashcam {

// What a run left: its rows (dump() in stores/store.h) and its pictures, byte by byte.
struct RunOutcome {
    std::string rows;
    std::map<std::string, std::string> pictures;  // path below the output folder -> content

    static RunOutcome of(const std::string& out);
};

// One round: runs over a folder of clips in which processes are killed, stopped and crashed at
// random, main among them, in which case it is run again, until a run comes to its end by itself.
// The seed draws everything: settings, victims, signals and delays.
class StormRound {
  public:
    // `undisturbed_seconds` is the scale of the delays.
    StormRound(std::string clips, std::uint64_t seed, double undisturbed_seconds);

    // Returns what is wrong with the outcome, a line each; empty if nothing is.
    std::vector<std::string> run(const RunOutcome& undisturbed);

    // "gpu-worker SIGKILL" -> how often it was done to a living process.
    const std::map<std::string, int>& kills() const { return kills_; }
    int runs() const { return runs_; }
    // All that was done and said, for a person who looks into a failure.
    const std::string& story() const { return story_; }
    const std::string& out() const { return out_; }

  private:
    struct Strike {
        std::string role;
        int signal = 0;
    };

    std::vector<std::string> draw_arguments();
    Strike draw_strike();
    // False: there was nobody in that role at that moment.
    bool strike(Program& program, const Strike& strike);
    // Strikes until none is left or main is dead; true if the run ended by itself.
    bool disturb(Program& program);
    void look_for_remains(std::vector<std::string>& faults) const;
    // How often a session of these runs found its queue whole at its end.
    std::size_t logged_audits() const;
    void pause(double seconds);
    void note(const std::string& line);

    std::string clips_;
    std::mt19937_64 random_;
    double undisturbed_seconds_;
    TemporaryFolder folder_;
    std::string out_;
    int strikes_left_ = 0;
    int main_strikes_left_ = 0;
    int runs_ = 0;
    std::vector<pid_t> seen_;  // all processes of all runs
    std::map<std::string, int> kills_;
    std::string story_;
};

}  // namespace dashcam
