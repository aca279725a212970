-- One establishment at random: arguments are the token, the number of rows, the path before the id.
local rows, prefix

init = function(arguments)
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  rows, prefix = tonumber(arguments[2]), arguments[3]
  math.randomseed(os.time())
end

request = function()
  local row = math.random(0, rows - 1)
  local time = math.floor(row / 1000)
  return wrk.format("GET", prefix .. string.format("0193%04x-%04x-7000-8000-%012x", math.floor(time / 65536), time % 65536, row))
end
