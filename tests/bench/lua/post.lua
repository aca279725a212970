-- The posts of a file in turn, each line a path, a version to match or nothing, and a body, apart by tabs: arguments are the token and the file.
local paths, versions, bodies, at, key = {}, {}, {}, 0, nil

init = function(arguments)
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  wrk.headers["Content-Type"] = "application/json"
  key = "post-" .. os.time() .. "-" .. os.tmpname() .. "-"
  key = key:gsub("[^%w-]", "")
  for line in io.lines(arguments[2]) do
    local path, version, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
    paths[#paths + 1], versions[#versions + 1], bodies[#bodies + 1] = path, version, body
  end
end

request = function()
  at = at + 1
  local line = (at - 1) % #paths + 1
  wrk.headers["Idempotency-Key"] = key .. at
  wrk.headers["If-Match"] = versions[line] ~= "" and versions[line] or nil
  return wrk.format("POST", paths[line], nil, bodies[line])
end
