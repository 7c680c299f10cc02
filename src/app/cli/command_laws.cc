// `saelaw laws` says which laws there are, and of one of them its formula, source, what a table has
// to bring for it and what a prediction takes: what a user wants to know before a fit.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/command.h"
#include "app/cli/messages.h"
#include "fit/fit.h"

namespace saelaw {
namespace {

std::string Named(const std::vector<Variable>& variables) {
  std::vector<std::string_view> names;
  for (const Variable variable : variables) names.push_back(Name(variable));
  return fmt::format("{}", fmt::join(names, ", "));
}

// What the law can use besides what it needs.
std::vector<Variable> Optional(const LawInfo& law) {
  std::vector<Variable> more;
  const auto add = [&](Variable variable) {
    const auto lists = [&](const std::vector<Variable>& list) {
      return std::find(list.begin(), list.end(), variable) != list.end();
    };
    if (!lists(law.variables) && !lists(more)) more.push_back(variable);
  };
  for (const ParameterInfo& parameter : law.parameters) {
    if (parameter.of) add(*parameter.of);
  }
  return more;
}

std::string Described(const LawInfo& law) {
  std::vector<std::string_view> parameters;
  for (const ParameterInfo& parameter : law.parameters) parameters.push_back(parameter.name);
  const std::vector<Variable> more = Optional(law);
  const std::vector<Variable>& at = law.predicted_at.empty() ? law.variables : law.predicted_at;
  std::string text = fmt::format("{}\n  formula     {}\n  source      {}\n  columns     loss, {}",
                                 law.name,
                                 law.formula,
                                 law.source,
                                 Named(law.variables));
  if (!more.empty()) text += fmt::format(" (and, where the table has them, {})", Named(more));
  text += fmt::format("\n  parameters  {}\n  --predict   {}\n  values      at least {} of each\n",
                      fmt::join(parameters, ", "),
                      Named(at),
                      law.fewest_values);
  return text;
}

class LawsCommand : public Command {
 public:
  std::string name() const override { return "laws"; }
  std::string summary() const override {
    return "The laws that fit knows: formula, source, columns";
  }
  std::string examples() const override {
    return "  saelaw laws               # one line for each\n"
           "  saelaw laws size-data     # what a table needs for it\n";
  }
  std::vector<OptionSpec> options() override {
    return {{"law", "One law of the table", &law_, false, "LAW"}};
  }
  ExitCode Run() override {
    if (!law_.empty()) {
      Print("{}", Described(*RequireLaw(law_).info));
      return ExitCode::kComplete;
    }
    for (const LawEntry& law : Laws()) {
      Print("{}", fmt::format("{:<20} {}\n", law.info->name, law.info->formula));
    }
    Print("{}", "Another: saelaw fit --formula 'E + A/N^a + B/D^b' (docs/tables.md)\n");
    return ExitCode::kComplete;
  }

 private:
  std::string law_;
};

}  // namespace

std::unique_ptr<Command> MakeLawsCommand() { return std::make_unique<LawsCommand>(); }

}  // namespace saelaw
