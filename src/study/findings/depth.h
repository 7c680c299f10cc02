// How much of a study is asked for.
#pragma once

#include <cstdint>

namespace saelaw {

// Whether the joint surface and the criticism are wanted too: what decides the next runs needs
// neither, and they cost most of the time.
enum class StudyDepth : std::uint8_t { kLaws, kLawsAndCriticism };

}  // namespace saelaw
