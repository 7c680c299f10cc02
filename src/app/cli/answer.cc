#include "app/cli/answer.h"

#include <fmt/format.h>

#include "app/cli/knowledge_base.h"
#include "app/cli/loaded_sweep.h"
#include "report/config.h"
#include "run/errors.h"
#include "run/files.h"

namespace saelaw {

namespace fs = std::filesystem;

Answer AnswerOf(const std::string& sweep_path, const std::string& database, bool force) {
  Answer answer;
  answer.sweep = LoadSweep(sweep_path, Overrides("", 0, 0));
  IdentifyData(&answer.sweep.source, true);
  const Knowledge knowledge = KnowledgeIn(Store::OpenForReading(database), answer.sweep);
  answer.findings = Study(answer.sweep, knowledge);
  if (answer.findings.runs.empty()) {
    throw ConfigurationError(
        fmt::format("{} holds no finished run of this sweep; train it with: saelaw run {} --db {}",
                    database,
                    sweep_path,
                    database));
  }
  answer.recommendation = Recommend(answer.sweep, answer.findings, force);
  return answer;
}

fs::path AnswerFolder(const std::string& out, const Sweep& sweep) {
  fs::path folder = out.empty() ? fs::path("analysis") / sweep.name : fs::path(out);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw IoError(fmt::format("cannot make {}: {}", folder.string(), error.message()));
  return folder;
}

std::string WriteConfiguration(const Answer& answer, const fs::path& folder) {
  if (answer.recommendation.refused) return "";
  const fs::path path = folder / "recommended.yaml";
  WriteFile(path, ConfigYaml(answer.recommendation, folder.string()));
  return path.string();
}

}  // namespace saelaw
