package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionBacklogTest {
    private static final int IN_MEMORY = PartitionBacklog.MAX_RECORDS_OF_TENANT;
    private static final int READ = IN_MEMORY + 10;

    private final PartitionBacklog backlog = new PartitionBacklog(new TopicPartition("requests", 0));

    @Test
    void shouldParkWhatATenantHasInExcess() {
        // when
        List<PendingRecord> taken = readBurst();

        // then
        assertThat(taken).hasSize(IN_MEMORY);
        assertThat(backlog.parked()).isEqualTo(READ - IN_MEMORY);
        assertThat(backlog.take(request(READ, "other"))).isTrue();
    }

    @Test
    void shouldReadParkedRecordsAgainOnceFewAreLeft() {
        // given
        List<PendingRecord> taken = readBurst();
        assertThat(backlog.beginRereading()).isEmpty();

        // when
        taken.subList(0, IN_MEMORY - 5).forEach(backlog::processed);

        // then
        assertThat(backlog.beginRereading()).hasValue(IN_MEMORY);
        assertThat(LongStream.range(IN_MEMORY, READ).filter(offset -> backlog.take(request(offset, "burst"))))
                .hasSize(READ - IN_MEMORY);
        assertThat(backlog.parked()).isZero();
        assertThat(backlog.endRereading()).hasValue(READ);
    }

    @Test
    void shouldTakeNoRecordTwice() {
        // given
        readBurst();

        // when
        boolean again = backlog.take(request(0, "burst"));

        // then
        assertThat(again).isFalse();
    }

    @Test
    void shouldAdvanceToTheFirstParkedRecordAndNoFurther() {
        // given
        List<PendingRecord> taken = readBurst();

        // when
        taken.forEach(backlog::processed);

        // then
        assertThat(backlog.advance()).hasValue(IN_MEMORY);
        assertThat(backlog.advance()).isEmpty();
    }

    @Test
    void shouldForgetParkedRecordsThatKafkaHasDeleted() {
        // given
        readBurst().forEach(backlog::processed);
        assertThat(backlog.beginRereading()).hasValue(IN_MEMORY);

        // when
        boolean taken = backlog.take(request(READ - 1, "burst"));

        // then
        assertThat(taken).isTrue();
        assertThat(backlog.parked()).isZero();
        assertThat(backlog.advance()).hasValue(READ - 1);
    }

    @Test
    void shouldTakeAParkedRecordThatIsRejectedByNow() {
        // given
        readBurst().forEach(backlog::processed);
        backlog.beginRereading();
        RequestReader reader =
                new RequestReader(Map.of(), RequestReaderTest.BELIEVED, Duration.ZERO, Clock.systemUTC());

        // when
        ConsumerRecord<byte[], byte[]> content = content(IN_MEMORY);
        boolean taken = backlog.take(new PendingRecord(content, backlog, reader.parseRequest(content)));

        // then
        assertThat(taken).isTrue();
    }

    private List<PendingRecord> readBurst() {
        List<PendingRecord> taken = new ArrayList<>();
        for (long offset = 0; offset < READ; offset++) {
            PendingRecord read = request(offset, "burst");
            if (backlog.take(read)) {
                taken.add(read);
            }
        }
        return taken;
    }

    private PendingRecord request(long offset, String source) {
        return new PendingRecord(
                content(offset),
                backlog,
                new RequestDecision.Start(
                        JoinRequests.of("n" + offset, Instant.EPOCH, 1),
                        new Rejection.Sender("west", "n" + offset, "id", null, source)));
    }

    private static ConsumerRecord<byte[], byte[]> content(long offset) {
        return new ConsumerRecord<>("requests", 0, offset, new byte[0], new byte[0]);
    }
}
