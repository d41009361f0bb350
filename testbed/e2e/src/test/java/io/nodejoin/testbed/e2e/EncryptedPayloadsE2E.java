package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nodejoin.cli.ExitCodes;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.nodejoin.workflows.temporal.UnreadablePayloadException;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.common.RetryOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Temporal whose port a stranger reaches. */
@Tag("real")
@Tag("access")
@OnRestartedBed
class EncryptedPayloadsE2E {
    /** The viewer of the bed's dashboard, whose password is the name. */
    private static final String VIEWER =
            "Basic " + Base64.getEncoder().encodeToString("vera:vera".getBytes(StandardCharsets.US_ASCII));

    private static final String OWN_QUEUE = "stranger";

    private final SharedBed bed;
    private final NodejoinService service;
    private final WorkflowServiceStubs stubs;
    private final WorkflowClient stranger;

    @TempDir
    private Path directory;

    EncryptedPayloadsE2E(SharedBed bed) {
        this.bed = bed;
        this.service = bed.testBed().service();
        this.stubs = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(bed.testBed().plan().temporal().toString())
                .build());
        this.stranger = WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setDataConverter(DataConverters.dataConverter())
                        .build());
    }

    @BeforeEach
    void encrypt() throws IOException {
        Path keys = directory.resolve("payload-keys.jwks");
        service.cli("payload-keys", "new", "payloads-1", "--keys", keys.toString())
                .run()
                .orFail();
        service.stop();
        service.prepare(SharedBed.settings());
        String text = Files.readString(service.config());
        assertThat(text).contains("\n  namespace: ");
        Files.writeString(
                service.config(),
                text.replace(
                        "\n  namespace: ",
                        "\n  payloads: {keysFile: \"" + keys + "\", codecServer: true}\n  namespace: "));
        service.start();
    }

    @AfterEach
    void storeInPlainText() {
        bed.restartServiceWith(SharedBed.settings());
        stubs.shutdownNow();
    }

    /** Returns what the command of Temporal shows of a workflow, with or without the codec server. */
    private CommandResult show(String workflow, String... options) {
        List<String> all = new ArrayList<>(List.of("workflow", "show", "--workflow-id=" + workflow, "--detailed"));
        all.addAll(List.of(options));
        return bed.testBed()
                .temporal()
                .cli(all.toArray(String[]::new))
                .withTimeout(Duration.ofSeconds(30))
                .run();
    }

    /** The secret is right; with data that is not encrypted, and without any. */
    private void joinAs(WorkflowStub join, HostFixture fixture) {
        AgentConnection own = new AgentConnection(OWN_QUEUE, new UUID(6, 6), null);
        EnrollmentProof proof = new EnrollmentProof(fixture.enrollmentDigest(), "a stranger's", null, own, null);
        assertThatThrownBy(() -> join.update("enroll", EnrollmentBinding.class, proof))
                .isInstanceOf(WorkflowUpdateException.class);
        assertThatThrownBy(() -> join.update("enroll", EnrollmentBinding.class))
                .isInstanceOf(WorkflowUpdateException.class);
        join.signal("agentConnected", own);
        join.signal("agentConnected");
    }

    /** What a stranger has the service's workers do. */
    @WorkflowInterface
    public interface Errand {
        /** Schedules an activity of the service, once, with these arguments. */
        @WorkflowMethod
        void run(String taskQueue, String activity, List<String> arguments);
    }

    /** In a workflow of his own type. */
    public static final class ErrandImpl implements Errand {
        @Override
        public void run(String taskQueue, String activity, List<String> arguments) {
            Workflow.newUntypedActivityStub(ActivityOptions.newBuilder()
                            .setTaskQueue(taskQueue)
                            .setScheduleToCloseTimeout(Duration.ofSeconds(30))
                            .setRetryOptions(RetryOptions.newBuilder()
                                    .setMaximumAttempts(1)
                                    .build())
                            .build())
                    .execute(activity, Void.class, arguments.toArray());
        }
    }

    @Test
    void shouldDoNothingForWorkflowsOfAStrangerWhoReachesTemporal() {
        // given
        String workflow = NodeJoinWorkflow.workflowId(SharedBed.CLUSTER, new NodeName("a-strangers"));
        WorkerFactory own = WorkerFactory.newInstance(stranger);
        own.newWorker(OWN_QUEUE).registerWorkflowImplementationTypes(ErrandImpl.class);
        own.start();

        // when
        stranger.newUntypedWorkflowStub(
                        "NodeJoinWorkflow",
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueues.NODEJOIN)
                                .setWorkflowId(workflow)
                                .build())
                .start();

        // then
        for (List<String> arguments : List.of(List.of("mine"), List.<String>of())) {
            Errand errand = stranger.newWorkflowStub(
                    Errand.class,
                    WorkflowOptions.newBuilder().setTaskQueue(OWN_QUEUE).build());
            assertThatThrownBy(() -> errand.run(TaskQueues.NODEJOIN, "Token_Issue", arguments))
                    .hasStackTraceContaining(UnreadablePayloadException.class.getName());
        }
        own.shutdownNow();
        await("the refusal of the join")
                .until(() -> stranger.fetchHistory(workflow).getEvents().stream()
                        .anyMatch(HistoryEvent::hasWorkflowTaskFailedEventAttributes));
        stranger.newUntypedWorkflowStub(workflow).terminate("the test is over");
    }

    @Test
    void shouldKeepAJoinFromAStrangerWhoReachesTemporal() {
        // given a join that waits for a condition that nobody sets
        HostFixture fixture = bed.newHost("encrypted");
        String node = SharedBed.recordKey(fixture.node());
        bed.boot(fixture, Fault.NONE);
        bed.requests()
                .send(
                        SharedBed.requestBuilder(fixture)
                                .readyGates(List.of("nodejoin.io/never"))
                                .build(),
                        node);
        bed.outcomes().awaitPhase(fixture.node(), Phase.KubeletStarted);
        String workflow = NodeJoinWorkflow.workflowId(SharedBed.CLUSTER, fixture.node());
        WorkflowStub join = stranger.newUntypedWorkflowStub(workflow);

        // when the stranger reads, and aborts
        String stored = stranger.fetchHistory(workflow).getEvents().toString();
        AbortRequest abort = new AbortRequest("mine now", "a stranger", null, null);
        assertThatThrownBy(() -> join.update("abort", Void.class, abort)).isInstanceOf(WorkflowUpdateException.class);
        join.signal("cancelRequested", abort);
        joinAs(join, fixture);
        CommandResult withoutKey = service.cli("status", node)
                .withVariable(
                        "TEMPORAL_ADDRESS", bed.testBed().plan().temporal().toString())
                .run();
        String codec = "--codec-endpoint=" + service.admin().resolve("/codec");
        CommandResult shown = show(workflow);
        CommandResult shownToViewer = show(workflow, codec, "--codec-auth=" + VIEWER);

        // then nothing is told or done, and who has the key goes on
        assertThat(stored)
                .contains("binary/encrypted")
                .doesNotContain("nodejoin.io/never", Sha256.hex(fixture.secret()));
        assertThat(withoutKey.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(withoutKey.error()).contains(ErrorCode.TEMPORAL_PAYLOAD_UNREADABLE.name());
        assertThat(shown.orFail().output()).contains("encryption-key-id").doesNotContain("nodejoin.io/never");
        assertThat(shownToViewer.orFail().output())
                .contains("nodejoin.io/never")
                .doesNotContain("encryption-key-id");
        CommandResult status = service.cli(
                        "status", node, "--config", service.config().toString())
                .run();
        assertThat(status.output()).as(status.error()).contains("KubeletStarted");
        service.cli(
                        "abort",
                        node,
                        "--yes",
                        "--reason",
                        "mine",
                        "--config",
                        service.config().toString())
                .run()
                .orFail();
        JoinCancelled cancelled = bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
        assertThat(cancelled.detail()).contains("mine").doesNotContain("stranger");
        assertThat(cancelled.residue()).isEmpty();
    }
}
