#pragma once

#include "economics/account.h"
#include "reputation/score/points.h"

namespace icn::economics {

// What a fee of `base` comes to for somebody: dearer from the 11th within an hour (block time) on
// (economics.fee_burst_*), and by its reputation (economics.fee_*_ppm). Source: domain.md 5 "Fees", 6
// "Bands". Pure; thread: any.
Millimana fee_for(const ledger::Parameters& parameters, const Account& account, reputation::Points score,
                  Millimana base, TimestampSecs now);

}  // namespace icn::economics
