// A formula as a law of loss, with what is known of its parameters.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "fit/laws/formula.h"
#include "fit/laws/law_info.h"

namespace saelaw {

// What the user says of a parameter: `a`, `a=0.3` (where a search begins), `a=0.3:0.01:2` (and its
// bounds), `g=-0.1:-1:1`. Parameters are positive unless their bounds say otherwise.
struct FormulaParameter {
  std::string name;
  double start = std::numeric_limits<double>::quiet_NaN();
  double lowest = 0;
  double highest = std::numeric_limits<double>::infinity();
};

// Throws UsageError for a text that is none.
FormulaParameter ParseFormulaParameter(const std::string& text);

// The formula owns what the law's texts point to; it is neither copied nor moved.
struct FormulaLaw : LawInfo {
  FormulaLaw(Formula parsed, std::vector<FormulaParameter> all);
  FormulaLaw(const FormulaLaw&) = delete;
  FormulaLaw& operator=(const FormulaLaw&) = delete;

  Formula expression;
  std::vector<FormulaParameter> known;  // of every parameter of the formula, in its order
  std::string written;                  // "loss = " and the text
};

// Throws UsageError for what is no formula, and for a parameter that the formula lacks.
std::shared_ptr<const FormulaLaw> MakeFormulaLaw(const std::string& text,
                                                 const std::vector<std::string>& parameters);

}  // namespace saelaw
