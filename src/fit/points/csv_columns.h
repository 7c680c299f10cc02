// Which column of a table holds what: what `--columns` says, and where that is in the header.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "fit/points/csv_lines.h"
#include "fit/points/variable.h"

namespace saelaw {

// Which column of the file holds what; empty: not in the file. Only `loss` must be there.
struct CsvColumns {
  std::string tokens, params, lr, batch, sd, seed, stream, status, loss, compute, origin, l0;
};

// The places of the keys in kCsvKeys.
enum CsvKey : std::size_t {
  kTokensKey,
  kParamsKey,
  kLrKey,
  kBatchKey,
  kSdKey,
  kSeedKey,
  kStreamKey,
  kStatusKey,
  kLossKey,
  kComputeKey,
  kOriginKey,
  kL0Key,
  kCsvKeyCount
};
// Every variable of a point has a key, of the same name.
CsvKey MakeSettingKey(Variable variable);

// "tokens=D,params=N,loss=loss". A name may stand in quotes, as in CSV: loss="lr: 1e-3, bs: 32".
// Without them it ends at a comma that another key follows, or, where `header` is given and that
// leaves only one way to read the text, where a name of the header does. Throws UsageError naming
// the allowed keys.
CsvColumns ParseCsvColumns(std::string_view text, const std::vector<CsvField>& header = {});

// Gives the keys that `columns` leaves empty their names in `otherwise`.
void FillColumns(const CsvColumns& otherwise, CsvColumns& columns);

// Where in a row each key stands; kAbsent when it does not.
struct CsvLayout {
  static constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();
  std::array<std::size_t, kCsvKeyCount> at{};
  std::size_t unread_status = kAbsent;  // called state, outcome or the like, and not asked for
};

// Names are found as they are, or else without regard to case where only one fits. With all of
// `columns` empty, columns are taken by the keys' names where the file has them. Throws
// ConfigurationError for a column that is missing, and for one that is there twice.
CsvLayout FindColumns(const CsvLines& lines, CsvColumns columns);

// The same for a table of places, of which tokens, params, lr, batch, compute and l0 are read and
// each may be missing: by the name that `columns` gives it or, where the table has none of that
// name, by its key's own. Throws ConfigurationError where it has none of them, or one twice.
CsvLayout FindPlaceColumns(const CsvLines& lines, const CsvColumns& columns);

// Where one column stands, for the key or option that names it. Throws as FindColumns does.
std::size_t FindColumn(const CsvLines& lines, std::string_view name, std::string_view key);

}  // namespace saelaw
