// With one curvature for all, ln loss is linear in the curvature and in a slope for each group. The
// slopes are eliminated group by group, so that no matrix is needed.
#include "fit/rates/valley_start.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace saelaw {
namespace {

// Sums of products of z, z² and y about a group's centre, once the mean of each level is out.
struct Products {
  double zz = 0, z_square = 0, zy = 0, square_square = 0, square_y = 0, yy = 0;
};

struct Mean {
  double z = 0, square = 0, y = 0;
  int count = 0;
};

std::map<int, Mean> ComputeMeans(const ValleyGroup& group) {
  std::map<int, Mean> means;
  for (const ValleyRun& run : group.runs) {
    Mean& mean = means[run.level];
    const double z = run.x - group.centre;
    mean.z += z;
    mean.square += z * z;
    mean.y += run.y;
    ++mean.count;
  }
  for (auto& [level, mean] : means) {
    mean.z /= mean.count;
    mean.square /= mean.count;
    mean.y /= mean.count;
  }
  return means;
}

Products ComputeProducts(const ValleyGroup& group) {
  const std::map<int, Mean> means = ComputeMeans(group);
  Products sums;
  for (const ValleyRun& run : group.runs) {
    const Mean& mean = means.at(run.level);
    const double from_centre = run.x - group.centre;
    const double z = from_centre - mean.z;
    const double square = from_centre * from_centre - mean.square;
    const double y = run.y - mean.y;
    sums.zz += z * z;
    sums.z_square += z * square;
    sums.zy += z * y;
    sums.square_square += square * square;
    sums.square_y += square * y;
    sums.yy += y * y;
  }
  return sums;
}

}  // namespace

ValleyStart StartOfValleys(const ValleyData& data) {
  std::vector<Products> products;
  Products left;  // what the slopes leave
  int slopes = 0;
  for (const ValleyGroup& group : data.groups) {
    products.push_back(ComputeProducts(group));
    const Products& own = products.back();
    // A group without two rates of one level says nothing.
    if (!(own.zz > 0)) continue;
    ++slopes;
    left.square_square += own.square_square - own.z_square * own.z_square / own.zz;
    left.square_y += own.square_y - own.z_square * own.zy / own.zz;
    left.yy += own.yy - own.zy * own.zy / own.zz;
  }
  ValleyStart start;
  if (!(left.square_square > 0)) return start;
  const double curvature = left.square_y / left.square_square;
  start.ok = curvature > 0;
  if (!start.ok) return start;
  start.log_curvature = std::log(curvature);
  for (std::size_t g = 0; g < products.size(); ++g) {
    const Products& own = products[g];
    const double slope = own.zz > 0 ? (own.zy - curvature * own.z_square) / own.zz : 0;
    start.optima.push_back(data.groups[g].centre - slope / (2 * curvature));
  }
  const int df = data.Free() - slopes - 1;
  if (df > 0) start.noise = std::sqrt(std::max(0.0, left.yy - curvature * left.square_y) / df);
  return start;
}

}  // namespace saelaw
