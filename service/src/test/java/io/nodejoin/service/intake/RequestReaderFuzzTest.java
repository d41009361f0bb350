package io.nodejoin.service.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.hostile.Fuzzing;
import io.nodejoin.protocol.hostile.Mutator;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RequestReaderFuzzTest {
    private static final String JOIN = "io.nodejoin.join.requested.v1";
    private static final String CANCEL = "io.nodejoin.join.cancel-requested.v1";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String FULL = """
            {"cluster":"west","nodeName":"n1.example","enrollment":"%s","addresses":["192.0.2.1","2001:db8::1"],
             "labels":{"fleet.example/pool":"a","zone":""},"taints":[{"key":"k","value":"v","effect":"NoSchedule"}],
             "providerId":"fleet:///a/1","hostProfile":"docker","readyGates":["a/B","DaemonSet/a/b"],"deadline":"2126-11-25T10:15:30Z"}
            """.formatted("0123456789abcdef".repeat(4));
    private static final String STRUCTURED = """
            {"specversion":"1.0","id":"e1","source":"/fleet","type":"%s","time":"2026-11-25T09:59:00Z",
             "datacontenttype":"application/json","subject":"n1","data":%s}
            """;

    private final RequestReader reader = new RequestReader(
            RequestReaderTest.CLUSTERS,
            RequestReaderTest.BELIEVED,
            Duration.ofMinutes(14),
            Clock.fixed(Instant.parse("2026-11-25T10:00:00Z"), ZoneOffset.UTC));

    @Test
    void shouldJudgeEveryRecord() {
        Fuzzing.check("event", mutator -> {
            // given
            ConsumerRecord<byte[], byte[]> event = event(mutator);

            // when
            RequestDecision verdict = reader.parseRequest(event);

            // then
            switch (verdict) {
                case RequestDecision.Start start -> assertReadsBack(start);
                case RequestDecision.Cancel cancel ->
                    assertThat(cancel.abort().reason()).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Cs}]");
                case RequestDecision.Tell _ -> throw new AssertionError("nothing was offered");
                case RequestDecision.Reject reject -> {
                    assertThat(reject.rejection().problem().code()).isNotEqualTo(ErrorCode.INTERNAL);
                    assertThat(reject.rejection().problem().detail()).matches("[ -~]{1,400}");
                }
            }
        });
    }

    /** What was accepted is accepted again, with the same meaning, in the form in which Nodejoin would write it. */
    private void assertReadsBack(RequestDecision.Start start) {
        String written = JSON.writeValueAsString(((JoinRequest) start.request()).spec());
        assertThat(reader.parseRequest(RequestReaderTest.binary(JOIN, written)))
                .isInstanceOfSatisfying(
                        RequestDecision.Start.class,
                        again -> assertThat(((JoinRequest) again.request()).spec())
                                .isEqualTo(((JoinRequest) start.request()).spec()));
    }

    private static ConsumerRecord<byte[], byte[]> event(Mutator mutator) {
        String cancel = "{\"cluster\":\"west\",\"nodeName\":\"n1\",\"reason\":\"scaled in\"}";
        boolean join = mutator.nextInt(3) > 0;
        String data = join ? FULL : cancel;
        String type = join ? JOIN : CANCEL;
        return switch (mutator.nextInt(5)) {
            case 0 ->
                structured(mutator.mutateJson(STRUCTURED.formatted(type, data)).getBytes(UTF_8));
            case 1 ->
                structured(mutator.mutateBytes(STRUCTURED.formatted(type, data).getBytes(UTF_8)));
            case 2 -> withValue(RequestReaderTest.binary(type, data), mutator.mutateBytes(data.getBytes(UTF_8)));
            case 3 -> withHeaders(RequestReaderTest.binary(type, data), mutator);
            default -> RequestReaderTest.binary(type, mutator.mutateJson(data));
        };
    }

    private static ConsumerRecord<byte[], byte[]> structured(byte[] value) {
        ConsumerRecord<byte[], byte[]> event = new ConsumerRecord<>("requests", 3, 17, new byte[0], value);
        event.headers().add("content-type", "application/cloudevents+json".getBytes(UTF_8));
        return event;
    }

    private static ConsumerRecord<byte[], byte[]> withValue(ConsumerRecord<byte[], byte[]> event, byte[] value) {
        ConsumerRecord<byte[], byte[]> changed =
                new ConsumerRecord<>(event.topic(), event.partition(), event.offset(), event.key(), value);
        event.headers().forEach(changed.headers()::add);
        return changed;
    }

    private static ConsumerRecord<byte[], byte[]> withHeaders(ConsumerRecord<byte[], byte[]> event, Mutator mutator) {
        List<Header> headers = List.of(event.headers().toArray());
        Header victim = mutator.oneOf(headers);
        switch (mutator.nextInt(4)) {
            case 0 -> event.headers().remove(victim.key());
            case 1 -> event.headers().add(victim.key(), mutator.mutateBytes(victim.value()));
            case 2 -> event.headers().add(mutator.mutateText(victim.key()), victim.value());
            default -> {
                event.headers().remove(victim.key());
                event.headers().add(victim.key(), mutator.hostileText().getBytes(UTF_8));
            }
        }
        return event;
    }
}
