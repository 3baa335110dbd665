-- Sends the requests of a plan, drawn by chance, and prints one line of figures.
-- The file of requests has for each kind a line "<weight> <count>", then for each
-- request a line with its length and its bytes.

local kinds, total = {}, 0

local function load(path)
   local file = assert(io.open(path, "rb"))
   for line in file:lines() do
      local weight, count = line:match("^(%d+) (%d+)$")
      local requests = {}
      for i = 1, tonumber(count) do
         requests[i] = file:read(tonumber(file:read("*l")))
      end
      total = total + tonumber(weight)
      kinds[#kinds + 1] = {upto = total, requests = requests, count = #requests}
   end
   file:close()
end

function init(args)
   load(args[1])
   math.randomseed(tonumber(args[2]))
end

function request()
   local kind = kinds[1]
   if #kinds > 1 then
      local drawn, i = math.random(total), 1
      while drawn > kinds[i].upto do
         i = i + 1
      end
      kind = kinds[i]
   end
   return kind.requests[math.random(kind.count)]
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format(
      "figures requests=%d micros=%d p50=%d p99=%d failed=%d broken=%d late=%d\n",
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      e.status, e.connect + e.read + e.write, e.timeout))
end
