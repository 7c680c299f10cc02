// Shapes of published models, for prices where a model's files are elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/model_shape.h"

namespace saelaw {

// Null when there is no such card; ModelCardNames lists what there is.
const ModelShape* FindModelCard(std::string_view name);
std::vector<std::string> ModelCardNames();

}  // namespace saelaw
