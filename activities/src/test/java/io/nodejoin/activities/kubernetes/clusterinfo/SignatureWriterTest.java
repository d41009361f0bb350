package io.nodejoin.activities.kubernetes.clusterinfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.FakeAuditLog;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How signatures of many joins get into one object that others change as well. */
class SignatureWriterTest {
    private static final ClusterName CLUSTER = new ClusterName("c");
    private static final String KUBECONFIG = "kubeconfig";
    private static final String JWS = "header..signature";
    private static final EffectGuard ANYTHING = _ -> {};
    private static final int MANY = 50;

    private final FakeClusterInfo object = new FakeClusterInfo();
    private final FakeAuditLog audit = new FakeAuditLog();
    private final List<Integer> pauses = new ArrayList<>();
    private final SignatureWriter writer = new SignatureWriter(CLUSTER, object, audit, pauses::add);

    @BeforeEach
    void publishKubeconfig() {
        object.put(Map.of(KUBECONFIG, "text"));
    }

    @Test
    void shouldWriteAllThatComeDuringAWriteAsTheNext() throws Exception {
        // given
        CountDownLatch slow = new CountDownLatch(1);
        object.beforeSwap(() -> awaitQuietly(slow));
        FutureTask<Boolean> first = waiting(publication("first0"));
        List<FutureTask<Boolean>> others = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            others.add(waiting(publication("id%04d".formatted(i))));
        }

        // when
        slow.countDown();

        // then
        assertThat(first.get()).isTrue();
        assertThat(others).allSatisfy(other -> assertThat(other.get()).isTrue());
        assertThat(object.data()).hasSize(1 + 1 + MANY);
        assertThat(object.swaps()).isEqualTo(2);
        assertThat(object.reads()).as("once before each write, and once back").isEqualTo(4);
        assertThat(audit.entries("clusterinfo.sign")).hasSize(1 + MANY);
    }

    @Test
    void shouldNotReadBeforeAWriteWhileNobodyElseWrites() {
        // given
        writeAlone();
        int before = object.reads();

        // when
        writer.write(removal("first0"));

        // then
        assertThat(object.data()).containsOnlyKeys(KUBECONFIG, key("second"));
        assertThat(object.reads()).isEqualTo(before);
    }

    @Test
    void shouldKeepWhatAnotherWriterHasAddedAndReadFirstFromThenOn() {
        // given
        writeAlone();
        object.add("example.com", "somebody's");

        // when
        writer.write(publication("third0"));
        object.add("example.com", "somebody's again");
        writer.write(publication("fourth"));

        // then
        assertThat(object.data())
                .containsEntry("example.com", "somebody's again")
                .containsKeys(key("first0"), key("second"), key("third0"), key("fourth"));
        assertThat(object.swaps()).as("only one was too late").isEqualTo(5);
        assertThat(pauses).containsExactly(1);
        assertThat(audit.entries("clusterinfo.sign")).as("one per effect").hasSize(4);
    }

    @Test
    void shouldGiveUpAfterTenConflictsInARow() {
        // given
        AtomicInteger others = new AtomicInteger();
        object.beforeSwap(() -> object.add("example.com", "version " + others.incrementAndGet()));

        // when
        Throwable thrown = catchThrowable(() -> writer.write(publication("first0")));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.OBJECT_CONFLICT);
        assertThat(pauses).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }

    @Test
    void shouldLeaveOutOnlyTheChangeWhoseHolderMayNoLongerAct() throws Exception {
        // given
        CountDownLatch slow = new CountDownLatch(1);
        object.beforeSwap(() -> awaitQuietly(slow));
        FutureTask<Boolean> first = waiting(publication("first0"));
        FutureTask<Boolean> ended = waiting(SignatureChange.publication(token("ended0"), JWS, effect -> {
            throw new IllegalStateException(effect);
        }));
        FutureTask<Boolean> going = waiting(publication("going0"));

        // when
        slow.countDown();

        // then
        assertThat(first.get()).isTrue();
        assertThat(going.get()).isTrue();
        assertThatThrownBy(ended::get).hasRootCauseMessage("clusterinfo.sign");
        assertThat(object.data()).containsOnlyKeys(KUBECONFIG, key("first0"), key("going0"));
    }

    @Test
    void shouldAskTheHolderAgainBeforeEachFurtherAttempt() {
        // given
        AtomicInteger questions = new AtomicInteger();
        object.beforeSwap(() -> {
            if (pauses.isEmpty()) {
                object.add("example.com", "somebody's");
            }
        });
        EffectGuard ending = effect -> {
            if (questions.incrementAndGet() > 2) {
                throw new IllegalStateException(effect);
            }
        };

        // when
        Throwable thrown =
                catchThrowable(() -> writer.write(SignatureChange.publication(token("ended0"), JWS, ending)));

        // then
        assertThat(thrown).hasMessage("clusterinfo.sign");
        assertThat(object.data()).doesNotContainKey(key("ended0"));
    }

    @Test
    void shouldHaveNoEffectThatCannotBeRecorded() {
        // given
        audit.fail();

        // when
        Throwable thrown = catchThrowable(() -> writer.write(publication("first0")));

        // then
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE);
        assertThat(object.swaps()).isZero();
    }

    @Test
    void shouldRecordNoRemovalOfWhatIsNotThere() {
        // when
        boolean removed = writer.write(removal("absent"));

        // then
        assertThat(removed).isTrue();
        assertThat(object.swaps()).isZero();
        assertThat(audit.entries()).isEmpty();
    }

    @Test
    void shouldRemoveWhatAnotherHasAddedSinceItWasLastRead() {
        // given
        writeAlone();
        object.add(key("other0"), JWS);

        // when
        writer.write(removal("other0"));

        // then
        assertThat(object.data()).containsOnlyKeys(KUBECONFIG, key("first0"), key("second"));
    }

    @Test
    void shouldReportASignatureThatDoesNotStay() {
        // given
        object.afterSwap(() -> object.remove(key("first0")));

        // when
        boolean stays = writer.write(publication("first0"));

        // then
        assertThat(stays).isFalse();
    }

    @Test
    void shouldRefuseASignatureForWhichThereIsNoRoomAndGoOnRemovingOthers() {
        // given
        writer.write(publication("first0"));
        object.add("example.com", "x".repeat(SignatureWriter.MAX_BYTES - JWS.length() - "text".length()));

        // when
        Throwable thrown = catchThrowable(() -> writer.write(publication("second")));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.THROTTLED);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.TOKEN_QUOTA_EXCEEDED);
        assertThat(audit.entries()).hasSize(1);
        writer.write(removal("first0"));
        assertThat(writer.write(publication("second"))).isTrue();
    }

    @Test
    void shouldReportAFailureOfTheApiServerToAllWhoWait() {
        // given
        CountDownLatch slow = new CountDownLatch(1);
        object.beforeSwap(() -> awaitQuietly(slow));
        FutureTask<Boolean> first = waiting(publication("first0"));
        FutureTask<Boolean> second = waiting(publication("second"));
        FutureTask<Boolean> third = waiting(publication("third0"));
        object.afterSwap(() -> {
            if (object.swaps() == 2) {
                throw new IllegalStateException("no answer");
            }
        });

        // when
        slow.countDown();

        // then
        assertThat(first).succeedsWithin(Duration.ofSeconds(10));
        assertThatThrownBy(second::get).hasRootCauseMessage("no answer");
        assertThatThrownBy(third::get).hasRootCauseMessage("no answer");
    }

    @Test
    void shouldCreateTheObjectIfThereIsNone() {
        // given
        FakeClusterInfo absent = new FakeClusterInfo();

        // when
        boolean stays = new SignatureWriter(CLUSTER, absent, audit, pauses::add).write(publication("first0"));

        // then
        assertThat(stays).isTrue();
        assertThat(absent.data()).containsOnlyKeys(key("first0"));
    }

    /** The second read of the two finds what the first write has left. */
    private void writeAlone() {
        writer.write(publication("first0"));
        writer.write(publication("second"));
    }

    /** Starts a write, and returns once it waits for the one before it, or for the API server. */
    private FutureTask<Boolean> waiting(SignatureChange change) {
        FutureTask<Boolean> result = new FutureTask<>(() -> writer.write(change));
        Thread thread = Thread.ofPlatform().start(result);
        await().until(() -> thread.getState() == Thread.State.WAITING);
        return result;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SignatureChange publication(String id) {
        return SignatureChange.publication(token(id), JWS, ANYTHING);
    }

    private static SignatureChange removal(String id) {
        return SignatureChange.removal(token(id), ANYTHING);
    }

    private static TokenRef token(String id) {
        return new TokenRef(CLUSTER, JoinId.of("source", id), new TokenId(id));
    }

    private static String key(String id) {
        return new TokenId(id).signatureKey();
    }
}
