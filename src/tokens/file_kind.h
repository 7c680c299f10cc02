// What a file is that is not text, by its first bytes and never by its name.
#pragma once

#include <string_view>

namespace saelaw {

// A kind of file and what to do with one; no kind where nothing was recognised.
struct FileKind {
  std::string_view kind;
  std::string_view mend;
};

// Kinds that no text begins like: archives, tables, weights, images, documents, LFS pointers.
FileKind RecogniseKind(std::string_view bytes);

// Kinds whose mark is a few letters, which a text may begin with too: to be asked only about
// bytes that are known not to be text.
FileKind RecogniseBinaryKind(std::string_view bytes);

}  // namespace saelaw
