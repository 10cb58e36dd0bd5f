-- Sends the requests of a file (bench/asks.py) one after another and ends with one line of figures for bench/client.py.
local requests, place = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local method, path, body, cookies = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$")
    local headers = { ["Host"] = wrk.headers["Host"] }
    if args[2] == "gzip" then headers["Accept-Encoding"] = "gzip" end
    if cookies ~= "" then headers["Cookie"] = cookies end
    if method == "POST" then headers["Content-Type"] = "application/x-www-form-urlencoded" end
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("FIGURES %d %d %d %d %d %d\n", summary.requests, summary.duration,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
