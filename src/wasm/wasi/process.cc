#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "wasm/run_context.h"
#include "wasm/wasi/abi.h"
#include "wasm/wasi/functions.h"

namespace icn::wasm::wasi {
namespace {

std::vector<std::string> arguments(RunContext& run) {
  std::vector<std::string> list = {"job"};
  list.insert(list.end(), run.request().args.begin(), run.request().args.end());
  return list;
}

std::vector<std::string> environment(RunContext& run) {
  std::vector<std::string> list;
  for (const auto& [name, value] : run.request().environment) list.push_back(name + "=" + value);
  return list;
}

std::int64_t give_sizes(HostCall& call, const std::vector<std::string>& list) {
  std::size_t bytes = 0;
  for (const std::string& text : list) bytes += text.size() + 1;
  const bool given = call.write_u32(call.u32(0), static_cast<std::uint32_t>(list.size())) &&
                     call.write_u32(call.u32(1), static_cast<std::uint32_t>(bytes));
  return given ? kSuccess : kFault;
}

std::int64_t give_list(HostCall& call, const std::vector<std::string>& list) {
  std::uint32_t pointer = call.u32(0);
  std::uint32_t text_pointer = call.u32(1);
  for (const std::string& text : list) {
    const ByteView with_zero(reinterpret_cast<const std::uint8_t*>(text.c_str()), text.size() + 1);
    if (!call.write_u32(pointer, text_pointer) || !call.write(text_pointer, with_zero)) return kFault;
    pointer += 4;
    text_pointer += static_cast<std::uint32_t>(with_zero.size());
  }
  return kSuccess;
}

// Clocks: 0 tells the date, 1 the time since the start; 2 and 3, of the processor, are as 1.
std::int64_t clock_time_get(HostCall& call) {
  if (call.u32(0) > 3) return kInvalid;
  const std::uint64_t since_start = call.run().look_at_clock_ns();
  const std::uint64_t time = call.u32(0) == 0 ? call.run().start_ns() + since_start : since_start;
  return call.write_u64(call.u32(2), time) ? kSuccess : kFault;
}

std::int64_t clock_res_get(HostCall& call) {
  if (call.u32(0) > 3) return kInvalid;
  return call.write_u64(call.u32(1), 1'000) ? kSuccess : kFault;
}

std::int64_t random_get(HostCall& call) {
  const auto out = call.writable(call.u32(0), call.u32(1));
  if (!out) return kFault;
  call.run().random(*out);
  return kSuccess;
}

struct Subscription {
  std::uint64_t user_data = 0;
  std::uint8_t tag = 0;        // 0 clock, 1 readable, 2 writable
  std::uint64_t wakes_ns = 0;  // clock: since the start
};

std::optional<Subscription> read_subscription(HostCall& call, std::uint32_t pointer) {
  const auto user_data = call.read_u64(pointer);
  const auto tag = call.read_u32(pointer + 8);
  const auto clock = call.read_u32(pointer + 16);
  const auto timeout = call.read_u64(pointer + 24);
  const auto flags = call.read_u32(pointer + 40);
  if (!user_data || !tag || !clock || !timeout || !flags) return std::nullopt;
  Subscription subscription{*user_data, static_cast<std::uint8_t>(*tag), 0};
  if (subscription.tag != 0) return subscription;
  const bool absolute = (*flags & 1) != 0;
  const std::uint64_t now = call.run().look_at_clock_ns();
  if (!absolute) {
    subscription.wakes_ns = now + std::min(*timeout, UINT64_MAX - now);
  } else {
    const std::uint64_t zero = *clock == 0 ? call.run().start_ns() : 0;
    subscription.wakes_ns = *timeout > zero ? *timeout - zero : 0;
  }
  return subscription;
}

bool write_event(HostCall& call, std::uint32_t pointer, const Subscription& subscription) {
  return call.write_u64(pointer, subscription.user_data) &&
         call.write_u64(pointer + 8, std::uint64_t{subscription.tag} << 16) &&
         call.write_u64(pointer + 16, 0) && call.write_u64(pointer + 24, 0);
}

// Never waits: what reads and writes is ready at once, else the job's clock is set to the first alarm.
std::int64_t poll_oneoff(HostCall& call) {
  const std::uint32_t count = call.u32(2);
  if (count == 0 || count > kVectorsMax) return kInvalid;
  std::vector<Subscription> subscriptions;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto subscription = read_subscription(call, call.u32(0) + i * 48);
    if (!subscription) return kFault;
    if (subscription->tag > 2) return kInvalid;
    subscriptions.push_back(*subscription);
  }
  const bool ready = std::ranges::any_of(subscriptions, [](const auto& s) { return s.tag != 0; });
  if (!ready)
    call.run().sleep_until_ns(std::ranges::min(subscriptions, {}, &Subscription::wakes_ns).wakes_ns);
  const std::uint64_t now = call.run().look_at_clock_ns();
  std::uint32_t events = 0;
  for (const Subscription& subscription : subscriptions) {
    if (subscription.tag == 0 && subscription.wakes_ns > now) continue;
    if (!write_event(call, call.u32(1) + events * 32, subscription)) return kFault;
    ++events;
  }
  return call.write_u32(call.u32(3), events) ? kSuccess : kFault;
}

}  // namespace

void add_process_functions(HostRegistry& registry) {
  add(registry, "args_sizes_get", "ii:i",
      [](HostCall& call) { return give_sizes(call, arguments(call.run())); });
  add(registry, "args_get", "ii:i", [](HostCall& call) { return give_list(call, arguments(call.run())); });
  add(registry, "environ_sizes_get", "ii:i",
      [](HostCall& call) { return give_sizes(call, environment(call.run())); });
  add(registry, "environ_get", "ii:i",
      [](HostCall& call) { return give_list(call, environment(call.run())); });
  add(registry, "clock_res_get", "ii:i", clock_res_get);
  add(registry, "clock_time_get", "ili:i", clock_time_get);
  add(registry, "random_get", "ii:i", random_get);
  add(registry, "poll_oneoff", "iiii:i", poll_oneoff);
  add(registry, "sched_yield", ":i", [](HostCall&) -> std::int64_t { return kSuccess; });
  add(registry, "proc_exit", "i:", [](HostCall& call) -> std::int64_t {
    call.exit(call.u32(0));
    return 0;
  });
}

}  // namespace icn::wasm::wasi
