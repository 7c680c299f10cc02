#include "app/cli/answer.h"

#include <fmt/format.h>

#include "app/cli/interrupt.h"
#include "app/cli/knowledge_base.h"
#include "app/cli/loaded_sweep.h"
#include "plan/planner.h"
#include "report/config.h"
#include "run/errors.h"
#include "run/files.h"

namespace saelaw {

namespace fs = std::filesystem;

namespace {

void SayWhatIsLeft(const Plan& next, std::vector<std::string>* warnings) {
  if (next.complete) return;
  std::string left = fmt::format("the study is not finished: {} runs of the next round are left",
                                 next.runs.size());
  if (next.cut > 0) left += fmt::format(", and the budget leaves out {} more", next.cut);
  warnings->insert(warnings->begin(), left);
}

}  // namespace

Answer AnswerOf(const std::string& sweep_path, const std::string& database, bool force) {
  Answer answer;
  answer.sweep = LoadSweep(sweep_path, Overrides("", 0, 0));
  IdentifyData(&answer.sweep.source, DataNeed::kIdentity);
  const Knowledge knowledge =
      KnowledgeIn(Store::OpenForReading(database, ShortWatch(database)), answer.sweep);
  answer.findings = Study(answer.sweep, knowledge);
  if (answer.findings.runs.empty()) {
    throw ConfigurationError(
        fmt::format("{} holds no finished run of this sweep; train it with: saelaw run {} --db {}",
                    database,
                    sweep_path,
                    database));
  }
  const Plan next = NextRound(answer.sweep, knowledge, &answer.findings);
  SayWhatIsLeft(next, &answer.findings.warnings);
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
