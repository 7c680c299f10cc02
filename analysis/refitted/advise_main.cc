// What `saelaw recommend` says of the runs of a sweep of experiments/, as SWEEP/runs.csv has them:
// the study and its advice again, from the figures alone. One line of CSV per quantity.
//   saelaw-advise-refitted EXPERIMENT.yaml RUNS.csv FORECASTS.csv
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "study/advice/recommendation.h"
#include "study/findings/findings.h"
#include "sweep/sweep.h"

namespace saelaw {
namespace {

// The fields of a line; commas within quotes belong to a field.
std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

Outcome OutcomeNamed(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(Outcome::kWorseThanMean); ++i) {
    if (Name(static_cast<Outcome>(i)) == name) return static_cast<Outcome>(i);
  }
  return Outcome::kStopped;
}

double NumberOf(const std::string& text) { return text.empty() ? NAN : std::stod(text); }

KnownRun FindRun(const Sweep& sweep, std::map<std::string, std::string>& field) {
  KnownRun run;
  run.spec = MakeRun(sweep,
                     std::stoll(field["tokens"]),
                     std::stoll(field["d_sae"]),
                     std::stod(field["lr"]),
                     std::stoull(field["seed"]));
  run.result.id = ComputeId(run.spec);
  run.result.tokens = run.spec.tokens;
  run.result.final.loss = NumberOf(field["loss"]);
  run.result.final.mse = NumberOf(field["mse"]);
  run.result.final.fvu = NumberOf(field["fvu"]);
  run.result.final.l0 = NumberOf(field["l0"]);
  run.result.final.dead_fraction = NumberOf(field["dead_fraction"]);
  run.result.splice.loss_recovered = NumberOf(field["loss_recovered"]);
  run.outcome = OutcomeNamed(field["outcome"]);
  return run;
}

Knowledge ReadRuns(const Sweep& sweep, const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> heads = Fields(line);
  Knowledge knowledge;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = Fields(line);
    std::map<std::string, std::string> field;
    for (std::size_t i = 0; i < heads.size() && i < fields.size(); ++i) field[heads[i]] = fields[i];
    knowledge.runs.push_back(FindRun(sweep, field));
  }
  return knowledge;
}

void Say(const std::string& what, double value, const Interval& interval = {}) {
  fmt::print("{},{:.6g},{:.6g},{:.6g}\n", what, value, interval.lo, interval.hi);
}

// What was forecast of the hold-outs before they were trained.
void ReadForecasts(const Sweep& sweep, const std::string& path, Knowledge* knowledge) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = Fields(line);
    const RunSpec run = MakeRun(sweep,
                                sweep.hold_out.tokens,
                                sweep.sae.d_sae,
                                std::stod(fields.at(0)),
                                std::stoull(fields.at(1)));
    knowledge->predictions.push_back(
        {ComputeId(run), NumberOf(fields.at(2)), {NumberOf(fields.at(3)), NumberOf(fields.at(4))}});
  }
}

#ifndef SAELAW_BEFORE_ISSUE_18
// What today's laws, which do not know them, say of the hold-outs at the rates that they had.
void SayToday(const Sweep& sweep, const Findings& findings) {
  for (const HoldOutCheck& check : findings.hold_out) {
    Point at;
    at.tokens = static_cast<double>(check.tokens);
    at.params = static_cast<double>(sweep.sae.d_sae);
    at.batch = static_cast<double>(sweep.training.batch_tokens);
    const LossLaw& law = findings.loss_before.Predicting();
    if (!law.fit.ok() || !findings.rates.best.ok()) continue;
    const Prediction best = law.fit.Predict(at);
    const double factor = 1 + AskOfRates(findings.rates, at).Excess(check.lr);
    Say(fmt::format("hold-out at lr {:.3g} by today's laws", check.lr),
        factor * best.value,
        {factor * best.prediction.lo, factor * best.prediction.hi});
  }
}
#endif

void Advise(const Sweep& sweep, const Knowledge& knowledge) {
  const Findings findings = Study(sweep, knowledge);
  const Recommendation r = Recommend(sweep, findings, false);
  fmt::print("quantity,value,from,to\n");
  Say("runs", static_cast<double>(findings.runs.size()));
  Say("lr", r.lr, r.lr_interval);
  Say("failure probability", 1 - r.lr_survival);
  Say("loss", r.loss.value, r.loss.interval);
#ifdef SAELAW_BEFORE_ISSUE_18
  Say("mse", r.mse.value, r.mse.interval);
  Say("fvu", r.fvu.value, r.fvu.interval);
  Say("l0", r.l0.value, r.l0.interval);
#else
  Say("mse", r.parts.mse.value, r.parts.mse.interval);
  Say("penalty", r.parts.penalty.value, r.parts.penalty.interval);
  Say("mse + penalty over loss less 1",
      (r.parts.mse.value + r.parts.penalty.value) / r.loss.value - 1);
  Say("fvu", r.parts.fvu.value, r.parts.fvu.interval);
  Say("l0", r.parts.l0.value, r.parts.l0.interval);
  Say("loss recovered", r.parts.loss_recovered.value, r.parts.loss_recovered.interval);
#endif
  for (const Alternative& alternative : r.alternatives) {
    Say(fmt::format("loss at {:.0f} tokens", alternative.tokens),
        alternative.loss.value,
        alternative.loss.interval);
  }
  for (const HoldOutCheck& check : r.hold_out) {
    Say(fmt::format("hold-out at lr {:.3g} predicted", check.lr), check.predicted, check.interval);
    Say(fmt::format("hold-out at lr {:.3g} measured", check.lr), check.measured);
  }
#ifndef SAELAW_BEFORE_ISSUE_18
  SayToday(sweep, findings);
#endif
}

}  // namespace
}  // namespace saelaw

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  const saelaw::ReadSweepResult read = saelaw::ReadSweep(argv[1]);
  if (!read.sweep) return 78;
  saelaw::Sweep sweep = *read.sweep;
  // The runs are those of the sweep's own data; which data that is, no figure depends on.
  sweep.source.identity = "refitted";
  saelaw::Knowledge knowledge = saelaw::ReadRuns(sweep, argv[2]);
  saelaw::ReadForecasts(sweep, argv[3], &knowledge);
  saelaw::Advise(sweep, knowledge);
  return 0;
}
