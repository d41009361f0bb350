package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An enrollment that waits for its join is passed on with the start, and answered with the run of the start only. */
@Timeout(60)
class EnrollmentHandoverTest {
    private static final EnrollmentProof PROOF =
            new EnrollmentProof(JoinRequests.ENROLLMENT, "a-key", null, null, null);

    private final TestWorkflowEnvironment temporal = RealTimeTemporal.environment();
    private final OneWaitingAgent agent = new OneWaitingAgent();
    private final JoinStarter joinStarter = RealTimeTemporal.joinStarter(temporal, agent);
    private final Instant born = Instant.now();
    private final JoinRequest first = JoinRequests.of("n1", born, 1);

    @AfterEach
    void close() {
        temporal.close();
    }

    @Test
    void shouldPassTheProofToTheRunThatItReports() {
        // when
        joinStarter.start(JoinRequests.verdict(first));

        // then
        HistoryEvent started = temporal.getWorkflowClient()
                .fetchHistory(NodeJoinWorkflow.workflowId(
                        first.node().cluster(), first.node().name()))
                .getEvents()
                .getFirst();
        var attributes = started.getWorkflowExecutionStartedEventAttributes();
        assertThat(agent.bound)
                .containsExactly(new Bound(first.joinId(), PROOF, attributes.getOriginalExecutionRunId()));
        assertThat(proof(attributes.getInput())).isEqualTo(PROOF);
    }

    @Test
    void shouldNotReportTheRunOfAnEarlierStart() {
        // given
        joinStarter.start(JoinRequests.verdict(first));
        agent.bound.clear();

        // when
        joinStarter.start(JoinRequests.verdict(first));

        // then
        assertThat(agent.bound).isEmpty();
    }

    @Test
    void shouldNotReportARunThatANewerRequestFollows() {
        // given
        joinStarter.start(JoinRequests.verdict(first));
        agent.bound.clear();

        // when
        joinStarter.start(JoinRequests.verdict(JoinRequests.of("n1", born, 2)));

        // then
        assertThat(agent.bound).isEmpty();
    }

    private EnrollmentProof proof(Payloads input) {
        return temporal.getWorkflowClient()
                .getOptions()
                .getDataConverter()
                .fromPayloads(1, Optional.of(input), EnrollmentProof.class, EnrollmentProof.class);
    }

    private record Bound(JoinId join, EnrollmentProof proof, String run) {}

    /** The agent waits until its join is reported, and after it. */
    private static final class OneWaitingAgent implements EnrollmentHandover {
        private final List<Bound> bound = new ArrayList<>();

        @Override
        public Optional<EnrollmentProof> findProof(JoinRequest request) {
            return Optional.of(PROOF);
        }

        @Override
        public void bound(JoinRequest request, EnrollmentProof proof, String run) {
            bound.add(new Bound(request.joinId(), proof, run));
        }
    }
}
