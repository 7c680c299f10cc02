// Which token a text begins with, and which ids are no text: what transformers reads of the files
// around a tokenizer.json. For the .cc files of tokens/.
#pragma once

#include "tokens/json_values.h"
#include "tokens/tokenizer_model.h"

namespace saelaw {

// Sets bos, eos, add_bos and special of a model whose tokens are read; `tokenizer` is the content
// of tokenizer.json. As transformers 5 does:
// - post_processor alone decides whether a text begins with a special token, and with which one
//   (add_bos_token of tokenizer_config.json changes nothing);
// - the names of bos, eos and padding are those of tokenizer_config.json, else of
//   special_tokens_map.json; where neither names them, an id in config.json or
//   generation_config.json is taken if it is an added token.
// Throws ConfigurationError where several tokens are put before a text.
void ReadSpecialTokens(TokenizerModel& model, const json::Json& tokenizer);

}  // namespace saelaw
