// The report as one HTML file that needs no network and no other file: charts, tables, and the
// numbers themselves as an embedded JSON block.
#pragma once

#include <string>

#include "report/report.h"

namespace saelaw {

// A complete page. The element <script type="application/json" id="saelaw-data"> holds the object
// of ReportJson plus `series`, what the charts draw. An element with a `data-json` attribute shows
// the number, or the interval, at that JSON pointer; scripts/check-report compares them. The body's
// `data-ready` is "true" once every chart is painted.
std::string ReportHtml(const Report& report);

// Text as HTML content or attribute value: & < > " ' become entities.
std::string HtmlEscape(std::string_view text);

}  // namespace saelaw
