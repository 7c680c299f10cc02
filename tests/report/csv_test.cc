#include "report/csv.h"

#include <cmath>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "report/made_up.h"

namespace saelaw {
namespace {

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// RFC 4180, section 2: rules 5 to 7.
TEST(CsvCell, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvCell("plain text"), "plain text");
  EXPECT_EQ(CsvCell("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvCell("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(CsvCell("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(CsvCell(" edge"), "\" edge\"");
  EXPECT_EQ(CsvCell(""), "");
}

TEST(RunsCsv, OneLinePerRunWithExactNumbers) {
  Findings findings;
  StudyRun run = made_up::Run(32768, 7e-5, 3);
  run.final.loss = 0.1 + 0.2;  // not 0.3: 17 digits are needed
  run.final.mse = 0.5;
  run.final.fvu = 0.25;
  run.final.l0 = std::nan("");
  run.final.se.loss = 0.015625;
  run.dense_fraction_se = 0.5;
  run.splice.loss_recovered_se = 0.25;
  run.splice.ce_delta = 0.0625;
  run.splice.loss_recovered = 0.75;
  run.dense_fraction = 0.125;
  run.firing_histogram = {3, 0, 1};
  run.left_out = LeftOut{left_out::OtherRate{0.00007, 0.004}};
  run.short_run = true;
  run.origin = "fedcba9876543210";
  run.id = "0123456789abcdef";
  findings.runs = {run};
  const auto lines = Lines(RunsCsv(findings));
  ASSERT_EQ(lines.size(), 2);
  EXPECT_EQ(
      lines[0],
      "tokens,d_sae,lr,seed,stage,outcome,loss,mse,fvu,l0,dead_fraction,dense_fraction,ce,ce_delta,"
      "ce_zero,loss_recovered,firing_histogram,short,left_out,origin,id,loss_se,mse_se,fvu_se,l0_"
      "se,dead_fraction_se,"
      "dense_fraction_se,ce_delta_se,loss_recovered_se");
  EXPECT_EQ(lines[1],
            "32768,1152,7e-05,3,lr-law,completed,0.30000000000000004,0.5,0.25,,0.01,0.125,,0.0625,,"
            "0.75,3 0 1,1,"
            "\"lr 7e-05, not the loss law's "
            "0.004\",fedcba9876543210,0123456789abcdef,0.015625,,,,,0.5,,0.25");
}

TEST(LawsCsv, OneLinePerParameterAndOnePerRefusal) {
  const auto lines = Lines(LawsCsv(made_up::TheFindings()));
  ASSERT_EQ(lines.size(), 1 + 3 + 1 + 3 + 3 + 1 + 2 + 2);
  EXPECT_EQ(lines[0], "law,quantity,parameter,value,lo,hi,level,n_points,on_bound,refusal");
  EXPECT_EQ(lines[1], "data,loss,floor,0.35,0.3,0.37,0.95,8,0,");
  EXPECT_EQ(lines[4],
            "data,loss_at_best_lr,,,,,,0,,\"the lr law needs at least 3 sizes whose optimum lies "
            "inside the swept rates, got 2 of 5\"");
  EXPECT_EQ(lines.back(), "lr-edge,lr_max,exponent,-0.35,-0.4,-0.3,0.95,8,1,");
}

}  // namespace
}  // namespace saelaw
