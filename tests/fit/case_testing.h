// Whole tables as `saelaw fit` takes them, with its defaults: the file is read, its columns are
// guarded, and the law answers with criticism and predictions.
#pragma once

#include <string>
#include <vector>

#include "core/errors.h"
#include "fit/critic/answer_law.h"
#include "fit/critic/column_guard.h"
#include "fit/critic/law_table.h"
#include "fit/points/csv.h"

namespace saelaw::testing {

struct TableQuestion {
  std::string file;  // in tests/fit/data/cases
  const char* law = "data";
  Estimator estimator = Estimator::kHuberLog;
  std::vector<Point> at{};
  ColumnChoice choice{};
  std::vector<std::string> where{};
  int resamples = 100;  // enough for what these tests look at
};

inline LawAnswer AnswerOf(const TableQuestion& asked) {
  const std::string path =
      std::string(SAELAW_SOURCE_DIR) + "/tests/fit/data/cases/" + asked.file + ".csv";
  CsvPoints table = ReadCsvPoints(path, "", asked.where);
  GuardColumns(*RequireLaw(asked.law).info, asked.choice, table);
  FitOptions options = TableOptions(asked.estimator);
  options.bootstrap_resamples = asked.resamples;
  LawQuestion question{
      asked.law, table.points, table.failed, options, asked.at, false, table.dropped};
  question.labels = table.unread;
  LawAnswer answer = AnswerLaw(question);
  answer.law.warnings.insert(
      answer.law.warnings.end(), table.warnings.begin(), table.warnings.end());
  return answer;
}

// The first of a kind that is said against the law; null where there is none.
template <typename Kind>
const Kind* FindIn(const LawAnswer& answer) {
  const Kind* of_law = FindWarning<Kind>(answer.law.warnings);
  return of_law != nullptr ? of_law : FindWarning<Kind>(answer.criticism.warnings);
}

// The kinds of all that is said against the law, for messages of tests.
inline std::string Kinds(const FitWarnings& warnings) {
  std::string all;
  for (const FitWarning& warning : warnings) all += std::string(Code(warning)) + "; ";
  return all;
}
inline std::string Kinds(const LawAnswer& answer) {
  return Kinds(answer.law.warnings) + Kinds(answer.criticism.warnings);
}

// What a command that cannot go on says.
template <typename Body>
std::string ErrorOf(Body body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

inline bool Says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace saelaw::testing
