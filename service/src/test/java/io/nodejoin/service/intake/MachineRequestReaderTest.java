package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.MachineWithdrawn;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests about machines of pools, and joins that need one. */
class MachineRequestReaderTest {
    private static final Instant NOW = Instant.parse("2026-12-07T10:00:00Z");
    private static final String DIGEST = "0123456789abcdef".repeat(4);
    private static final String JOIN = "io.nodejoin.join.requested.v1";
    private static final String OFFER = "io.nodejoin.machine.offered.v1";
    private static final String WITHDRAWAL = "io.nodejoin.machine.withdrawn.v1";

    private final RequestReader reader = new RequestReader(
            RequestReaderTest.CLUSTERS,
            RequestReaderTest.BELIEVED,
            Duration.ofMinutes(14),
            Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void shouldTellThePoolOfAnOfferedMachine() {
        // when
        RequestDecision verdict = read(OFFER, """
                {"cluster":"west","pool":"batch","machine":"m-1","enrollment":"%s",
                 "labels":{"topology.kubernetes.io/zone":"a"},"endorsementKey":"sha256:%s"}""".formatted(DIGEST, DIGEST));

        // then
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        RequestDecision.Tell.class,
                        tell -> assertThat(tell.request()).isInstanceOfSatisfying(MachineOffered.class, offer -> {
                            assertThat(offer.machine()).isEqualTo(new MachineId("m-1"));
                            assertThat(offer.enrollment()).isEqualTo(DIGEST);
                            assertThat(offer.labels()).containsEntry("topology.kubernetes.io/zone", "a");
                        }));
    }

    @Test
    void shouldTellThePoolOfAWithdrawnMachine() {
        // when
        RequestDecision verdict = read(WITHDRAWAL, """
                {"cluster":"west","pool":"batch","machine":"m-1"}""");

        // then
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Tell.class, tell -> {
            assertThat(tell.request()).isInstanceOf(MachineWithdrawn.class);
            assertThat(tell.request().recordKey()).isEqualTo("west/batch/m-1");
            assertThat(tell.sender().pool()).isEqualTo("batch");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "machine":"m-1","enrollment":"secret"            | EVENT_MALFORMED   | /enrollment
            "machine":"-m","enrollment":"D"                  | EVENT_MALFORMED   | /machine
            "enrollment":"D"                                 | EVENT_MALFORMED   | /machine
            "machine":"m-1"                                  | EVENT_MALFORMED   | /enrollment
            "machine":"m-1","enrollment":"D","endorsementKey":"x" | EVENT_MALFORMED | /endorsementKey
            "machine":"m-1","enrollment":"D","labels":{"kubernetes.io/hostname":"x"} | LABEL_NOT_ALLOWED | /labels/kubernetes.io~1hostname
            """)
    void shouldRejectAnOffer(String members, ErrorCode code, String field) {
        // when
        RequestDecision verdict = read(
                OFFER,
                "{\"cluster\":\"west\",\"pool\":\"batch\"," + members.replace("\"D\"", "\"" + DIGEST + "\"") + "}");

        // then
        assertRejected(verdict, code, field);
    }

    @Test
    void shouldStartAJoinThatNeedsAMachine() {
        // when
        RequestDecision verdict = read(JOIN, """
                {"cluster":"west","nodeName":"n1","pool":"batch",
                 "machine":{"labels":{"zone":"a"},"minCpus":4,"minMemoryBytes":8589934592}}""");

        // then
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        RequestDecision.Start.class,
                        start -> assertThat(start.request()).isInstanceOfSatisfying(JoinRequest.class, join -> {
                            assertThat(join.spec().needsMachine()).isTrue();
                            assertThat(join.spec().wantedMachine().minCpus()).isEqualTo(4);
                        }));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "taints":[]                                              | /enrollment
            "pool":"batch","rejoin":true                             | /rejoin
            "pool":"batch","enrollment":"D","machine":{"id":"m-1"}   | /machine
            "pool":"batch","enrollment":"D","machine":{"minCpus":4}  | /machine
            "pool":"batch","enrollment":"D","machine":{"labels":{"a":"b"}} | /machine
            "pool":"batch","machine":{"minCpus":0}                   | /machine/minCpus
            "pool":"batch","servingCertificate":true                 | /addresses
            """)
    void shouldRejectAJoin(String members, String field) {
        // when
        RequestDecision verdict = read(
                JOIN,
                "{\"cluster\":\"west\",\"nodeName\":\"n1\"," + members.replace("\"D\"", "\"" + DIGEST + "\"") + "}");

        // then
        assertRejected(verdict, ErrorCode.EVENT_MALFORMED, field);
    }

    private static void assertRejected(RequestDecision verdict, ErrorCode code, String field) {
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Reject.class, reject -> {
            assertThat(reject.rejection().problem().code()).isEqualTo(code);
            assertThat(reject.rejection().field()).isEqualTo(field);
        });
    }

    private RequestDecision read(String type, String data) {
        ConsumerRecord<byte[], byte[]> event =
                new ConsumerRecord<>("requests", 0, 0, null, data.getBytes(StandardCharsets.UTF_8));
        event.headers()
                .add("ce_specversion", "1.0".getBytes(StandardCharsets.UTF_8))
                .add("ce_id", "e1".getBytes(StandardCharsets.UTF_8))
                .add("ce_source", "/fleet".getBytes(StandardCharsets.UTF_8))
                .add("ce_time", "2026-12-07T09:59:00Z".getBytes(StandardCharsets.UTF_8))
                .add("ce_type", type.getBytes(StandardCharsets.UTF_8))
                .add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
        return reader.parseRequest(event);
    }
}
