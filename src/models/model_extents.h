// The extents of a language model, from the one place where its configuration says them: the same
// keys for every family.
#pragma once

#include "models/config_json.h"
#include "models/gguf_parts.h"
#include "models/model_config.h"

namespace saelaw {

// Throws ConfigurationError where one is missing or is no number; does not ask whether they make
// sense.
ModelExtents ReadExtents(const ConfigJson& json);

// `architecture` is the file's own, and stands in front of its keys. The vocabulary is that of the
// tokens in the file, or as its metadata say: 0 where neither does.
ModelExtents ReadExtents(const GgufParts& parts, const std::string& architecture);

}  // namespace saelaw
