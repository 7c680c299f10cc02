// A column that changes the losses and that the law does not know would pass for noise between
// replicates, or bend the law. So such columns are refused by name unless the user has chosen.
#pragma once

#include <string>
#include <vector>

#include "fit/laws/law_info.h"
#include "fit/points/csv.h"

namespace saelaw {

// What the user says of such columns, by the column's name or its variable's (lr).
struct ColumnChoice {
  std::vector<std::string> ignore;  // pass over them
  std::string best;                 // at each setting of the law keep the value of least loss
};

// Whether a law reads a variable, or it follows from two that it reads (compute = 6·params·tokens).
bool Knows(const LawInfo& law, Variable variable);

// Looks at every variable that the table has, mapped or in a column named like it (VariableLike),
// which takes several values among the finished runs and which the law does not know. One value at
// each setting, and one that rises or falls with a variable of the law (or lies on a plane of them,
// in logarithms), is a path that the law follows, and warns. Any other throws ConfigurationError,
// unless `choice` names it. `choice.best` leaves the best rows in `table` and drops the others.
// Throws UsageError for a choice that names no such column.
void GuardColumns(const LawInfo& law, const ColumnChoice& choice, CsvPoints& table);

}  // namespace saelaw
