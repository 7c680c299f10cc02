// A sweep file that compares recipes, or sparsities, as one file for each of them.
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"
#include "sweep/yaml_tree.h"

namespace saelaw {

// What is read for one arm (sweep.h): the file with a recipe's keys in place of its own.
struct ArmTree {
  std::string recipe;
  double target_l0 = 0;
  YamlNode root;
};

struct SplitSweep {
  std::vector<ArmTree> arms;  // recipe by recipe, each with its sparsities in order; at least one
  std::vector<Mistake> mistakes;
  std::vector<Mistake> warnings;
};

// `root`: a mapping. Where what decides on the arms is wrong, that is told, and the file as it is
// stands for all arms, so that its other mistakes are found too.
SplitSweep SplitIntoArms(const YamlNode& root);

}  // namespace saelaw
