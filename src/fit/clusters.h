// Which points are correlated, and so count together wherever points are drawn or summed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fit/log_model.h"

namespace saelaw {

// A trunk's name as Point::origin has it; 0 for an empty one.
std::int64_t OriginNumber(std::string_view name);

// With fewer clusters than that, sums over them say nothing of how they vary.
inline constexpr int kEnoughClusters = 8;
// Whole trunks are drawn again from so many on: there are 10 ways to draw 3, and a law refitted to
// any of them still has every size that each trunk serves.
inline constexpr int kFewestTrunksDrawn = 3;

// Distinct trunks (Sample::trunk); as many as there are points where none is shared.
int Trunks(const Sample& sample);
bool SharesTrunks(const Sample& sample);

// The cluster of every point: its stream where at least `fewest_streams` of these serve several
// points, else its trunk where at least `fewest_trunks` do; a trunk lies within a stream. Empty:
// points count each for itself.
std::vector<std::int64_t> ClustersOf(const Sample& sample, int fewest_streams, int fewest_trunks);

// What is to be said of points that leave common trunks, for the named intervals; empty: nothing.
std::string TrunkWarning(const Sample& sample, bool drawn_by_trunk);

}  // namespace saelaw
