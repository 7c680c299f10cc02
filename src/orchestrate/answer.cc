// `report` and `recommend` must not disagree, so both ask here. The decision that gives the
// findings plans the next round too, which tells what is still missing from the study.
#include "orchestrate/answer.h"

#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "orchestrate/data/identify_data.h"
#include "orchestrate/knowledge/earlier_runs.h"
#include "orchestrate/knowledge/stored_knowledge.h"
#include "report/config.h"
#include "store/store.h"
#include "study/rounds/decision.h"

namespace saelaw {

namespace fs = std::filesystem;

namespace {

// This warning goes first: it limits all that follows.
void AddWhatIsLeft(const Plan& next, StudyWarnings* warnings) {
  if (next.complete) return;
  warnings->insert(warnings->begin(),
                   warning::RunsLeft{next.runs.size(), static_cast<int>(next.cut.size())});
}

// Runs of other data are named, because the user may believe that they are the answer.
[[noreturn]] void NothingFinished(const Store& store,
                                  const Sweep& sweep,
                                  const std::string& database) {
  const std::string train =
      fmt::format("train it with: saelaw run {} --db {}", sweep.path, database);
  const std::string earlier = EarlierRuns(store, sweep);
  if (earlier.empty()) {
    throw ConfigurationError(
        fmt::format("{} holds no finished run of this sweep; {}", database, train));
  }
  throw ConfigurationError(fmt::format("{}: {}; or {}", database, earlier, train));
}

Answer AnswerArm(const Sweep& sweep,
                 const Knowledge& knowledge,
                 const Store& store,
                 const std::string& database,
                 bool force) {
  Answer answer;
  answer.sweep = sweep;
  Decision decision = Decide(sweep, knowledge, StudyDepth::kLawsAndCriticism);
  answer.findings = std::move(decision.findings);
  if (answer.findings.runs.empty()) NothingFinished(store, sweep, database);
  if (const std::string earlier = EarlierRuns(store, sweep); !earlier.empty()) {
    answer.findings.warnings.push_back(warning::EarlierRuns{earlier});
  }
  AddWhatIsLeft(decision.plan, &answer.findings.warnings);
  answer.findings.runs_left =
      decision.plan.complete
          ? 0
          : static_cast<int>(decision.plan.runs.size() + decision.plan.cut.size());
  answer.recommendation = Recommend(sweep, answer.findings, force);
  return answer;
}

}  // namespace

std::vector<Answer> AnswerArms(const Arms& arms,
                               const std::string& database,
                               bool force,
                               Cache& cache,
                               const LockWatch& watch) {
  Arms identified = arms;
  SourceSpec& source = identified.list.front().sweep.source;
  IdentifyData(&source, DataNeed::kIdentity, cache);
  for (Arm& arm : identified.list) arm.sweep.source = source;
  const Store store = Store::OpenForReading(database, watch);
  const std::vector<Knowledge> known = KnowledgeOfArms(store, identified);
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < known.size(); ++i) {
    answers.push_back(AnswerArm(identified.list[i].sweep, known[i], store, database, force));
  }
  return answers;
}

ArmsComparison CompareAnswers(const Arms& arms, const std::vector<Answer>& answers) {
  std::vector<ArmAnswer> found;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    found.push_back({arms.list.at(i), answers[i].findings, answers[i].recommendation});
  }
  return CompareArms(arms.name, found);
}

void MakeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw IoError(fmt::format("cannot make {}: {}", folder.string(), error.message()));
}

fs::path AnswerFolder(const std::string& out, const std::string& name) {
  fs::path folder = out.empty() ? fs::path("analysis") / name : fs::path(out);
  MakeFolder(folder);
  return folder;
}

fs::path ForecastPath(const fs::path& config) {
  fs::path path = config;
  return path.replace_extension(".forecast.json");
}

std::optional<FrozenForecast> FindForecast(const fs::path& config,
                                           const std::string& config_text,
                                           const RunId& run) {
  const fs::path path = ForecastPath(config);
  std::error_code none;
  if (!fs::exists(path, none)) return std::nullopt;
  std::optional<FrozenForecast> forecast = ReadForecast(ReadFile(path));
  const bool of_this =
      forecast && forecast->run == run && forecast->config_hash == HashBytes(config_text);
  return of_this ? forecast : std::nullopt;
}

std::string WriteConfiguration(const Answer& answer,
                               const fs::path& folder,
                               const std::string& made_at) {
  const Recommendation& advice = answer.recommendation;
  if (advice.refused) return "";
  const fs::path path = folder / "recommended.yaml";
  const std::string text = ConfigYaml(advice, folder.string());
  WriteFile(path, text);
  // What was forecast first counts, or it would be no forecast once the run is trained.
  if (!FindForecast(path, text, ComputeId(advice.run))) {
    const std::optional<FrozenForecast> forecast = Freeze(advice, answer.findings, text, made_at);
    if (forecast) WriteFile(ForecastPath(path), forecast->text);
  }
  return path.string();
}

}  // namespace saelaw
