-- The paths of a file in turn: arguments are the token and the file.
local paths, at = {}, 0

init = function(arguments)
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  for path in io.lines(arguments[2]) do
    paths[#paths + 1] = wrk.format("GET", path)
  end
end

request = function()
  at = at % #paths + 1
  return paths[at]
end
