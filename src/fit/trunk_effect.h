// Profile intervals of points that leave common trunks.
#pragma once

#include <memory>

#include "fit/uncertainty.h"

namespace saelaw {

// Widens intervals that count points as independent by what is common to the points of a trunk: a
// deviation u of each trunk, beside that of each point, estimated from the residuals (one-way
// analysis of variance). A law's variance is then s²·(h - k/n) + S²·k/n with s², S² the mean
// squares within and between trunks, n the points of a trunk, h = g'(J'J)⁻¹g for the quantity's
// gradient g, and k = Σ over trunks of (g'(J'J)⁻¹J'1)²: what moves all points alike (a level) is
// known as well as the trunks are many, an exponent hardly suffers. Never narrower than without; as
// it is where no trunk is shared, or all is one trunk. Least squares.
std::shared_ptr<const Uncertainty> WithTrunks(std::shared_ptr<const Uncertainty> independent,
                                              std::shared_ptr<const FittedLaw> fit,
                                              double level);

}  // namespace saelaw
