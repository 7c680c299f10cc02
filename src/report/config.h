// The recommended configuration: a YAML file that `saelaw train CONFIG` runs, in which every value
// says where it comes from.
#pragma once

#include <string>

#include "study/advice/recommendation.h"

namespace saelaw {

// Sections activations, sae and training with the keys of a sweep, and `run` (tokens, seed,
// stream_seed). Numbers read back as the same double. Warnings stand on top as comments.
// `folder` is where the file will stand: relative paths of the recommendation's run, which are
// relative to the working directory, are rewritten relative to it; empty: they are left alone.
std::string ConfigYaml(const Recommendation& recommendation, const std::string& folder);

// A double in YAML 1.1 and 1.2 alike ("7.0e-05": without the dot YAML 1.1 reads a string).
std::string YamlNumber(double value);
// A double-quoted scalar.
std::string YamlQuoted(const std::string& text);
// Per cent where that reads back as the same fraction ("5%"), else the fraction.
std::string YamlFraction(double fraction);

}  // namespace saelaw
