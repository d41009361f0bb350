package io.nodejoin.gateway.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.temporal.JoinWorkflows.EnrollmentDecision;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Enrollments as updates of a workflow. */
class TemporalJoinWorkflowsTest {
    private static final NodeRef NODE = Samples.WORKER_A.node();
    private static final String ID = NodeJoinWorkflow.workflowId(NODE.cluster(), NODE.name());
    private static final EnrollmentProof PROOF = through(connection(1));

    private final TestWorkflowEnvironment environment =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setUseTimeskipping(false)
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .build());
    private final WorkflowClient client = environment.getWorkflowClient();
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor();
    private final TemporalJoinWorkflows workflows =
            new TemporalJoinWorkflows(client, new CallDeadline(Duration.ofSeconds(30), deadlines));
    private String run = "";

    @BeforeEach
    void startJoin() {
        environment.newWorker("joins").registerWorkflowImplementationTypes(OpenJoin.class);
        environment.start();
        WorkflowStub join = client.newUntypedWorkflowStub(
                NodeJoinWorkflow.class.getSimpleName(),
                WorkflowOptions.newBuilder()
                        .setTaskQueue("joins")
                        .setWorkflowId(ID)
                        .build());
        run = join.start((JoinRequest) null).getRunId();
    }

    @AfterEach
    void stop() {
        environment.close();
        deadlines.shutdownNow();
    }

    @Test
    void shouldAddOneUpdateForARepeatedEnrollment() {
        // given
        assertThat(workflows.enroll(NODE, PROOF)).isPresent();

        // when
        assertThat(workflows.enroll(NODE, through(connection(1)))).contains(bound());

        // then
        assertThat(updates()).isEqualTo(1);
    }

    @Test
    void shouldBringTheConnectionOfAnotherReplicaToTheJoin() {
        // given
        assertThat(workflows.enroll(NODE, PROOF)).isPresent();

        // when
        assertThat(workflows.enroll(NODE, through(connection(2)))).contains(bound());

        // then
        assertThat(updates()).isEqualTo(2);
    }

    @Test
    void shouldTellEnrollmentsWithAndWithoutConnectionApart() {
        // given
        assertThat(workflows.enroll(NODE, through(null))).contains(bound());

        // when
        assertThat(workflows.enroll(NODE, PROOF)).contains(bound());

        // then
        assertThat(updates()).isEqualTo(2);
    }

    @Test
    void shouldRefuseTheBindingOfAnotherKey() {
        // given
        EnrollmentProof another =
                new EnrollmentProof(PROOF.secretDigest(), "another key", null, PROOF.connection(), null);

        // when
        Optional<EnrollmentDecision> decision = workflows.enroll(NODE, another);

        // then
        assertThat(decision).contains(new EnrollmentDecision.Refused(Enrollment.REFUSED));
    }

    private EnrollmentDecision bound() {
        return new EnrollmentDecision.Bound(Samples.WORKER_A.join(), run);
    }

    private long updates() {
        return client.fetchHistory(ID).getEvents().stream()
                .filter(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
                .count();
    }

    private static EnrollmentProof through(@Nullable AgentConnection connection) {
        return new EnrollmentProof("0f".repeat(32), "key", null, connection, null);
    }

    private static AgentConnection connection(long replica) {
        return new AgentConnection("gateway", new UUID(0, 1), new UUID(1, replica));
    }

    /** A join that accepts every proof, and answers with the binding of one key. */
    public static final class OpenJoin implements NodeJoinWorkflow {
        @Override
        public JoinResult join(JoinRequest request, @Nullable EnrollmentProof enrollment) {
            Workflow.sleep(Duration.ofDays(1));
            return new JoinResult(Phase.Joined, null);
        }

        @Override
        public ExtendedDeadline extendDeadline(DeadlineExtension extension) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void validateExtendDeadline(DeadlineExtension extension) {}

        @Override
        public EnrollmentBinding enroll(EnrollmentProof proof) {
            return new EnrollmentBinding(
                    Samples.WORKER_A.join(), Workflow.getInfo().getRunId(), PROOF.publicKey());
        }

        @Override
        public void validateEnroll(EnrollmentProof proof) {}

        @Override
        public void agentConnected(AgentConnection connection) {}

        @Override
        public void waitsForTurn() {}

        @Override
        public void milestoneReached(MilestoneReport report) {}

        @Override
        public AbortResponse abort(AbortRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void validateAbort(AbortRequest request) {}

        @Override
        public void cancelRequested(AbortRequest request) {}

        @Override
        public void superseded(NodeRequest newer) {}

        @Override
        public JoinProgress progress() {
            throw new UnsupportedOperationException();
        }
    }
}
