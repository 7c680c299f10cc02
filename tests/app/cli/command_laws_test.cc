#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/cli/command.h"
#include "fit/fit.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Command> Asked(const std::string& law) {
  auto command = MakeLawsCommand();
  for (const OptionSpec& option : command->options()) {
    if (option.names == "law") *std::get<std::string*>(option.value) = law;
  }
  return command;
}

// What `saelaw laws LAW` prints; without a law all of them.
std::string Said(const std::string& law) {
  const auto command = Asked(law);
  ::testing::internal::CaptureStdout();
  command->Run();
  return ::testing::internal::GetCapturedStdout();
}

TEST(LawsCommand, ListsEveryLawWithItsFormula) {
  const std::string all = Said("");
  for (const LawEntry& law : Laws()) {
    EXPECT_THAT(all, HasSubstr(std::string(law.info->name) + " "));
    EXPECT_THAT(all, HasSubstr(std::string(law.info->formula)));
  }
}

TEST(LawsCommand, SaysWhatOneLawNeeds) {
  const std::string size_data = Said("size-data");
  EXPECT_THAT(size_data, HasSubstr("columns     loss, params, tokens\n"));
  EXPECT_THAT(size_data, HasSubstr("arXiv 2203.15556"));
  EXPECT_THAT(size_data, HasSubstr("floor, coef_n, exponent_n, coef_d, exponent_d"));
  const std::string lr = Said("lr");
  EXPECT_THAT(lr, HasSubstr("loss, tokens, lr (and, where the table has them, params, batch)"));
  EXPECT_THAT(lr, HasSubstr("--predict   tokens\n"));
  EXPECT_THROW(Asked("nonsense")->Run(), Error);
}

}  // namespace
}  // namespace saelaw
