package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.join.NodeJoinWorkflowImpl;
import io.nodejoin.workflows.leave.NodeLeaveWorkflowImpl;
import io.nodejoin.workflows.lifecycle.StateDiagram;
import io.nodejoin.workflows.lifecycle.TakenTransitions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Joins and leaves that together take each transition of their diagrams. */
class TransitionsTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    /** @param transitions the transitions that it covers, among others */
    record Scenario(Consumer<WorkflowFixture> start, List<String> transitions) {
        Scenario(Consumer<WorkflowFixture> start, String... transitions) {
            this(start, List.of(transitions));
        }

        @Override
        public String toString() {
            return String.join(", ", transitions);
        }
    }

    static Stream<Scenario> joins() {
        return Stream.of(
                new Scenario(
                        WorkflowFixture::startWithAgent,
                        "Requested -> AgentConnected",
                        "AgentConnected -> HostPrepared",
                        "HostPrepared -> TokenIssued",
                        "TokenIssued -> CertificateIssued",
                        "CertificateIssued -> KubeletStarted",
                        "KubeletStarted -> NodeReady",
                        "NodeReady -> Joined"),
                new Scenario(TransitionsTest::startJoined, "Requested -> Joined"),
                abortedBefore("Node_CheckName", "Requested -> Stopping", "Compensating -> Cancelled"),
                abortedBefore("Host_Preflight", "AgentConnected -> Stopping"),
                abortedBefore("Token_Issue", "HostPrepared -> Stopping"),
                abortedBefore("Host_StartKubelet", "TokenIssued -> Stopping"),
                new Scenario(
                        join -> {
                            join.requestCertificateAtOnce();
                            join.script.before("Node_AwaitRegistered", join::abort);
                            join.startWithAgent();
                        },
                        "CertificateIssued -> Stopping"),
                abortedBefore("Node_AwaitReady", "KubeletStarted -> Stopping"),
                abortedBefore("Node_RecordJoined", "NodeReady -> Stopping"),
                new Scenario(
                        join -> failPreparation(join).startWithAgent(),
                        "Stopping -> Compensating",
                        "Compensating -> AgentConnected"),
                new Scenario(join -> failPreparation(join).withoutRetry().startWithAgent(), "Compensating -> Failed"),
                failedAndAbortedBefore("Token_Revoke", TransitionsTest::failReadiness, "Stopping -> Stopping"),
                failedAndAbortedBefore(
                        "Host_ResetHost", TransitionsTest::failPreparation, "Compensating -> Compensating"));
    }

    static Stream<Scenario> leaves() {
        return Stream.of(
                new Scenario(
                        leave -> {
                            leave.addJoinedNode();
                            start(leave);
                        },
                        "Requested -> Cordoned",
                        "Cordoned -> Drained",
                        "Drained -> Left"),
                new Scenario(TransitionsTest::start, "Requested -> Left"),
                new Scenario(
                        leave -> {
                            leave.cluster.nodes.put("w1", "uid-of-somebody");
                            start(leave);
                        },
                        "Requested -> Stopping"),
                new Scenario(
                        leave -> {
                            leave.addJoinedNode();
                            leave.script.answer("Drain_Evict", new DrainResult.Blocked(List.of("default/web-0")));
                            start(leave);
                        },
                        "Cordoned -> Stopping",
                        "Stopping -> Failed"));
    }

    private static Scenario abortedBefore(String step, String... transitions) {
        return new Scenario(
                join -> {
                    join.script.before(step, join::abort);
                    join.startWithAgent();
                },
                transitions);
    }

    private static Scenario failedAndAbortedBefore(
            String step, Consumer<WorkflowFixture> failure, String... transitions) {
        return new Scenario(
                join -> {
                    join.script.before(step, () -> {
                        join.await(() -> join.workflow().progress().problem() != null);
                        join.abort();
                    });
                    failure.accept(join);
                    join.startWithAgent();
                },
                transitions);
    }

    private static WorkflowFixture failPreparation(WorkflowFixture join) {
        join.script.answer("Host_PrepareHost", FakeHost.failed(ErrorCode.HOST_PREPARE_FAILED, "swap stays on"));
        return join;
    }

    private static void failReadiness(WorkflowFixture join) {
        join.script.fail("Node_AwaitReady", FailureType.FAILED_PRECONDITION, ErrorCode.TOKEN_LOST);
    }

    private static void startJoined(WorkflowFixture join) {
        join.addJoinedNode();
        join.start();
    }

    private static void start(WorkflowFixture leave) {
        leave.leave(new LeaveRequested(WorkflowFixture.CLUSTER, WorkflowFixture.NODE, null, null, null, true, null));
    }

    @ParameterizedTest
    @MethodSource({"joins", "leaves"})
    void shouldTake(Scenario scenario) {
        try (TakenTransitions transitions = new TakenTransitions()) {
            // when
            scenario.start().accept(fixture);
            fixture.awaitResult();

            // then
            assertThat(transitions.taken()).containsAll(scenario.transitions());
        }
    }

    @Test
    void shouldCoverEachTransitionOfAJoin() {
        assertThat(taken(joins()))
                .isEqualTo(StateDiagram.of(NodeJoinWorkflowImpl.class).transitions());
    }

    @Test
    void shouldCoverEachTransitionOfALeave() {
        assertThat(taken(leaves()))
                .isEqualTo(StateDiagram.of(NodeLeaveWorkflowImpl.class).transitions());
    }

    private static Set<String> taken(Stream<Scenario> scenarios) {
        Set<String> taken = new TreeSet<>();
        scenarios.forEach(scenario -> taken.addAll(scenario.transitions()));
        return taken;
    }
}
