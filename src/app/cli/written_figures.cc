#include "app/cli/written_figures.h"

#include <filesystem>

#include <fmt/format.h>

#include "app/cli/messages.h"
#include "core/files.h"
#include "orchestrate/answer.h"
#include "report/draw/svg.h"

namespace saelaw {

void WriteFigures(const document::Document& document, const std::string& folder) {
  const std::filesystem::path path = folder;
  MakeFolder(path);
  std::string written;
  for (const document::Figure* figure : document::FiguresIn(document)) {
    WriteFile(path / (figure->id + ".svg"), FigureFile(*figure));
    written += fmt::format("{}{}.svg", written.empty() ? "" : " ", figure->id);
  }
  Say("written: {}/{}\n", folder, written);
}

}  // namespace saelaw
