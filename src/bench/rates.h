#pragma once

#include <functional>

#include "base/random.h"
#include "bench/report.h"

namespace icn::bench {

// Operations a second of `threads` threads that call `once(random)` for `seconds`. The first error ends it.
Result<double> rate_of(std::size_t threads, std::size_t seconds,
                       const std::function<Result<void>(SeededRandom&)>& once);

// Measures the peer before and after us: what else the machine does meanwhile drifts. `note` stands in the
// row.
Result<Row> against(TargetId id, const std::function<Result<double>()>& measure_peer,
                    const std::function<Result<double>()>& measure_ours, const std::string& note = {});

}  // namespace icn::bench
