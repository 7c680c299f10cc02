// Loss against learning rate, batch size, size and data at once: a base law and three penalties.
#pragma once

#include "fit/laws/law_info.h"
#include "fit/laws/law_model.h"

namespace saelaw {

// f = floor + (coef_n·n^-exponent_n + coef_d·d^-exponent_d)^power + under + noise + unstable, each
// penalty a monomial c·n^p·d^q·batch^r·lr^s in centred variables (geometric means): under-training
// falls with lr (s < 0), gradient noise rises with it and falls with the batch (s > 0, r about -1),
// instability rises steeply. A posynomial, since unlike a parabola it extrapolates in batch and lr.
//
// u = [ln floor (when free), a_n, ln exponent_n, a_d, ln exponent_d, ln power] and for each penalty
// [ln c, p, q, r, ln |s|]. Weak normal priors hold what the points do not tell.
// Rows of a Sample hold ln n, ln d, ln batch, ln lr, centred.
class BatchLaw : public LawModel {
 public:
  static constexpr int kPenalties = 3;

  BatchLaw(const LawInfo& law, const LawSetting& setting);

  int Size() const override { return first_ + 5 + 5 * kPenalties; }
  double LogValue(const double* u, const double* x, double* gradient) const override;
  std::vector<Vector> Restarts(const Vector& /*u*/) const override { return {}; }
  std::vector<Prior> Priors() const override;

  Vector Row(const Point& point) const override;
  std::vector<NamedParameter> Parameters(const Vector& u) const override;
  // The law without coupling through each cell's best loss, with small penalties.
  std::vector<Vector> Starts(const Sample& sample, int count) const override;

  bool has_free_floor() const override { return first_ == 1; }
  bool FloorVanishes(const Vector& u) const override;
  double LogBest(const Vector& u,
                 const double* x,
                 const Vector& lowest,
                 const Vector& highest) const override;

 private:
  std::size_t Base(int place) const {
    const int at = first_ + place;
    return static_cast<std::size_t>(at);
  }
  std::size_t Penalty(int penalty, int place) const { return Base(5 + 5 * penalty + place); }

  const LawInfo* law_;
  LawSetting setting_;
  int first_;  // 1 when u begins with a floor
};

std::shared_ptr<const LawModel> MakeBatchLaw(const LawInfo& law, const LawSetting& setting);

const LawInfo& LrBatchSizeDataLaw();

}  // namespace saelaw
