// Why runs are wanted, and what a plan has to say besides them, in words: the only place that has
// them.
#pragma once

#include <string>
#include <vector>

#include "study/price/planned_run.h"
#include "study/rounds/expected_interval.h"
#include "study/rounds/plan_note.h"

namespace saelaw {

// "refines the best rate". Stored with the run in the database, where later versions show it.
std::string WhyAskedText(const WhyAsked& why);
// The same after the name of the run's arm, where it has one.
std::string WhyAskedText(const PlannedRun& run);

std::string NoteText(const PlanNote& note);
std::vector<std::string> NoteTexts(const std::vector<PlanNote>& notes);

// What an expected interval is foreseen from, and why none is; empty where that is not so.
std::string ForeseenFromText(const ExpectedInterval& expected);
std::string UnforeseenText(const ExpectedInterval& expected);

}  // namespace saelaw
