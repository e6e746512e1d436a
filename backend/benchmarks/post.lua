-- Sends a form; prints a line of JSON at the end. Arguments: content type, file of the body.

function init(arguments)
   wrk.method = "POST"
   wrk.headers["Content-Type"] = arguments[1]
   wrk.body = io.open(arguments[2], "rb"):read("*a")
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '{"requests": %d, "duration": %d, "bad": %d, "broken": %d, "p50": %d, "p90": %d, "p99": %d}\n',
      summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
      latency:percentile(50), latency:percentile(90), latency:percentile(99)))
end
