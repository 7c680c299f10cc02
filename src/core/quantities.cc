// One table of units for each kind of quantity serves parsing; formatting has steps of its own, as
// people read counts in thousands and durations by the hour.
#include "core/quantities.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
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
    Unit{"s", 1}, Unit{"m", 60}, Unit{"min", 60}, Unit{"h", 3600}, Unit{"d", 86400}};
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
constexpr std::array kNoUnit = {Unit{"", 1}};

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The text with its underscores between digits left out.
std::string WithoutUnderscores(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between =
        i > 0 && i + 1 < text.size() && IsDigit(text[i - 1]) && IsDigit(text[i + 1]);
    if (text[i] != '_' || !between) plain += text[i];
  }
  return plain;
}

// Takes a finite number, which may have a plus in front, from the front of `text`.
std::optional<double> TakeNumber(std::string_view& text) {
  if (text.size() > 1 && text[0] == '+' && (IsDigit(text[1]) || text[1] == '.')) {
    text.remove_prefix(1);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

template <typename Units>
std::optional<double> ParseFactor(std::string_view name, const Units& units) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.factor;
  }
  return std::nullopt;
}

template <typename Units>
std::optional<double> Parse(std::string_view written, const Units& units) {
  const std::string plain = WithoutUnderscores(written);
  std::string_view text = Trim(plain);
  const std::optional<double> value = TakeNumber(text);
  if (!value) return std::nullopt;
  const std::optional<double> factor = ParseFactor(Trim(text), units);
  return factor ? std::optional(*value * *factor) : std::nullopt;
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

std::optional<double> ParseSeconds(std::string_view text) {
  const std::string plain = WithoutUnderscores(text);
  std::string_view rest = Trim(plain);
  double seconds = 0;
  double last =
      std::numeric_limits<double>::infinity();  // unit: each is shorter than the one before
  do {
    const bool first = std::isinf(last);
    if (!first && !rest.empty() && !IsDigit(rest[0])) return std::nullopt;  // 1h-30m
    const std::optional<double> value = TakeNumber(rest);
    if (!value) return std::nullopt;
    rest = Trim(rest);
    const std::string_view name = rest.substr(0, rest.find_first_of("0123456789.+- "));
    const std::optional<double> factor = ParseFactor(name, kDurations);
    if (!factor || *factor >= last) return std::nullopt;
    last = *factor;
    seconds += *value * *factor;
    rest = Trim(rest.substr(name.size()));
  } while (!rest.empty());
  return seconds;
}
std::optional<double> ParseBare(std::string_view text) { return Parse(text, kNoUnit); }
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
  if (seconds >= 1) return fmt::format("{:.2g} s", seconds);
  constexpr double kShortest = 1e-3;
  // Nobody plans by less, and an exponent is no number for people.
  if (seconds > 0 && seconds < kShortest) return "under 0.001 s";
  return fmt::format("{:.1g} s", seconds);
}

std::string FormatBytes(double bytes) {
  constexpr std::array kSteps = {
      Unit{"TB", 1e12}, Unit{"GB", 1e9}, Unit{"MB", 1e6}, Unit{"KB", 1e3}};
  for (const Unit& unit : kSteps) {
    if (bytes < unit.factor) continue;
    const double count = bytes / unit.factor;
    // Two digits, and no exponent where there are three before the point.
    return count < 10 ? fmt::format("{:.2g} {}", count, unit.name)
                      : fmt::format("{:.0f} {}", count, unit.name);
  }
  return fmt::format("{:.0f} B", bytes);
}

std::string FormatExact(double value) { return fmt::format("{}", value); }

}  // namespace saelaw
