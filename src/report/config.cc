// The configuration is written for people to read and check before they pay for it. Its keys come
// from the table of a run's fields (core/spec_fields.h), so that a new one cannot be forgotten
// here, and each value is followed by where it comes from.
#include "report/config.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "core/spec_fields.h"
#include "report/document/lines.h"
#include "report/document/numbers.h"
#include "report/render/text_table.h"
#include "report/report.h"
#include "report/tables/transfer_words.h"
#include "report/tables/verdict_words.h"

namespace saelaw {
namespace {

// This stands behind a value of which no law says anything.
constexpr std::string_view kCopied = "as in the law's runs";

// A comment shows no JSON that a number could point into.
std::string Clause(const Interval& interval) {
  return document::MakeText(document::IntervalClause(interval, ""));
}

std::string EstimateText(const Estimate& estimate) {
  return document::MakeText(document::Estimated(estimate.value, estimate.interval, "", ""));
}

// Writes `key: value  # comment` lines, comments aligned as far as lines are short.
class YamlWriter {
 public:
  // Writes a wrapped comment; an empty text becomes a bare "#".
  void Comment(const std::string& text) {
    std::string lines = Wrapped(Plain(text), "  ", 100);
    // Each line begins with two blanks, and the first of them becomes the "#". An empty line has
    // lost its blanks and gets one back.
    for (std::size_t start = 0; start < lines.size(); start = lines.find('\n', start) + 1) {
      if (lines[start] == '\n') lines.insert(start, 1, '#');
      lines[start] = '#';
    }
    text_ += lines;
  }
  void Section(int indent, std::string_view key) {
    text_ += fmt::format("{:{}}{}:\n", "", 2 * indent, key);
  }
  void Value(int indent,
             std::string_view key,
             const std::string& value,
             std::string_view comment = kCopied) {
    const std::string line = fmt::format("{:{}}{}: {}", "", 2 * indent, key, value);
    // A line break in a user's text would end the comment and be read as YAML; Plain takes it out.
    text_ += fmt::format("{:<44}  # {}\n", line, Plain(comment));
  }
  void Blank() { text_ += '\n'; }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

// A path is written as seen from the folder of the file, because it is read from there. It stays as
// it is where no way leads from one to the other.
std::string PathText(const std::string& path, const std::string& folder) {
  namespace fs = std::filesystem;
  if (folder.empty() || fs::path(path).is_absolute()) return YamlQuoted(path);
  const fs::path relative = fs::path(path).lexically_relative(folder);
  return YamlQuoted(relative.empty() ? path : relative.generic_string());
}

// Gives what the transfer table says of a field of the sweep file; `otherwise` where it says
// nothing.
std::string Basis(const Recommendation& r, const std::string& field, const std::string& otherwise) {
  std::string basis;
  for (const Transfer& transfer : r.transfer) {
    if (FieldName(transfer.of) != field) continue;
    basis += fmt::format("{}{}{}: {}; swept {}",
                         basis.empty() ? "" : " | ",
                         transfer.supported ? "" : "NOT SUPPORTED by the sweep, ",
                         FieldText(transfer.of),
                         RuleText(transfer),
                         SweptText(transfer));
  }
  return basis.empty() ? otherwise : basis;
}

// Says why the law or the edge does not hold at the target's size or batch; the text is empty where
// it does hold.
std::string RateCaveat(const Recommendation& r) {
  std::string caveat;
  for (const Transfer& transfer : r.transfer) {
    const bool of_rate = transfer.of == TransferOf::kRateSize || transfer.of == TransferOf::kBatch;
    if (!of_rate || transfer.supported) continue;
    caveat += fmt::format("; NOT SUPPORTED at {} {}, swept {}",
                          FieldName(transfer.of),
                          TargetText(transfer),
                          SweptText(transfer));
  }
  return caveat;
}

std::string LrComment(const Recommendation& r) {
  switch (r.lr_basis) {
    case LrBasis::kOptimum: {
      const std::string law =
          r.lr_exponent.name.empty()
              ? "no law"
              : fmt::format("law LR*(D) = coef·D^{}", NumberText(r.lr_exponent.value, 3));
      return fmt::format("optimum by the {}; {}{}", law, Clause(r.lr_interval), RateCaveat(r));
    }
    case LrBasis::kStabilityEdge:
      return fmt::format("held below the stability edge lr_max {}; {}{}",
                         EstimateText(r.lr_max),
                         Clause(r.lr_interval),
                         RateCaveat(r));
    case LrBasis::kNone:
      return "NO LAW covers it: the recipe's rate, copied";
  }
  return "";
}

// The head is for the person who starts the run; the program reads nothing of it.
void WriteHead(const Recommendation& r, YamlWriter& yaml) {
  yaml.Comment(
      fmt::format("Recommended by saelaw from sweep {}. Run it with: saelaw train <this file>",
                  YamlQuoted(r.sweep)));
  if (r.demonstration) yaml.Comment(DemonstrationNote(r.tokens));
  yaml.Comment(VerdictSentence(r));
  for (const std::string& warning : TopWarnings(r)) yaml.Comment("WARNING: " + warning);
  yaml.Comment("");
  yaml.Comment(
      fmt::format("Predicted by the {}: loss {}, of which mse {}, penalty {}; fvu {}; l0 {}.",
                  BasisText(r.loss_basis),
                  EstimateText(r.loss),
                  EstimateText(r.parts.mse),
                  EstimateText(r.parts.penalty),
                  EstimateText(r.parts.fvu),
                  EstimateText(r.parts.l0)));
  if (!r.loss_exponent.name.empty()) {
    yaml.Comment(fmt::format("Loss against data: exponent {} ({}).",
                             NumberText(r.loss_exponent.value),
                             Clause(r.loss_exponent.interval)));
  }
  yaml.Comment(fmt::format("Extrapolates {} times beyond the largest fitted run.",
                           NumberText(r.extrapolation_factor, 3)));
  yaml.Comment(fmt::format("Price on {}: {} at peak (lower bound), {} at {} utilisation.",
                           r.price.device.name,
                           HoursText(r.price.hours_at_peak()),
                           HoursText(r.price.exact_hours()),
                           LevelText(r.price.utilisation)));
  yaml.Comment(fmt::format("Evidence: {}, {}.",
                           RunsText(static_cast<double>(r.evidence.size())),
                           fmt::join(r.evidence, " ")));
  yaml.Blank();
}

// Writes a value as the file has it. The C++ type decides, and where that is not enough, the key's
// type in the table of fields.
class ValueText {
 public:
  ValueText(const Key& key, const std::string& folder) : key_(key), folder_(folder) {}

  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(double value) const {
    if (key_.type == KeyType::kNumberOrOff && !(value > 0)) return "off";
    // A share is written as its default is: 20%, or 0.1.
    return key_.fallback.ends_with('%') ? YamlFraction(value) : YamlNumber(value);
  }
  std::string operator()(const Stretch& stretch) const {
    return stretch.in_tokens ? std::to_string(stretch.tokens) : YamlFraction(stretch.fraction);
  }
  std::string operator()(const std::string& text) const {
    if (key_.type == KeyType::kPath) return PathText(text, folder_);
    return key_.type == KeyType::kText ? YamlQuoted(text) : text;
  }
  std::string operator()(const std::vector<std::string>& paths) const {
    std::vector<std::string> quoted;
    for (const std::string& path : paths) quoted.push_back(PathText(path, folder_));
    return fmt::format("[{}]", fmt::join(quoted, ", "));
  }
  template <typename Value>
  std::string operator()(const std::optional<Value>& value) const {
    return value ? (*this)(*value) : std::string();
  }
  template <typename Value>
  std::string operator()(const Value& value) const {
    if constexpr (std::is_enum_v<Value>) {
      return std::string(Name(value));
    } else {
      return std::to_string(value);
    }
  }

 private:
  const Key& key_;
  const std::string& folder_;
};

// Tells whether a run of this kind, with this recipe, looks at the field. A value that is not
// looked at would suggest that it matters.
bool IsUsed(const SpecField& field, const RunSpec& run) {
  if (!SaysSomething(field, run.sae.architecture)) return false;
  const SourceKind kind = run.source.kind;
  if (std::holds_alternative<MemberOf<SyntheticSource>>(field.member)) {
    return kind == SourceKind::kSynthetic;
  }
  if (Holds(field, &ModelSource::text_key)) {
    return kind == SourceKind::kModel && !run.source.model.text.empty();
  }
  if (std::holds_alternative<MemberOf<ModelSource>>(field.member)) {
    return kind == SourceKind::kModel;
  }
  if (Holds(field, &SourceSpec::shards)) return kind == SourceKind::kShards;
  if (Holds(field, &TrainingSpec::decay_fraction)) {
    return run.training.schedule == Schedule::kWarmupStableDecay;
  }
  return true;
}

// Says where a value comes from, for the comment behind it.
std::string Origin(const Recommendation& r, const SpecField& field) {
  std::string otherwise(field.note.empty() ? kCopied : field.note);
  if (Holds(field, &TrainingSpec::lr)) return LrComment(r);
  if (field.key.path.starts_with("activations.")) return otherwise;
  return Basis(r, std::string(field.json), otherwise);
}

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('.') + 1); }

int Depth(std::string_view path) {
  return static_cast<int>(std::count(path.begin(), path.end(), '.'));
}

// An outermost section is written at once, with a blank line before all but the first; an inner one
// waits in `inner` until it has a value, since it may have none that is used.
void BeginSection(const SpecField& field, const SpecField*& inner, YamlWriter& yaml) {
  const std::string_view path = field.key.path;
  inner = Depth(path) > 0 ? &field : nullptr;
  if (inner != nullptr) return;
  if (path != "activations") yaml.Blank();
  yaml.Section(0, LastPart(path));
}

void WriteField(const Recommendation& r,
                const std::string& folder,
                const SpecField& field,
                const SpecField*& inner,
                YamlWriter& yaml) {
  const std::string_view path = field.key.path;
  if (path.empty()) return;
  WithValue(r.run, field, [&](const auto& value, bool is_default) {
    // Some fields are left out while they have their default, so that the file stays short.
    const bool brief = (field.kept & kBrief) != 0 && is_default;
    if (brief || !IsUsed(field, r.run)) return;
    // An inner section is opened by its first value, so that one without values does not appear.
    if (inner != nullptr && path.starts_with(std::string(inner->key.path) + '.')) {
      yaml.Section(Depth(path) - 1, LastPart(inner->key.path));
      inner = nullptr;
    }
    const std::string text = ValueText(field.key, folder)(value);
    yaml.Value(Depth(path), LastPart(path), text, Origin(r, field));
  });
}

// Every field that a user may write, in the order of the table.
void WriteFields(const Recommendation& r, const std::string& folder, YamlWriter& yaml) {
  const SpecField* inner = nullptr;
  for (const SpecField& field : SpecFields()) {
    if (field.key.type == KeyType::kSection) BeginSection(field, inner, yaml);
    WriteField(r, folder, field, inner, yaml);
  }
}

// `saelaw train` takes one device; threads and workers are the machine's.
void WriteExecution(const Execution& execution, YamlWriter& yaml) {
  yaml.Blank();
  yaml.Section(0, "execution");
  const std::string device =
      execution.devices.size() > 1 ? execution.devices.front() : execution.device;
  yaml.Value(1, "device", device, "as the sweep's; no part of the run's numbers");
  if (!execution.kernels.empty()) yaml.Value(1, "kernels", execution.kernels, "as the sweep's");
  if (execution.dense_above) {
    yaml.Value(1, "dense_above", YamlNumber(*execution.dense_above), "as the sweep's");
  }
}

}  // namespace

std::string YamlNumber(double value) {
  if (std::isnan(value)) return ".nan";
  std::string text = FormatExact(value);
  const std::size_t exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos)
    // Readers of YAML 1.1 take 1e-05 for a text; with a point it is a number to all of them.
    text.insert(exponent, ".0");
  return text;
}

// Only in double quotes can every character be written.
std::string YamlQuoted(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') quoted += '\\';
    if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

// The shortest percentage that reads back as the very same number is taken; where there is none,
// the plain number is exact.
std::string YamlFraction(double fraction) {
  for (int digits = 3; digits <= 17; ++digits) {
    std::string text = fmt::format("{:.{}g}%", 100 * fraction, digits);
    if (ParseFraction(text) == fraction) return text;
  }
  return YamlNumber(fraction);
}

std::string ConfigYaml(const Recommendation& recommendation, const std::string& folder) {
  YamlWriter yaml;
  WriteHead(recommendation, yaml);
  WriteFields(recommendation, folder, yaml);
  WriteExecution(recommendation.execution, yaml);
  return yaml.Take();
}

}  // namespace saelaw
