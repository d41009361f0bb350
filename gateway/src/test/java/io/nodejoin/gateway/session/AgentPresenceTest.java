package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.gateway.temporal.FakeJoinWorkflows;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentPresenceTest {
    private static final UUID INSTANCE = new UUID(0, 1);
    private static final int NEWS = 64;
    private static final UUID REPLICA = new UUID(0, 2);
    private static final AgentConnection CONNECTION = new AgentConnection("gateway", INSTANCE, REPLICA);

    private final FakeJoinWorkflows workflows = new FakeJoinWorkflows();
    private final ManualScheduler time = new ManualScheduler();
    private final AgentSession session =
            new AgentSession(Samples.WORKER_A, GatewayTimeouts.defaults(), time::nanoTime, time);
    private final Deque<Runnable> later = new ArrayDeque<>();
    private CompletableFuture<PollResult> poll = new CompletableFuture<>();
    private final AgentPresence presence =
            new AgentPresence(workflows, Samples.unlimited(), Samples.news(NEWS), "gateway", REPLICA, later::add, time);

    @BeforeEach
    void startJoinOfConnectedAgent() {
        workflows.start(Samples.WORKER_A, "");
        poll = session.poll(INSTANCE);
    }

    @Test
    void shouldTellTheJoinOnce() {
        // given
        presence.polled(session);
        presence.scheduleReport(session);
        // when
        later.forEach(Runnable::run);
        // then
        assertThat(workflows.connections).containsExactly(CONNECTION);
    }

    @Test
    void shouldTellOfJoinThatStartsWhileItLooksForOne() {
        // given
        workflows.start(Samples.agent("worker-a", "2"), "");
        presence.scheduleReport(session);
        workflows.whileLooking(() -> {
            workflows.start(Samples.WORKER_A, "");
            presence.scheduleReport(session);
        });
        // when
        later.remove().run();
        // then
        assertThat(workflows.connections).containsExactly(CONNECTION);
        assertThat(later).isEmpty();
    }

    @Test
    void shouldTryOnceAtATimeWhileTemporalIsAway() {
        // given
        workflows.away.set(true);
        presence.polled(session);
        later.remove().run();
        // when
        presence.scheduleReport(session);
        // then
        assertThat(later).isEmpty();
    }

    @Test
    void shouldTellTheJoinOnceTemporalIsBack() {
        // given
        workflows.away.set(true);
        presence.polled(session);
        later.remove().run();
        workflows.away.set(false);
        // when
        time.advance(AgentPresence.RETRY_DELAY);
        later.remove().run();
        // then
        assertThat(workflows.connections).containsExactly(CONNECTION);
    }

    @Test
    void shouldTellAnotherRunOfTheJoin() {
        // given
        presence.polled(session);
        later.remove().run();
        workflows.start(Samples.WORKER_A, "");
        // when
        presence.scheduleReport(session);
        later.remove().run();
        // then
        assertThat(workflows.connections).containsExactly(CONNECTION, CONNECTION);
    }

    @Test
    void shouldSendTheAgentToEnrollAnewOnceAnotherJoinRuns() {
        // given
        workflows.start(Samples.agent("worker-a", "2"), "");
        // when
        presence.scheduleReport(session);
        later.remove().run();
        // then
        assertThat(poll).isCompletedWithValue(new PollResult.Superseded());
        assertThat(workflows.connections).isEmpty();
    }

    @Test
    void shouldLetTheAgentGoOnceItsJoinHasSucceeded() {
        // given
        workflows.succeed(Samples.WORKER_A);
        // when
        presence.polled(session);
        later.remove().run();
        // then
        assertThat(poll).isCompletedWithValue(new PollResult.Joined());
    }

    @Test
    void shouldNotLetTheAgentGoForTheSuccessOfAnotherJoin() {
        // given
        workflows.succeed(Samples.agent("worker-a", "2"));
        // when
        presence.polled(session);
        later.remove().run();
        // then
        assertThat(poll).isNotDone();
    }

    @Test
    void shouldTellEachRunOfTheCleanupAfterItsJoinOnce() {
        // given
        workflows.succeed(Samples.agent("worker-a", "2"));
        workflows.cleanups.put(Samples.WORKER_A.join(), "first");
        // when
        report();
        report();
        workflows.cleanups.put(Samples.WORKER_A.join(), "second");
        report();
        // then
        assertThat(workflows.connections).containsExactly(CONNECTION, CONNECTION);
        assertThat(poll).isNotDone();
    }

    private void report() {
        presence.scheduleReport(session);
        later.remove().run();
    }

    @Test
    void shouldAskNothingWhileNothingChanges() {
        // given
        presence.polled(session);
        later.remove().run();
        int asked = workflows.asked.size();
        // when
        for (int poll = 0; poll < 5; poll++) {
            time.advance(Duration.ofSeconds(10));
            this.poll = session.poll(INSTANCE);
            presence.polled(session);
        }
        // then
        assertThat(later).isEmpty();
        assertThat(workflows.asked).hasSize(asked);
    }

    @Test
    void shouldNoticeWhatNoEventToldOf() {
        // given
        presence.polled(session);
        later.remove().run();
        workflows.succeed(Samples.WORKER_A);
        time.advance(AgentPresence.MAX_CHECK_INTERVAL);
        poll = session.poll(INSTANCE);
        // when
        presence.polled(session);
        // then
        later.remove().run();
        assertThat(poll).isCompletedWithValue(new PollResult.Joined());
    }

    @Test
    void shouldLetTheAgentGoSoonAfterTheLastCommandOfItsJoin() {
        // given
        presence.commandEnded(session);
        workflows.succeed(Samples.WORKER_A);
        // when
        time.advance(AgentPresence.FIRST_CHECK);
        // then
        later.remove().run();
        assertThat(poll).isCompletedWithValue(new PollResult.Joined());
    }

    @Test
    void shouldAskLessAndLessOftenWhileTheJoinGoesOnAfterItsLastCommand() {
        // given
        presence.commandEnded(session);
        // when
        for (int second = 0; second < 100; second++) {
            time.advance(Duration.ofSeconds(1));
            if (poll.isDone()) {
                poll = session.poll(INSTANCE);
            }
        }
        // then
        while (!later.isEmpty()) {
            later.remove().run();
        }
        assertThat(workflows.asked).hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void shouldAskNothingAfterACommandThatAnotherOneFollows() {
        // given
        presence.commandEnded(session);
        session.submit(Samples.assignment(Samples.WORKER_A, "next"));
        // when
        time.advance(AgentPresence.FIRST_CHECK);
        // then
        assertThat(later).isEmpty();
    }

    @Test
    void shouldSendTheAgentToEnrollAnewOnceAnotherRunIsSeen() {
        // given
        presence.polled(session);
        later.remove().run();
        workflows.start(Samples.agent("worker-a", "2"), "");
        // when
        presence.joinSeen(session, "another run");
        // then
        later.remove().run();
        assertThat(poll).isCompletedWithValue(new PollResult.Superseded());
    }

    @Test
    void shouldAskNothingWhenItsOwnRunIsSeen() {
        // given
        presence.polled(session);
        later.remove().run();
        String run =
                workflows.findRunningJoin(Samples.WORKER_A.node()).orElseThrow().run();
        // when
        presence.joinSeen(session, run);
        // then
        assertThat(later).isEmpty();
    }

    @Test
    void shouldTellAMarkToTheRunThatKnowsTheAgentWithoutALook() {
        // given
        presence.polled(session);
        later.remove().run();
        int asked = workflows.asked.size();
        MilestoneReport mark = mark("StartKubelet");
        // when
        presence.reportMilestone(session, mark);
        // then
        assertThat(workflows.reports).containsExactly(mark);
        assertThat(workflows.asked).hasSize(asked);
    }

    @Test
    void shouldTellTheRunOfTheAgentsOwnJoinOfAMarkAtOnce() {
        // given
        MilestoneReport mark = mark("StartKubelet");
        // when
        boolean taken = presence.reportMilestone(session, mark);
        // then
        assertThat(taken).isTrue();
        assertThat(workflows.reports).containsExactly(mark);
    }

    @Test
    void shouldTellNobodyOfAMarkOnceAnotherJoinRuns() {
        // given
        workflows.start(Samples.agent("worker-a", "2"), "");
        // when
        boolean taken = presence.reportMilestone(session, mark("StartKubelet"));
        // then
        assertThat(taken).isTrue();
        assertThat(workflows.reports).isEmpty();
    }

    @Test
    void shouldTellNobodyOfAMarkIfAnotherJoinStartsMeanwhile() {
        // given
        workflows.whileLooking(() -> workflows.start(Samples.agent("worker-a", "2"), ""));
        // when
        presence.reportMilestone(session, mark("StartKubelet"));
        // then
        assertThat(workflows.reports).isEmpty();
    }

    @Test
    void shouldTellOfAMarkThatComesAgainBecauseTemporalWasAway() {
        // given
        MilestoneReport mark = mark("StartKubelet");
        workflows.away.set(true);
        presence.reportMilestone(session, mark);
        workflows.away.set(false);
        // when
        presence.reportMilestone(session, mark);
        // then
        assertThat(workflows.reports).containsExactly(mark);
    }

    @Test
    void shouldHaveMarksComeAgainLaterOnceThereAreTooMany() {
        // when
        long taken = IntStream.range(0, 1_000)
                .filter(n -> presence.reportMilestone(session, mark("invented-" + n)))
                .count();
        // then
        assertThat(taken).isEqualTo(NEWS);
        assertThat(workflows.reports).hasSize(NEWS);
    }

    @Test
    void shouldTellOfNoMoreConnectionsThanAJoinNeeds() {
        // when
        IntStream.range(0, 1_000).forEach(n -> {
            session.recordResult(Samples.id(Samples.WORKER_A, "invented-" + n), Samples.reset(), INSTANCE);
            presence.polled(session);
            later.forEach(Runnable::run);
            later.clear();
        });
        // then
        assertThat(workflows.connections).hasSize(NEWS);
    }

    private static MilestoneReport mark(String verb) {
        return new MilestoneReport(Samples.id(Samples.WORKER_A, verb), CommandMilestone.KubeletActive, Samples.NOON);
    }
}
