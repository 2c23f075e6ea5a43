#pragma once

#include <functional>
#include <vector>

#include "base/random.h"
#include "bench/report.h"

namespace icn::bench {

using Once = std::function<Result<void>(SeededRandom&)>;
// Operations a second of `threads` threads that, for `seconds`, each call what a call of `make` gave them
// before the clock starts. The first error ends it. `latency_ms`, when given, becomes the mean time of one
// operation.
Result<double> rate_of_each(std::size_t threads, std::size_t seconds, const std::function<Once()>& make,
                            double* latency_ms = nullptr);

// Both rows of a figure that has a peer and a multiple of the performance guide's figure to reach.
std::vector<Row> with_guide(Row row, TargetId guide);

// Measures the peer before and after us: what else the machine does meanwhile drifts. `note` stands in the
// row.
Result<Row> against(TargetId id, const std::function<Result<double>()>& measure_peer,
                    const std::function<Result<double>()>& measure_ours, const std::string& note = {});

}  // namespace icn::bench
