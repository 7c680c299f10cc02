#include "fit/points/csv_row.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

TEST(CsvRowReader, LeavesUnknownWhatTheTableLacks) {
  CsvLines lines("tokens,loss\n\n2M,0.5\n", "r.csv");
  const CsvLayout layout = FindColumns(lines, {});
  const CsvRowReader reader(lines, layout);
  std::vector<CsvField> fields;
  ASSERT_TRUE(lines.Next(fields));
  const Point point = reader.Read(fields);
  EXPECT_EQ(point.tokens, 2e6);
  EXPECT_EQ(point.loss, 0.5);
  EXPECT_TRUE(std::isnan(point.params));
  EXPECT_EQ(point.row, 3);
  EXPECT_EQ(reader.At(fields, kLrKey), nullptr);
}

TEST(CheckWidth, NamesTheRow) {
  CsvLines lines("a,b\n1,2\n3\n", "r.csv");
  std::vector<CsvField> fields;
  lines.Next(fields);
  EXPECT_NO_THROW(CheckWidth(lines, fields));
  lines.Next(fields);
  try {
    CheckWidth(lines, fields);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "r.csv:3:1: 1 fields where the header has 2 (row 2 of the data)");
  }
}

TEST(ReadCsvFile, NamesTheFile) {
  const TemporaryFolder folder;
  const CsvFile file = ReadCsvFile(folder.Write("t.csv", "a\n1\n"));
  EXPECT_EQ(file.bytes, "a\n1\n");
  EXPECT_EQ(file.name, (folder.path() / "t.csv").string());
  EXPECT_THROW(ReadCsvFile(folder.path() / "none.csv"), Error);
}

}  // namespace
}  // namespace saelaw
