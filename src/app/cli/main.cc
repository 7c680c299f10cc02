// Commands describe their options (OptionSpec), and this file alone knows CLI11, which parses them.
#include <cstdio>
#include <exception>
#include <memory>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/messages.h"
#include "core/standard_streams.h"

namespace saelaw {
namespace {

constexpr const char* kOverview =
    "saelaw finds the scaling laws of sparse autoencoders and writes the configuration of the big "
    "run.\n\n"
    "  saelaw init > sweep.yaml                      # a commented sweep to edit\n"
    "  saelaw plan sweep.yaml                        # what it would run, and what that costs\n"
    "  saelaw run sweep.yaml                         # train; Ctrl-C and run again to continue\n"
    "  saelaw recommend sweep.yaml                   # laws, learning rate, predicted loss, "
    "configuration\n";

constexpr const char* kExitCodes =
    "Exit codes: 0 complete, 1 failure, 64 usage, 74 disk or input/output, 75 incomplete (run the "
    "same\n"
    "command again; a spent budget: with a larger one), 78 configuration, 130 interrupted (run "
    "the\n"
    "same command again).";

// Lists commands by their summary alone; a command's own help leads with its examples.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_subcommand(const CLI::App* sub) const override {
    const std::string description = sub->get_description();
    return fmt::format(
        "  {:<12}{}\n", sub->get_name(), description.substr(0, description.find('\n')));
  }
};

void Bind(CLI::App& app, const OptionSpec& spec) {
  CLI::Option* option = std::visit(
      [&](auto* value) -> CLI::Option* {
        // CLI11 wants a value behind every option, unless it was added as a flag.
        if constexpr (std::is_same_v<decltype(value), bool*>) {
          return app.add_flag(spec.names, *value, spec.help);
        } else {
          return app.add_option(spec.names, *value, spec.help);
        }
      },
      spec.value);
  if (!spec.value_name.empty()) option->option_text(spec.value_name);
  option->required(spec.required);
}

ExitCode RunCommand(Command& command) {
  try {
    return command.Run();
  } catch (const Error& error) {
    Say("saelaw: {}\n", error.what());
    return error.code();
  } catch (const std::exception& error) {
    Say("saelaw: {}\n", error.what());
    // Whatever else is thrown was not foreseen, and so has no exit code of its own.
    return ExitCode::kFailure;
  }
}

ExitCode Main(int argc, char** argv) {
  // A file that is opened later must not get the number of a closed stream, or messages would be
  // written into it.
  OpenMissingStreams();
  CLI::App app{kOverview, "saelaw"};
  app.set_version_flag("--version", "saelaw " SAELAW_VERSION);
  app.require_subcommand(1);
  app.footer(kExitCodes);
  app.formatter(std::make_shared<HelpFormatter>());
  const auto commands = MakeCommands();
  Command* chosen = nullptr;
  for (const auto& command : commands) {
    CLI::App* sub = app.add_subcommand(command->name(), command->summary());
    sub->description(command->summary() + "\n\n" + command->examples());
    for (const OptionSpec& spec : command->options()) Bind(*sub, spec);
    // The callback only remembers the command, which runs after the parsing: its errors must not be
    // taken for mistakes in the command line.
    sub->callback([&chosen, &command] { chosen = command.get(); });
  }
  // Without a command the help is shown, but a script that forgot the command must see a failure.
  if (argc == 1) {
    Print("{}", app.help());
    return ExitCode::kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 also throws for --help and --version, with the code 0. Its text goes through Print,
    // because only that notices when stdout cannot be written.
    std::ostringstream out, err;
    const int code = app.exit(error, out, err);
    Print("{}", out.str());
    Say("{}", err.str());
    return code == 0 ? ExitCode::kComplete : ExitCode::kUsage;
  }
  // A command was chosen, because one is required.
  return RunCommand(*chosen);
}

}  // namespace
}  // namespace saelaw

// The last word on the exit code is CloseOutput's, for only then is all output written.
int main(int argc, char** argv) { return saelaw::CloseOutput(saelaw::Main(argc, argv)); }
