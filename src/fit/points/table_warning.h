// What is warned of a table of points before it is fitted, as data: one type for each kind, with
// the numbers that it is about. The words are in report/tables/table_words.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace saelaw {

// A row that a warning speaks of.
struct TableRow {
  std::int64_t number = 0;
  std::string run{};  // its name, where whoever asked knows one (study/findings/name_runs.h)
};

// Each `kCode` names its kind to programs. Stored: do not change.
namespace warning {

// A column of run states that no key reads, though it says of some rows that they are not finished.
struct UnreadStatus {
  static constexpr std::string_view kCode = "unread-status";
  std::string column;
  std::size_t rows = 0;
};
// Runs dropped for machine trouble whose loss is not finite.
struct TroubleWithoutLoss {
  static constexpr std::string_view kCode = "trouble-without-loss";
  std::size_t runs = 0;
};
// Lines that begin with # and have as many fields as the header.
struct RowsInComments {
  static constexpr std::string_view kCode = "rows-in-comments";
  std::size_t rows = 0;
  std::size_t fields = 0;
};
// Finished runs without a loss, which a law that reads failures takes as diverged.
struct WithoutLoss {
  static constexpr std::string_view kCode = "without-loss";
  std::size_t runs = 0;
};
// Results of a database whose numbers are of another version; they are left out.
struct OtherVersions {
  static constexpr std::string_view kCode = "other-versions";
  int runs = 0;
};
// A column that the law does not know and that moves along with what it knows.
struct PathColumn {
  static constexpr std::string_view kCode = "path-column";
  std::string column;
  double smallest = 0;
  double largest = 0;
  std::string law;
};
// Of each setting the runs of the best value of a column were kept.
struct BestKept {
  static constexpr std::string_view kCode = "best-kept";
  std::string column;
  std::size_t settings = 0;
  std::size_t kept = 0;
  std::size_t runs = 0;
};
// In so many settings the best value is the first or the last that was tried.
struct BestAtEnd {
  static constexpr std::string_view kCode = "best-at-end";
  std::string column;
  std::size_t at_end = 0;
  std::size_t settings = 0;
};
// Sds are used only where all points have one.
struct SomeSds {
  static constexpr std::string_view kCode = "some-sds";
  std::size_t known = 0;
  std::size_t points = 0;
};
// An option that says how laws of loss are fitted, given for another law.
struct UnreadOption {
  static constexpr std::string_view kCode = "unread-option";
  std::string option;
  std::string law;
  bool part = false;  // the law reads it for its surface, and not for its valleys
};
// Compute over 6·params·tokens of the same rows, from the smallest to the largest.
struct ComputeUnfixed {  // it differs from row to row
  static constexpr std::string_view kCode = "compute-unfixed";
  double smallest = 0;
  double largest = 0;
};
struct ComputeInUnit {  // it is a multiple
  static constexpr std::string_view kCode = "compute-in-unit";
  double smallest = 0;
  double largest = 0;
  bool flop = false;      // FLOP with something added, such as attention
  std::string_view unit;  // "GFLOP"; empty: none that is known
};
struct ComputeOddRow {  // it is one, but of a few rows
  static constexpr std::string_view kCode = "compute-odd-row";
  TableRow row;  // the first of them
  double times = 0;
};

}  // namespace warning
}  // namespace saelaw
