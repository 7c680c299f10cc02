#include "report/config.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "report/document/lines.h"
#include "report/document/numbers.h"
#include "report/render/text_table.h"
#include "report/report.h"
#include "study/advice/words.h"

namespace saelaw {
namespace {

constexpr std::string_view kCopied = "as in the law's runs";

// A comment shows no JSON that a number could point into.
std::string Clause(const Interval& interval) {
  return document::TextOf(document::IntervalClause(interval, ""));
}

std::string EstimateText(const Estimate& estimate) {
  return document::TextOf(document::Estimated(estimate.value, estimate.interval, "", ""));
}

// Writes `key: value  # comment` lines, comments aligned as far as lines are short.
class YamlWriter {
 public:
  // Wrapped; empty: a bare "#".
  void Comment(const std::string& text) {
    std::string lines = Wrapped(Plain(text), "  ", 100);
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
    text_ += fmt::format("{:<44}  # {}\n", line, Plain(comment));
  }
  void Blank() { text_ += '\n'; }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string Whole(std::int64_t value) { return std::to_string(value); }
std::string Whole(std::uint64_t value) { return std::to_string(value); }
std::string Truth(bool value) { return value ? "true" : "false"; }
std::string Word(std::string_view name) { return std::string(name); }

std::string StretchText(const Stretch& stretch) {
  return stretch.in_tokens ? Whole(stretch.tokens) : YamlFraction(stretch.fraction);
}

std::string PathText(const std::string& path, const std::string& folder) {
  namespace fs = std::filesystem;
  if (folder.empty() || fs::path(path).is_absolute()) return YamlQuoted(path);
  const fs::path relative = fs::path(path).lexically_relative(folder);
  return YamlQuoted(relative.empty() ? path : relative.generic_string());
}

// What the transfer table says of a field of the sweep file; `otherwise` where it says nothing.
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

// Why the law or the edge does not hold at the target's size or batch; empty where it does.
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

void WriteHead(const Recommendation& r, YamlWriter& yaml) {
  yaml.Comment(
      fmt::format("Recommended by saelaw from sweep {}. Run it with: saelaw train <this file>",
                  YamlQuoted(r.sweep)));
  if (r.demonstration) yaml.Comment(DemonstrationNote(r.tokens));
  for (const std::string& warning : TopWarnings(r)) yaml.Comment("WARNING: " + warning);
  yaml.Comment("");
  yaml.Comment(fmt::format("Predicted by the {}: loss {}; mse {}; fvu {}; l0 {}.",
                           BasisText(r.loss_basis),
                           EstimateText(r.loss),
                           EstimateText(r.mse),
                           EstimateText(r.fvu),
                           EstimateText(r.l0)));
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
  yaml.Comment(
      fmt::format("Evidence: {} runs, {}.", r.evidence.size(), fmt::join(r.evidence, " ")));
  yaml.Blank();
}

void WriteSynthetic(const SyntheticSource& source, YamlWriter& yaml) {
  yaml.Section(1, "synthetic");
  yaml.Value(2, "d_in", Whole(source.d_in));
  yaml.Value(2, "dictionary_size", Whole(source.dictionary_size));
  yaml.Value(2, "active_latents", YamlNumber(source.active_latents));
  yaml.Value(2, "frequency_exponent", YamlNumber(source.frequency_exponent));
  yaml.Value(2, "noise_sd", YamlNumber(source.noise_sd));
  yaml.Value(2, "dictionary_seed", Whole(source.dictionary_seed));
}

std::string PathList(const std::vector<std::string>& paths, const std::string& folder) {
  std::vector<std::string> quoted;
  for (const std::string& path : paths) quoted.push_back(PathText(path, folder));
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

void WriteModel(const ModelSource& source, const std::string& folder, YamlWriter& yaml) {
  yaml.Value(1, "model", PathText(source.model, folder));
  if (!source.text.empty()) yaml.Value(1, "text", PathList(source.text, folder));
  if (!source.text.empty() && source.text_key != "text")
    yaml.Value(1, "text_key", YamlQuoted(source.text_key));
  if (!source.token_files.empty())
    yaml.Value(1, "token_files", PathList(source.token_files, folder));
  if (!source.token_dtype.empty()) yaml.Value(1, "token_dtype", source.token_dtype);
  if (source.document_separator)
    yaml.Value(1, "document_separator", std::to_string(*source.document_separator));
  if (source.add_bos) yaml.Value(1, "add_bos", *source.add_bos ? "true" : "false");
  yaml.Value(1, "hook", source.hook);
  yaml.Value(1, "layer", std::to_string(source.layer), "counted from 0");
  yaml.Value(1, "context_tokens", std::to_string(source.context_tokens));
  yaml.Value(1, "precision", Word(Name(source.precision)));
  yaml.Value(1, "short_documents", Word(Name(source.short_documents)));
  yaml.Value(1, "held_out_documents", std::to_string(source.held_out_documents));
  if (source.mixing_tokens > 0)
    yaml.Value(1, "mixing_tokens", std::to_string(source.mixing_tokens));
  yaml.Value(1, "spliced_contexts", std::to_string(source.spliced_contexts));
}

void WriteActivations(const SourceSpec& source, const std::string& folder, YamlWriter& yaml) {
  yaml.Section(0, "activations");
  yaml.Value(1, "source", Word(Name(source.kind)));
  switch (source.kind) {
    case SourceKind::kSynthetic:
      WriteSynthetic(source.synthetic, yaml);
      break;
    case SourceKind::kModel:
      WriteModel(source.model, folder, yaml);
      break;
    case SourceKind::kShards:
      yaml.Value(1, "shards", PathText(source.shards, folder));
      break;
  }
  yaml.Value(1, "held_out_tokens", Whole(source.held_out_tokens));
  yaml.Value(1, "normalisation_tokens", Whole(source.normalisation_tokens));
  yaml.Value(1, "normalise", Truth(source.normalise), "to unit mean squared norm");
  yaml.Value(1, "outlier_norm", source.outlier_norm > 0 ? YamlNumber(source.outlier_norm) : "off");
  yaml.Value(1, "split_seed", Whole(source.split_seed));
  yaml.Blank();
}

void WriteSae(const Recommendation& r, YamlWriter& yaml) {
  const SaeSpec& sae = r.run.sae;
  yaml.Section(0, "sae");
  yaml.Value(1, "d_sae", Whole(sae.d_sae), Basis(r, "d_sae", std::string(kCopied)));
  yaml.Value(1, "pre_encoder_bias", Truth(sae.pre_encoder_bias));
  if (sae.b_dec_init != BiasStart::kAuto) yaml.Value(1, "b_dec_init", Word(Name(sae.b_dec_init)));
  if (sae.w_enc_init_scale > 0) yaml.Value(1, "w_enc_init_scale", YamlNumber(sae.w_enc_init_scale));
  yaml.Section(1, "threshold");
  yaml.Value(2, "parametrisation", Word(Name(sae.threshold_parametrisation)));
  yaml.Value(2, "init", YamlNumber(sae.threshold_init));
  yaml.Value(1, "bandwidth", YamlNumber(sae.bandwidth), "in units of the normalised activations");
  yaml.Blank();
}

void WriteSparsity(const TrainingSpec& training, YamlWriter& yaml) {
  yaml.Section(1, "sparsity");
  if (training.sparsity == SparsityRule::kTargetL0)
    yaml.Value(2, "target_l0", YamlNumber(training.target_l0), "active latents per token");
  yaml.Value(2, "coefficient", YamlNumber(training.sparsity_coefficient));
  yaml.Value(2, "warmup", StretchText(training.sparsity_warmup));
}

void WriteOptimiser(const TrainingSpec& training, YamlWriter& yaml) {
  yaml.Value(1, "lr_warmup_start", YamlNumber(training.lr_warmup_start), "of lr");
  if (training.schedule == Schedule::kWarmupStableDecay)
    yaml.Value(1, "decay_fraction", YamlFraction(training.decay_fraction));
  yaml.Section(1, "adam");
  yaml.Value(2, "beta1", YamlNumber(training.adam_beta1));
  yaml.Value(2, "beta2", YamlNumber(training.adam_beta2));
  yaml.Value(2, "epsilon", YamlNumber(training.adam_epsilon));
}

void WriteTraining(const Recommendation& r, YamlWriter& yaml) {
  const TrainingSpec& training = r.run.training;
  const std::string copied(kCopied);
  yaml.Section(0, "training");
  yaml.Value(1, "batch_tokens", Whole(training.batch_tokens), Basis(r, "batch_tokens", copied));
  yaml.Value(1, "lr", YamlNumber(training.lr), LrComment(r));
  yaml.Value(1,
             "threshold_lr",
             YamlNumber(training.threshold_lr),
             Basis(r, "threshold_lr", "fixed over the sweep, " + copied));
  yaml.Value(1, "schedule", Word(Name(training.schedule)), Basis(r, "schedule", copied));
  yaml.Value(1, "lr_warmup", StretchText(training.lr_warmup), Basis(r, "lr_warmup", copied));
  WriteOptimiser(training, yaml);
  WriteSparsity(training, yaml);
  yaml.Value(
      1, "gradient_clip", training.gradient_clip > 0 ? YamlNumber(training.gradient_clip) : "off");
  yaml.Value(1, "dead_after_tokens", Whole(training.dead_after_tokens));
  yaml.Value(1, "evaluations", std::to_string(training.evaluations));
  yaml.Value(1, "precision", Word(Name(training.precision)), Basis(r, "precision", copied));
  yaml.Blank();
}

void WriteRun(const Recommendation& r, YamlWriter& yaml) {
  yaml.Section(0, "run");
  yaml.Value(1, "tokens", Whole(r.run.tokens), Basis(r, "tokens", "the target's"));
  yaml.Value(1, "seed", Whole(r.run.seed), "of the initialisation");
  yaml.Value(1, "stream_seed", Whole(r.run.stream_seed), "of the order of the data");
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
    text.insert(exponent, ".0");
  return text;
}

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
  WriteActivations(recommendation.run.source, folder, yaml);
  WriteSae(recommendation, yaml);
  WriteTraining(recommendation, yaml);
  WriteRun(recommendation, yaml);
  WriteExecution(recommendation.execution, yaml);
  return yaml.Take();
}

}  // namespace saelaw
