#include "run/quantities.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace saelaw {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array kCounts = {Unit{"", 1},
                                Unit{"K", 1e3},
                                Unit{"k", 1e3},
                                Unit{"M", 1e6},
                                Unit{"B", 1e9},
                                Unit{"G", 1e9},
                                Unit{"T", 1e12},
                                Unit{"Ki", 1024},
                                Unit{"Mi", 1 << 20},
                                Unit{"Gi", 1 << 30},
                                Unit{"Ti", 1099511627776.0}};
constexpr std::array kDurations = {
    Unit{"", 1}, Unit{"s", 1}, Unit{"m", 60}, Unit{"min", 60}, Unit{"h", 3600}, Unit{"d", 86400}};
constexpr std::array kSizes = {Unit{"", 1},
                               Unit{"B", 1},
                               Unit{"KB", 1e3},
                               Unit{"MB", 1e6},
                               Unit{"GB", 1e9},
                               Unit{"TB", 1e12},
                               Unit{"KiB", 1024},
                               Unit{"MiB", 1 << 20},
                               Unit{"GiB", 1 << 30},
                               Unit{"TiB", 1099511627776.0}};
constexpr std::array kFractions = {Unit{"", 1}, Unit{"%", 0.01}};

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

// 33_554_432 as 33554432: an underscore counts for nothing between two digits.
std::string WithoutUnderscores(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between =
        i > 0 && i + 1 < text.size() && IsDigit(text[i - 1]) && IsDigit(text[i + 1]);
    if (text[i] != '_' || !between) plain += text[i];
  }
  return plain;
}

template <typename Units>
std::optional<double> Parse(std::string_view text, const Units& units) {
  std::string plain;
  if (text.find('_') != std::string_view::npos) text = plain = WithoutUnderscores(text);
  text = Trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  text = Trim(text);
  for (const Unit& unit : units) {
    if (unit.name == text) return value * unit.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> ParseCount(std::string_view text) { return Parse(text, kCounts); }

std::optional<std::int64_t> ParseWholeCount(std::string_view text) {
  const std::optional<double> value = ParseCount(text);
  if (!value || *value < 0 || *value >= 9.2e18) return std::nullopt;
  // 2.1e9 written as 2.1B may miss the whole number by a rounding error of the product.
  const double whole = std::nearbyint(*value);
  if (std::abs(*value - whole) > 1e-9 * std::max(1.0, whole)) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

std::optional<double> ParseSeconds(std::string_view text) { return Parse(text, kDurations); }
std::optional<double> ParseBytes(std::string_view text) { return Parse(text, kSizes); }
std::optional<double> ParseFraction(std::string_view text) { return Parse(text, kFractions); }

std::string FormatCount(double count, int digits) {
  constexpr std::array kSteps = {Unit{"T", 1e12}, Unit{"B", 1e9}, Unit{"M", 1e6}, Unit{"K", 1e3}};
  for (const Unit& unit : kSteps) {
    if (std::abs(count) >= unit.factor)
      return fmt::format("{:.{}g}{}", count / unit.factor, digits, unit.name);
  }
  return fmt::format("{:.{}g}", count, digits);
}

std::string FormatSeconds(double seconds) {
  if (seconds >= 100 * 3600.0) return fmt::format("{:.1f} d", seconds / 86400);
  if (seconds >= 3600) return fmt::format("{:.1f} h", seconds / 3600);
  if (seconds >= 100) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds >= 10) return fmt::format("{:.0f} s", seconds);
  return fmt::format("{:.2g} s", seconds);
}

std::string FormatBytes(double bytes) {
  constexpr std::array kSteps = {
      Unit{"TB", 1e12}, Unit{"GB", 1e9}, Unit{"MB", 1e6}, Unit{"KB", 1e3}};
  for (const Unit& unit : kSteps) {
    if (bytes >= unit.factor) return fmt::format("{:.2g} {}", bytes / unit.factor, unit.name);
  }
  return fmt::format("{:.0f} B", bytes);
}

std::string FormatExact(double value) { return fmt::format("{}", value); }

}  // namespace saelaw
