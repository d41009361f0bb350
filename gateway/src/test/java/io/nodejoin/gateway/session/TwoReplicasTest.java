package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.gateway.temporal.FakeJoinWorkflows;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent whose poll is parked at one replica of the gateway, while its reports go over a connection to another one. */
class TwoReplicasTest {
    private static final UUID AGENT = new UUID(0, 1);
    private static final String A1 = Samples.id(Samples.WORKER_A, "a-1");
    private static final MilestoneReport MARK = new MilestoneReport(A1, CommandMilestone.KubeletActive, Samples.NOON);

    private final ManualScheduler time = new ManualScheduler();
    private final FakeJoinWorkflows workflows = new FakeJoinWorkflows();
    private final Assignment assignment = Samples.assignment(Samples.WORKER_A, "a-1");
    private final Replica polled = new Replica("polled", new UUID(0, 2));
    private final Replica reported = new Replica("reported", new UUID(0, 3));

    @BeforeEach
    void handTheCommandOutWhereThePollIs() {
        workflows.start(Samples.WORKER_A, "");
        polled.poll();
        polled.session.submit(assignment);
        polled.session.recordProgress(A1, Samples.progress(CommandMilestone.StepCompleted, "swap-off"), AGENT);
        polled.poll();
    }

    @Test
    void shouldHaveTheJoinAskForTheResultWhereItLies() {
        // when
        reported.result();

        // then
        assertThat(workflows.connections).containsExactly(polled.connection, reported.connection);
        assertThat(reported.session.submit(assignment).result()).isCompletedWithValue(Samples.reset());
    }

    @Test
    void shouldTellOfAResultOnceHoweverOftenItComes() {
        // given
        reported.result();

        // when
        reported.result();

        // then
        assertThat(workflows.connections).containsExactly(polled.connection, reported.connection);
    }

    @Test
    void shouldTellNothingMoreOfAResultThatIsWaitedFor() {
        // when
        polled.result();

        // then
        assertThat(workflows.connections).containsExactly(polled.connection);
    }

    @Test
    void shouldTellOfAResultAlsoWhereTheAgentHasPolledBefore() {
        // given
        reported.poll();

        // when
        reported.result();

        // then
        assertThat(workflows.connections).containsExactly(polled.connection, reported.connection, reported.connection);
    }

    @Test
    void shouldTellOfAMarkAlsoWhereTheCommandWasNotHandedOut() {
        // when
        reported.mark();
        reported.mark();

        // then
        assertThat(workflows.reports).containsExactly(MARK);
    }

    @Test
    void shouldHaveTheNextCommandWhereverTheNextPollIs() {
        // given
        reported.result();
        polled.session.invalidatePresence();

        // when
        polled.poll();
        reported.poll();

        // then
        assertThat(workflows.connections)
                .containsExactly(polled.connection, reported.connection, polled.connection, reported.connection);
    }

    /** One process of the gateway, as far as one agent goes. */
    private final class Replica {
        private final AgentSession session =
                new AgentSession(Samples.WORKER_A, GatewayTimeouts.defaults(), time::nanoTime, time);
        private final AgentConnection connection;
        private final AgentPresence presence;

        Replica(String queue, UUID process) {
            connection = new AgentConnection(queue, AGENT, process);
            presence = new AgentPresence(
                    workflows, Samples.unlimited(), Samples.news(64), queue, process, Runnable::run, time);
        }

        void poll() {
            CompletableFuture<PollResult> _ = session.poll(AGENT);
            presence.polled(session);
        }

        void mark() {
            if (session.recordProgress(A1, Samples.progress(CommandMilestone.KubeletActive, "kubelet"), AGENT)) {
                presence.reportMilestone(session, MARK);
            }
        }

        void result() {
            if (session.recordResult(A1, Samples.reset(), AGENT)) {
                presence.scheduleReport(session);
            }
        }
    }
}
