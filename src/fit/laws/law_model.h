// What a loss law is to the fitter: a LogModel that can also make rows from points, start a search
// and name its parameters. A new law is a file with such a class and one line in loss_laws.cc.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fit/points/point.h"
#include "fit/solve/log_model.h"

namespace saelaw {

// A parameter as people know it, derived from the internal u.
struct NamedParameter {
  std::string name;
  double value = 0;
  bool on_bound = false;
  // ln of the parameter, or the parameter itself when it is `linear` (it may be negative). Empty
  // for a parameter that is not fitted.
  LogQuantity quantity;
  bool linear = false;
  // The search's own ends, where it has some: an interval that reaches one is not bounded by the
  // points.
  double smallest = -std::numeric_limits<double>::infinity();
  double largest = std::numeric_limits<double>::infinity();
  // What a linear quantity is counted in: the parameter is so many times the quantity. A search
  // whose numbers are near 1 does not depend on the units of loss.
  double unit = 1;
};

class LawModel : public LogModel {
 public:
  // A row of a Sample from a point.
  virtual Vector Row(const Point& point) const = 0;
  // In the order of LawInfo::parameters.
  virtual std::vector<NamedParameter> Parameters(const Vector& u) const = 0;
  // The starting region: at most `count` points, the most promising first; empty when no start lies
  // in the law's domain.
  virtual std::vector<Vector> Starts(const Sample& sample, int count) const = 0;

  // The floor, where it is a parameter of its own that may turn out to be nothing. These have an
  // answer only where has_free_floor().
  virtual bool has_free_floor() const { return false; }
  virtual bool FloorVanishes(const Vector& u) const;
  // The law with a floor of 0, u of it from u of this one, and back.
  virtual std::shared_ptr<const LawModel> WithoutFloor() const { return nullptr; }
  virtual Vector DropFloor(const Vector& u) const { return u; }
  virtual Vector AddVanishedFloor(const Vector& terms_only) const { return terms_only; }
  // The law whose floor may be negative, which has no bound and so regular intervals; null when the
  // law has none. It counts the floor in units of the typical loss at u, and SignFloor of the same
  // u is that place in it.
  virtual std::shared_ptr<const LawModel> WithSignedFloor(const Vector& /*u*/) const {
    return nullptr;
  }
  virtual Vector SignFloor(const Vector& u) const { return u; }
  // ln of the unit of a signed floor; 0 for laws without one.
  virtual double LogFloorUnit() const { return 0; }

  // ln of the least loss that the law knows at this row's size and data, over the lr and batch that
  // lie between `lowest` and `highest` (rows of those measured); NaN where it has no such
  // variables.
  virtual double LogBest(const Vector& u,
                         const double* x,
                         const Vector& lowest,
                         const Vector& highest) const;
};

// The i-th component of u as a quantity, among `size`.
LogQuantity Component(int index, int size);

// The floor of a law whose u begins with its logarithm, or which has it fixed.
NamedParameter FloorParameter(const LawModel& law, std::optional<double> fixed, const Vector& u);

}  // namespace saelaw
