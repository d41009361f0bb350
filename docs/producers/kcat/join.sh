#!/usr/bin/env bash
# Requests a join and waits for its outcome, with kcat, jq and jose. See ../README.md for the settings and the exit codes.
set -euo pipefail

: "${KAFKA_BOOTSTRAP_SERVERS:?}" "${NODEJOIN_CLUSTER:?}" "${NODEJOIN_NODE:?}" "${NODEJOIN_ENROLLMENT_SECRET:?}"
requests=${NODEJOIN_REQUESTS_TOPIC:-nodejoin.requests.v1}
events=${NODEJOIN_EVENTS_TOPIC:-nodejoin.events.v1}
timeout=${NODEJOIN_TIMEOUT_SECONDS:-900}

source=/producers/kcat
id=$(cat /proc/sys/kernel/random/uuid)
join_id=$(printf '%s\0%s' "$source" "$id" | sha256sum | cut -c1-32)
enrollment=$(printf %s "$NODEJOIN_ENROLLMENT_SECRET" | sha256sum | cut -c1-64)
started=$(date +%s%3N)
type=io.nodejoin.join.requested.v1
time=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
data=$(jq --null-input --compact-output \
    --arg cluster "$NODEJOIN_CLUSTER" --arg nodeName "$NODEJOIN_NODE" --arg enrollment "$enrollment" '$ARGS.named')

# The signature: a JWT whose claims are the event's attributes and the digest of its data.
signature=()
if [ -n "${NODEJOIN_SIGNING_KEY:-}" ]; then
    protected=$(jq --compact-output '{protected: {alg: "ES256", kid: .kid}}' "$NODEJOIN_SIGNING_KEY")
    signature=(-H "ce_nodejoinsignature=$(
        jq --null-input --compact-output --join-output --arg iss "$source" --arg jti "$id" --arg type "$type" \
            --arg time "$time" --arg data "$(printf %s "$data" | sha256sum | cut -c1-64)" '$ARGS.named' |
            jose jws sig -I - -k "$NODEJOIN_SIGNING_KEY" -s "$protected" -c -o -
    )")
fi

printf %s "$data" |
    kcat -P -b "$KAFKA_BOOTSTRAP_SERVERS" -t "$requests" -X acks=all -k "$NODEJOIN_CLUSTER/$NODEJOIN_NODE" \
        -H ce_specversion=1.0 -H "ce_type=$type" -H "ce_source=$source" -H "ce_id=$id" -H "ce_time=$time" \
        -H content-type=application/json "${signature[@]}"
echo "requested $NODEJOIN_NODE, join $join_id"

# The headers are a list of names and values in turn. A minute earlier, since this machine's clock is not the broker's.
exec 3< <(exec timeout "$timeout" kcat -C -b "$KAFKA_BOOTSTRAP_SERVERS" -t "$events" -o "s@$((started - 60000))" -J -u -q)
reader=$!
trap 'kill $reader 2>/dev/null || true' EXIT
while read -r type event; do
    type=${type#io.nodejoin.join.}
    echo "${type%.v1} $(jq --raw-output '.phase // .reason // ""' <<<"$event")"
    case $type in
        succeeded.v1) exit 0 ;;
        failed.v1 | cancelled.v1) jq . <<<"$event" >&2; exit 1 ;;
        rejected.v1) jq . <<<"$event" >&2; exit 6 ;;
    esac
done < <(jq --unbuffered --raw-output --arg join "$join_id" --arg request "$id" '
    (.headers as $h | $h[($h | index("ce_type")) + 1]) as $type | (.payload | fromjson)
    | select(.joinId == $join or .requestId == $request) | "\($type) \(tojson)"' <&3)
echo "no outcome within $timeout s" >&2
exit 5
