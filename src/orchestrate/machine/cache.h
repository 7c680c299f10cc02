// The folder of what is slow to work out and can be worked out again: tokenised corpora, hashes,
// vectors of a language model.
#pragma once

#include <filesystem>
#include <string>

#include "core/run_spec.h"
#include "orchestrate/watch/watcher.h"

namespace saelaw {

// $SAELAW_CACHE, else $XDG_CACHE_HOME/saelaw, else ~/.cache/saelaw.
std::filesystem::path CacheRoot();

class Cache {
 public:
  // Makes nothing yet. Keeps the reference.
  explicit Cache(Watcher& watcher, std::filesystem::path root = CacheRoot());

  // <root>/corpora, made when it is missing. Empty where that cannot be: then nothing is kept,
  // which is told once.
  std::filesystem::path Folder();
  // The same for the jobs of a source; empty for those that keep nothing: all but language models.
  std::string FolderFor(const SourceSpec& source);

 private:
  Watcher& watcher_;
  std::filesystem::path root_;
  bool told_ = false;
};

}  // namespace saelaw
