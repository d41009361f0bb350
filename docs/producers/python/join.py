"""Requests a join and waits for its outcome. See ../README.md for the settings and the exit codes."""

import hashlib
import os
import sys
import time
import uuid
from datetime import datetime, timezone

import jwt
from cloudevents.core.bindings import kafka
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Consumer, Producer, TopicPartition

SOURCE = "/producers/python"
TYPE = "io.nodejoin.join."
EXIT_CODES = {"succeeded": 0, "failed": 1, "cancelled": 1, "rejected": 6}
STILL_RUNNING = 5

BROKERS = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
CLUSTER = os.environ["NODEJOIN_CLUSTER"]
NODE = os.environ["NODEJOIN_NODE"]
SECRET = os.environ["NODEJOIN_ENROLLMENT_SECRET"]
REQUESTS = os.environ.get("NODEJOIN_REQUESTS_TOPIC", "nodejoin.requests.v1")
EVENTS = os.environ.get("NODEJOIN_EVENTS_TOPIC", "nodejoin.events.v1")
SIGNING_KEY = os.environ.get("NODEJOIN_SIGNING_KEY")
TIMEOUT = int(os.environ.get("NODEJOIN_TIMEOUT_SECONDS", "900"))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def sign(request, data):
    """A JWT whose claims are the event's attributes and the digest of its data."""
    with open(SIGNING_KEY, encoding="utf-8") as file:
        key = jwt.PyJWK.from_json(file.read())
    claims = {
        "iss": request.get_source(),
        "jti": request.get_id(),
        "type": request.get_type(),
        "time": request.get_time().astimezone(timezone.utc).isoformat().replace("+00:00", "Z"),
        "data": sha256(data),
    }
    return jwt.encode(claims, key.key, key.algorithm_name, headers={"kid": key.key_id})


def consume_from_end():
    """Positions the consumer before the request is sent, so that no answer is missed."""
    consumer = Consumer({"bootstrap.servers": BROKERS, "group.id": "unused", "enable.auto.commit": False})
    partitions = consumer.list_topics(EVENTS, timeout=10).topics[EVENTS].partitions
    ends = [TopicPartition(EVENTS, p) for p in partitions]
    for end in ends:
        _, end.offset = consumer.get_watermark_offsets(end, timeout=10)
    consumer.assign(ends)
    return consumer


def publish(request_id):
    request = CloudEvent(
        {
            "specversion": "1.0",
            "type": TYPE + "requested.v1",
            "source": SOURCE,
            "id": request_id,
            "time": datetime.now(timezone.utc),
            "datacontenttype": "application/json",
        },
        {"cluster": CLUSTER, "nodeName": NODE, "enrollment": sha256(SECRET.encode())},
    )
    message = kafka.to_binary_event(request, key_mapper=lambda _: f"{CLUSTER}/{NODE}")
    headers = dict(message.headers)
    if SIGNING_KEY:
        headers["ce_nodejoinsignature"] = sign(request, message.value).encode()
    refusals = []
    producer = Producer({"bootstrap.servers": BROKERS, "acks": "all", "enable.idempotence": True})
    producer.produce(
        REQUESTS,
        message.value,
        message.key,
        headers=headers,
        on_delivery=lambda error, _: refusals.append(error) if error else None,
    )
    if producer.flush(30) or refusals:
        sys.exit(f"the request was not written: {refusals or 'the broker does not answer'}")


def events(consumer):
    until = time.monotonic() + TIMEOUT
    while time.monotonic() < until:
        message = consumer.poll(1)
        if message is None:
            continue
        if message.error():
            sys.exit(f"cannot read {EVENTS}: {message.error()}")
        yield kafka.from_kafka_event(kafka.KafkaMessage(dict(message.headers()), message.key(), message.value()))


def main():
    request_id = str(uuid.uuid4())
    join_id = sha256(f"{SOURCE}\0{request_id}".encode())[:32]
    consumer = consume_from_end()
    publish(request_id)
    print(f"requested {NODE}, join {join_id}", flush=True)
    for event in events(consumer):
        data = event.get_data()
        if data.get("joinId") != join_id and data.get("requestId") != request_id:
            continue
        what = event.get_type().removeprefix(TYPE).removesuffix(".v1")
        print(what, data.get("phase") or data.get("reason") or "", flush=True)
        if what in EXIT_CODES:
            if EXIT_CODES[what]:
                print(data, file=sys.stderr)
            return EXIT_CODES[what]
    print(f"no outcome within {TIMEOUT} s", file=sys.stderr)
    return STILL_RUNNING


if __name__ == "__main__":
    sys.exit(main())
