// One job, whatever its kind, as one attempt.
#pragma once

#include <filesystem>
#include <string>

#include "core/errors.h"

namespace saelaw {

// Reads the job file, makes this attempt's folder beside it and does the job. Every failure is one
// line on stderr and, once there is a folder, error.json with the returned code.
ExitCode RunJobFile(const std::filesystem::path& job_file, const std::string& attempt_id);

// Whether this machine has the device and what it needs: kComplete, or kConfiguration with a line
// on stderr that says why not.
ExitCode CheckDeviceNamed(const std::string& device);

}  // namespace saelaw
