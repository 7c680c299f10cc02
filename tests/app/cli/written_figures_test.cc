#include "app/cli/written_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

TEST(WriteFigures, WritesEachAsAFileOfItsName) {
  const TemporaryFolder folder;
  document::Document document;
  document.blocks.emplace_back(document::Figure{"loss", "Loss", "A note."});
  document.blocks.emplace_back(document::Section{"", {document::Figure{"rates", "Rates", ""}}});
  const std::filesystem::path into = folder.path() / "a" / "b";
  ::testing::internal::CaptureStderr();
  WriteFigures(document, into.string());
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "written: " + into.string() + "/loss.svg rates.svg\n");
  EXPECT_THAT(ReadFile(into / "loss.svg"), ::testing::HasSubstr("A note."));
  EXPECT_THAT(ReadFile(into / "rates.svg"), ::testing::HasSubstr("<svg"));
}

}  // namespace
}  // namespace saelaw
