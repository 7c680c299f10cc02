// The identity of the data behind a source: what its content is, whatever it is called. The planner
// names runs by it, and the trainer checks it before anything is trained under such a name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/run_spec.h"

namespace saelaw {

class Corpus;
class Tokenizer;

// Of a source's parts: SourceSpec::identity. Stored in run names: do not change.
std::string CombineIdentity(const DataParts& parts);

// Hash of a tokenizer's ids and of the token that it puts in front.
std::string TokenizerHash(const Tokenizer& tokenizer);

// Weights and configuration of a language model, all of which may be read; the rest is empty.
// Throws IoError.
DataParts ModelParts(const std::filesystem::path& model, const std::filesystem::path& cache_folder);

// What differs, in words for the user ("the weights", "the text"); empty when nothing does, or when
// either does not say.
std::vector<std::string> ChangedParts(const DataParts& before, const DataParts& now);

// Watches a trainer's data from before it is loaded until its job is done.
class DataWatch {
 public:
  // Reads what there is to be hashed of the source's weights or manifest, before they are loaded.
  // A source without an identity (synthetic, or a job made by hand) is not watched. Throws
  // ConfigurationError when weights or configuration are not what the source's parts say, IoError
  // when they are not there.
  DataWatch(const SourceSpec& source, const std::filesystem::path& cache_folder);

  // `text`: Corpus::Identity() of the text that was really loaded; empty for other sources. Throws
  // ConfigurationError unless all that was loaded has the source's identity.
  void CheckLoaded(const std::string& text) const;

  // Throws ConfigurationError when weights, configuration or manifest were written since the watch
  // began. Reads nothing of them.
  void CheckUntouched() const;

 private:
  std::string Stamps() const;
  [[noreturn]] void Refuse(const DataParts& now) const;

  SourceSpec source_;
  bool watched_;
  std::vector<std::filesystem::path> files_;
  std::string stamps_;
  DataParts now_;
};

}  // namespace saelaw
