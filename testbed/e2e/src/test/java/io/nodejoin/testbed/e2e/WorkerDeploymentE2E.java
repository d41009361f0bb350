package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two versions of the service beside each other, as versions of one Worker Deployment of Temporal. */
@Tag("full")
@OnRestartedBed
class WorkerDeploymentE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String DEPLOYMENT = "nodejoin-e2e";
    private static final String FORMER = "1.0";
    private static final String NEXT = "1.1";
    private static final String GATE = "nodejoin.io/released";

    private final SharedBed bed;
    private final NodejoinService former;
    private final NodejoinService next;
    private final WorkflowServiceStubs stubs;
    private final WorkflowClient temporal;

    WorkerDeploymentE2E(SharedBed bed) {
        this.bed = bed;
        this.former = bed.testBed().service();
        this.next = bed.testBed().furtherReplica();
        this.stubs = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(bed.testBed().plan().temporal().toString())
                .build());
        this.temporal = WorkflowClient.newInstance(stubs);
    }

    @BeforeEach
    void startTheFormerVersion() throws IOException {
        former.stop();
        former.prepare(SharedBed.settings());
        configure(former, FORMER);
        former.launch();
    }

    @AfterEach
    void runWithoutVersions() {
        next.stop();
        bed.restartServiceWith(SharedBed.settings());
        stubs.shutdownNow();
    }

    private static void configure(NodejoinService service, String version) throws IOException {
        String text = Files.readString(service.config());
        assertThat(text).contains("\n  namespace: ");
        Files.writeString(
                service.config(),
                text.replace(
                        "\n  namespace: ",
                        "\n  deployment: {name: %s, buildId: \"%s\"}\n  namespace: ".formatted(DEPLOYMENT, version)));
    }

    @Test
    void shouldEndJoinsOnTheVersionThatStartedThemAndStartNewOnesOnTheCurrent() throws IOException {
        // given a version that says what it lacks
        await("the former version names its problem")
                .atMost(TIMEOUT)
                .until(() -> former.readiness().contains("the worker deployment nodejoin-e2e has no current version"));
        assertThat(former.readiness()).contains("--deployment-name nodejoin-e2e --build-id 1.0");
        makeCurrent(FORMER);
        await("the former version is ready").atMost(TIMEOUT).until(former::isReady);

        // and a join that waits while the next version comes
        HostFixture waiting = bed.newHost("pinned");
        bed.boot(waiting, Fault.NONE);
        bed.requests()
                .send(
                        SharedBed.requestBuilder(waiting)
                                .readyGates(List.of(GATE))
                                .build(),
                        SharedBed.recordKey(waiting.node()));
        bed.outcomes().awaitPhase(waiting.node(), Phase.KubeletStarted);
        next.configure(SharedBed.settings());
        configure(next, NEXT);
        next.start();

        // when
        makeCurrent(NEXT);
        List<HostFixture> later = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            HostFixture fixture = bed.newHost("unpinned-" + i);
            bed.boot(fixture, Fault.NONE);
            bed.request(fixture);
            later.add(fixture);
        }
        later.forEach(fixture -> bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class));
        release(waiting.node());
        bed.outcomes().awaitOutcome(waiting.node(), JoinSucceeded.class);

        // then
        assertThat(version(waiting)).isEqualTo(FORMER);
        assertThat(later).extracting(this::version).containsOnly(NEXT);
    }

    /** A version whose workers have not polled all queues yet is refused. */
    private void makeCurrent(String version) {
        await("version " + version + " is current").atMost(TIMEOUT).untilAsserted(() -> {
            CommandResult result = bed.testBed()
                    .temporal()
                    .cli(
                            "worker",
                            "deployment",
                            "set-current-version",
                            "--namespace=default",
                            "--deployment-name=" + DEPLOYMENT,
                            "--build-id=" + version,
                            "--yes")
                    .run();
            assertThat(result.succeeded()).as(result.toString()).isTrue();
        });
    }

    private void release(NodeName node) {
        bed.testBed()
                .controlPlane()
                .kubectl(
                        "patch",
                        "node",
                        node.value(),
                        "--subresource=status",
                        "--type=strategic",
                        "--patch={\"status\":{\"conditions\":[{\"type\":\"%s\",\"status\":\"True\"}]}}".formatted(GATE))
                .run()
                .orFail();
    }

    /** The version that Temporal has pinned the join to. */
    private String version(HostFixture fixture) {
        return temporal.newUntypedWorkflowStub(NodeJoinWorkflow.workflowId(SharedBed.CLUSTER, fixture.node()))
                .describe()
                .getWorkflowExecutionInfo()
                .getVersioningInfo()
                .getDeploymentVersion()
                .getBuildId();
    }
}
