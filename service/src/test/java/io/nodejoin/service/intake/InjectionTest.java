package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.hostile.HostileText;
import io.nodejoin.protocol.hostile.Mutator;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every hostile text in every place of a record. */
class InjectionTest {
    private static final String JOIN = "io.nodejoin.join.requested.v1";
    private static final String CANCEL = "io.nodejoin.join.cancel-requested.v1";
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final String GOOD = RequestMember.NODE_NAME.request("n1");

    private final RequestReader reader = new RequestReader(
            RequestReaderTest.CLUSTERS,
            RequestReaderTest.BELIEVED,
            Duration.ofMinutes(14),
            Clock.fixed(NOW, ZoneOffset.UTC));
    private final SoftAssertions softly = new SoftAssertions();

    @ParameterizedTest
    @EnumSource
    void shouldTakeARightTextAsItIsAndRejectAnyOtherWithFieldRuleAndPosition(RequestMember member) {
        Set<String> details = new HashSet<>();
        for (HostileText hostile : HostileText.all()) {
            // when
            RequestDecision verdict =
                    reader.parseRequest(RequestReaderTest.binary(JOIN, member.request(hostile.text())));

            // then
            ErrorCode expected = expected(member, hostile.text());
            if (expected == null) {
                softly.assertThat(verdict)
                        .as("%s", hostile)
                        .isInstanceOfSatisfying(RequestDecision.Start.class, start -> {
                            String taken = member.taken(((JoinRequest) start.request()).spec());
                            assertThat(taken).isIn(hostile.text(), null);
                        });
            } else {
                softly.assertThat(verdict)
                        .as("%s", hostile)
                        .isInstanceOfSatisfying(RequestDecision.Reject.class, reject -> {
                            assertRejected(
                                    reject.rejection(), expected, member.pointerFor(hostile.text()), hostile.text());
                            assertPosition(reject.rejection().problem().detail(), member.firstForeign(hostile.text()));
                            if (expected != ErrorCode.UNKNOWN_CLUSTER) {
                                details.add(
                                        reject.rejection().problem().detail().replaceAll("\\d+", "0"));
                            }
                        });
            }
        }
        softly.assertAll();
        // Whatever was sent, the rule is told in one of a few sentences.
        assertThat(details).hasSizeLessThan(9);
    }

    private static @Nullable ErrorCode expected(RequestMember member, String text) {
        if (!member.isRight(text)) {
            return member == RequestMember.NODE_NAME ? ErrorCode.INVALID_NODE_NAME : ErrorCode.EVENT_MALFORMED;
        }
        return switch (member) {
            case CLUSTER -> ErrorCode.UNKNOWN_CLUSTER;
            case LABEL_KEY, TAINT_KEY -> member.isClosed(text) ? ErrorCode.LABEL_NOT_ALLOWED : null;
            case DEADLINE -> OffsetDateTime.parse(text).toInstant().isAfter(NOW) ? null : ErrorCode.EVENT_EXPIRED;
            default -> null;
        };
    }

    private static void assertRejected(Rejection rejection, ErrorCode code, @Nullable String field, String text) {
        String detail = rejection.problem().detail();
        assertThat(rejection.problem().code()).isEqualTo(code);
        assertThat(rejection.field()).isEqualTo(field);
        assertThat(detail).matches("[ -~]{10,400}");
        boolean valid = code == ErrorCode.UNKNOWN_CLUSTER || code == ErrorCode.EVENT_EXPIRED;
        if (text.length() > 12 && !valid) {
            assertThat(detail).doesNotContain(text);
        }
    }

    private static void assertPosition(String detail, int firstForeign) {
        if (firstForeign >= 0) {
            assertThat(detail).containsPattern("at offset \\d+");
            int offset = Integer.parseInt(detail.replaceFirst("(?s).*at offset (\\d+).*", "$1"));
            assertThat(offset).isLessThanOrEqualTo(firstForeign);
        }
    }

    @Test
    void shouldRejectAMemberOfAnyOtherName() {
        for (HostileText hostile : HostileText.all()) {
            // given
            String request = GOOD.substring(0, GOOD.length() - 1) + "," + Mutator.quoteJson(hostile.text()) + ":1}";

            // when
            RequestDecision verdict = reader.parseRequest(RequestReaderTest.binary(JOIN, request));

            // then
            String text = hostile.text();
            String pointer =
                    text.matches("[ -~]{1,256}") ? "/" + text.replace("~", "~0").replace("/", "~1") : null;
            softly.assertThat(verdict)
                    .as("%s", hostile)
                    .isInstanceOfSatisfying(RequestDecision.Reject.class, reject -> {
                        boolean unread = text.length() > 1_024;
                        assertRejected(reject.rejection(), ErrorCode.EVENT_MALFORMED, unread ? null : pointer, text);
                    });
        }
        softly.assertAll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "nodeName"})
    void shouldRejectACancelRequestForNoNode(String member) {
        for (HostileText hostile : HostileText.all()) {
            // given
            String good = "{\"cluster\":\"west\",\"nodeName\":\"n1\"}";
            String other = member.equals("cluster") ? "\"west\"" : "\"n1\"";
            String request = good.replace(other, Mutator.quoteJson(hostile.text()));

            // when
            RequestDecision verdict = reader.parseRequest(RequestReaderTest.binary(CANCEL, request));

            // then
            boolean node = member.equals("nodeName");
            if (node && Grammars.isSubdomain(hostile.text())) {
                softly.assertThat(verdict)
                        .isInstanceOfSatisfying(
                                RequestDecision.Cancel.class,
                                cancel -> assertThat(cancel.node().value()).isEqualTo(hostile.text()));
            } else {
                ErrorCode malformed = node ? ErrorCode.INVALID_NODE_NAME : ErrorCode.EVENT_MALFORMED;
                ErrorCode code = Grammars.isLabel(hostile.text()) ? ErrorCode.UNKNOWN_CLUSTER : malformed;
                softly.assertThat(verdict)
                        .as("%s", hostile)
                        .isInstanceOfSatisfying(
                                RequestDecision.Reject.class,
                                reject -> assertRejected(reject.rejection(), code, "/" + member, hostile.text()));
            }
        }
        softly.assertAll();
    }

    @Test
    void shouldPassOnAReasonAsPlainTextOnly() {
        for (HostileText hostile : HostileText.all()) {
            // given
            String request =
                    "{\"cluster\":\"west\",\"nodeName\":\"n1\",\"reason\":" + Mutator.quoteJson(hostile.text()) + "}";

            // when
            RequestDecision verdict = reader.parseRequest(RequestReaderTest.binary(CANCEL, request));

            // then
            if (hostile.text().length() > 1_024) {
                softly.assertThat(verdict)
                        .isInstanceOfSatisfying(
                                RequestDecision.Reject.class,
                                reject -> assertRejected(
                                        reject.rejection(), ErrorCode.EVENT_MALFORMED, "/reason", hostile.text()));
            } else {
                softly.assertThat(verdict)
                        .as("%s", hostile)
                        .isInstanceOfSatisfying(RequestDecision.Cancel.class, cancel -> {
                            assertThat(cancel.abort().reason()).hasSameSizeAs(plainly(hostile.text()));
                            assertThat(cancel.abort().reason().codePoints()).allMatch(InjectionTest::isPlain);
                        });
            }
        }
        softly.assertAll();
    }

    /** As long as the text with one replacement for each character that is not plain. */
    private static String plainly(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints().forEach(point -> plain.appendCodePoint(isPlain(point) ? point : 0xfffd));
        return plain.toString();
    }

    private static boolean isPlain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce_id", "ce_source"})
    void shouldLetIdAndSourcePassAsDigestOnly(String header) {
        for (HostileText hostile : HostileText.all()) {
            // given
            byte[] bytes = hostile.text().getBytes(StandardCharsets.UTF_8);
            ConsumerRecord<byte[], byte[]> event = with(header, bytes);

            // when
            RequestDecision verdict = reader.parseRequest(event);

            // then
            String received = new String(bytes, StandardCharsets.UTF_8);
            JoinId joinId = header.equals("ce_id") ? digest("/fleet", received) : digest(received, "e1");
            switch (verdict) {
                case RequestDecision.Start start ->
                    softly.assertThat(start.request()).as("%s", hostile).isEqualTo(baseline(joinId));
                case RequestDecision.Cancel _, RequestDecision.Tell _ -> softly.fail("%s is no join", hostile);
                case RequestDecision.Reject reject -> {
                    assertRejected(reject.rejection(), ErrorCode.EVENT_MALFORMED, null, hostile.text());
                    softly.assertThat(header.equals("ce_id") && !received.isEmpty())
                            .as("%s", hostile)
                            .isFalse();
                }
            }
        }
        softly.assertAll();
    }

    private static JoinId digest(String source, String id) {
        return new JoinId(Sha256.hex((source + "\0" + id).getBytes(StandardCharsets.UTF_8))
                .substring(0, 32));
    }

    private JoinRequest baseline(JoinId joinId) {
        JoinRequest good = (JoinRequest)
                ((RequestDecision.Start) reader.parseRequest(RequestReaderTest.binary(JOIN, GOOD))).request();
        return new JoinRequest(joinId, good.generation(), good.spec(), good.deadline(), good.policy(), null);
    }

    @Test
    void shouldTakeNoTypeButItsOwn() {
        for (HostileText hostile : HostileText.all()) {
            // when
            RequestDecision verdict =
                    reader.parseRequest(with("ce_type", hostile.text().getBytes(StandardCharsets.UTF_8)));

            // then
            softly.assertThat(verdict)
                    .as("%s", hostile)
                    .isInstanceOfSatisfying(
                            RequestDecision.Reject.class,
                            reject -> assertRejected(
                                    reject.rejection(), ErrorCode.EVENT_MALFORMED, null, hostile.text()));
        }
        softly.assertAll();
    }

    @Test
    void shouldTakeATimeOrNameTheAttribute() {
        for (HostileText hostile : HostileText.all()) {
            // when
            RequestDecision verdict =
                    reader.parseRequest(with("ce_time", hostile.text().getBytes(StandardCharsets.UTF_8)));

            // then
            softly.assertThat(verdict).as("%s", hostile).satisfies(any -> assertTime(any, hostile.text()));
        }
        softly.assertAll();
    }

    private static void assertTime(RequestDecision verdict, String text) {
        switch (verdict) {
            case RequestDecision.Start start -> {
                assertThat(OffsetDateTime.parse(text).toInstant()).isAfter(NOW);
                assertThat(start.request().generation()).isEqualTo(NOW);
            }
            case RequestDecision.Cancel _, RequestDecision.Tell _ -> throw new AssertionError("it is no join");
            case RequestDecision.Reject reject
            when reject.rejection().problem().code() == ErrorCode.EVENT_EXPIRED ->
                assertThat(OffsetDateTime.parse(text).toInstant()).isBefore(NOW);
            case RequestDecision.Reject reject -> {
                assertRejected(reject.rejection(), ErrorCode.EVENT_MALFORMED, null, text);
                assertThat(reject.rejection().problem().detail())
                        .contains("attribute time")
                        .containsPattern("at offset \\d+");
            }
        }
    }

    @Test
    void shouldNotLookAtKeySubjectAndOtherAttributes() {
        // given
        RequestDecision good = reader.parseRequest(RequestReaderTest.binary(JOIN, GOOD));
        for (HostileText hostile : HostileText.all()) {
            byte[] bytes = hostile.text().getBytes(StandardCharsets.UTF_8);
            ConsumerRecord<byte[], byte[]> keyed =
                    new ConsumerRecord<>("requests", 3, 17, bytes, GOOD.getBytes(StandardCharsets.UTF_8));
            RequestReaderTest.binary(JOIN, GOOD).headers().forEach(keyed.headers()::add);

            // then
            softly.assertThat(reader.parseRequest(keyed)).as("key %s", hostile).isEqualTo(good);
            softly.assertThat(reader.parseRequest(with("ce_subject", bytes)))
                    .as("subject %s", hostile)
                    .isEqualTo(good);
            softly.assertThat(reader.parseRequest(with("ce_traceparent", bytes)))
                    .as("extension %s", hostile)
                    .isEqualTo(good);
        }
        softly.assertAll();
    }

    private static ConsumerRecord<byte[], byte[]> with(String header, byte[] value) {
        ConsumerRecord<byte[], byte[]> event = RequestReaderTest.binary(JOIN, GOOD);
        event.headers().remove(header);
        event.headers().add(header, value);
        return event;
    }
}
