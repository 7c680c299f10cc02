// A language model and its text, for tests of what reads them.
#pragma once

#include <filesystem>

#include <fmt/format.h>

#include "core/files.h"
#include "core/random.h"
#include "core/run_spec.h"
#include "temporary_folder.h"
#include "tokens/character_tokenizer.h"

namespace saelaw {

// The committed random checkpoint (3 layers, hidden size 32, contexts of at most 64) with that
// tokenizer, and 300 documents of 150 random characters.
class ModelFolder {
 public:
  ModelFolder() {
    std::filesystem::copy(std::filesystem::path(SAELAW_SOURCE_DIR) / "tests/llm/data/untied",
                          model());
    WriteFile(model() / "tokenizer.json", CharacterTokenizer());
    std::filesystem::create_directory(folder_.path() / "text");
    Random random(1);
    for (int i = 0; i < 300; ++i) {
      std::string text;
      for (int k = 0; k < 150; ++k) text += static_cast<char>('!' + random.Below(94));
      WriteFile(folder_.path() / fmt::format("text/{}.txt", i), text);
    }
  }

  std::filesystem::path model() const { return folder_.path() / "model"; }

  // 4 contexts of 32 usable tokens in each document, and one of the 18 tokens at its end.
  SourceSpec Spec() const {
    SourceSpec spec;
    spec.kind = SourceKind::kModel;
    spec.model.model = model().string();
    spec.model.text = {(folder_.path() / "text").string()};
    spec.model.layer = 1;
    spec.model.context_tokens = 33;
    spec.model.precision = Precision::kFp32;
    spec.held_out_tokens = 2000;
    return spec;
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace saelaw
