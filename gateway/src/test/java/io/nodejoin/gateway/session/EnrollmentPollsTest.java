package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.gateway.temporal.FakeJoinWorkflows;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first command of a join, which comes with the response to an enrollment. */
class EnrollmentPollsTest {
    private static final UUID AGENT = new UUID(0, 1);
    private static final UUID OTHER_AGENT = new UUID(0, 2);
    private static final UUID REPLICA = new UUID(0, 3);
    private static final AgentConnection CONNECTION = new AgentConnection("gateway", AGENT, REPLICA);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final FakeJoinWorkflows workflows = new FakeJoinWorkflows();
    private final GatewayTimeouts timeouts = GatewayTimeouts.defaults();
    private final ManualScheduler time = new ManualScheduler();
    private final AgentSessions sessions = new AgentSessions(timeouts, time::nanoTime, time);
    private final AgentSession session = sessions.session(Samples.WORKER_A);
    private final Deque<Runnable> reports = new ArrayDeque<>();
    private final AgentPresence presence =
            new AgentPresence(workflows, Samples.unlimited(), Samples.news(8), "gateway", REPLICA, reports::add, time);
    private final EnrollmentPolls polls = new EnrollmentPolls(sessions, presence);
    private final Assignment assignment = Samples.assignment(Samples.WORKER_A, "a-1");
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private String run = "";

    @BeforeEach
    void startJoin() {
        workflows.start(Samples.WORKER_A, "");
        run = workflows.findRunningJoin(Samples.WORKER_A.node()).orElseThrow().run();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void shouldReturnACommandThatWasSentBeforeTheCertificateWasIssued() {
        // given
        session.submit(assignment);

        // when
        Future<Optional<Assignment>> first = enroll();

        // then
        assertThat(first).succeedsWithin(PATIENCE).isEqualTo(Optional.of(assignment));
    }

    @Test
    void shouldReturnACommandThatIsSentWhileItWaits() {
        // given
        Future<Optional<Assignment>> first = enroll();
        awaitHeld();

        // when
        session.submit(assignment);

        // then
        assertThat(first).succeedsWithin(PATIENCE).isEqualTo(Optional.of(assignment));
    }

    @Test
    void shouldNotSignalAgainTheConnectionThatHasBroughtACommand() {
        // given
        session.submit(assignment);
        assertThat(enroll()).succeedsWithin(PATIENCE);

        // when
        pollAndReport();
        presence.scheduleReport(session);
        runReports();

        // then
        assertThat(workflows.connections).isEmpty();
    }

    @Test
    void shouldSignalTheConnectionToAnotherRunOfTheJoin() {
        // given
        session.submit(assignment);
        assertThat(enroll()).succeedsWithin(PATIENCE);
        workflows.start(Samples.WORKER_A, "");

        // when
        presence.scheduleReport(session);
        runReports();

        // then
        assertThat(workflows.connections).containsExactly(CONNECTION);
    }

    @Test
    void shouldSignalTheConnectionAgainOnceTheJoinHasWithdrawnACommand() {
        // given
        session.submit(assignment);
        assertThat(enroll()).succeedsWithin(PATIENCE);

        // when
        session.invalidatePresence();
        pollAndReport();

        // then
        assertThat(workflows.connections).containsExactly(CONNECTION);
    }

    @Test
    void shouldSignalTheConnectionWithTheNextPollIfNoCommandComes() {
        // given
        Future<Optional<Assignment>> first = enroll();
        awaitHeld();

        // when
        time.advance(timeouts.firstCommand());

        // then
        assertThat(first).succeedsWithin(PATIENCE).isEqualTo(Optional.empty());
        pollAndReport();
        assertThat(workflows.connections).containsExactly(CONNECTION);
    }

    @Test
    void shouldDeliverACommandAgainWhoseResponseIsLost() {
        // given
        session.submit(assignment);
        assertThat(enroll()).succeedsWithin(PATIENCE);

        // when
        Future<Optional<Assignment>> again = enroll();

        // then
        assertThat(again).succeedsWithin(PATIENCE).isEqualTo(Optional.of(assignment));
        assertThat(session.poll(AGENT)).isCompletedWithValue(new PollResult.Command(assignment));
    }

    @Test
    void shouldNotReplaceALiveOwner() {
        // given
        CompletableFuture<PollResult> owner = session.poll(OTHER_AGENT);

        // when
        Future<Optional<Assignment>> first = enroll();

        // then
        assertThat(first).succeedsWithin(PATIENCE).isEqualTo(Optional.empty());
        assertThat(owner).isNotDone();
    }

    @Test
    void shouldNotWaitOnceTheGatewayStops() {
        // given
        Future<Optional<Assignment>> first = enroll();
        awaitHeld();

        // when
        sessions.close();

        // then
        assertThat(first).succeedsWithin(PATIENCE).isEqualTo(Optional.empty());
        assertThat(enroll()).succeedsWithin(PATIENCE).isEqualTo(Optional.empty());
    }

    @Test
    void shouldRespondBeforeAPollWould() {
        assertThat(timeouts.enrollmentWait().plus(timeouts.firstCommand())).isLessThan(timeouts.poll());
    }

    private Future<Optional<Assignment>> enroll() {
        return threads.submit(() -> polls.awaitFirstCommand(Samples.WORKER_A, AGENT, run));
    }

    private void awaitHeld() {
        await().pollInterval(Duration.ofMillis(1)).until(() -> time.pending() == 1);
    }

    private void pollAndReport() {
        CompletableFuture<PollResult> _ = session.poll(AGENT);
        presence.polled(session);
        runReports();
    }

    private void runReports() {
        reports.forEach(Runnable::run);
        reports.clear();
    }
}
