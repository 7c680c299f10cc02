// The ledger becomes a table that is read like anybody's, so that columns, conditions, words of
// outcomes and the guards against columns that a law does not know are the same for both.
#include "orchestrate/ledger_points.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "core/metrics.h"
#include "core/names.h"
#include "core/quantities.h"
#include "core/spec_fields.h"
#include "core/trunk.h"
#include "orchestrate/saved_sweep.h"
#include "report/csv.h"
#include "report/document/numbers.h"
#include "study/findings/name_runs.h"

namespace saelaw {
namespace {

constexpr std::int64_t kFirstRow = 2;  // below the header

std::string Text(double value) { return std::isfinite(value) ? FormatExact(value) : std::string(); }
std::string Text(bool value) { return value ? "true" : "false"; }
std::string Text(const std::string& value) { return value; }
std::string Text(const std::vector<std::string>& values) {
  return fmt::format("{}", fmt::join(values, " "));
}
std::string Text(const Stretch& stretch) {
  // A share is a number, so that conditions can compare it.
  return stretch.in_tokens ? fmt::format("{} tokens", stretch.tokens) : Text(stretch.fraction);
}
template <typename Value>
std::string Text(const Value& value) {
  if constexpr (std::is_enum_v<Value>) {
    return std::string(Name(value));
  } else {
    return std::to_string(value);
  }
}
template <typename Value>
std::string Text(const std::optional<Value>& value) {
  return value ? Text(*value) : std::string();
}

// A row as it grows; the first value that a column is given stays.
class Row {
 public:
  explicit Row(std::vector<std::string>* heads) : heads_(*heads) {}

  void Add(std::string_view column, const std::string& text) {
    auto head = std::find(heads_.begin(), heads_.end(), column);
    if (head == heads_.end()) head = heads_.insert(head, std::string(column));
    cells_.resize(std::max(cells_.size(), heads_.size()));
    std::string& cell = cells_[static_cast<std::size_t>(head - heads_.begin())];
    if (cell.empty()) cell = CsvCell(text);
  }
  const std::vector<std::string>& cells() const { return cells_; }

 private:
  std::vector<std::string>& heads_;
  std::vector<std::string> cells_;
};

// What a synthetic source has says nothing of a language model, and the other way round.
bool IsOfSource(const SpecField& field, const SourceSpec& source) {
  if (std::holds_alternative<MemberOf<SyntheticSource>>(field.member)) {
    return source.kind == SourceKind::kSynthetic;
  }
  return !std::holds_alternative<MemberOf<ModelSource>>(field.member) ||
         source.kind == SourceKind::kModel;
}

// What tells runs apart: what a user may write, and what is part of a run's name besides.
bool IsColumn(const SpecField& field) {
  if (std::holds_alternative<std::monostate>(field.member)) return false;
  return !field.key.path.empty() || (field.kept & kNotHashed) == 0 ||
         Holds(field, &SourceSpec::d_in);
}

void AddFields(const RunSpec& spec, Row* row) {
  for (const SpecField& field : SpecFields()) {
    if (!IsColumn(field)) continue;
    std::string text;
    if (IsOfSource(field, spec.source)) {
      WithValue(spec, field, [&](const auto& value, bool) { text = Text(value); });
    }
    row->Add(field.json, text);
  }
}

// What a sweep says of a run that it asked for.
struct Asked {
  std::string stage;
  std::string arm;  // empty where the sweep compares nothing
};

void AddRun(const StoredResult& stored, const Asked* asked, Row* row) {
  const RunSpec& spec = stored.spec;
  const RunResult& result = stored.result;
  // These come first, as in runs.csv.
  row->Add("tokens", Text(spec.tokens));
  row->Add("d_sae", Text(spec.sae.d_sae));
  row->Add("lr", Text(spec.training.lr));
  row->Add("seed", Text(spec.seed));
  if (asked != nullptr) row->Add("stage", asked->stage);
  if (asked != nullptr && !asked->arm.empty()) row->Add("arm", asked->arm);
  row->Add("outcome", std::string(Name(Judge(result).outcome)));
  for (const Metric& metric : AllMetrics()) {
    if ((metric.shown & kInCsv) != 0) row->Add(metric.name, Text(MetricValue(metric, result)));
  }
  row->Add("origin", TrunkKey(spec));
  row->Add("id", result.id);
  AddFields(spec, row);
}

// Each run that the sweep asked for; nothing where no sweep is named. A run that two arms have in
// common is the first one's.
std::optional<std::map<RunId, Asked>> FindAsked(const Store& store, const std::string& sweep) {
  if (sweep.empty()) return std::nullopt;
  const std::optional<SavedSweep> saved = FindSweep(store, sweep);
  if (!saved) {
    throw UsageError(fmt::format("--sweep: the database holds no sweep '{}', only {}",
                                 sweep,
                                 fmt::join(store.Sweeps(), ", ")));
  }
  std::map<RunId, Asked> asked;
  for (const std::string& part : saved->parts) {
    for (const RunRecord& run : store.FindRuns(part)) {
      asked.try_emplace(run.id, Asked{run.asked.stage, saved->FindArm(part)});
    }
  }
  return asked;
}

// Columns bear the names under which a field is stored; a sweep file calls it by its whole path.
std::string ByColumn(const std::string& condition) {
  const std::size_t end = condition.find_first_of("=!<> ");
  for (const SpecField& field : SpecFields()) {
    if (field.key.path.empty() || field.json.empty()) continue;
    if (condition.compare(0, end, field.key.path) == 0) {
      return std::string(field.json) + condition.substr(std::min(end, condition.size()));
    }
  }
  return condition;
}

CsvColumns OwnColumns() {
  CsvColumns own;
  own.tokens = "tokens";
  own.params = "d_sae";
  own.lr = "lr";
  own.batch = "batch_tokens";
  own.seed = "seed";
  own.stream = "stream_seed";
  own.status = "outcome";
  own.loss = "loss";
  own.origin = "origin";
  return own;
}

}  // namespace

RunId LedgerPoints::FindRun(std::int64_t row) const {
  const std::int64_t at = row - kFirstRow;
  const bool known = at >= 0 && at < static_cast<std::int64_t>(runs.size());
  return known ? runs[static_cast<std::size_t>(at)] : RunId();
}

LedgerTable TabulateResults(const Store& store, const std::string& sweep) {
  const auto asked = FindAsked(store, sweep);
  LedgerTable table;
  std::vector<std::string> heads;
  std::vector<Row> rows;
  for (const StoredResult& stored : store.AcceptedResults()) {
    const RunId& id = stored.result.id;
    if (asked && asked->count(id) == 0) continue;
    // A run's name has the version of its numbers in it.
    if (ComputeId(stored.spec) != id) {
      ++table.other_versions;
      continue;
    }
    AddRun(stored, asked ? &asked->at(id) : nullptr, &rows.emplace_back(&heads));
    table.runs.push_back(id);
  }
  table.csv = fmt::format("{}\n", fmt::join(heads, ","));
  for (const Row& row : rows) {
    table.csv += fmt::format(
        "{}{}\n", fmt::join(row.cells(), ","), std::string(heads.size() - row.cells().size(), ','));
  }
  return table;
}

LedgerPoints ReadPoints(const Store& store, const std::string& name, const LedgerChoice& choice) {
  LedgerTable table = TabulateResults(store, choice.sweep);
  const std::string others =
      fmt::format("{} of another numeric version of saelaw, whose losses do not compare",
                  RunsText(table.other_versions));
  if (table.runs.empty()) {
    throw ConfigurationError(fmt::format(
        "{} holds no finished run{}{}",
        name,
        choice.sweep.empty() ? "" : fmt::format(" of sweep '{}'", choice.sweep),
        table.other_versions > 0 ? fmt::format(" of this version, only {}", others) : ""));
  }
  std::vector<std::string> where;
  for (const std::string& condition : choice.where) where.push_back(ByColumn(condition));
  LedgerPoints ledger{ParseCsvPoints(table.csv, name, choice.columns, where, OwnColumns()),
                      std::move(table.runs)};
  if (table.other_versions > 0) {
    ledger.points.warnings.push_back(warning::OtherVersions{table.other_versions});
  }
  return ledger;
}

void NameRuns(const LedgerPoints& ledger, LawAnswer* answer) {
  const auto run_of = [&](std::int64_t row) { return ledger.FindRun(row); };
  NameRuns(run_of, &answer->law.warnings);
  for (DroppedPoint& dropped : answer->law.dropped) {
    dropped.reason = fmt::format("run {}: {}", run_of(dropped.row), dropped.reason);
  }
  NameRuns(run_of, &answer->criticism);
}

}  // namespace saelaw
