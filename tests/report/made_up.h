// A study made up for these tests: two exact laws, runs on them, one run that collapsed, one
// hold-out inside its interval. No number here was measured.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "report/report.h"

namespace saelaw::made_up {

// Loss = 0.35 + 20·D^-0.3; the interval is ±2 %, of a new run ±3 %.
inline double Loss(double tokens) { return 0.35 + 20 * std::pow(tokens, -0.3); }
// LR* = 0.5·D^-0.35, ±15 %.
inline double Rate(double tokens) { return 0.5 * std::pow(tokens, -0.35); }

inline Prediction Around(const Point& at, double value, double share) {
  return {at,
          value,
          {value * (1 - share), value * (1 + share)},
          {value * (1 - 1.5 * share), value * (1 + 1.5 * share)}};
}

inline LawFit Law(const std::string& name,
                  std::vector<Parameter> params,
                  double (*value)(double),
                  double share) {
  LawFit fit;
  fit.info = RequireLaw(name).info;
  fit.estimator = "least squares on ln";
  fit.interval_method = "profile/F";
  fit.assumption = assumption::NoStream{};
  fit.n_points = 8;
  fit.params = std::move(params);
  fit.objective = 0.0123456789;
  fit.rms_residual = 0.0021;
  fit.noise_sd = 0.0018;
  fit.converged = true;
  fit.starts_tried = 64;
  fit.starts_at_best = 60;
  fit.predictor = [value, share](const Point& at) { return Around(at, value(at.tokens), share); };
  return fit;
}

inline LawFit LossLaw() {
  return Law("data",
             {{"floor", 0.35, {0.3, 0.37}, false},
              {"coef", 20, {15.5, 26.25}, false},
              {"exponent", 0.3, {0.28, 0.32}, false}},
             Loss,
             0.02);
}

inline LawFit Refused(const std::string& name) {
  LawFit fit;
  fit.info = RequireLaw(name).info;
  fit.refusal = refusal::FewOptima{3, 2, 5};
  return fit;
}

inline StudyRun Run(std::int64_t tokens, double lr, std::uint64_t seed) {
  const auto d = static_cast<double>(tokens);
  const double off = std::log(lr / Rate(d));
  StudyRun run;
  run.id = "a" + std::to_string(tokens) + "-" + std::to_string(std::lround(lr * 1e6)) + "-" +
           std::to_string(seed);
  run.stage = Stage::kLrLaw;
  run.tokens = tokens;
  run.d_sae = 1152;
  run.lr = lr;
  run.seed = seed;
  run.final.tokens = tokens;
  run.final.loss =
      Loss(d) * (1 + 0.03 * off * off) * (1 + 0.002 * (static_cast<double>(seed) - 0.5));
  run.final.mse = 0.7 * run.final.loss;
  run.final.fvu = 0.75 * run.final.loss;
  run.final.l0 = 64.5;
  run.final.dead_fraction = 0.01;
  run.dense_fraction = 0.02;
  run.firing_histogram = {12, 0, 0, 1, 4, 30, 115, 420, 390, 140, 30, 8, 2};
  return run;
}

inline LrOptimum Optimum(double tokens, Censoring censoring) {
  LrOptimum optimum;
  optimum.tokens = tokens;
  optimum.lr = Rate(tokens) * 1.03;
  optimum.best_lr = 0.004;
  optimum.sd_ln = censoring == Censoring::kNone ? 0.06 : 0;
  optimum.loss = Loss(tokens);
  optimum.censoring = censoring;
  optimum.last_survivor = 0.016;
  optimum.first_failure = 0.032;
  optimum.points_used = 5;
  return optimum;
}

inline HoldOutCheck HoldOut() {
  const double tokens = 1048576;
  return {"b1048576",
          1048576,
          0.004,
          Loss(tokens),
          {0.66, 0.675},
          Loss(tokens) * 1.004,
          true,
          true,
          Loss(tokens)};
}

inline Findings TheFindings() {
  Findings findings;
  for (const std::int64_t tokens : {32768, 65536, 131072, 262144}) {
    for (const double lr : {0.002, 0.004, 0.008, 0.016, 0.032}) {
      for (std::uint64_t seed = 0; seed < 2; ++seed) {
        StudyRun run = Run(tokens, lr, seed);
        if (lr == 0.004) run.stage = Stage::kLossLaw;
        if (lr == 0.032) {
          run.outcome = Outcome::kCollapsed;
          run.left_out = LeftOut{left_out::Failed{Outcome::kCollapsed, ""}};
          run.final.loss = 1.1;
        }
        findings.runs.push_back(run);
      }
    }
    findings.rates.best.optima.push_back(Optimum(
        static_cast<double>(tokens), tokens == 262144 ? Censoring::kCliff : Censoring::kNone));
  }
  StudyRun held = Run(1048576, 0.004, 0);
  held.id = "b1048576";
  held.stage = Stage::kHoldOut;
  held.left_out = LeftOut{left_out::HoldOut{}};
  findings.runs.push_back(held);
  findings.loss.at_one_rate.fit = LossLaw();
  findings.loss.at_one_rate.lr = 0.004;
  findings.loss.at_best_rates.fit = Refused("data");
  findings.loss.mse = LossLaw();
  findings.loss.fvu = LossLaw();
  findings.loss.l0 = Refused("data");
  findings.rates.best.law =
      Law("lr",
          {{"coef", 0.5, {0.375, 0.625}, false}, {"exponent", -0.35, {-0.4, -0.3}, false}},
          Rate,
          0.15);
  findings.rates.edge.law = Law(
      "lr-edge",
      {{"coef", 2, {1.5, 2.5}, false}, {"exponent", -0.35, {-0.4, -0.3}, true}},
      [](double tokens) { return 4 * Rate(tokens); },
      0.3);
  findings.hold_out = {HoldOut()};
  findings.warnings = {warning::FewDocuments{2, 8448, 1.06}};
  return findings;
}

inline RunSpec TargetRun() {
  RunSpec run;
  run.source.kind = SourceKind::kModel;
  run.source.model.model = "models/small \"quoted\".gguf";
  run.source.model.text = {"/corpus/text", "more/*.txt"};
  run.source.model.layer = 14;
  run.source.d_in = 576;
  run.sae.d_sae = 1152;
  run.training.batch_tokens = 512;
  run.training.lr = Rate(4194304);
  run.training.lr_warmup = {0.07, 0, false};
  run.training.sparsity_warmup = {0, 40960, true};
  run.tokens = 4194304;
  return run;
}

inline TargetPrice Price() {
  TargetPrice price;
  price.tokens = 4194304;
  price.half_forward_flops = 2.5e15;
  price.half_forward_hours = 4.2e-3;
  price.sae_flops = 8.5e14;
  price.sae_hours = 1.4e-3;
  price.exact_forward_flops = 2.0e15;
  price.exact_forward_hours = 8.4e-3;
  price.exact_sae_flops = 7.1e14;
  price.exact_sae_hours = 3.0e-3;
  price.utilisation = 0.4;
  price.device_bytes = 2.5e8;
  price.activations_bytes = 4.8e9;
  price.weights_bytes = 5.3e6;
  price.device = {"rtx4090", 165e12};
  return price;
}

inline Recommendation TheRecommendation() {
  const double tokens = 4194304;
  Recommendation r;
  r.sweep = "made-up <script>alert(1)</script>";
  r.demonstration = true;
  r.lr = Rate(tokens);
  r.lr_interval = {0.85 * Rate(tokens), 1.15 * Rate(tokens)};
  r.lr_basis = LrBasis::kOptimum;
  r.lr_max = {4 * Rate(tokens), {3 * Rate(tokens), std::numeric_limits<double>::infinity()}};
  r.loss = {Loss(tokens), {0.97 * Loss(tokens), 1.03 * Loss(tokens)}};
  r.parts.mse = {0.7 * Loss(tokens), {}};
  r.parts.fvu = {0.75 * Loss(tokens), {0.7 * Loss(tokens), 0.8 * Loss(tokens)}};
  r.loss_basis = {true, 0, 1152};
  r.loss_exponent = {"exponent", 0.3, {0.28, 0.32}, false};
  r.lr_exponent = {"exponent", -0.35, {-0.4, -0.3}, false};
  r.tokens = tokens;
  r.d_sae = 1152;
  r.threshold_lr = 2.5e-4;
  r.run = TargetRun();
  r.price = Price();
  for (const double share : {0.25, 0.5, 1.0, 2.0}) {
    const double d = share * tokens;
    r.alternatives.push_back({d, {Loss(d), {0.97 * Loss(d), 1.03 * Loss(d)}}, 0.0114 * share});
  }
  r.hold_out = {HoldOut()};
  r.transfer = {{TransferOf::kTokens, CarriedBy::kLossLaw, true, {32'768, 262'144}, 4'194'304},
                {TransferOf::kBatch, CarriedBy::kNothing, false, {512}, 4096}};
  r.extrapolation_factor = 16;
  r.evidence = {"a32768-2000-0", "b1048576"};
  r.warnings = {warning::NotCarriedOver{r.transfer.back()},
                StudyWarning(FitWarning(warning::OnBound{"floor", 0}))};
  return r;
}

inline Report TheReport() {
  Report report;
  report.question = "Does L(D) bend & break?";
  report.prediction = "exponent near 0.3";
  report.findings = TheFindings();
  report.recommendation = TheRecommendation();
  report.config_path = "analysis/made-up/recommended.yaml";
  report.made_at = "2026-01-02 07:30 +0100";
  report.saelaw_version = "0.1.0";
  return report;
}

}  // namespace saelaw::made_up
