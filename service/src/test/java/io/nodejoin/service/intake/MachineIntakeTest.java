package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.service.tracing.RequestSpans;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What becomes of a record about a machine of a pool. */
class MachineIntakeTest {
    private static final String OFFER = """
            {"cluster":"west","pool":"batch","machine":"m-1","enrollment":"%s"}""".formatted("0a".repeat(32));
    private static final Problem CONFLICT =
            new Problem(ErrorCode.MACHINE_OFFER_CONFLICT, "the secret of m-1 is that of m-2");

    private final FakeOffers offers = new FakeOffers();
    private final CollectedLetters letters = new CollectedLetters();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RecordProcessor processor = new RecordProcessor(
            new RequestReader(
                    RequestReaderTest.CLUSTERS,
                    RequestReaderTest.BELIEVED,
                    Duration.ofMinutes(14),
                    Clock.fixed(Instant.parse("2026-11-25T10:00:00Z"), ZoneOffset.UTC)),
            new HeldJoins(),
            offers,
            letters,
            (_, _) -> {},
            meters,
            RequestSpans.none());

    private static final class FakeOffers implements MachineOffers {
        private final List<LifecycleEvent.MachineRequest> told = new ArrayList<>();
        private Optional<Problem> refusal = Optional.empty();
        private boolean isAway;

        @Override
        public Optional<Problem> tell(LifecycleEvent.MachineRequest request) {
            if (isAway) {
                throw new IllegalStateException("Temporal is away");
            }
            told.add(request);
            return refusal;
        }
    }

    private static final class CollectedLetters implements DeadLetters {
        private final List<Rejection> rejections = new ArrayList<>();

        @Override
        public void reject(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection) {
            rejections.add(rejection);
        }

        @Override
        public void answer(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection) {
            throw new AssertionError("answered: " + rejection);
        }
    }

    @Test
    void shouldTellThePool() throws Exception {
        // when
        process("io.nodejoin.machine.offered.v1", OFFER);
        process("io.nodejoin.machine.withdrawn.v1", """
                {"cluster":"west","pool":"batch","machine":"m-1"}""");

        // then
        assertThat(offers.told).hasSize(2).first().isInstanceOf(MachineOffered.class);
        assertThat(count("offered", "")).isEqualTo(1);
        assertThat(count("withdrawn", "")).isEqualTo(1);
        assertThat(letters.rejections).isEmpty();
    }

    @Test
    void shouldRejectAnOfferThatThePoolRefuses() throws Exception {
        // given
        offers.refusal = Optional.of(CONFLICT);

        // when
        process("io.nodejoin.machine.offered.v1", OFFER);

        // then
        assertThat(letters.rejections).singleElement().satisfies(rejection -> {
            assertThat(rejection.problem()).isEqualTo(CONFLICT);
            assertThat(rejection.request().pool()).isEqualTo("batch");
        });
        assertThat(count("rejected", "MACHINE_OFFER_CONFLICT")).isEqualTo(1);
    }

    @Test
    void shouldLeaveTheRecordToAnotherTryWhileTemporalIsAway() {
        // given
        offers.isAway = true;

        // when, then
        assertThatThrownBy(() -> process("io.nodejoin.machine.offered.v1", OFFER))
                .isInstanceOf(IllegalStateException.class);
        assertThat(letters.rejections).isEmpty();
    }

    @Test
    void shouldKeepTheRequestsForOneMachineInOrder() {
        // given
        PartitionBacklog partition = new RecordBacklog().partition(new TopicPartition("requests", 0));
        ConsumerRecord<byte[], byte[]> offer = RequestReaderTest.binary("io.nodejoin.machine.offered.v1", OFFER);
        ConsumerRecord<byte[], byte[]> withdrawal = RequestReaderTest.binary("io.nodejoin.machine.withdrawn.v1", """
                        {"cluster":"west","pool":"batch","machine":"m-1"}""");

        // when
        PendingRecord first = new PendingRecord(offer, partition, processor.decide(offer));
        PendingRecord second = new PendingRecord(withdrawal, partition, processor.decide(withdrawal));

        // then
        assertThat(first.lane()).isEqualTo(second.lane()).isEqualTo("west/batch/m-1");
        assertThat(first.tenant()).isEqualTo("west/pool batch");
    }

    private void process(String type, String data) throws Exception {
        ConsumerRecord<byte[], byte[]> event = RequestReaderTest.binary(type, data);
        processor.process(event, processor.decide(event));
    }

    private double count(String result, String reason) {
        return meters.counter("nodejoin_requests", "result", result, "reason", reason)
                .count();
    }
}
