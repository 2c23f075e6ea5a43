-- The paths of the performance guide that only read, in turn, for wrk:
--
--   wrk -t12 -c400 -d30s --script=bench/api-test.lua http://localhost:7845/
--
-- The account and identity asked for are those of the node, as its first answer names it. `icn bench http` measures
-- the same paths with signed writes among them.
local did
local turn = 0
local paths = {
  function() return "/" end,
  function() return "/system/info" end,
  function() return "/system/status" end,
  function() return "/governance/proposals" end,
  function() return "/mesh/jobs" end,
  function() return "/identity/did/" .. did end,
  function() return "/economics/mana/balance?did=" .. did end,
  function() return "/economics/mana/history?did=" .. did end,
}

request = function()
  turn = turn % #paths + 1
  return wrk.format("GET", did and paths[turn]() or "/system/info")
end

response = function(status, headers, body)
  did = did or body:match('"node_did":"([^"]+)"')
end

done = function(summary, latency)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write +
    summary.errors.timeout
  io.write(string.format("%d requests, %d errors, p95 %.2f ms, p99 %.2f ms\n", summary.requests, errors,
    latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
