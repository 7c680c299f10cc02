#include "app/cli/call_end.h"

#include <array>
#include <chrono>
#include <cstdio>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/quantities.h"

namespace saelaw {
namespace {

struct Wanted {
  bool dated = false;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
};

std::optional<Wanted> Parse(const std::string& text) {
  Wanted wanted;
  int end = 0;
  const auto whole = [&] { return end == static_cast<int>(text.size()); };
  if (std::sscanf(text.c_str(), "%2d:%2d%n", &wanted.hour, &wanted.minute, &end) == 2 && whole()) {
    return wanted;
  }
  wanted.dated = true;
  const int found = std::sscanf(text.c_str(),
                                "%4d-%2d-%2d%*1[ T]%2d:%2d%n",
                                &wanted.year,
                                &wanted.month,
                                &wanted.day,
                                &wanted.hour,
                                &wanted.minute,
                                &end);
  if (found == 5 && whole()) return wanted;
  return std::nullopt;
}

bool IsTime(const Wanted& wanted) {
  const bool clock =
      wanted.hour >= 0 && wanted.hour < 24 && wanted.minute >= 0 && wanted.minute < 60;
  if (!wanted.dated) return clock;
  return clock && wanted.month >= 1 && wanted.month <= 12 && wanted.day >= 1 && wanted.day <= 31;
}

// mktime decides by the zone's rules whether summer time holds then.
std::time_t At(std::tm day, int days_later, int hour, int minute) {
  day.tm_mday += days_later;
  day.tm_hour = hour;
  day.tm_min = minute;
  day.tm_sec = 0;
  day.tm_isdst = -1;
  return std::mktime(&day);
}

std::string DateText(std::time_t time) {
  std::tm local{};
  ::localtime_r(&time, &local);
  std::array<char, 64> text{};
  const std::size_t length =
      std::strftime(text.data(), text.size(), "%a %Y-%m-%d %H:%M:%S %z", &local);
  return {text.data(), length};
}

double ReadSeconds(const std::string& text) {
  const std::optional<double> seconds = ParseSeconds(text);
  if (seconds && *seconds > 0) return *seconds;
  throw UsageError(fmt::format(
      "--for must be a time with its unit such as 8h, 30m or 1h30m (units: s, m, min, h, d), got "
      "'{}'",
      text));
}

}  // namespace

std::time_t NextLocal(const std::string& text, std::time_t now) {
  const std::optional<Wanted> wanted = Parse(text);
  if (!wanted || !IsTime(*wanted)) {
    throw UsageError(fmt::format(
        "--until must be a local time such as 08:00, or 2026-03-01 08:00, got '{}'", text));
  }
  std::tm day{};
  ::localtime_r(&now, &day);
  if (!wanted->dated) {
    const std::time_t today = At(day, 0, wanted->hour, wanted->minute);
    return today > now ? today : At(day, 1, wanted->hour, wanted->minute);
  }
  day.tm_year = wanted->year - 1900;
  day.tm_mon = wanted->month - 1;
  day.tm_mday = wanted->day;
  const std::time_t then = At(day, 0, wanted->hour, wanted->minute);
  if (then <= now) throw UsageError(fmt::format("--until: {} has passed", DateText(then)));
  return then;
}

std::optional<CallEnd> EndOfCall(const std::string& until_text, const std::string& for_text) {
  if (until_text.empty() && for_text.empty()) return std::nullopt;
  if (!until_text.empty() && !for_text.empty()) {
    throw UsageError("give --until or --for, not both");
  }
  const std::time_t now = std::time(nullptr);
  const double seconds = for_text.empty() ? static_cast<double>(NextLocal(until_text, now) - now)
                                          : ReadSeconds(for_text);
  const std::string date = DateText(now + static_cast<std::time_t>(seconds));
  CallEnd end;
  end.at = BootNow() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                           std::chrono::duration<double>(seconds));
  end.text = for_text.empty() ? fmt::format("--until is {}", date)
                              : fmt::format("--for is {}, until {}", FormatSeconds(seconds), date);
  return end;
}

}  // namespace saelaw
