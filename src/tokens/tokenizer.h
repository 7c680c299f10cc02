// Byte-level BPE tokenizers of language models: text to token ids and back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

// Immutable to its callers; may be used by several threads at once.
class Tokenizer {
 public:
  // `path` is a tokenizer.json, a Hugging Face folder that holds one, or a GGUF file (known by its
  // first bytes, whatever its name). bos and eos come from the GGUF metadata, or as transformers
  // finds them around tokenizer.json (see ReadSpecialTokens). Throws IoError for an absent or
  // damaged file, ConfigurationError for a git LFS pointer and for a tokenizer that is not
  // byte-level BPE with a supported pre-tokenizer (gpt-2, smollm, llama-3).
  static Tokenizer Load(const std::filesystem::path& path);
  ~Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;

  // The ids of a text, without bos and eos. Text that looks like a special or added token is
  // encoded as the plain text that it is, so that no corpus can put control tokens into a context.
  // Ill-formed UTF-8 is no error: each maximal ill-formed part reads as U+FFFD (see RepairUtf8).
  // Bytes that the vocabulary has no token for become the unknown token, or nothing where there is
  // none, as the model's own tokenizer does. Time is n log n in the longest word at worst.
  std::vector<std::int32_t> Encode(std::string_view utf8) const;
  // The same, appended to `ids`.
  void Encode(std::string_view utf8, std::vector<std::int32_t>& ids) const;

  // The text of the ids, special tokens in their written form: Decode(Encode(x)) == x for valid
  // UTF-8 whose bytes the vocabulary covers. Ids that
  // begin or end inside a character give ill-formed UTF-8. An id that the vocabulary lacks is a
  // ConfigurationError.
  std::string Decode(std::span<const std::int32_t> ids) const;

  // All ids are below this; added tokens are counted.
  std::int32_t vocabulary() const;
  // All ids that text is encoded as are below this: added and control tokens are not counted.
  std::int32_t text_vocabulary() const;
  std::optional<std::int32_t> bos() const;
  std::optional<std::int32_t> eos() const;
  // Whether a text begins with bos, as transformers would add it (of a GGUF file: as llama.cpp
  // would). Never true without a bos(), which then is the token that is put there.
  bool add_bos() const;
  // Ids that are no text: bos, eos, padding and every token flagged special or control. Ascending,
  // each once.
  std::vector<std::int32_t> special_ids() const;

  // Hash of all that determines Encode's ids: byte tokens, merges, pre-tokenizer.
  // The same for a model's tokenizer.json and GGUF. Stored: do not change.
  std::string Identity() const;

 private:
  struct Parts;
  explicit Tokenizer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace saelaw
