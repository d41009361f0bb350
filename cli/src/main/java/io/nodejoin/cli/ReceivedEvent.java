package io.nodejoin.cli;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.visibility.event.EventDecoder;
import io.nodejoin.visibility.event.PublishedEvent;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One event of the events topic, with the record that it came in. */
record ReceivedEvent(PublishedEvent published, ConsumerRecord<byte[], byte[]> found) {

    /** Returns the event of a record; empty if it is none that this version knows. */
    static Optional<ReceivedEvent> parse(ConsumerRecord<byte[], byte[]> found) {
        return EventDecoder.decode(found).map(published -> new ReceivedEvent(published, found));
    }

    LifecycleEvent.Outcome data() {
        return published.data();
    }

    Instant at() {
        return published.time();
    }

    CloudEvent cloudEvent() {
        return KafkaMessageFactory.createReader(found).toEvent();
    }
}
