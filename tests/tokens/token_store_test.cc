#include "tokens/token_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "tokens/fixtures.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeStore;

TEST(TokenStore, ADocumentWithoutTokensLeavesNoTrace) {
  TokenStore store = MakeStore({{1, 2}, {}, {3}});
  EXPECT_THAT(store.ids(), ElementsAre(1, 2, 3));
  EXPECT_THAT(store.begins(), ElementsAre(0, 2, 3));
  EXPECT_THAT(TokenStore().begins(), ElementsAre(0));
}

TEST(TokenStore, OpensWhatItSaved) {
  const TemporaryFolder folder;
  TokenStore store = MakeStore({{1, 2}, {3}});
  store.reading().counts.documents = 2;
  store.reading().counts.repaired[2] = {5, 6};
  store.Save(folder.path() / "x.tokens");
  std::optional<TokenStore> opened = TokenStore::Open(folder.path() / "x.tokens");
  ASSERT_TRUE(opened.has_value());
  const TokenStore moved = *std::move(opened);  // the mapped ids move along
  EXPECT_THAT(moved.ids(), ElementsAre(1, 2, 3));
  EXPECT_THAT(moved.begins(), ElementsAre(0, 2, 3));
  EXPECT_EQ(moved.reading().counts.documents, 2);
  EXPECT_EQ(moved.reading().counts.repaired[2].characters, 6);
}

TEST(TokenStore, AnEmptyOneIsSavedToo) {
  const TemporaryFolder folder;
  TokenStore().Save(folder.path() / "x.tokens");
  const std::optional<TokenStore> opened = TokenStore::Open(folder.path() / "x.tokens");
  ASSERT_TRUE(opened.has_value());
  EXPECT_THAT(opened->ids(), IsEmpty());
}

// The caller makes anew what does not open: damage is a slow start, never a wrong corpus.
TEST(TokenStore, OpensNothingDamaged) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.tokens";
  EXPECT_FALSE(TokenStore::Open(path).has_value());
  MakeStore({{1, 2}, {3}}).Save(path);
  const std::string whole = ReadFile(path);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(TokenStore::Open(folder.Write("cut", whole.substr(0, i))).has_value()) << i;
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(TokenStore::Open(folder.Write("changed", changed)).has_value()) << i;
  }
  EXPECT_FALSE(TokenStore::Open(folder.Write("longer", whole + '\0')).has_value());
}

TEST(TokenStore, SayingWhereItCannotBeSaved) {
  EXPECT_THROW(TokenStore().Save("/no/such/folder/x.tokens"), Error);
}

}  // namespace
}  // namespace saelaw
