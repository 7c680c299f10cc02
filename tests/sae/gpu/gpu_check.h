// Every kernel of a GPU step against plain arithmetic in fp64 on the numbers that the kernel itself
// was given: what a step leaves in the caller's memory is copied to the host and held against what
// each kernel should have made of it. Runs on any device that the open table steps on: a GPU, or
// host memory with the emulator.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "sae/gpu/gpu_evidence.h"

namespace saelaw::testing {

class StepChecker {
 public:
  explicit StepChecker(const StepEvidence& step) : step_(step), view_(step.view) {}

  std::vector<KernelCheck> Run() {
    CheckPreparation();
    CheckEncode();
    if (step_.dense) {
      CheckActivation();
      CheckDenseProducts();
    } else {
      CheckEntries();
    }
    CheckDecode();
    CheckDLatents();
    CheckUpdate();
    CheckFinish();
    return std::move(checks_);
  }

 private:
  static constexpr double kExact = 0;
  static constexpr double kFloat = 2e-6;   // sums in fp32
  static constexpr double kBf16 = 2.5e-3;  // results rounded to 8 bits
  static constexpr double kUpdate = 2e-3;  // of how far a tensor moved

  void Add(const std::string& name, double error, double allowed) {
    checks_.push_back({name, error, allowed});
  }
  void Compare(const std::string& name, const Numbers& got, const Numbers& want, double allowed) {
    Add(name, Distance(got, want), allowed);
  }

  int tokens() const { return view_.sizes.tokens; }
  int d_sae() const { return view_.sizes.d_sae; }
  int d_in() const { return view_.sizes.d_in; }
  std::size_t AtToken(int t, int c) const {
    return static_cast<std::size_t>(t) * view_.sizes.width + c;
  }
  std::size_t AtLatent(int j, int t) const {
    return static_cast<std::size_t>(j) * view_.sizes.row + t;
  }
  double Master(const Numbers& weights, int j, int c) const {
    return weights[static_cast<std::size_t>(j) * d_in() + c];
  }
  float Pre(int j, int t) const {
    return view_.products[AtLatent(j, t)] + static_cast<float>(step_.before.b_enc[j]);
  }
  bool Active(int j, int t) const { return !(Pre(j, t) <= view_.theta[j]); }
  bool Entry(int j, int t) const { return !(Pre(j, t) <= view_.theta[j] - view_.window.half); }
  bool InWindow(int j, int t) const {
    return std::abs(Pre(j, t) - view_.theta[j]) < view_.window.half;
  }

  void CheckPreparation() {
    Numbers got, want, theta, thresholds;
    for (int t = 0; t < tokens(); ++t) {
      for (int c = 0; c < d_in(); ++c) {
        const auto bias = static_cast<float>(step_.before.b_dec[c]);
        const float x = step_.x[static_cast<std::size_t>(t) * d_in() + c];
        got.push_back(NumberOf(view_.inputs[AtToken(t, c)]));
        want.push_back(RoundedToBf16(view_.pre_encoder_bias != 0 ? x - bias : x));
      }
    }
    Compare("centre", got, want, kExact);
    for (int j = 0; j < d_sae(); ++j) {
      theta.push_back(view_.theta[j]);
      const double threshold = step_.before.threshold[j];
      thresholds.push_back(view_.log_threshold != 0 ? std::exp(threshold) : threshold);
    }
    Compare("thresholds", theta, thresholds, kFloat);
  }

  void CheckEncode() {
    Numbers got, want;
    for (int j = 0; j < d_sae(); ++j) {
      for (int t = 0; t < tokens(); ++t) {
        double sum = 0;
        for (int c = 0; c < d_in(); ++c) {
          sum += static_cast<double>(RoundedToBf16(Master(step_.before.w_enc, j, c))) *
                 NumberOf(view_.inputs[AtToken(t, c)]);
        }
        got.push_back(view_.products[AtLatent(j, t)]);
        want.push_back(sum);
      }
    }
    Compare("encode", got, want, kFloat);
  }

  void CheckEntries() {
    int by_latent = 0, by_token = 0;
    const auto bit = [](const std::uint32_t* words, std::size_t row, int stride, int place) {
      return ((words[row * static_cast<std::size_t>(stride) + place / 32] >> (place % 32)) & 1U) !=
             0;
    };
    for (int j = 0; j < d_sae(); ++j) {
      for (int t = 0; t < tokens(); ++t) {
        const bool want = Entry(j, t);
        by_latent += bit(view_.latent_bits, j, view_.sizes.token_words, t) != want ? 1 : 0;
        by_token += bit(view_.token_bits, t, view_.sizes.latent_words, j) != want ? 1 : 0;
      }
    }
    Add("entries by latent", by_latent, kExact);
    Add("entries by token", by_token, kExact);
  }

  void CheckActivation() {
    Numbers got, want;
    for (int j = 0; j < d_sae(); ++j) {
      for (int t = 0; t < tokens(); ++t) {
        got.push_back(NumberOf(view_.latents[AtLatent(j, t)]));
        want.push_back(Active(j, t) ? RoundedToBf16(Pre(j, t)) : 0);
      }
    }
    Compare("activate", got, want, kExact);
  }

  // Σ latent·W_dec of a token.
  Numbers Decoded(int t) const {
    Numbers sum(static_cast<std::size_t>(d_in()));
    for (int j = 0; j < d_sae(); ++j) {
      if (!Active(j, t)) continue;
      const double latent = RoundedToBf16(Pre(j, t));
      for (int c = 0; c < d_in(); ++c) {
        sum[c] += latent * RoundedToBf16(Master(step_.before.w_dec, j, c));
      }
    }
    return sum;
  }

  void CheckDecode() {
    Numbers got, want, got_slopes, want_slopes, got_l0, want_l0, got_squares, want_squares;
    for (int t = 0; t < tokens(); ++t) {
      int l0 = 0;
      for (int j = 0; j < d_sae(); ++j) l0 += Active(j, t) ? 1 : 0;
      const Numbers decoded = Decoded(t);
      double squares = 0;
      for (int c = 0; c < d_in(); ++c) {
        const double recons = step_.dense ? NumberOf(view_.recons[AtToken(t, c)]) : decoded[c];
        const double error =
            recons + step_.before.b_dec[c] - step_.x[static_cast<std::size_t>(t) * d_in() + c];
        squares += error * error;
        got.push_back(NumberOf(view_.errors[AtToken(t, c)]));
        want.push_back(2 * error / tokens());
      }
      got_squares.push_back(view_.squares[t]);
      want_squares.push_back(squares);
      got_l0.push_back(view_.l0[t]);
      want_l0.push_back(l0);
      got_slopes.push_back(view_.slopes[t]);
      want_slopes.push_back(step_.now.slope_constant +
                            static_cast<double>(step_.now.slope_factor) * l0);
    }
    Compare("errors", got, want, kBf16);
    Compare("squares", got_squares, want_squares, 1e-5);
    Compare("l0", got_l0, want_l0, kExact);
    Compare("slopes", got_slopes, want_slopes, kFloat);
  }

  double DLatent(int j, int t) const {
    double dot = 0;
    for (int c = 0; c < d_in(); ++c) {
      dot += static_cast<double>(RoundedToBf16(Master(step_.before.w_dec, j, c))) *
             NumberOf(view_.errors[AtToken(t, c)]);
    }
    return dot;
  }

  // Where they exist: of entries, or (dense) after they have become d_pre_acts.
  void CheckDLatents() {
    Numbers got, want;
    for (int j = 0; j < d_sae(); ++j) {
      for (int t = 0; t < tokens(); ++t) {
        if (!step_.dense && !Entry(j, t)) continue;
        got.push_back(NumberOf(view_.d_latents[AtLatent(j, t)]));
        want.push_back(step_.dense && !Active(j, t) ? 0 : DLatent(j, t));
      }
    }
    Compare("d_latents", got, want, kBf16);
  }

  void CheckDenseProducts() {
    Numbers got, want;
    for (int t = 0; t < tokens(); ++t) {
      const Numbers decoded = Decoded(t);
      for (int c = 0; c < d_in(); ++c) {
        got.push_back(NumberOf(view_.recons[AtToken(t, c)]));
        want.push_back(decoded[c]);
      }
    }
    Compare("decode", got, want, kBf16);
    Numbers got_enc, got_dec, want_enc, want_dec;
    for (int j = 0; j < d_sae(); ++j) {
      const LatentGradients gradients = GradientsOf(j);
      for (int c = 0; c < d_in(); ++c) {
        got_enc.push_back(NumberOf(view_.d_w_enc[AtToken(j, c)]));
        got_dec.push_back(NumberOf(view_.d_w_dec[AtToken(j, c)]));
      }
      want_enc.insert(want_enc.end(), gradients.w_enc.begin(), gradients.w_enc.end());
      want_dec.insert(want_dec.end(), gradients.w_dec.begin(), gradients.w_dec.end());
    }
    Compare("d_w_enc", got_enc, want_enc, kBf16);
    Compare("d_w_dec", got_dec, want_dec, kBf16);
  }

  struct LatentGradients {
    Numbers w_enc, w_dec;
    double bias = 0, window = 0;
    int fired = 0, entries = 0;
  };

  // From the kernels' own errors and d_latents.
  LatentGradients GradientsOf(int j) const {
    LatentGradients sum;
    sum.w_enc.resize(static_cast<std::size_t>(d_in()));
    sum.w_dec.resize(static_cast<std::size_t>(d_in()));
    for (int t = 0; t < tokens(); ++t) {
      if (!Entry(j, t)) continue;
      sum.entries += 1;
      // A dense step has overwritten those of the window's lower half.
      const double d_latent = step_.dense && !Active(j, t)
                                  ? RoundedToBf16(DLatent(j, t))
                                  : NumberOf(view_.d_latents[AtLatent(j, t)]);
      if (InWindow(j, t)) sum.window += view_.theta[j] * d_latent + view_.slopes[t];
      if (!Active(j, t)) continue;
      sum.fired += 1;
      sum.bias += d_latent;
      const double latent = RoundedToBf16(Pre(j, t));
      for (int c = 0; c < d_in(); ++c) {
        sum.w_enc[c] += d_latent * NumberOf(view_.inputs[AtToken(t, c)]);
        sum.w_dec[c] += latent * NumberOf(view_.errors[AtToken(t, c)]);
      }
    }
    return sum;
  }

  // v as Adam leaves it; w moves by it.
  void Step(double gradient, double rate, double carry, double& w, double& v) const {
    v = carry * v + (1 - view_.beta2) * gradient * gradient;
    w -= rate * gradient / (std::sqrt(v) * step_.now.unbias + view_.epsilon);
  }

  void UpdateLatent(int j,
                    const LatentGradients& g,
                    HostParameters& own,
                    HostParameters& second,
                    Numbers& encoder_sum) const {
    if (!step_.dense && g.entries == 0) return;
    for (int c = 0; c < d_in(); ++c) encoder_sum[c] += g.bias * Master(step_.before.w_enc, j, c);
    const double carry = std::pow(view_.beta2, step_.now.updates - step_.row_updates_before[j]);
    const std::size_t row = static_cast<std::size_t>(j) * d_in();
    double along = 0, squares = 0;
    for (int c = 0; c < d_in(); ++c) along += g.w_dec[c] * own.w_dec[row + c];
    for (int c = 0; c < d_in(); ++c) {
      const double projected = g.w_dec[c] - along * own.w_dec[row + c];
      Step(projected, step_.now.lr, carry, own.w_dec[row + c], second.w_dec[row + c]);
      Step(g.w_enc[c], step_.now.lr, carry, own.w_enc[row + c], second.w_enc[row + c]);
      squares += own.w_dec[row + c] * own.w_dec[row + c];
    }
    for (int c = 0; c < d_in(); ++c) own.w_dec[row + c] /= std::sqrt(squares);
    Step(g.bias, step_.now.lr, carry, own.b_enc[j], second.b_enc[j]);
    const double jump = -g.window / view_.bandwidth * (view_.log_threshold ? view_.theta[j] : 1);
    Step(jump, step_.now.threshold_lr, carry, own.threshold[j], second.threshold[j]);
    if (view_.log_threshold == 0) {
      own.threshold[j] = std::max(own.threshold[j], double{view_.lowest_threshold});
    }
  }

  // How far the masters are from where they should be, relative to how far they moved.
  void CompareMoved(const std::string& name,
                    const Numbers& before,
                    const Numbers& after,
                    const Numbers& want) {
    Numbers moved(want), should(want);
    for (std::size_t i = 0; i < want.size(); ++i) {
      moved[i] = after[i] - before[i];
      should[i] = want[i] - before[i];
    }
    Compare("update " + name, moved, should, step_.dense ? 20 * kUpdate : kUpdate);
  }

  void CheckUpdate() {
    HostParameters own = step_.before, second = step_.second_before;
    encoder_sum_.assign(static_cast<std::size_t>(d_in()), 0);
    Numbers got_fired, want_fired;
    int not_counted = 0;
    for (int j = 0; j < d_sae(); ++j) {
      const LatentGradients g = GradientsOf(j);
      UpdateLatent(j, g, own, second, encoder_sum_);
      got_fired.push_back(step_.fired[j]);
      want_fired.push_back(g.fired);
      const bool updated = step_.dense || g.entries > 0;
      const std::int32_t want = updated ? step_.now.updates : step_.row_updates_before[j];
      not_counted += step_.row_updates_after[j] != want ? 1 : 0;
    }
    Compare("fired", got_fired, want_fired, kExact);
    Add("row_updates", not_counted, kExact);
    CompareMoved("w_enc", step_.before.w_enc, step_.after.w_enc, own.w_enc);
    CompareMoved("b_enc", step_.before.b_enc, step_.after.b_enc, own.b_enc);
    CompareMoved("w_dec", step_.before.w_dec, step_.after.w_dec, own.w_dec);
    CompareMoved("threshold", step_.before.threshold, step_.after.threshold, own.threshold);
    const double allowed = step_.dense ? 2 * kBf16 : 1e-4;
    Compare("second w_enc", step_.second_after.w_enc, second.w_enc, allowed);
    Compare("second b_enc", step_.second_after.b_enc, second.b_enc, allowed);
    Compare("second w_dec", step_.second_after.w_dec, second.w_dec, allowed);
    Compare("second threshold", step_.second_after.threshold, second.threshold, allowed);
    Add("second w_enc, worst latent",
        WorstRow(step_.second_after.w_enc, second.w_enc),
        step_.dense ? 0.04 : 1e-3);
    CheckCopies();
  }

  // A latent that was left alone for a while is one among many.
  double WorstRow(const Numbers& got, const Numbers& want) const {
    double worst = 0;
    for (std::size_t row = 0; row < want.size(); row += static_cast<std::size_t>(d_in())) {
      const auto numbers = [&](const Numbers& all) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(row);
        return Numbers(begin, begin + d_in());
      };
      worst = std::max(worst, Distance(numbers(got), numbers(want)));
    }
    return worst;
  }

  void CheckCopies() {
    Numbers got, want;
    for (int j = 0; j < d_sae(); ++j) {
      for (int c = 0; c < d_in(); ++c) {
        got.push_back(NumberOf(view_.w_enc[AtToken(j, c)]));
        want.push_back(RoundedToBf16(Master(step_.after.w_enc, j, c)));
        got.push_back(NumberOf(view_.w_dec[AtToken(j, c)]));
        want.push_back(RoundedToBf16(Master(step_.after.w_dec, j, c)));
      }
    }
    Compare("operand copies", got, want, kExact);
  }

  double SumOfRows(const float* rows, int count, int column) const {
    double sum = 0;
    for (int i = 0; i < count; ++i) sum += rows[static_cast<std::size_t>(i) * d_in() + column];
    return sum;
  }

  void CheckFinish() {
    Numbers own = step_.before.b_dec, second = step_.second_before.b_dec;
    Numbers errors, encoder, want_errors;
    for (int c = 0; c < d_in(); ++c) {
      want_errors.push_back(0);
      for (int t = 0; t < tokens(); ++t) want_errors[c] += NumberOf(view_.errors[AtToken(t, c)]);
      errors.push_back(SumOfRows(view_.partial_errors, view_.sizes.token_blocks, c));
      encoder.push_back(SumOfRows(view_.partial_encoder, view_.sizes.groups, c));
      const double passed = view_.pre_encoder_bias != 0 ? encoder[c] : 0;
      Step(errors[c] - passed, step_.now.lr, view_.beta2, own[c], second[c]);
    }
    Compare("sums of errors", errors, want_errors, 4 * kBf16);
    Compare("sums of db_enc W_enc", encoder, encoder_sum_, step_.dense ? kBf16 : 1e-5);
    CompareMoved("b_dec", step_.before.b_dec, step_.after.b_dec, own);
    Compare("second b_dec", step_.second_after.b_dec, second, 1e-4);
    double squares = 0, penalty = 0, active = 0;
    for (int t = 0; t < tokens(); ++t) {
      const double miss = view_.l0[t] - view_.target_l0;
      squares += view_.squares[t];
      active += view_.l0[t];
      penalty += view_.target_rule != 0 ? miss * miss * 2 / view_.target_l0 : view_.l0[t];
    }
    Compare("totals",
            {step_.totals[0], step_.totals[1], step_.totals[2]},
            {squares, penalty, active},
            1e-12);
  }

  const StepEvidence& step_;
  const gpu::StepView& view_;
  Numbers encoder_sum_;
  std::vector<KernelCheck> checks_;
};

}  // namespace saelaw::testing
