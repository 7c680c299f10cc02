#include "app/cli/local_time.h"

#include <ctime>

namespace saelaw {

std::string LocalTime() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[64];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &local);
  return {text, length};
}

}  // namespace saelaw
