// The keys of a run's spec come from core/spec_fields.h; those that only a sweep has stand here.
// The tables keep string_views, so a text that is put together at the start needs a variable that
// lives as long as the table and is defined before it.
#include "sweep/keys.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/spec_fields.h"
#include "fit/fit.h"
#include "sweep/devices.h"
#include "sweep/recipes.h"

namespace saelaw {
namespace {

using namespace ranges;
using enum KeyType;

// Beyond even odds a failure is not a risk but what is to be expected.
constexpr Range kRiskShare = {.low = 0, .high = 0.5};
constexpr Range kSeeds = {.low = 1, .high = 64};

// The table keeps a view of this text.
const std::string kTargetDeviceDoc = fmt::format(
    "The device that is priced: {}, or another with device_flops", fmt::join(DeviceNames(), ", "));

// A sweep can carry the laws of tokens and size only: its runs have one batch size, and those of a
// law of loss have one rate at each size.
std::string LossLawChoices() {
  std::string choices = "auto";
  for (const LawInfo* law : LawsOfLoss()) {
    const bool carried = std::all_of(law->variables.begin(), law->variables.end(), [](auto needed) {
      return needed == Variable::kTokens || needed == Variable::kParams;
    });
    if (carried) choices += fmt::format("|{}", law->name);
  }
  return choices;
}
const std::string kLossLawChoices = LossLawChoices();

// Each key has one line, however long, so that the columns can be compared by eye.
// clang-format off
const std::vector<Key> kHeadKeys = {
  {"name", kText, "", "Name of the sweep and of its folder of results; default: the file's name"},
  {"recipe", kChoice, "", "A recipe by name: its values stand for what is not given of sae and training; default: the defaults below", kAny, RecipeChoices()},
  {"demonstration", kBool, "false", "Its report says that it shows the way and is no advice"},
  {"about", kSection, "", "Why this sweep exists, for its readers"},
  {"about.question", kText, "", "What it is meant to find out"},
  {"about.prediction", kText, "", "What is expected, written before it is run"},
  {"about.cost", kText, "", "What it costs, and on which machine"},
};

const std::vector<Key> kStudyKeys = {
  {"study", kSection, "", "What is trained to find the laws", kAny, "", kInSweep},
  {"study.loss_law", kSection, "", "Loss against data, at one learning rate", kAny, "", kInSweep},
  {"study.loss_law.lr", kNumber, "", "The one learning rate; default: training.lr", kRate, "", kInSweep},
  {"study.loss_law.tokens", kCounts, "", "At least two data sizes, ascending", kFromOne, "", kInSweep},
  {"study.loss_law.d_sae", kCounts, "", "Sizes of the SAE, 3 or more for a law of size; default: sae.d_sae alone", kWidth, "", kInSweep},
  {"study.loss_law.law", kChoice, "auto", "The law of loss that is fitted; auto: data, or size-data where 3 sizes carry it", kAny, kLossLawChoices, kInSweep},
  {"study.loss_law.seeds", kCount, "1", "Runs of each setting, each with its own data order", kSeeds, "", kInSweep},
  {"study.lr_law", kOptionalSection, "", "The best learning rate against data; none: not asked for", kAny, "", kInSweep},
  {"study.lr_law.tokens", kCounts, "", "Data sizes; default: those of the loss law", kFromOne, "", kInSweep},
  {"study.lr_law.d_sae", kCounts, "", "Sizes of the SAE, sae.d_sae among them; 3 or more also make the loss at the best rates a law of size; default: sae.d_sae alone", kWidth, "", kInSweep},
  {"study.lr_law.points", kCount, "5", "Rates in the first grid of each size", {.low = 2, .high = 64}, "", kInSweep},
  {"study.lr_law.factor", kNumber, "2", "Between neighbouring rates of the first grid", {.low = 1, .high = 100, .low_open = true}, "", kInSweep},
  {"study.lr_law.seeds", kCount, "1", "Runs of each setting", kSeeds, "", kInSweep},
  {"study.lr_law.edge_seeds", kCount, "3", "Runs of the last surviving and the first failing rate where they stand beside the best one: near a cliff, survival is luck", kSeeds, "", kInSweep},
  {"study.lr_law.max_widenings", kCount, "3", "How often a grid is widened whose best rate lies on its edge", {.low = 0, .high = 32}, "", kInSweep},
  {"study.lr_law.bisect_to", kNumber, "1.4143", "A cliff is bisected until survivor and failure are within this factor", {.low = 1.01, .high = 100}, "", kInSweep},
  {"study.hold_out", kOptionalSection, "", "The check: more data than any fitted run, predicted before it is measured; none: no check", kAny, "", kInSweep},
  {"study.hold_out.tokens", kCount, "", "Tokens of the check; default: 4 times the largest fitted size", kFromOne, "", kInSweep},
  {"study.hold_out.seeds", kCount, "1", "Runs of the check", kSeeds, "", kInSweep},
  {"study.share_trunks", kChoice, "auto", "auto: runs that differ in tokens alone train one trunk where schedule and warm-ups allow it (docs/steps.md); required: a sweep that does not allow it is a mistake", kAny, "auto|required", kInSweep},
  {"study.recipes", kRecipes, "", "Recipes by name: what each changes of sae and training", kAny, "", kInSweep},
  {"study.compare", kNames, "", "At least two of study.recipes: the study is made for each of them, on the same stream, and says which is better", kAny, "", kInSweep},
  {"study.sparsity", kNumbers, "", "Numbers of active latents: the study is made at each of them (training.sparsity.target_l0, or sae.k of topk and batch_topk)", kPositive, "", kInSweep},
  {"study.extra_runs", kSections, "", "Runs wanted as they are, e.g. somebody's earlier one", kAny, "", kInSweep},
  {"study.extra_runs[].tokens", kCount, "", "Tokens of this run", kFromOne, "", kInSweep},
  {"study.extra_runs[].d_sae", kCount, "", "Its number of latents; default: sae.d_sae", kWidth, "", kInSweep},
  {"study.extra_runs[].lr", kNumber, "", "Its learning rate; default: training.lr", kRate, "", kInSweep},
  {"study.extra_runs[].note", kText, "", "Why it is wanted", kAny, "", kInSweep},

  {"target", kSection, "", "The big run that the laws are for", kAny, "", kInSweep},
  {"target.tokens", kCount, "", "Tokens of the big run; or give tokens_from", kFromOne, "", kInSweep},
  {"target.tokens_from", kSection, "", "Tokens by information content from a reference run: reference_tokens * log2(reference_vocabulary)/log2(vocabulary) * size_ratio, to two digits", kAny, "", kInSweep},
  {"target.tokens_from.reference_tokens", kNumber, "", "Tokens of the reference run", kPositive, "", kInSweep},
  {"target.tokens_from.reference_vocabulary", kNumber, "", "Vocabulary of its model", {.low = 2}, "", kInSweep},
  {"target.tokens_from.vocabulary", kNumber, "", "Vocabulary of this model; default: as its shape says", {.low = 2}, "", kInSweep},
  {"target.tokens_from.size_ratio", kNumber, "1", "Size of this model over the reference's", kPositive, "", kInSweep},
  {"target.d_sae", kCount, "", "Its number of latents; default: sae.d_sae", kWidth, "", kInSweep},
  {"target.batch_tokens", kCount, "", "Its batch; default: training.batch_tokens", {.low = 1, .high = 1 << 24}, "", kInSweep},
  {"target.device", kText, "rtx4090", kTargetDeviceDoc, kAny, "", kInSweep},
  {"target.device_flops", kNumber, "", "Its peak in FLOP/s; default: as the named device has", kPositive, "", kInSweep},
  {"target.utilisation", kFraction, "40%", "Share of the peak that is assumed where nothing was measured", kOpenShare, "", kInSweep},
  {"target.risk", kRisk, "least-loss", "How likely its run, and the hold-out's, may fail at the advised learning rate; least-loss: the rate of the least expected loss, failures counted", kRiskShare, "", kInSweep},

  {"budget", kSection, "", "Limits of the whole sweep; default: none", kAny, "", kInSweep},
  {"budget.wall", kDuration, "", "Time on the clock, of all calls of saelaw run together; it is kept in the database", kPositive, "", kInSweep},
  {"budget.flops", kNumber, "", "Floating-point operations", kPositive, "", kInSweep},
  {"budget.runs", kCount, "", "Number of runs", {.low = 1, .high = 1e6}, "", kInSweep},
};

const std::vector<Key> kExecutionKeys = {
  {"execution", kSection, "", "Where the runs are carried out; never part of a run's name"},
  {"execution.device", kDevices, "cpu", "cpu, cuda or cuda:N; or several cuda:N, over which the gangs are spread"},
  {"execution.workers", kCount, "1", "Trainers at a time on each device", {.low = 1, .high = 1024}},
  {"execution.threads", kCount, "0", "Threads of one trainer; 0: the machine's cores over the workers", {.low = 0, .high = 1024}},
  {"execution.kernels", kChoice, "auto", "What takes the steps: cuda on a GPU, the others but reference on a CPU; auto: the fastest that there is", kAny, "auto|reference|avx2|avx512|avx512_bf16|amx|cuda"},
  {"execution.dense_above", kFraction, "", "Share of active latents above which own kernels multiply densely; default: measured before the first run. Given, it makes runs on equal machines equal to the bit", kShare},
  {"execution.vector_cache", kBytes, "4GiB", "Room on disk for a language model's vectors, which later rounds on a CPU then read instead of computing them; 0: none are kept", kNotNegative},
  {"execution.checkpoint_every", kDuration, "5m", "Time after which a trainer writes a checkpoint", kPositive},
  {"execution.checkpoint_tokens", kCount, "0", "Tokens of the stream after which it writes one, if that comes first; 0: time alone decides", kFromZero},
};
// clang-format on

void Append(const std::vector<Key>& keys, std::vector<Key>* all) {
  all->insert(all->end(), keys.begin(), keys.end());
}

// A spec has keys that only one run's configuration has (`of_one_run`), and keys of both files.
void AppendSpec(bool of_one_run, std::vector<Key>* all) {
  for (const SpecField& field : SpecFields()) {
    const bool told = !field.key.path.empty();  // others are worked out
    if (told && (field.key.files == kInRun) == of_one_run) all->push_back(field.key);
  }
}

// The order is that in which a file is best written; example, reference and schema follow it, and a
// section has to come before its keys.
std::vector<Key> JoinKeys() {
  std::vector<Key> all;
  Append(kHeadKeys, &all);
  AppendSpec(/*of_one_run=*/false, &all);
  Append(kStudyKeys, &all);
  AppendSpec(/*of_one_run=*/true, &all);
  Append(kExecutionKeys, &all);
  return all;
}

// This is Levenshtein's distance in one row: before it is overwritten, row[j] is the distance of
// the previous row, and `diagonal` its left neighbour.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

const std::vector<Key>& AllKeys() {
  static const std::vector<Key> keys = JoinKeys();
  return keys;
}

const Key* FindKey(std::string_view path) {
  // The pointers stay valid because the vector of AllKeys() never changes after it was made.
  static const std::map<std::string_view, const Key*> by_path = [] {
    std::map<std::string_view, const Key*> map;
    for (const Key& key : AllKeys()) map.emplace(key.path, &key);
    return map;
  }();
  const auto at = by_path.find(path);
  return at == by_path.end() ? nullptr : at->second;
}

std::vector<std::string_view> Choices(std::string_view choices) {
  std::vector<std::string_view> words;
  while (!choices.empty()) {
    words.push_back(choices.substr(0, choices.find('|')));
    // The last word has no bar behind it, so there is less to remove than its length and one.
    choices.remove_prefix(std::min(choices.size(), words.back().size() + 1));
  }
  return words;
}

std::string Describe(const Range& range) {
  const bool low = range.low > -std::numeric_limits<double>::infinity();
  const bool high = range.high < std::numeric_limits<double>::infinity();
  const bool closed = !range.low_open && !range.high_open;
  // An open end needs the longer words, since "from 0 to 1" would include it.
  if (low && high && closed) return fmt::format("from {} to {}", range.low, range.high);
  std::string text;
  if (low) text = fmt::format("{} {}", range.low_open ? "more than" : "at least", range.low);
  if (low && high) text += " and ";
  if (high) text += fmt::format("{} {}", range.high_open ? "less than" : "at most", range.high);
  return text;
}

bool Contains(const Range& range, double value) {
  const bool above = range.low_open ? value > range.low : value >= range.low;
  const bool below = range.high_open ? value < range.high : value <= range.high;
  return above && below;
}

std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& words) {
  constexpr std::size_t kLongest = 64;  // of a word that is worth comparing
  if (word.size() > kLongest) return {};
  std::string_view nearest;
  // A third of the letters may be wrong, and two at least. A distance as large as the other word
  // itself would mean that nothing of it was left.
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view other : words) {
    const std::size_t distance = EditDistance(word, other);
    if (distance < least && distance < other.size()) {
      least = distance;
      nearest = other;
    }
  }
  return nearest;
}

}  // namespace saelaw
