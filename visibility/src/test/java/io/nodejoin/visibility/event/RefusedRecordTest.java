package io.nodejoin.visibility.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RefusedRecordTest {
    private static final byte[] VALUE = {'{', 0, (byte) 0xff, '}'};

    private static RefusedRecord letter(String... headers) {
        RecordHeaders all = new RecordHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        return RefusedRecord.of(new ConsumerRecord<>(
                "dlt",
                3,
                17L,
                1_000L,
                TimestampType.CREATE_TIME,
                2,
                VALUE.length,
                "k\u001b[2J".getBytes(UTF_8),
                VALUE,
                all,
                Optional.empty()));
    }

    @Test
    void shouldSayWhyARequestWasRefusedAndWhatToDo() {
        // when
        RefusedRecord letter = letter(
                "nodejoin.dlt.reason", "UNKNOWN_CLUSTER",
                "nodejoin.dlt.original.topic", "requests",
                "nodejoin.dlt.original.partition", "3",
                "nodejoin.dlt.original.offset", "99");

        // then
        assertThat(letter.letter().position()).isEqualTo("3/17");
        assertThat(letter.letter().original()).isEqualTo("requests-3@99");
        assertThat(letter.letter().remedy()).contains(ErrorCode.UNKNOWN_CLUSTER.remedy());
        assertThat(letter.value()).isEqualTo(new String(VALUE, UTF_8));
        assertThat(letter.isOmitted()).isFalse();
    }

    @Test
    void shouldKnowTheHeadersThatTheRecordWasSentWith() {
        // when
        RefusedRecord letter = letter("ce_id", "1", "nodejoin.dlt.reason", "INTERNAL", "ce_type", "t");

        // then
        assertThat(letter.headers()).containsExactly(Map.entry("ce_id", "1"), Map.entry("ce_type", "t"));
        assertThat(letter.sentHeaders()).extracting(Header::key).containsExactly("ce_id", "ce_type");
    }

    @Test
    void shouldKnowALetterWithoutItsRecord() {
        // when
        RefusedRecord letter = letter("nodejoin.dlt.omitted", "key, value and headers");

        // then
        assertThat(letter.isOmitted()).isTrue();
    }
}
