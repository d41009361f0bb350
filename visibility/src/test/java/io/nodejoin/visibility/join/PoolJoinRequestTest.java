package io.nodejoin.visibility.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.lifecycle.BoundMachine;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeObject;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PoolJoinRequestTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:15:30Z");
    private static final PoolName POOL = new PoolName("batch");
    private static final JoinPolicy POLICY = new JoinPolicy(
            ApprovalMode.NODEJOIN,
            TlsBootstrap.AGENT,
            NodeObject.NODEJOIN,
            Duration.ofMinutes(10),
            List.of(),
            null,
            null);

    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .build());
    private final JoinDirectory directory = new TemporalJoinDirectory(
            temporal.getWorkflowClient(), e -> e.getStatus().getCode().name());

    /** Gets a machine at once. */
    @WorkflowInterface
    public interface Binding {
        @WorkflowMethod(name = "MachineBindingWorkflow")
        void bind(JoinRequest request);
    }

    /** Ends at once. */
    @WorkflowInterface
    public interface Join {
        @WorkflowMethod(name = "NodeJoinWorkflow")
        void join(JoinRequest request);
    }

    /** Its one implementation. */
    public static final class Bound implements Binding {
        @Override
        public void bind(JoinRequest request) {
            MachineOffered offer = new MachineOffered(
                    request.node().cluster(), POOL, new MachineId("rack-3"), "digest", Map.of("zone", "a"), null, null);
            Workflow.continueAsNew(
                    "NodeJoinWorkflow",
                    ContinueAsNewOptions.newBuilder().build(),
                    request.with(new BoundMachine(offer, List.of("10.0.3.12"))));
        }
    }

    /** Its one implementation. */
    public static final class Joined implements Join {
        @Override
        public void join(JoinRequest request) {}
    }

    @BeforeEach
    void start() {
        temporal.newWorker("queue").registerWorkflowImplementationTypes(Bound.class, Joined.class);
        temporal.start();
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    @Test
    void shouldTellWhatAJoinWantedBeforeItGotAMachine() {
        // given
        JoinRequest request = request(null, new RequestedMachine(null, null, null, Map.of("zone", "a"), 16, null));
        run("MachineBindingWorkflow", request);

        // when
        Lookup<JoinRequested> wanted = directory.request(request.node());

        // then
        assertThat(wanted).isEqualTo(new Lookup.Found<>(request.spec()));
    }

    @Test
    void shouldTellWhatAJoinWithASecretWanted() {
        // given
        JoinRequest request = request("digest", RequestedMachine.ANY);
        run("NodeJoinWorkflow", request);

        // when
        Lookup<JoinRequested> wanted = directory.request(request.node());

        // then
        assertThat(wanted).isEqualTo(new Lookup.Found<>(request.spec()));
    }

    private void run(String type, JoinRequest request) {
        WorkflowStub stub = temporal.getWorkflowClient()
                .newUntypedWorkflowStub(
                        type,
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(NodeJoinWorkflow.workflowId(
                                        request.node().cluster(), request.node().name()))
                                .setTaskQueue("queue")
                                .build());
        stub.start(request);
        stub.getResult(Void.class);
    }

    private static JoinRequest request(@Nullable String enrollment, RequestedMachine wanted) {
        JoinRequested spec = new JoinRequested(
                new ClusterName("fra-1"),
                new NodeName("n1"),
                enrollment,
                List.of(),
                Map.of(),
                List.of(),
                null,
                HostProfile.CONTAINERD,
                List.of(),
                null,
                null,
                null,
                null,
                POOL,
                wanted);
        return new JoinRequest(JoinId.of("test", "1"), NOW, spec, NOW.plus(Duration.ofMinutes(14)), POLICY, false);
    }
}
