package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.LifecycleEventType;
import io.nodejoin.protocol.hostile.HostileText;
import io.nodejoin.service.tracing.RequestSpans;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of hostile requests behind the verdict: no join, and a dead letter that tells all of it. */
class HostileRecordsTest {
    private static final String JOIN = "io.nodejoin.join.requested.v1";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final Clock clock = Clock.fixed(Instant.parse("2026-11-25T10:00:00Z"), ZoneOffset.UTC);
    private final RecordProcessor processor = new RecordProcessor(
            new RequestReader(RequestReaderTest.CLUSTERS, RequestReaderTest.BELIEVED, Duration.ofMinutes(14), clock),
            new NoJoins(),
            new NoOffers(),
            new KafkaDeadLetters(producer, KafkaConfig.withDefaults("broker:9092"), clock),
            (cluster, node) -> {
                throw new AssertionError("an agent of " + node + " in " + cluster + " is told");
            },
            new SimpleMeterRegistry(),
            RequestSpans.none());

    @Test
    void shouldReachNeitherHostNorApiAndLieOnTheDeadLetterTopicByteForByte() throws Exception {
        int sent = 0;
        for (RequestMember member : RequestMember.values()) {
            for (HostileText hostile : HostileText.all()) {
                if (isGood(member, hostile.text())) {
                    continue;
                }
                // given
                ConsumerRecord<byte[], byte[]> poison = RequestReaderTest.binary(JOIN, member.request(hostile.text()));
                poison.headers().add("theirs", hostile.text().getBytes(StandardCharsets.UTF_8));

                // when
                processor.process(poison, processor.decide(poison));

                // then
                assertLetter(producer.history().get(2 * sent), poison);
                assertEvent(producer.history().get(2 * sent + 1), member, hostile);
                sent++;
            }
        }
        assertThat(producer.history()).hasSize(2 * sent);
        assertThat(sent).isGreaterThan(300 * 12);
    }

    private static boolean isGood(RequestMember member, String text) {
        boolean expired = member == RequestMember.DEADLINE && !text.startsWith("2126") && !text.startsWith("9999");
        return member.isRight(text) && !member.isClosed(text) && !expired && member != RequestMember.CLUSTER;
    }

    private static void assertLetter(ProducerRecord<byte[], byte[]> letter, ConsumerRecord<byte[], byte[]> poison) {
        assertThat(letter.topic()).isEqualTo("nodejoin.requests.v1-dlt");
        assertThat(letter.key()).isEqualTo(poison.key());
        assertThat(letter.value()).isEqualTo(poison.value());
        for (Header header : poison.headers()) {
            assertThat(letter.headers().headers(header.key())).contains(header);
        }
        assertThat(new String(letter.headers().lastHeader("nodejoin.dlt.detail").value(), StandardCharsets.UTF_8))
                .matches("[ -~]+");
    }

    private static void assertEvent(ProducerRecord<byte[], byte[]> event, RequestMember member, HostileText hostile) {
        JsonNode data = JSON.readTree(event.value());
        assertThat(event.headers().lastHeader("ce_type").value())
                .isEqualTo(LifecycleEventType.JOIN_REJECTED.cloudEventType().getBytes(StandardCharsets.UTF_8));
        assertThat(data.path("field").stringValue(null))
                .as("%s in %s", hostile, member)
                .isEqualTo(member.pointerFor(hostile.text()))
                .satisfies(field -> assertThat(field == null || field.matches("(/([^/~]|~[01])*)*"))
                        .isTrue());
        assertThat(data.path("nodeName").stringValue("") + data.path("cluster").stringValue(""))
                .as("%s in %s", hostile, member)
                .doesNotContainPattern("[\\p{C}\\p{Zl}\\p{Zp}]");
    }

    private static final class NoJoins implements JoinStarter {
        @Override
        public StartResult start(RequestDecision.Start start) {
            throw new AssertionError("a join is started: " + start);
        }

        @Override
        public StartResult startIfIdle(JoinRequest request) {
            throw new AssertionError("a join is started: " + request);
        }

        @Override
        public boolean isKnown(NodeRequest request) {
            return false;
        }

        @Override
        public Optional<Problem> cancel(RequestDecision.Cancel cancel) {
            throw new AssertionError("a join is cancelled: " + cancel);
        }
    }
}
