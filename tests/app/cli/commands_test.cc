// What all commands have in common, and the mistakes that they tell before they do anything.
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/cli/command.h"

namespace saelaw {
namespace {

using ::testing::StartsWith;

// --help lists what it is given here; a name that stands twice would hide one of the two.
TEST(Commands, HaveNamesExamplesAndOptionsOfTheirOwn) {
  std::set<std::string> names;
  for (const auto& command : MakeCommands()) {
    SCOPED_TRACE(command->name());
    EXPECT_TRUE(names.insert(command->name()).second);
    EXPECT_EQ(command->summary().find('\n'), std::string::npos);
    EXPECT_THAT(command->examples(), StartsWith("  saelaw " + command->name()));
    std::set<std::string> options;
    for (const OptionSpec& option : command->options()) {
      EXPECT_TRUE(options.insert(option.names).second) << option.names;
      EXPECT_FALSE(option.help.empty()) << option.names;
    }
  }
}

// The commands that read or write a database name it alike, and take results.db where none is told;
// `fit` must know whether one was, as it reads tables too.
TEST(Commands, MeanTheSameDatabase) {
  for (const auto& command : MakeCommands()) {
    for (const OptionSpec& option : command->options()) {
      if (option.names != "--db") continue;
      const std::string untold = command->name() == "fit" ? "" : "results.db";
      EXPECT_EQ(*std::get<std::string*>(option.value), untold) << command->name();
      EXPECT_FALSE(option.required);
    }
  }
}

// The usage error of a command whose options have these values ("--kind banana").
std::string Refusal(const std::string& name, const std::string& words) {
  for (const auto& command : MakeCommands()) {
    if (command->name() != name) continue;
    std::istringstream in(words);
    for (std::string option, value; in >> option >> value;) {
      for (const OptionSpec& spec : command->options()) {
        if (spec.names == option) *std::get<std::string*>(spec.value) = value;
      }
    }
    try {
      command->Run();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kUsage);
      return error.what();
    }
  }
  return "nothing was thrown";
}

TEST(Commands, TellAMistypedOptionBeforeAllElse) {
  EXPECT_EQ(Refusal("init", "--kind banana"), "--kind is model or synthetic, not 'banana'");
  EXPECT_EQ(Refusal("capture", "--dtype fp16"), "--dtype is bf16 or fp32, not 'fp16'");
  EXPECT_EQ(Refusal("capture", "--tokens 2.5"),
            "--tokens is a whole number such as 4M or 512Ki, not '2.5'");
  EXPECT_EQ(Refusal("capture", "--tokens 0"),
            "--tokens is a whole number such as 4M or 512Ki, not '0'");
  EXPECT_EQ(Refusal("fit", "--out p.csv"), "--out needs --predict-csv");
  // Which of the two is meant is not for `fit` to choose, even where neither is there.
  EXPECT_EQ(Refusal("fit", "--csv absent.csv --db results.db"),
            "fit reads a table (--csv FILE) or a database (--db FILE), not both: leave one out");
  for (const char* command : {"fit", "compare"}) {
    EXPECT_EQ(Refusal(command, "--discrepancy banana"),
              "--discrepancy is calibrated or none, not 'banana'");
    EXPECT_EQ(Refusal(command, "--estimator banana"),
              "--estimator is huber, least-absolute, least-squares or student, not 'banana'");
    EXPECT_THAT(Refusal(command, "--floor -1"), StartsWith("--floor is free, 0 or a positive"));
  }
  // No file can be called so, and what is not in a file is lost.
  for (const char* command : {"run", "plan", "train"}) {
    EXPECT_THAT(Refusal(command, "--db :memory:"), StartsWith("--db :memory: is no file"))
        << command;
  }
}

}  // namespace
}  // namespace saelaw
