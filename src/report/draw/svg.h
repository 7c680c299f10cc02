// The one way in which a figure is drawn: on the page, in print and as a file.
//
// It is a writer of our own, because what was found does not hold up for a program that starts in
// milliseconds and writes a page that needs nothing else. Of Debian 12: gnuplot (5.4) draws all of
// this, but is a program to be installed beside this one, and its SVG takes its colours from the
// script, so that a dark page would need a second drawing; matplot++ and sciplot call gnuplot.
// libplot (plotutils 2.6, of 2009), PLplot (5.15) and MathGL (8) write SVG without classes and
// without a title for each point, so that a page could neither recolour nor explain what it shows;
// cairo (1.16) has no axes and writes letters as outlines, which nobody can search or read aloud.
// Vega, Plotly and Chart.js (used in 0.1) need a browser or node, and canvas does not print
// well. What is left to be written is small: scales, ticks, five kinds of marks.
#pragma once

#include <string>
#include <string_view>

#include "report/document/figure.h"

namespace saelaw {

// An <svg> element with title and description. Each place with a `hover` is a <g class="place">
// whose <title> says it. Colours are those of FigureStyle, which must stand around it.
std::string FigureSvg(const document::Figure& figure);
// The same as a file of its own, for light and dark.
std::string FigureFile(const document::Figure& figure);

// draw/figure.css, embedded at build time (cmake/EmbedText.cmake).
std::string_view FigureStyle();

}  // namespace saelaw
