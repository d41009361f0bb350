package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.node.NodeObject;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final String DIGEST = "0123456789abcdef".repeat(4);
    private static final String GOOD = "{\"cluster\":\"west\",\"nodeName\":\"n1\",\"enrollment\":\"" + DIGEST + "\"}";

    static final Map<ClusterName, JoinPolicy> CLUSTERS = Map.of(
            new ClusterName("west"),
            new JoinPolicy(
                    ApprovalMode.NODEJOIN,
                    TlsBootstrap.AGENT,
                    NodeObject.NODEJOIN,
                    Duration.ofMinutes(10),
                    List.of(),
                    null,
                    null));

    static final RequestKeys BELIEVED = believed();

    private final RequestReader reader =
            new RequestReader(CLUSTERS, BELIEVED, Duration.ofMinutes(14), Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void shouldStartJoinOfBinaryEvent() {
        // given
        ConsumerRecord<byte[], byte[]> event = binary("io.nodejoin.join.requested.v1", GOOD);
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Start.class, start -> {
            assertThat(start.request().joinId()).isEqualTo(JoinId.of("/fleet", "e1"));
            assertThat(start.request().generation()).isEqualTo(Instant.parse("2026-11-25T09:59:00Z"));
            assertThat(start.request().deadline()).isEqualTo(Instant.parse("2026-11-25T10:13:00Z"));
            assertThat(((JoinRequest) start.request()).spec().enrollment()).isEqualTo(DIGEST);
        });
    }

    @Test
    void shouldReadStructuredEventLikeBinaryOne() {
        // given
        ConsumerRecord<byte[], byte[]> event = kafkaRecord("""
                {"specversion":"1.0","id":"e1","source":"/fleet","type":"io.nodejoin.join.requested.v1",
                 "time":"2026-11-25T09:59:00Z","datacontenttype":"application/json","data":%s}
                """.formatted(GOOD));
        event.headers().add("content-type", "application/cloudevents+json".getBytes(StandardCharsets.UTF_8));
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(verdict).isEqualTo(reader.parseRequest(binary("io.nodejoin.join.requested.v1", GOOD)));
    }

    @Test
    void shouldNotLetATimeThatIsYetToComeOutrankLaterRequests() {
        // given
        ConsumerRecord<byte[], byte[]> event = kafkaRecord("""
                {"specversion":"1.0","id":"e1","source":"/fleet","type":"io.nodejoin.join.requested.v1",
                 "time":"2099-01-01T00:00:00Z","datacontenttype":"application/json","data":%s}
                """.formatted(GOOD));
        event.headers().add("content-type", "application/cloudevents+json".getBytes(StandardCharsets.UTF_8));
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        RequestDecision.Start.class,
                        start -> assertThat(start.request().generation()).isEqualTo(NOW));
    }

    @Test
    void shouldStartALeaveOfTheNode() {
        // given
        ConsumerRecord<byte[], byte[]> event = binary("io.nodejoin.leave.requested.v1", """
                        {"cluster":"west","nodeName":"n1","gracePeriodSeconds":30,"hostGone":true}""");
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Start.class, start -> {
            assertThat(start.request()).isInstanceOf(LeaveRequest.class);
            assertThat(start.request().node().name().value()).isEqualTo("n1");
            assertThat(((LeaveRequest) start.request()).spec().skipsHostReset()).isTrue();
            assertThat(start.request().deadline()).isEqualTo(Instant.parse("2026-11-25T10:13:00Z"));
        });
    }

    @Test
    void shouldCancelJoin() {
        // given
        ConsumerRecord<byte[], byte[]> event = binary(
                "io.nodejoin.join.cancel-requested.v1",
                "{\"cluster\":\"west\",\"nodeName\":\"n1\",\"reason\":\"scaled in\"}");
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Cancel.class, cancel -> {
            assertThat(cancel.node().value()).isEqualTo("n1");
            assertThat(cancel.abort().reason()).isEqualTo("scaled in");
            assertThat(cancel.abort().requestedBy()).isEqualTo("/fleet");
            assertThat(cancel.abort().generation()).isEqualTo(Instant.parse("2026-11-25T09:59:00Z"));
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "cluster":"east","nodeName":"n1","enrollment":"D"       | UNKNOWN_CLUSTER   | /cluster
                    "cluster":"west","nodeName":"Node_1","enrollment":"D"   | INVALID_NODE_NAME | /nodeName
                    "cluster":"west","nodeName":"../../etc","enrollment":"D" | INVALID_NODE_NAME | /nodeName
                    "cluster":"west","nodeName":7,"enrollment":"D"          | EVENT_MALFORMED   | /nodeName
                    "cluster":"west","nodeName":"n1"                        | EVENT_MALFORMED   | /enrollment
                    "cluster":"west","nodeName":"n1","enrollment":"secret"  | EVENT_MALFORMED   | /enrollment
                    "cluster":"west","nodeName":"n1","enrollment":"D","addresses":["999.1.1.1"] | EVENT_MALFORMED | /addresses/0
                    "cluster":"west","nodeName":"n1","enrollment":"D","addresses":["192.0.2.1","127.0.0.1"] | EVENT_MALFORMED | /addresses/1
                    "cluster":"west","nodeName":"n1","enrollment":"D","deadline":"soon"         | EVENT_MALFORMED | /deadline
                    "cluster":"west","nodeName":"n1","enrollment":"D","deadline":"2026-11-25T10:00:00Z" | EVENT_EXPIRED | /deadline
                    "cluster":"west","nodeName":"n1","enrollment":"D","deadline":"2126-11-25T10:00:00.0123456789Z" | EVENT_MALFORMED | /deadline
                    "cluster":"west","nodeName":"n1","enrollment":"D","labels":{"a~b":"c"} | EVENT_MALFORMED | /labels/a~0b
                    "cluster":"west","nodeName":"n1","enrollment":"D","labels":{"k8s.io/a":"b"} | LABEL_NOT_ALLOWED | /labels/k8s.io~1a
                    "cluster":"west","nodeName":"n1","enrollment":"D","taints":[{"key":"k8s.io/a","effect":"NoExecute"}] | LABEL_NOT_ALLOWED | /taints/0/key
                    "cluster":"west","nodeName":"n1","enrollment":"D","taints":[{"key":"a","effect":"NoExecute"},{"key":"a","value":"b","effect":"NoExecute"}] | EVENT_MALFORMED | /taints/1
                    """, quoteCharacter = '\'')
    void shouldRejectWithCodeAndField(String members, ErrorCode code, String field) {
        // given
        String data = "{" + members.replace("\"D\"", "\"" + DIGEST + "\"") + "}";
        // when
        RequestDecision verdict = reader.parseRequest(binary("io.nodejoin.join.requested.v1", data));
        // then
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Reject.class, reject -> {
            assertThat(reject.rejection().problem().code()).isEqualTo(code);
            assertThat(reject.rejection().field()).isEqualTo(field);
            assertThat(reject.rejection().request().requestId()).isEqualTo("e1");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not json", "[1]", "null", "{\"a\":1,\"a\":2}", "{} trailing", "{\"cluster\":\"west\""})
    void shouldRejectWhatIsNoJsonObject(String value) {
        // given
        ConsumerRecord<byte[], byte[]> event = binary("io.nodejoin.join.requested.v1", value);
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Reject.class, reject -> {
            assertThat(reject.rejection().problem().code()).isEqualTo(ErrorCode.EVENT_MALFORMED);
            assertThat(reject.rejection().problem().detail()).doesNotContainPattern("[a-z][A-Z]|Exception");
            assertThat(reject.rejection().request().requestId()).isEqualTo("e1");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "BOM", "ISO-8859-1"})
    void shouldRejectEveryEncodingButPlainUtf8(String encoding) {
        // given
        String text = GOOD.replace("west", encoding.startsWith("ISO") ? "w\u00e9st" : "west");
        byte[] value = encoding.equals("BOM")
                ? ("\ufeff" + text).getBytes(StandardCharsets.UTF_8)
                : text.getBytes(Charset.forName(encoding));
        ConsumerRecord<byte[], byte[]> event = new ConsumerRecord<>("requests", 3, 17, new byte[0], value);
        binary("io.nodejoin.join.requested.v1", GOOD)
                .headers()
                .forEach(header -> event.headers().add(header));
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Reject.class, reject -> {
            assertThat(reject.rejection().problem().code()).isEqualTo(ErrorCode.EVENT_MALFORMED);
            assertThat(reject.rejection().problem().detail()).containsAnyOf("UTF-8");
        });
    }

    @Test
    void shouldRejectDeepJsonWithoutReadingIt() {
        // given
        ConsumerRecord<byte[], byte[]> event =
                binary("io.nodejoin.join.requested.v1", "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(code(verdict)).isEqualTo(ErrorCode.EVENT_MALFORMED);
    }

    @Test
    void shouldRejectLargeValue() {
        // given
        ConsumerRecord<byte[], byte[]> event =
                binary("io.nodejoin.join.requested.v1", "{\"a\":\"" + "x".repeat(300_000) + "\"}");
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(code(verdict)).isEqualTo(ErrorCode.EVENT_MALFORMED);
    }

    @Test
    void shouldRejectPlainJsonWithoutCloudEventsHeaders() {
        // given
        ConsumerRecord<byte[], byte[]> event = kafkaRecord(GOOD);
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(code(verdict)).isEqualTo(ErrorCode.EVENT_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce_id", "ce_source", "ce_type"})
    void shouldNameTheAttributeThatIsMissing(String header) {
        // given
        ConsumerRecord<byte[], byte[]> event = binary("io.nodejoin.join.requested.v1", GOOD);
        event.headers().remove(header);
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Reject.class, reject -> {
            assertThat(reject.rejection().problem().code()).isEqualTo(ErrorCode.EVENT_MALFORMED);
            assertThat(reject.rejection().problem().detail()).contains("attribute " + header.substring(3));
        });
    }

    @Test
    void shouldTellTheWholeNameOfARequestThatIsTooLate() {
        // given
        String longest = "a.".repeat(126) + "a";
        String late = GOOD.replace("n1", longest).replace("}", ",\"deadline\":\"2020-02-02T02:02:02Z\"}");
        // when
        RequestDecision verdict = reader.parseRequest(binary("io.nodejoin.join.requested.v1", late));
        // then
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Reject.class, reject -> {
            assertThat(reject.rejection().problem().code()).isEqualTo(ErrorCode.EVENT_EXPIRED);
            assertThat(reject.rejection().request().nodeName()).isEqualTo(longest);
        });
    }

    @Test
    void shouldRejectUnknownType() {
        // given
        ConsumerRecord<byte[], byte[]> event = binary("io.nodejoin.join.succeeded.v1", GOOD);
        // when
        RequestDecision verdict = reader.parseRequest(event);
        // then
        assertThat(code(verdict)).isEqualTo(ErrorCode.EVENT_MALFORMED);
    }

    @Test
    @SuppressWarnings("NullAway") // a tombstone has no value
    void shouldRejectTombstone() {
        // given
        ConsumerRecord<byte[], byte[]> tombstone = new ConsumerRecord<>("requests", 0, 0, new byte[0], null);
        // when
        RequestDecision verdict = reader.parseRequest(tombstone);
        // then
        assertThat(code(verdict)).isEqualTo(ErrorCode.EVENT_MALFORMED);
    }

    private static ErrorCode code(RequestDecision verdict) {
        return ((RequestDecision.Reject) verdict).rejection().problem().code();
    }

    static ConsumerRecord<byte[], byte[]> binary(String type, String data) {
        ConsumerRecord<byte[], byte[]> event = kafkaRecord(data);
        Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "e1",
                        "ce_source", "/fleet",
                        "ce_type", type,
                        "ce_time", "2026-11-25T09:59:00Z",
                        "content-type", "application/json")
                .forEach((name, value) -> event.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return event;
    }

    private static ConsumerRecord<byte[], byte[]> kafkaRecord(String value) {
        return new ConsumerRecord<>(
                "requests", 3, 17, "west/n1".getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    private static RequestKeys believed() {
        try {
            return RequestKeys.load(Map.of());
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }
}
