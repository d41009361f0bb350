package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.kafka.EventRecords;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.LeaveSucceeded;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JoinFollowerTest {
    private static final ClusterName CLUSTER = new ClusterName("fra-1");
    private static final NodeName NODE = new NodeName("w1");
    private static final JoinId JOIN = JoinId.of("test", "1");

    private static LeaveSucceeded left(@Nullable String nodeUid) {
        return new LeaveSucceeded(CLUSTER, NODE, JOIN, List.of(), List.of(), nodeUid, null);
    }

    @Test
    void shouldTellARequestThatNobodyHasAcceptedFromOneThatRuns() {
        // given
        JoinAccepted accepted = new JoinAccepted(CLUSTER, NODE, JOIN, Instant.EPOCH, null);

        // when
        String unanswered = JoinFollower.outcome(null);
        String running = JoinFollower.outcome(accepted);

        // then
        assertThat(unanswered).isEqualTo("NotAccepted");
        assertThat(running).isEqualTo("StillRunning");
        assertThat(JoinFollower.exitCode(null)).isEqualTo(ExitCodes.STILL_RUNNING);
    }

    @Test
    void shouldNotFindANodeThatWasNotThereToLeave() {
        // given
        LeaveSucceeded absent = left(null);
        LeaveSucceeded gone = left("uid-1");

        // when
        int notFound = JoinFollower.exitCode(absent);
        int ok = JoinFollower.exitCode(gone);

        // then
        assertThat(notFound).isEqualTo(ExitCodes.NOT_FOUND);
        assertThat(ok).isEqualTo(ExitCodes.OK);
        assertThat(JoinFollower.outcome(absent)).isEqualTo("NotFound");
        assertThat(JoinFollower.outcome(gone)).isEqualTo("Left");
    }

    @Test
    void shouldTakeOnlyTheRejectionOfItsOwnRecord() {
        // given
        ConsumerRecord<byte[], byte[]> spoofed = rejection("requests/0/7/rejected");
        ConsumerRecord<byte[], byte[]> real = rejection("requests/0/6/rejected");
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(screen, true, StandardCharsets.UTF_8);
        JoinFollower follower = new JoinFollower(
                new Terminal(out, out, false), Clock.systemUTC(), JOIN, JoinRejected.eventId("requests", 0, 6));

        // when
        boolean spoof = follower.concerns(ReceivedEvent.parse(spoofed).orElseThrow());
        boolean own = follower.concerns(ReceivedEvent.parse(real).orElseThrow());

        // then
        assertThat(spoof).isFalse();
        assertThat(own).isTrue();
    }

    @Test
    void shouldPrintNoEscapesOfAHost() {
        // given
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(screen, true, StandardCharsets.UTF_8);
        JoinFollower follower = new JoinFollower(new Terminal(out, out, false), Clock.systemUTC(), JOIN, "none");

        // when
        follower.printEvent(
                new JoinRejected("fra-1", "w1", "e1", ErrorCode.EVENT_MALFORMED, null, "\u001b]0;owned\u0007", null),
                Instant.EPOCH);

        // then
        assertThat(screen.toString(StandardCharsets.UTF_8)).contains("]0;owned").doesNotContain("\u001b", "\u0007");
    }

    /** A rejection under the event id that the victim has chosen. */
    private static ConsumerRecord<byte[], byte[]> rejection(String id) {
        ProducerRecord<byte[], byte[]> event = EventRecords.toRecord(
                "events",
                null,
                id,
                URI.create("/nodejoin/fra-1"),
                Instant.EPOCH,
                new JoinRejected("fra-1", "w1", "victim", ErrorCode.EVENT_MALFORMED, null, "is no JSON", null));
        ConsumerRecord<byte[], byte[]> found = new ConsumerRecord<>("events", 0, 0, event.key(), event.value());
        event.headers().forEach(found.headers()::add);
        return found;
    }
}
