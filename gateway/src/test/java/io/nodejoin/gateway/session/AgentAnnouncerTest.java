package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.temporal.FakeJoinWorkflows;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.workflows.join.AgentConnection;
import io.nodejoin.workflows.join.HostReport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentAnnouncerTest {
    private static final UUID INSTANCE = new UUID(0, 1);
    private static final int NEWS = 64;
    private static final UUID REPLICA = new UUID(0, 2);
    private static final AgentConnection CONNECTION = new AgentConnection("gateway", INSTANCE, REPLICA);

    private final FakeJoinWorkflows workflows = new FakeJoinWorkflows();
    private final NodeMailbox mailbox = new NodeMailbox(Samples.WORKER_A, Samples.timesOverTheWire(), System::nanoTime);
    private final Deque<Runnable> later = new ArrayDeque<>();
    private CompletableFuture<PollAnswer> poll = new CompletableFuture<>();
    private final AgentAnnouncer announcer =
            new AgentAnnouncer(workflows, Samples.news(NEWS), "gateway", REPLICA, later::add);

    @BeforeEach
    void startJoinOfConnectedAgent() {
        workflows.start(Samples.WORKER_A, "");
        poll = mailbox.poll(INSTANCE);
    }

    @Test
    void shouldTellTheJoinOnce() {
        // given
        announcer.polled(mailbox);
        announcer.joinStarted(mailbox);
        // when
        later.forEach(Runnable::run);
        // then
        assertThat(workflows.connections).containsExactly(CONNECTION);
    }

    @Test
    void shouldTellOfJoinThatStartsWhileItLooksForOne() {
        // given
        workflows.start(Samples.agent("worker-a", "2"), "");
        announcer.joinStarted(mailbox);
        workflows.whileLooking(() -> {
            workflows.start(Samples.WORKER_A, "");
            announcer.joinStarted(mailbox);
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
        announcer.polled(mailbox);
        later.remove().run();
        // when
        announcer.joinStarted(mailbox);
        // then
        assertThat(later).isEmpty();
    }

    @Test
    void shouldTellAnotherRunOfTheJoin() {
        // given
        announcer.polled(mailbox);
        later.remove().run();
        workflows.start(Samples.WORKER_A, "");
        // when
        announcer.joinStarted(mailbox);
        later.remove().run();
        // then
        assertThat(workflows.connections).containsExactly(CONNECTION, CONNECTION);
    }

    @Test
    void shouldSendTheAgentToEnrollAnewOnceAnotherJoinRuns() {
        // given
        workflows.start(Samples.agent("worker-a", "2"), "");
        // when
        announcer.joinStarted(mailbox);
        later.remove().run();
        // then
        assertThat(poll).isCompletedWithValue(new PollAnswer.Outdated());
        assertThat(workflows.connections).isEmpty();
    }

    @Test
    void shouldLetTheAgentGoOnceItsJoinHasSucceeded() {
        // given
        workflows.succeed(Samples.WORKER_A);
        // when
        announcer.polled(mailbox);
        later.remove().run();
        // then
        assertThat(poll).isCompletedWithValue(new PollAnswer.Joined());
    }

    @Test
    void shouldNotLetTheAgentGoForTheSuccessOfAnotherJoin() {
        // given
        workflows.succeed(Samples.agent("worker-a", "2"));
        // when
        announcer.polled(mailbox);
        later.remove().run();
        // then
        assertThat(poll).isNotDone();
    }

    @Test
    void shouldTellTheRunOfTheAgentsOwnJoinOfAMarkAtOnce() {
        // given
        HostReport mark = mark("StartKubelet");
        // when
        boolean taken = announcer.marked(mailbox, mark);
        // then
        assertThat(taken).isTrue();
        assertThat(workflows.reports).containsExactly(mark);
    }

    @Test
    void shouldTellNobodyOfAMarkOnceAnotherJoinRuns() {
        // given
        workflows.start(Samples.agent("worker-a", "2"), "");
        // when
        boolean taken = announcer.marked(mailbox, mark("StartKubelet"));
        // then
        assertThat(taken).isTrue();
        assertThat(workflows.reports).isEmpty();
    }

    @Test
    void shouldTellNobodyOfAMarkIfAnotherJoinStartsMeanwhile() {
        // given
        workflows.whileLooking(() -> workflows.start(Samples.agent("worker-a", "2"), ""));
        // when
        announcer.marked(mailbox, mark("StartKubelet"));
        // then
        assertThat(workflows.reports).isEmpty();
    }

    @Test
    void shouldTellOfAMarkThatComesAgainBecauseTemporalWasAway() {
        // given
        HostReport mark = mark("StartKubelet");
        workflows.away.set(true);
        announcer.marked(mailbox, mark);
        workflows.away.set(false);
        // when
        announcer.marked(mailbox, mark);
        // then
        assertThat(workflows.reports).containsExactly(mark);
    }

    @Test
    void shouldHaveMarksComeAgainLaterOnceThereAreTooMany() {
        // when
        long taken = IntStream.range(0, 1_000)
                .filter(n -> announcer.marked(mailbox, mark("invented-" + n)))
                .count();
        // then
        assertThat(taken).isEqualTo(NEWS);
        assertThat(workflows.reports).hasSize(NEWS);
    }

    @Test
    void shouldTellOfNoMoreConnectionsThanAJoinNeeds() {
        // when
        IntStream.range(0, 1_000).forEach(n -> {
            mailbox.ended(Samples.id(Samples.WORKER_A, "invented-" + n), Samples.reset(), INSTANCE);
            announcer.polled(mailbox);
            later.forEach(Runnable::run);
            later.clear();
        });
        // then
        assertThat(workflows.connections).hasSize(NEWS);
    }

    private static HostReport mark(String verb) {
        return new HostReport(Samples.id(Samples.WORKER_A, verb), HostMark.KubeletActive, Samples.NOON);
    }
}
