// The self-criticism of the laws of a sweep, each in terms of fit/critic/lr_criticism.h. Empty
// where there is no law.
#pragma once

#include <span>
#include <vector>

#include "fit/critic/answer_law.h"

namespace saelaw {

Criticism CriticiseLrLaw(const LawQuestion& question, const LrLawFit& fit);
Criticism CriticiseLrEdge(const LawQuestion& question, const LrEdgeFit& fit);
Criticism CriticiseLrSurface(const LawQuestion& question, const LrSurfaceFit& fit);
Criticism CriticiseComputeLaw(const LawQuestion& question, const ComputeLawFit& fit);

// Where an optimum stands, without its rate.
Point FindPlace(const LrOptimum& optimum);
// Of the sizes whose edge is bracketed: places of a loss of 1.
std::vector<Point> BracketedPlaces(const LrEdgeFit& fit);

}  // namespace saelaw
