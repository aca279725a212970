-- New establishments: arguments are the token and the first number.
local LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
local BODY = '{"uai":"%07d%s","name":"École élémentaire Jean Moulin %d","kind":"elementary_school","sector":"public","department_code":"31",'
  .. '"address":{"line1":"%d rue de la République","postal_code":"31000","city":"Toulouse","commune_code":"31555"},'
  .. '"phone":"+33561000000","email":"ce.%d@ac-toulouse.fr","pupils":212,"latitude":43.6045,"longitude":1.444,"nature_code":"151","opened_on":"1970-09-01"}'
local number

init = function(arguments)
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  wrk.headers["Content-Type"] = "application/json"
  number = tonumber(arguments[2])
end

request = function()
  number = number + 1
  local letter = number % 23 + 1
  wrk.headers["Idempotency-Key"] = "bench-" .. number
  return wrk.format("POST", "/api/v1/establishments", nil, string.format(BODY, number, LETTERS:sub(letter, letter), number, number % 200, number))
end
