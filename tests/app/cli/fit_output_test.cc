#include "app/cli/fit_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class FitOutputTest : public ::testing::Test {
 protected:
  template <typename Value>
  void Give(const std::string& name, const Value& value) {
    for (const OptionSpec& option : output_.Options()) {
      if (option.names == name) *std::get<Value*>(option.value) = value;
    }
  }
  void Give(const std::string& name, const char* value) { Give(name, std::string(value)); }

  std::string Refusal(const std::string& runs) const {
    try {
      output_.Check(runs);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kUsage);
      return error.what();
    }
    return "";
  }

  // Four runs of a law, and a table of two places of which one is far away.
  LawAnswer Answer(const CsvPlaces& places) {
    for (const double tokens : {1e6, 2e6, 4e6, 8e6, 16e6}) {
      Point point;
      point.tokens = tokens;
      point.loss = 0.3 + 10 * std::pow(tokens, -0.3) * (1 + 0.001 * std::sin(tokens));
      point.row = static_cast<std::int64_t>(points_.size()) + 2;
      points_.push_back(point);
    }
    LawQuestion question{"data", points_, {}, {}, {}, false};
    question.table = places.at;
    return AnswerLaw(question);
  }

  TemporaryFolder folder_;
  FitOutput output_;
  std::vector<Point> points_;
};

TEST_F(FitOutputTest, RefusesOptionsThatExcludeEachOther) {
  EXPECT_EQ(Refusal("runs.csv"), "");
  Give("--out", "p.csv");
  EXPECT_EQ(Refusal("runs.csv"), "--out needs --predict-csv");
  Give("--predict-csv", "-");
  EXPECT_EQ(Refusal("runs.csv"), "");
  EXPECT_THAT(Refusal("-"), StartsWith("--csv and --predict-csv cannot both be stdin"));
  Give("--out", "");
  Give("--json", true);
  EXPECT_THAT(Refusal("runs.csv"), StartsWith("--json and --predict-csv both print on stdout"));
}

TEST_F(FitOutputTest, PrintsTheTableInPlaceOfTheAnswer) {
  Give("--predict-csv", folder_.Write("p.csv", "name,tokens\na,32M\nb,1e13\n").c_str());
  const CsvPlaces places = output_.Places("");
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const LawAnswer answer = Answer(places);
  output_.Write(answer, places, {});
  EXPECT_FALSE(answer.ok());
  const std::string table = ::testing::internal::GetCapturedStdout();
  EXPECT_THAT(table, StartsWith("name,tokens,prediction,lo,hi,note\na,32M,0."));
  EXPECT_THAT(table, HasSubstr(",beyond the points by factor 2\nb,1e13,,,,no prediction at 10T"));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("1 of 2 rows have no predict"));
}

TEST_F(FitOutputTest, PrintsTheAnswerWhereTheTableHasAFile) {
  const std::string out = (folder_.path() / "out.csv").string();
  Give("--predict-csv", folder_.Write("p.csv", "tokens\n32M\n").c_str());
  Give("--out", out.c_str());
  const CsvPlaces places = output_.Places("");
  ::testing::internal::CaptureStdout();
  output_.Write(Answer(places), places, {});
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("exponent"));
  EXPECT_THAT(ReadFile(out), StartsWith("tokens,prediction,lo,hi,note\n32M,"));
}

TEST_F(FitOutputTest, WritesThePageAndItsFiguresBesideTheAnswer) {
  const std::string html = (folder_.path() / "law.html").string();
  const std::filesystem::path figures = folder_.path() / "figures";
  Give("--html", html.c_str());
  Give("--figures", figures.c_str());
  const LawAnswer answer = Answer({});
  ::testing::internal::CaptureStdout();
  output_.Write(answer, {}, {points_, {}, {}});
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("exponent"));
  EXPECT_THAT(ReadFile(html), HasSubstr("saelaw-data"));
  EXPECT_THAT(ReadFile(html), HasSubstr("row 2: loss "));
  EXPECT_THAT(ReadFile(figures / "loss.svg"), HasSubstr("<svg"));
  EXPECT_THAT(ReadFile(figures / "residuals.svg"), HasSubstr("<svg"));
}

}  // namespace
}  // namespace saelaw
