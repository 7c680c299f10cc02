// What is warned of a table of points before it is fitted, in words; for fit_words.cc alone; and
// how a row is named.
#pragma once

#include <span>
#include <string>

#include "fit/fit.h"

namespace saelaw {

std::string Text(const warning::UnreadStatus& w);
std::string Text(const warning::TroubleWithoutLoss& w);
std::string Text(const warning::RowsInComments& w);
std::string Text(const warning::WithoutLoss& w);
std::string Text(const warning::OtherVersions& w);
std::string Text(const warning::PathColumn& w);
std::string Text(const warning::BestKept& w);
std::string Text(const warning::BestAtEnd& w);
std::string Text(const warning::SomeSds& w);
std::string Text(const warning::UnreadOption& w);
std::string Text(const warning::ComputeUnfixed& w);
std::string Text(const warning::ComputeInUnit& w);
std::string Text(const warning::ComputeOddRow& w);

// "row 3", or "run 0c766a14b9ec6815" where it has a name.
std::string RowText(const TableRow& row);
// "rows 3, 4"; "runs ..." where all have names.
std::string RowsText(std::span<const TableRow> rows);

}  // namespace saelaw
