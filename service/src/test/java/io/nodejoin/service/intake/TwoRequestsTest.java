package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TwoRequestsTest {
    private static final int PAIRS = Integer.getInteger("nodejoin.race.pairs", 24);
    private static final int AT_ONCE = 32;
    /** Half of the pairs meet at the start. */
    private static final List<String> GATES = List.of("start", "prepare", "start", "decide", "start", "register");

    private static final long SEED = 20261125;

    private final InstantCluster cluster = new InstantCluster(JoinRequests.ENROLLMENT);
    private final TestWorkflowEnvironment temporal = RealTimeTemporal.environment();
    private final JoinStarter joinStarter = RealTimeTemporal.joinStarter(temporal, EnrollmentHandover.none());
    private final Instant born = Instant.now();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeEach
    void start() {
        RealTimeTemporal.startWorkers(temporal, cluster);
    }

    @AfterEach
    void close() {
        threads.close();
        temporal.close();
    }

    /**
     * Two requests for one node, the second one newer.
     *
     * @param gate the step at which the older one's join is when the newer one comes
     */
    private record Pair(JoinRequest older, JoinRequest newer, String gate, boolean newerFirst) {
        NodeName node() {
            return older.node().name();
        }
    }

    private record Answers(Pair pair, JoinStarter.StartResult older, JoinStarter.StartResult newer) {}

    @Test
    @Timeout(600)
    void shouldLetTheNewerOfEachPairWinWithNeverTwoTokens() throws InterruptedException, ExecutionException {
        // given
        Random random = new Random(SEED);
        List<Pair> pairs = IntStream.range(0, PAIRS)
                .mapToObj(i -> pair("n" + i, GATES.get(i % GATES.size()), random.nextBoolean()))
                .toList();

        // when
        Semaphore turn = new Semaphore(AT_ONCE);
        List<Future<Answers>> races = pairs.stream()
                .map(pair -> threads.submit(() -> race(pair, turn)))
                .toList();

        // then
        for (Future<Answers> race : races) {
            Answers answers = race.get();
            assertThat(answers.newer()).isNotInstanceOf(JoinStarter.StartResult.Refused.class);
            assertThat(outcomes(answers.pair().newer())).singleElement().isInstanceOf(JoinSucceeded.class);
            if (answers.older() instanceof JoinStarter.StartResult.Refused(var problem)) {
                assertThat(problem.code()).isEqualTo(ErrorCode.SUPERSEDED);
                assertThat(outcomes(answers.pair().older())).isEmpty();
            } else {
                assertThat(outcomes(answers.pair().older()))
                        .singleElement()
                        .isInstanceOfSatisfying(
                                JoinCancelled.class,
                                cancelled -> assertThat(cancelled.reason()).isEqualTo(ErrorCode.SUPERSEDED));
            }
        }
        assertThat(cluster.doubled).isEmpty();
        assertThat(cluster.alive()).isZero();
        assertThat(cluster.issued).contains(pairs.getFirst().newer().joinId());
    }

    @Test
    void shouldHandOverOnceHoweverOftenTheNewerRequestIsRead() {
        // given
        Pair pair = pair("n1", "start", false);
        cluster.gate(pair.node(), pair.gate(), pair.newer().joinId());
        JoinStarter.StartResult started = joinStarter.start(JoinRequests.verdict(pair.older()));

        // when
        JoinStarter.StartResult first = joinStarter.start(JoinRequests.verdict(pair.newer()));
        JoinStarter.StartResult again = joinStarter.start(JoinRequests.verdict(pair.newer()));
        awaitOutcome(pair.newer());
        JoinStarter.StartResult afterwards = joinStarter.start(JoinRequests.verdict(pair.newer()));

        // then
        assertThat(started).isInstanceOf(JoinStarter.StartResult.Started.class);
        assertThat(first).isInstanceOf(JoinStarter.StartResult.Queued.class);
        assertThat(again)
                .isInstanceOfAny(JoinStarter.StartResult.Queued.class, JoinStarter.StartResult.Duplicate.class);
        assertThat(afterwards).isInstanceOf(JoinStarter.StartResult.Duplicate.class);
        assertThat(outcomes(pair.older())).singleElement().isInstanceOf(JoinCancelled.class);
        assertThat(outcomes(pair.newer())).singleElement().isInstanceOf(JoinSucceeded.class);
    }

    @Test
    void shouldKnowEveryRequestAgainThatHasHadItsAnswer() {
        // given a join that gave way, the one that took its place, and one that began after their ends
        Pair pair = pair("n1", "start", false);
        cluster.gate(pair.node(), pair.gate(), pair.newer().joinId());
        joinStarter.start(JoinRequests.verdict(pair.older()));
        joinStarter.start(JoinRequests.verdict(pair.newer()));
        JoinStarter.StartResult besideItsSuccessor = joinStarter.start(JoinRequests.verdict(pair.older()));
        awaitOutcome(pair.newer());
        JoinRequest third = request("n1", 3);
        joinStarter.start(JoinRequests.verdict(third));
        awaitOutcome(third);

        // when
        List<JoinStarter.StartResult> again = Stream.of(pair.older(), pair.newer(), third)
                .map(request -> joinStarter.start(JoinRequests.verdict(request)))
                .toList();

        // then
        assertThat(besideItsSuccessor).isInstanceOf(JoinStarter.StartResult.Duplicate.class);
        assertThat(again).hasOnlyElementsOfType(JoinStarter.StartResult.Duplicate.class);
        assertThat(List.of(pair.older(), pair.newer(), third)).allMatch(joinStarter::isKnown);
        assertThat(joinStarter.isKnown(request("n1", 4))).isFalse();
        assertThat(joinStarter.isKnown(request("n2", 1))).isFalse();
        assertThat(outcomes(pair.older())).singleElement().isInstanceOf(JoinCancelled.class);
        assertThat(outcomes(pair.newer())).hasSize(1);
        assertThat(outcomes(third)).hasSize(1);
    }

    @Test
    void shouldRejectARequestThatIsNotNewerThanTheOneThatRunsOrRan() {
        // given
        Pair pair = pair("n1", "start", false);
        joinStarter.start(JoinRequests.verdict(pair.newer()));

        // when
        JoinStarter.StartResult meanwhile = joinStarter.start(JoinRequests.verdict(pair.older()));
        awaitOutcome(pair.newer());
        JoinStarter.StartResult afterwards = joinStarter.start(JoinRequests.verdict(pair.older()));

        // then
        assertThat(meanwhile).isInstanceOf(JoinStarter.StartResult.Refused.class);
        assertThat(afterwards).isInstanceOf(JoinStarter.StartResult.Refused.class);
        assertThat(outcomes(pair.older())).isEmpty();
    }

    @Test
    void shouldHandOverToARunThatSettlesWithoutCancellingItsJoin() {
        // given a join that has told its outcome, and waits until the newer request is accepted
        Pair pair = pair("n1", "settle", false);
        cluster.gate(pair.node(), pair.gate(), pair.newer().joinId());
        joinStarter.start(JoinRequests.verdict(pair.older()));
        awaitOutcome(pair.older());

        // when
        JoinStarter.StartResult answer = joinStarter.start(JoinRequests.verdict(pair.newer()));

        // then
        awaitOutcome(pair.newer());
        assertThat(answer).isInstanceOf(JoinStarter.StartResult.Queued.class);
        assertThat(outcomes(pair.older())).singleElement().isInstanceOf(JoinSucceeded.class);
        assertThat(outcomes(pair.newer())).singleElement().isInstanceOf(JoinSucceeded.class);
        assertThat(joinStarter.start(JoinRequests.verdict(pair.newer())))
                .isInstanceOf(JoinStarter.StartResult.Duplicate.class);
    }

    @Test
    void shouldLetARequestThatIsConfinedToItsPoolReplaceOrCancelNoneOfAnother() throws InterruptedException {
        // given
        JoinRequest running = JoinRequests.of("n1", born, 1, new PoolName("batch"), null);
        JoinRequest stranger = JoinRequests.of("n1", born, 2, new PoolName("web"), true);
        JoinRequest member = JoinRequests.of("n1", born, 3, new PoolName("batch"), true);
        cluster.gate(running.node().name(), "prepare", member.joinId());
        joinStarter.start(JoinRequests.verdict(running));
        cluster.awaitReached(running.node().name());
        AbortRequest abort = new AbortRequest("why", "a test", null, new PoolName("web"));

        // when
        JoinStarter.StartResult refused = joinStarter.start(JoinRequests.verdict(stranger));
        Optional<Problem> uncancelled = joinStarter.cancel(new RequestDecision.Cancel(
                JoinRequests.CLUSTER, running.node().name(), abort, Rejection.Sender.UNKNOWN));
        JoinStarter.StartResult queued = joinStarter.start(JoinRequests.verdict(member));
        awaitOutcome(member);

        // then
        assertThat(refused)
                .isInstanceOfSatisfying(
                        JoinStarter.StartResult.Refused.class,
                        result -> assertThat(result.problem().code()).isEqualTo(ErrorCode.NODE_NOT_IN_POOL));
        assertThat(uncancelled).map(Problem::code).contains(ErrorCode.NODE_NOT_IN_POOL);
        assertThat(queued).isInstanceOf(JoinStarter.StartResult.Queued.class);
        assertThat(outcomes(stranger)).isEmpty();
        assertThat(outcomes(member)).singleElement().isInstanceOf(JoinSucceeded.class);
    }

    @Test
    void shouldStartAComebackOnceAndOnlyIfNothingElseIsUnderWay() throws InterruptedException {
        // given a join that waits until a third request is accepted
        JoinRequest running = request("n1", 1);
        JoinRequest comeback = request("n1", 2);
        JoinRequest third = request("n1", 3);
        cluster.gate(running.node().name(), "prepare", third.joinId());
        joinStarter.start(JoinRequests.verdict(running));
        cluster.awaitReached(running.node().name());

        // when
        JoinStarter.StartResult meanwhile = joinStarter.startIfIdle(comeback);
        joinStarter.start(JoinRequests.verdict(third));
        awaitOutcome(third);
        JoinStarter.StartResult older = joinStarter.startIfIdle(comeback);
        JoinRequest next = request("n1", 4);
        await("free node").until(() -> joinStarter.startIfIdle(next) instanceof JoinStarter.StartResult.Started);
        JoinStarter.StartResult again = joinStarter.startIfIdle(next);

        // then
        assertThat(meanwhile).isInstanceOf(JoinStarter.StartResult.Refused.class);
        assertThat(outcomes(running)).singleElement().isInstanceOf(JoinCancelled.class);
        assertThat(older).isInstanceOf(JoinStarter.StartResult.Refused.class);
        assertThat(again).isInstanceOf(JoinStarter.StartResult.Duplicate.class);
    }

    private Answers race(Pair pair, Semaphore turn) throws InterruptedException, ExecutionException {
        turn.acquire();
        try {
            cluster.gate(pair.node(), pair.gate(), pair.newer().joinId());
            Answers answers = pair.gate().equals("start") ? atOnce(pair) : inTurn(pair);
            awaitOutcome(pair.newer());
            return answers;
        } finally {
            turn.release();
        }
    }

    private Answers inTurn(Pair pair) throws InterruptedException {
        JoinStarter.StartResult older = joinStarter.start(JoinRequests.verdict(pair.older()));
        cluster.awaitReached(pair.node());
        return new Answers(pair, older, joinStarter.start(JoinRequests.verdict(pair.newer())));
    }

    private Answers atOnce(Pair pair) throws InterruptedException, ExecutionException {
        CyclicBarrier line = new CyclicBarrier(2);
        Future<JoinStarter.StartResult> older = threads.submit(intake(pair.older(), line, pair.newerFirst()));
        Future<JoinStarter.StartResult> newer = threads.submit(intake(pair.newer(), line, !pair.newerFirst()));
        return new Answers(pair, older.get(), newer.get());
    }

    /** One of the two is later by a question to Temporal. */
    private Callable<JoinStarter.StartResult> intake(JoinRequest request, CyclicBarrier line, boolean later) {
        return () -> {
            lineUp(line);
            if (later) {
                joinStarter.cancel(nobody());
            }
            return joinStarter.start(JoinRequests.verdict(request));
        };
    }

    private static RequestDecision.Cancel nobody() {
        return new RequestDecision.Cancel(
                JoinRequests.CLUSTER,
                new NodeName("nobody"),
                new AbortRequest("not there", "a test", null, null),
                Rejection.Sender.UNKNOWN);
    }

    private static void lineUp(CyclicBarrier line) throws InterruptedException {
        try {
            line.await();
        } catch (BrokenBarrierException e) {
            throw new IllegalStateException("nobody leaves the line", e);
        }
    }

    private void awaitOutcome(JoinRequest request) {
        await("outcome of " + request.node().name())
                .atMost(Duration.ofMinutes(2))
                .until(() -> !outcomes(request).isEmpty());
    }

    private List<?> outcomes(JoinRequest request) {
        JoinId id = request.joinId();
        return cluster.told.stream()
                .filter(event -> switch (event) {
                    case JoinSucceeded end -> end.joinId().equals(id);
                    case JoinFailed end -> end.joinId().equals(id);
                    case JoinCancelled end -> end.joinId().equals(id);
                    default -> false;
                })
                .toList();
    }

    private Pair pair(String node, String gate, boolean newerFirst) {
        return new Pair(request(node, 1), request(node, 2), gate, newerFirst);
    }

    private JoinRequest request(String node, int second) {
        return JoinRequests.of(node, born, second);
    }
}
