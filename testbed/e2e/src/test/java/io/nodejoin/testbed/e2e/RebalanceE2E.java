package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.kafka.KafkaBroker;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A guest comes into the intake's consumer group, is given partitions of requests, reads them, settles nothing, and leaves. */
@Tag("full")
@OnRestartedBed
class RebalanceE2E {
    private static final int VISITS = 6;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private final SharedBed bed;

    RebalanceE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    void shouldAnswerEachRequestOnceWhilePartitionsComeAndGo() {
        // given
        List<HostFixture> wishes = new ArrayList<>();

        // when
        for (int visit = 0; visit < VISITS; visit++) {
            try (Consumer<byte[], byte[]> guest = newGroupMember()) {
                awaitPartitions(guest);
                wishes.add(ask("visited-" + visit));
                guest.poll(POLL_INTERVAL);
            }
            wishes.add(ask("left-" + visit));
        }

        // then
        for (HostFixture fixture : wishes) {
            JoinSucceeded end = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
            bed.awaitQuiescence(fixture);
            assertThat(bed.outcomes().milestones(fixture.node()))
                    .containsExactly(JoinAccepted.class, JoinSucceeded.class);
            bed.cluster().hasNoCredentialsOf(end.joinId());
        }
    }

    private HostFixture ask(String node) {
        HostFixture fixture = bed.newHost(node);
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        return fixture;
    }

    private Consumer<byte[], byte[]> newGroupMember() {
        Consumer<byte[], byte[]> guest = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bed.testBed().kafka().bootstrapServers(),
                        "group.id",
                        "nodejoin",
                        "enable.auto.commit",
                        "false",
                        "partition.assignment.strategy",
                        CooperativeStickyAssignor.class.getName()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        guest.subscribe(List.of(KafkaBroker.REQUESTS));
        return guest;
    }

    private static void awaitPartitions(Consumer<byte[], byte[]> guest) {
        await("partitions of the guest").atMost(TIMEOUT).until(() -> {
            guest.poll(POLL_INTERVAL);
            return !guest.assignment().isEmpty();
        });
    }
}
