package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.cli.ExitCodes;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Temporal whose port a stranger reaches. */
@Tag("real")
@OnRestartedBed
class EncryptedPayloadsE2E {
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
                text.replace("\n  namespace: ", "\n  payloads: {keysFile: \"" + keys + "\"}\n  namespace: "));
        service.start();
    }

    @AfterEach
    void storeInPlainText() {
        bed.restartServiceWith(SharedBed.settings());
        stubs.shutdownNow();
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
        CommandResult withoutKey = service.cli("status", node)
                .withVariable(
                        "TEMPORAL_ADDRESS", bed.testBed().plan().temporal().toString())
                .run();

        // then nothing is told or done, and who has the key goes on
        assertThat(stored)
                .contains("binary/encrypted")
                .doesNotContain("nodejoin.io/never", Sha256.hex(fixture.secret()));
        assertThat(withoutKey.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(withoutKey.error()).contains(ErrorCode.TEMPORAL_PAYLOAD_UNREADABLE.name());
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
