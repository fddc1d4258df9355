#!/usr/bin/env bash
# A tour of the REST API with curl. Needs curl, and node to read fields of JSON.
#
#   CAUSERIE_URL=http://127.0.0.1:8000 examples/rest.sh
#
# Every answer is checked: the first unexpected status ends the tour with exit code 1.
set -euo pipefail

url="${CAUSERIE_URL:-http://127.0.0.1:8000}"
email="tour-$$-$RANDOM@example.com"
password="motdepasse123"
body="$(mktemp)"
trap 'rm -f "$body"' EXIT

# call <expected status> <curl arguments…>: makes the call and leaves its answer in $body.
call() {
  local expected="$1" status
  shift
  status="$(curl --silent --show-error --max-time 10 --output "$body" --write-out '%{http_code}' "$@")"
  if [ "$status" != "$expected" ]; then
    echo "expected $expected, got $status from: curl $*" >&2
    cat "$body" >&2
    exit 1
  fi
}

# field <expression>: a value of the last answer, which is called `it`.
field() {
  node -p 'const it = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")); eval(process.argv[2])' \
    "$body" "$1"
}

# same <what> <expected> <actual>
same() {
  if [ "$2" != "$3" ]; then
    echo "$1: expected $2, got $3" >&2
    exit 1
  fi
}

json="Content-Type: application/json"

echo "1. Create an account"
call 201 "$url/auth/register" -H "$json" -d "{\"name\":\"Tour\",\"email\":\"$email\",\"password\":\"$password\"}"
me="$(field it.id)"
call 409 "$url/auth/register" -H "$json" -d "{\"name\":\"Tour\",\"email\":\"$email\",\"password\":\"$password\"}"
same "the code of a taken address" EMAIL_TAKEN "$(field it.code)"

echo "2. Sign in with the OAuth2 password form"
call 401 "$url/auth/token" --data-urlencode "username=$email" --data-urlencode "password=wrong-password"
call 200 "$url/auth/token" --data-urlencode "username=$email" --data-urlencode "password=$password"
auth="Authorization: Bearer $(field it.access_token)"
call 200 "$url/users/me" -H "$auth"
same "who is signed in" "$me" "$(field it.id)"
call 401 "$url/users/me"

echo "3. Send a message, as JSON and as a form"
call 201 "$url/messages/" -H "$auth" -H "$json" -d "{\"receiver_id\":$me,\"content\":\"Note to self\"}"
first="$(field it.id)"
call 201 "$url/messages/" -H "$auth" -F "receiver_id=$me" -F "content=By a form"
call 422 "$url/messages/" -H "$auth" -H "$json" -d '{"content":"To whom?"}'
same "the field at fault" body.receiver_id "$(field 'it.errors[0].loc.join(".")')"

echo "4. Send again under the same key: stored once"
key="Idempotency-Key: tour-$$-$RANDOM"
call 201 "$url/messages/" -H "$auth" -H "$json" -H "$key" -d "{\"receiver_id\":$me,\"content\":\"Once\"}"
once="$(field it.id)"
call 200 "$url/messages/" -H "$auth" -H "$json" -H "$key" -d "{\"receiver_id\":$me,\"content\":\"Once\"}"
same "the message sent twice" "$once true" "$(field '`${it.id} ${it.duplicate}`')"
call 409 "$url/messages/" -H "$auth" -H "$json" -H "$key" -d "{\"receiver_id\":$me,\"content\":\"Other\"}"

echo "5. List"
call 200 "$url/messages/conversation/$me" -H "$auth"
same "the conversation" "Note to self, By a form, Once" "$(field 'it.map(({ content }) => content).join(", ")')"
call 200 "$url/messages/conversation/$me?limit=1&after=$first" -H "$auth"
same "one after the first" "By a form" "$(field 'it[0].content')"

echo "6. Edit and delete"
call 200 -X PUT "$url/messages/$first" -H "$auth" -H "$json" -d '{"content":"Edited"}'
same "the edited text" Edited "$(field it.content)"
call 200 -X DELETE "$url/messages/$first" -H "$auth"
call 404 -X DELETE "$url/messages/$first" -H "$auth"

echo "7. Talk in a group, and mark what was read"
call 201 "$url/conversations" -H "$auth" -H "$json" -d '{"kind":"group","name":"Tour"}'
group="$(field it.id)"
call 201 "$url/messages/" -H "$auth" -H "$json" -d "{\"conversation_id\":$group,\"content\":\"To the group\"}"
call 200 "$url/conversations/$group/messages" -H "$auth"
same "its history" "To the group" "$(field 'it.messages[0].content')"
call 200 "$url/conversations/$group/read" -H "$auth" -H "$json" -d '{"up_to_seq":1}'
call 200 "$url/bootstrap" -H "$auth"
same "what is unread in all" 0 "$(field it.unread_total)"

echo "8. Sign out: the token is refused from now on"
call 200 -X POST "$url/auth/logout" -H "$auth"
call 401 "$url/users/me" -H "$auth"

echo "Done."
