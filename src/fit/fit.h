// What other rooms see of the fits: points in, laws with intervals and what speaks against them
// out. They include this header and none of those below it.
#pragma once

#include "fit/critic/answer_criticism.h"
#include "fit/critic/answer_law.h"
#include "fit/critic/criticism.h"
#include "fit/critic/law_table.h"
#include "fit/intervals/held_out_error.h"
#include "fit/intervals/law_fit.h"
#include "fit/points/clusters.h"
#include "fit/points/csv.h"
#include "fit/points/outcome.h"
#include "fit/points/point.h"
#include "fit/points/repeats.h"
#include "fit/points/run_status.h"
#include "fit/rates/lr_advice.h"
#include "fit/rates/lr_edge.h"
#include "fit/rates/lr_held_out_error.h"
#include "fit/rates/lr_law.h"
#include "fit/rates/lr_surface.h"
#include "fit/rates/rate_table.h"
#include "fit/solve/distributions.h"
