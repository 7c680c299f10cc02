// The figures of a document as files.
#pragma once

#include <string>

#include "report/document/document.h"

namespace saelaw {

// Writes each as FOLDER/<id>.svg, making the folder where it is missing, and says so on stderr.
// Throws IoError.
void WriteFigures(const document::Document& document, const std::string& folder);

}  // namespace saelaw
