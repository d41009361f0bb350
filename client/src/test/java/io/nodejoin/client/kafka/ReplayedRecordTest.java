package io.nodejoin.client.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.visibility.event.RefusedRecord;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class ReplayedRecordTest {
    @Test
    void shouldPublishTheSameBytesWithItsOwnHeadersOnly() {
        // given
        byte[] key = {1, -1};
        byte[] value = {0, -2, 3};
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>("dlt", 3, 17, key, value);
        letter.headers().add("ce_id", new byte[] {4}).add("nodejoin.dlt.reason", new byte[] {5});

        // when
        ProducerRecord<byte[], byte[]> again = ReplayedRecord.of(RefusedRecord.of(letter), "requests");

        // then
        assertThat(again.topic()).isEqualTo("requests");
        assertThat(again.key()).isEqualTo(key);
        assertThat(again.value()).isEqualTo(value);
        assertThat(Arrays.stream(again.headers().toArray()).map(Header::key)).containsExactly("ce_id");
    }
}
