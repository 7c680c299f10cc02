#include "report/render/formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

TEST(FormatNamed, FindsEachOfTheTable) {
  document::Document document;
  document.title = "a title";
  for (const Format& format : Formats()) {
    const std::string text = FormatNamed(format.name).render(document, {});
    EXPECT_THAT(text, testing::HasSubstr("a title")) << format.name;
  }
}

TEST(FormatNamed, ListsTheTableWhereItHasNoSuchName) {
  try {
    FormatNamed("pdf");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), testing::HasSubstr(FormatNames()));
  }
}

}  // namespace
}  // namespace saelaw
