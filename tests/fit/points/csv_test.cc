#include "fit/points/csv.h"

#include <chrono>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "fit/points/run_status.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

// The message of the Error that reading `text` gives; empty when it is read.
std::string Fault(std::string_view text, const std::string& columns = "") {
  try {
    ParseCsvPoints(text, "a.csv", ParseCsvColumns(columns));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(CsvPoints, ReadsTheColumnsNamed) {
  const CsvPoints read =
      ParseCsvPoints("D,N,lr,L,S\r\n1e6,2,3e-4,0.5,7\r\n\r\n2e6,4,+1e-4, 0.25 ,8\n",
                     "a.csv",
                     ParseCsvColumns("tokens=D,params=N,lr=lr,loss=L,seed=S"));
  ASSERT_EQ(read.points.size(), 2u);
  EXPECT_EQ(read.points[0].tokens, 1e6);
  EXPECT_EQ(read.points[0].params, 2);
  EXPECT_EQ(read.points[0].lr, 3e-4);
  EXPECT_EQ(read.points[1].loss, 0.25);
  EXPECT_EQ(read.points[1].lr, 1e-4);
  EXPECT_EQ(read.points[1].seed, 8);
  EXPECT_EQ(read.points[1].row, 4);
}

TEST(CsvPoints, TakesColumnsByTheirOwnNames) {
  const CsvPoints read = ParseCsvPoints("tokens;loss;note\n\"5\";0.5;x\n", "a.csv", {});
  ASSERT_EQ(read.points.size(), 1u);
  EXPECT_EQ(read.points[0].tokens, 5);
  EXPECT_TRUE(std::isnan(read.points[0].lr));
}

// Points of `rows`, each of which is tokens and loss.
CsvPoints Read(std::string_view text, const std::string& columns = "") {
  return ParseCsvPoints(text, "a.csv", ParseCsvColumns(columns));
}

std::vector<double> Tokens(const CsvPoints& read) {
  std::vector<double> tokens;
  for (const Point& point : read.points) tokens.push_back(point.tokens);
  return tokens;
}

TEST(CsvPoints, SortsByStatus) {
  const CsvPoints read = Read(
      "tokens,loss,status\n1,0.5,done\n2,,completed\n3,0.9,collapsed\n4,nan,diverged\n5,1,"
      "stopped\n6,junk,NODE_FAIL\n7,nan,crashed\n");
  ASSERT_EQ(read.points.size(), 2u);
  EXPECT_TRUE(std::isnan(read.points[1].loss));
  EXPECT_EQ(read.without_loss, 1);
  ASSERT_EQ(read.failed.size(), 2u);
  EXPECT_EQ(read.failed[0].failure, Failure::kCollapsed);
  EXPECT_EQ(Name(read.failed[1].failure), "diverged");
  ASSERT_EQ(read.dropped.size(), 3u);
  EXPECT_EQ(read.dropped[0].row, 6);
  EXPECT_EQ(read.dropped[0].reason, "status is stopped (not finished)");
  EXPECT_EQ(read.dropped[1].reason, "status is NODE_FAIL (machine trouble, not instability)");
  ASSERT_EQ(read.warnings.size(), 1u);
  EXPECT_EQ(std::get<warning::TroubleWithoutLoss>(read.warnings[0]).runs, 1u);
}

TEST(CsvPoints, ListsStatusWordsThatAreNotKnown) {
  const std::string fault = Fault("tokens,loss,status\n1,1,done\n2,x,foo\n3,1,bar\n4,1,foo\n");
  EXPECT_THAT(fault, HasSubstr("a.csv:3:5: status 'foo' (2 rows), 'bar' (1 row) are not known"));
  EXPECT_THAT(fault, HasSubstr("finished: done, completed, complete, finished, terminated"));
  std::string many = "tokens,loss,status\n";
  for (int i = 0; i < 1000; ++i)
    many += "1,1,word" + std::to_string(i) + std::string(99, 'x') + "\n";
  EXPECT_THAT(Fault(many), HasSubstr("and others (995 rows) are not known"));
  EXPECT_LT(Fault(many).size(), 1200u);
}

TEST(CsvPoints, WarnsOfAStatusThatNobodyAskedFor) {
  const std::string text = "tokens,loss,State\n1,1,finished\n2,1,crashed\n3,1,running\n";
  const CsvPoints unread = Read(text);
  EXPECT_EQ(unread.points.size(), 3u);
  ASSERT_EQ(unread.warnings.size(), 1u);
  const auto& status = std::get<warning::UnreadStatus>(unread.warnings[0]);
  EXPECT_EQ(status.column, "State");
  EXPECT_EQ(status.rows, 2u);
  const CsvPoints read = Read(text, "tokens=tokens,loss=loss,status=state");
  EXPECT_EQ(read.points.size(), 1u);
  EXPECT_TRUE(read.warnings.empty());
}

TEST(RunStatus, KnowsTheWordsOfTrackersAndSchedulers) {
  for (const char* word : {"finished",
                           "FINISHED",
                           "Completed",
                           "COMPLETE",
                           "TERMINATED",
                           "success",
                           " done ",
                           "",
                           "TrialState.COMPLETE"}) {
    EXPECT_EQ(ReadRunStatus(word), RunStatus::kFinished) << word;
  }
  for (const char* word : {"crashed",
                           "failed",
                           "killed",
                           "FAIL",
                           "ERROR",
                           "NODE_FAIL",
                           "TIMEOUT",
                           "CANCELLED",
                           "CANCELLED by 1000",
                           "CANCELLED+",
                           "OUT_OF_MEMORY",
                           "OUT_OF_ME+",
                           "out-of-memory",
                           "PREEMPTED",
                           "BOOT_FAIL",
                           "oom"}) {
    EXPECT_EQ(ReadRunStatus(word), RunStatus::kTrouble) << word;
  }
  for (const char* word : {"running",
                           "preempting",
                           "PRUNED",
                           "WAITING",
                           "PENDING",
                           "PAUSED",
                           "SCHEDULED",
                           "in progress",
                           "stopped"}) {
    EXPECT_EQ(ReadRunStatus(word), RunStatus::kUnfinished) << word;
  }
  for (const char* word : {"diverged", "nan", "NaN", "non-finite"}) {
    EXPECT_EQ(ReadRunStatus(word), RunStatus::kDiverged) << word;
  }
  EXPECT_EQ(ReadRunStatus("collapsed"), RunStatus::kCollapsed);
  for (const char* word : {"fine", "c+", "42", "finishedd"}) {
    EXPECT_EQ(ReadRunStatus(word), RunStatus::kUnknown) << word;
  }
}

TEST(CsvPoints, ReadsLineBreaksSeparatorsAndQuotesInsideQuotes) {
  const CsvPoints read =
      Read("tokens,notes,loss\r\n1,\"node lost\r\nagain, \"\"fine\"\"\",0.5\r\n2, \"x\" ,0.4\r\n");
  ASSERT_EQ(read.points.size(), 2u);
  EXPECT_EQ(read.points[0].loss, 0.5);
  EXPECT_EQ(read.points[0].row, 2);
  EXPECT_EQ(read.points[1].row, 4);
  EXPECT_EQ(Fault("tokens,notes,loss\n1,\"a\nb\",c\n"), "a.csv:3:4: not a number: 'c'");
  EXPECT_THAT(Fault("tokens,loss\n1,\"0.5\n2,0.4\n"),
              HasSubstr("a.csv:2:4: a quoted field begins here and never ends"));
  EXPECT_EQ(Read("tokens,loss,disk\n1,0.5,5\" disk\n").points.size(), 1u);
}

TEST(CsvPoints, ReadsEveryKindOfLineEndAndSeparator) {
  for (const char* text : {"tokens,loss\n1,2\n3,4",
                           "tokens,loss\r1,2\r3,4\r",
                           "tokens,loss\r\n1,2\r\n\r\n3,4\r\n",
                           "tokens|loss\n1|2\n3|4\n",
                           "tokens\tloss\n1\t2\n3\t4\n",
                           "tokens;loss\n1;2\n3;4\n",
                           "\xEF\xBB\xBFsep=;\r\ntokens;loss\r\n1;2\r\n3;4\r\n",
                           "sep=^\ntokens^loss\n1^2\n3^4\n",
                           "tokens,loss\n,\n1,2\n3,4\n",
                           "tokens;loss;\"a, b, c, d\"\n1;2;\n3;4;5,6\n"}) {
    EXPECT_EQ(Tokens(Read(text)), (std::vector<double>{1, 3})) << text;
  }
}

TEST(CsvPoints, ReadsUtf16) {
  const auto wide = [](std::string_view text, bool big_endian) {
    std::string bytes;
    for (const char c : text) bytes += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
    return bytes;
  };
  const std::string text = "tokens,loss\r\n1,2\r\n3,4\r\n";
  for (const std::string& bytes : {"\xFF\xFE" + wide(text, false),
                                   "\xFE\xFF" + wide(text, true),
                                   wide(text, false),
                                   wide(text, true)}) {
    EXPECT_EQ(Tokens(Read(bytes)), (std::vector<double>{1, 3}));
  }
  EXPECT_THAT(Fault("\xFF\xFE" + wide(text, false) + "x"),
              HasSubstr("UTF-16 with half a character"));
}

TEST(CsvPoints, NamesFilesThatAreNoTables) {
  EXPECT_THAT(Fault("PK\x03\x04..."), HasSubstr("a spreadsheet or a ZIP archive"));
  EXPECT_THAT(Fault("\x1F\x8B..."), HasSubstr("compressed: unpack it first"));
  EXPECT_THAT(Fault("{\"tokens\": 1}\n"), HasSubstr("JSON"));
  EXPECT_THAT(Fault("[\n {\"tokens\": 1}]"), HasSubstr("JSON"));
  EXPECT_THAT(Fault(std::string_view("tokens,loss\n1,\0\n", 16)), HasSubstr("binary data"));
}

TEST(CsvPoints, SkipsCommentsAndSaysWhichCouldBeRows) {
  const CsvPoints read =
      Read("# my runs, of May\n\n#x\ntokens,loss\n1,2\n# a note\n#2,5\n3,4\n5,#N/A\n");
  EXPECT_EQ(Tokens(read), (std::vector<double>{1, 3, 5}));
  ASSERT_EQ(read.warnings.size(), 1u);
  EXPECT_EQ(std::get<warning::RowsInComments>(read.warnings[0]).rows, 1u);
  EXPECT_EQ(std::get<warning::RowsInComments>(read.warnings[0]).fields, 2u);
}

TEST(CsvPoints, TakesTheCommentAboveNumbersForTheHeader) {
  EXPECT_EQ(Tokens(Read("# made by numpy\n# tokens,loss\n1,2\n3,4\n")),
            (std::vector<double>{1, 3}));
  EXPECT_THAT(Fault("1000,0.5\n2000,0.4\n"),
              HasSubstr("the file has: 1000, 0.5; a table begins with a line of column names"));
}

TEST(CsvPoints, FindsNamesInAnyCaseWhereOneFits) {
  EXPECT_EQ(Tokens(Read("Tokens,Seed,Loss\n1,1,2\n")), (std::vector<double>{1}));
  EXPECT_EQ(Tokens(Read("D,d,L\n1,2,3\n", "tokens=d,loss=l")), (std::vector<double>{2}));
  EXPECT_THAT(Fault("Tokens,TOKENS,loss\n1,2,3\n"), HasSubstr("2 columns are called 'tokens'"));
}

TEST(CsvPoints, RefusesANameThatIsThereTwice) {
  EXPECT_THAT(Fault("tokens,loss,loss\n1,2,3\n", "tokens=tokens,loss=loss"),
              HasSubstr("a.csv:1:13: 2 columns are called 'loss' (for loss)"));
  EXPECT_THAT(Fault("tokens,loss,loss\n1,2,3\n"), HasSubstr("2 columns are called 'loss'"));
  EXPECT_EQ(Read("tokens,loss,x,x\n1,2,3,4\n").points.size(), 1u);
}

TEST(CsvPoints, ReadsUnitsAndThousands) {
  EXPECT_EQ(Tokens(Read("tokens,loss\n250M,1\n1.00M,1\n\"250,000,000\",1\n33_554_432,1\n16Ki,1\n"
                        "\"1,500\",1\n33 554 432,1\n1E+06,1\n2.1 B,1\n\"1,234.5\",1\n")),
            (std::vector<double>{
                250e6, 1e6, 250e6, 33554432, 16384, 1500, 33554432, 1e6, 2.1e9, 1234.5}));
  for (const char* cell : {"\"0,500\"",
                           "\"1,50\"",
                           "\"1,500M\"",
                           "\"12,34,567\"",
                           "1.000.000",
                           "5 bananas",
                           "\"8192,16384\""}) {
    EXPECT_THAT(Fault("tokens,loss\n" + std::string(cell) + ",1\n"), HasSubstr("not a number"))
        << cell;
  }
  EXPECT_THAT(Fault("tokens;loss\n1;2,345\n"), HasSubstr("decimals are written with a point"));
  EXPECT_THAT(Fault("tokens,loss\n5 bananas,1\n"), HasSubstr("units are K, M, B"));
}

TEST(CsvPoints, KnowsTheWordsForMissingAndNotFinite) {
  for (const char* word : {"",
                           "NA",
                           "N/A",
                           "n/a",
                           "#N/A",
                           "NULL",
                           "null",
                           "None",
                           "-",
                           "<NA>",
                           "nan",
                           "NaN",
                           "-nan",
                           "-1.#IND",
                           "\xE2\x80\x93"}) {
    const CsvPoints read = Read("tokens,loss\n1," + std::string(word) + "\n");
    ASSERT_EQ(read.points.size(), 1u) << word;
    EXPECT_TRUE(std::isnan(read.points[0].loss)) << word;
  }
  for (const char* word : {"inf", "Infinity", "+inf", "1.#INF"}) {
    EXPECT_TRUE(std::isinf(Read("tokens,loss\n1," + std::string(word) + "\n").points[0].loss))
        << word;
  }
}

TEST(CsvPoints, TakesNamesForSeedsAndStreams) {
  const CsvPoints read = Read(
      "tokens,stream,loss\n1,abc1,1\n2,abc2,1\n3,abc1,1\n4,7,1\n5,,1\n6,8.0,1\n7,"
      "98765432109876543210,1\n");
  ASSERT_EQ(read.points.size(), 7u);
  EXPECT_NE(read.points[0].stream, read.points[1].stream);
  EXPECT_EQ(read.points[0].stream, read.points[2].stream);
  EXPECT_EQ(read.points[3].stream, 7);
  EXPECT_EQ(read.points[4].stream, 0);
  EXPECT_EQ(read.points[5].stream, 8);
  EXPECT_GT(read.points[6].stream, 0);
}

TEST(CsvPoints, MessagesAreOneShortLine) {
  const std::string wide(100'000, 'x');
  std::string header = "tokens";
  for (int i = 0; i < 5000; ++i) header += "," + wide.substr(0, 50) + std::to_string(i);
  for (const std::string& text : {header + "\n",
                                  wide,
                                  "tokens,loss\n1," + wide + "\n",
                                  "tokens,loss\n\"a\nb\rc\x01\xFF" + wide + "\",1\n"}) {
    const std::string fault = Fault(text);
    EXPECT_FALSE(fault.empty());
    EXPECT_LT(fault.size(), 1000u);
    EXPECT_EQ(fault.find_first_of("\n\r\x01\xFF"), std::string::npos) << fault;
  }
}

TEST(CsvPoints, ListsWhatIsThereWhenAColumnIsMissing) {
  EXPECT_THAT(Fault("D,L\n1,2\n", "tokens=tokens,loss=L"),
              HasSubstr("a.csv:1:1: no column 'tokens' (for tokens); the file has: D, L"));
  EXPECT_THAT(Fault("D,L\n1,2\n"),
              HasSubstr("no column 'loss' (for loss); the file has: D, L; say which: --columns "
                        "loss=NAME"));
  EXPECT_THAT(Fault(""), HasSubstr("no header line"));
}

TEST(CsvPoints, SaysWhereAFieldIsWrong) {
  EXPECT_EQ(Fault("tokens,loss\n1,0.5\n2,abc\n"), "a.csv:3:3: not a number: 'abc'");
  EXPECT_THAT(Fault("tokens,loss\n1,1e999\n"), HasSubstr("a.csv:2:3: number out of range"));
  EXPECT_THAT(Fault("tokens,loss,seed\n1,1,0.5\n"), HasSubstr("a.csv:2:5: a seed or stream"));
  EXPECT_THAT(Fault("tokens,loss\n1\n"),
              HasSubstr("a.csv:2:1: 1 fields where the header has 2 (row 1 of the data)"));
}

TEST(CsvPoints, RecognisesADecimalComma) {
  EXPECT_THAT(Fault("tokens;loss\n1;0,5\n"), HasSubstr("decimals are written with a point"));
  EXPECT_THAT(Fault("tokens,loss\n1,0,5\n"), HasSubstr("decimals are written with a point"));
}

TEST(CsvColumns, RejectsUnknownKeys) {
  EXPECT_THROW(ParseCsvColumns("token=D"), Error);
  EXPECT_THROW(ParseCsvColumns("tokens"), Error);
  EXPECT_THROW(ParseCsvColumns("tokens="), Error);
}

TEST(CsvColumns, TakesNamesWithCommas) {
  const CsvColumns quoted =
      ParseCsvColumns("tokens=Step, loss=\"lr: 1e-3, bs: \"\"32\"\" - loss\"");
  EXPECT_EQ(quoted.tokens, "Step");
  EXPECT_EQ(quoted.loss, "lr: 1e-3, bs: \"32\" - loss");
  const CsvColumns plain = ParseCsvColumns("loss=lr: 0.001, bs: 32 - loss,tokens=Step");
  EXPECT_EQ(plain.loss, "lr: 0.001, bs: 32 - loss");
  EXPECT_EQ(plain.tokens, "Step");
  EXPECT_THROW(ParseCsvColumns("tokens=D,los=L"), Error);
  EXPECT_THROW(ParseCsvColumns("tokens=D,tokens=E"), Error);
}

TEST(CsvColumns, AsksTheHeaderWhereTextHasTwoReadings) {
  const std::vector<CsvField> header = {{"a, lr=3", false, 1, 1}, {"D", false, 1, 10}};
  const CsvColumns columns = ParseCsvColumns("loss=a, lr=3,tokens=d", header);
  EXPECT_EQ(columns.loss, "a, lr=3");
  EXPECT_EQ(columns.tokens, "d");
  EXPECT_EQ(columns.lr, "");
}

TEST(CsvPoints, ReadsManyRowsInSeconds) {
  std::string text = "tokens,params,lr,loss,seed\n";
  for (int i = 0; i < 200'000; ++i) text += "123456789,65536,0.0003,0.4567891234,3\n";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ParseCsvPoints(text, "a.csv", {}).points.size(), 200'000u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

// Source: tests/fit/data/cases/README.md: one table as many programs write it.
TEST(CsvPoints, ReadsOneTableInEveryDialect) {
  const auto read = [](const std::string& file, const char* columns) {
    const std::string folder = std::string(SAELAW_SOURCE_DIR) + "/tests/fit/data/cases/";
    return ReadCsvPoints(folder + file + ".csv", columns);
  };
  const CsvPoints base = read("base", "");
  for (const char* dialect : {"case", "comment", "cr", "hash_seed", "pipe", "units"}) {
    for (const char* columns : {"", "tokens=tokens,loss=loss"}) {
      const CsvPoints other = read(std::string("dialect_") + dialect, columns);
      ASSERT_EQ(other.points.size(), 18u) << dialect;
      EXPECT_EQ(Tokens(other), Tokens(base)) << dialect;
      EXPECT_EQ(other.points[7].loss, base.points[7].loss) << dialect;
    }
  }
  // Streams may be names, and are told apart.
  const CsvPoints named = read("dialect_hash_seed", "tokens=tokens,stream=stream,loss=loss");
  EXPECT_NE(named.points[0].stream, named.points[1].stream);
  EXPECT_EQ(named.points[0].stream, named.points[3].stream);
  const CsvPoints finished = read("dialect_status_all_finished", "loss=loss,status=state");
  EXPECT_EQ(finished.points.size(), 18u);
  const CsvPoints mixed = read("dialect_status_mix", "tokens=tokens,loss=loss,status=status");
  EXPECT_EQ(mixed.points.size(), 10u);
  EXPECT_EQ(mixed.dropped.size(), 8u);
  EXPECT_THROW(read("dialect_dupheader", ""), Error);
}

TEST(CsvPoints, KeepsColumnsThatMayExplainTheLosses) {
  const CsvPoints read = Read(
      "tokens,loss,arch,n_params,date\n1,2,A,5,a\n2,2,B,6,b\n3,2,A,7,c\n"
      "4,1,A,8,d\n5,1,A,9,e\n6,1,A,9,f\n7,1,A,9,g\n");
  ASSERT_EQ(read.unread.size(), 2u);
  EXPECT_EQ(read.unread[0].name, "arch");
  EXPECT_EQ(read.unread[0].words[1], "B");
  EXPECT_EQ(read.unread[1].like, Variable::kParams);
  EXPECT_EQ(read.columns[kLossKey], "a.csv:1:8: column 'loss'");
}

}  // namespace
}  // namespace saelaw
