// Only this file asks whether stdout is a terminal, so that the renderers follow their options
// alone and can be tested without one.
#include "app/cli/on_terminal.h"

#include <unistd.h>

#include "report/render/text.h"

namespace saelaw {

RenderOptions StdoutOptions() {
  RenderOptions options;
  options.colour = ::isatty(STDOUT_FILENO) == 1;
  return options;
}

std::string OnTerminal(const document::Document& document) {
  return RenderText(document, StdoutOptions());
}

}  // namespace saelaw
