#include "fit/clusters.h"

#include <set>

#include <fmt/format.h>

#include "run/files.h"

namespace saelaw {
namespace {

int Distinct(const std::vector<std::int64_t>& keys) {
  return static_cast<int>(std::set<std::int64_t>(keys.begin(), keys.end()).size());
}

}  // namespace

std::int64_t OriginNumber(std::string_view name) {
  if (name.empty()) return 0;
  constexpr int kDigits = 15;  // of 64 bits in hexadecimal: a positive number
  constexpr int kHexadecimal = 16;
  return std::stoll(HashBytes(name).substr(0, kDigits), nullptr, kHexadecimal) + 1;
}

int Trunks(const Sample& sample) { return Distinct(sample.trunk); }

bool SharesTrunks(const Sample& sample) { return Trunks(sample) < sample.size(); }

std::vector<std::int64_t> ClustersOf(const Sample& sample, int fewest_streams, int fewest_trunks) {
  const int streams = Distinct(sample.stream);
  if (streams >= fewest_streams && streams < sample.size()) return sample.stream;
  const int trunks = Trunks(sample);
  if (trunks >= fewest_trunks && trunks < sample.size()) return sample.trunk;
  return {};
}

std::string TrunkWarning(const Sample& sample, bool drawn_by_trunk) {
  const int trunks = Trunks(sample);
  if (trunks == sample.size()) return "";
  if (trunks == 1) {
    return "all points leave one trunk: what is particular to it is in no interval; a second seed "
           "would show it";
  }
  if (drawn_by_trunk) {
    return trunks >= kEnoughClusters
               ? ""
               : fmt::format(
                     "drawn by trunk, of which there are only {}: intervals are rather too "
                     "narrow",
                     trunks);
  }
  return fmt::format(
      "the {} points leave {} trunks, too few to count by trunk: intervals count "
      "points as independent and are too narrow",
      sample.size(),
      trunks);
}

}  // namespace saelaw
