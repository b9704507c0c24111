-- Asks the questions of a file, one a line as JSON, in turn: wrk -s eval/load.lua URL -- FILE
-- Each connection asks again as soon as it is answered. Prints one JSON line at the end; times in milliseconds.

local bodies = {}

function init(args)
  for line in io.lines(args[1]) do
    bodies[#bodies + 1] = line
  end
end

local asked = 0

function request()
  asked = asked + 1
  local body = bodies[(asked - 1) % #bodies + 1]
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers": %d, "seconds": %.2f, "p50_ms": %.0f, "p95_ms": %.0f, "p99_ms": %.0f, "max_ms": %.0f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
