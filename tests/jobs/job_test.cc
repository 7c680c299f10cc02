#include "jobs/job.h"

#include <gtest/gtest.h>

#include "core/files.h"

namespace saelaw {
namespace {

TEST(Job, ComesBackFromItsFile) {
  Job job;
  job.runs.resize(1);
  job.checkpoint_seconds = 7;
  job.checkpoint_tokens = 4096;
  job.continues = {"a", "b"};
  job.id = ComputeId(job);
  EXPECT_EQ(ToJson(JobFromJson(ToJson(job))), ToJson(job));
  EXPECT_EQ(JobFromJson(ToJson(job)).checkpoint_tokens, 4096);
  EXPECT_EQ(JobFromJson(ToJson(job)).continues, (std::vector<std::string>{"a", "b"}));
}

TEST(Job, IsNamedByItsContent) {
  Job job;
  job.runs.resize(1);
  job.runs.front().source.d_in = 64;
  job.runs.front().source.identity = "abc";
  job.source = job.runs.front().source;
  job.id = ComputeId(job);
  const Job back = JobFromJson(ToJson(job));
  EXPECT_EQ(ComputeId(back), job.id);
  Job threads = job;
  threads.threads = 7;
  EXPECT_EQ(ComputeId(threads), job.id);
}

TEST(Job, HowItIsCarriedOutIsNoPartOfItsName) {
  Job job;
  job.runs.resize(1);
  const std::string id = ComputeId(job);
  job.checkpoint_seconds = 1;
  job.checkpoint_tokens = 1;
  job.continues = {"a"};
  job.threads = 3;
  EXPECT_EQ(ComputeId(job), id);
}

// A job file of before there were these keys.
TEST(Job, ReadsFilesWithoutLaterKeys) {
  Job job;
  job.checkpoint_tokens = 5;
  std::string text = ToJson(job);
  for (const std::string key : {"checkpoint_tokens", "continues"}) {
    text.replace(text.find(key), 2, "x_");
  }
  EXPECT_EQ(JobFromJson(text).checkpoint_tokens, 0);
  EXPECT_TRUE(JobFromJson(text).continues.empty());
}

}  // namespace
}  // namespace saelaw
