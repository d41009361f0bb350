package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.cli.ExitCodes;
import io.nodejoin.cli.Main;
import io.nodejoin.cli.Terminal;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.e2e.ClusterView.Token;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@OnSharedBed
class JoinE2E {
    private static final Pattern TOKEN = Pattern.compile("(?<![A-Za-z0-9.])[a-z0-9]{6}\\.[a-z0-9]{16}(?![A-Za-z0-9.])");
    private static final int REPEATS = 5;

    private final SharedBed bed;

    JoinE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldMakeNodeReadyAndLeaveNothingOfItsMeans() {
        // given
        HostFixture fixture = bed.newHost("happy");
        bed.boot(fixture, Fault.NONE);

        // when
        bed.request(fixture);

        // then
        JoinSucceeded end = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(end.nodeUid());
        assertThat(end.phases())
                .extracting(PhaseTime::phase)
                .containsExactly(
                        Phase.Requested,
                        Phase.AgentConnected,
                        Phase.HostPrepared,
                        Phase.TokenIssued,
                        Phase.CertificateIssued,
                        Phase.KubeletStarted,
                        Phase.NodeReady,
                        Phase.Joined);
        assertThat(bed.cluster().awaitTokens(end.joinId()))
                .singleElement()
                .satisfies(token ->
                        assertThat(bed.cluster().decisions(token)).containsExactly("Approved NodejoinApproved"));
        bed.cluster().hasNoCredentialsOf(end.joinId());
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTakeEverythingBackWhenKubeletCannotStart() {
        // given
        HostFixture fixture = bed.newHost("broken");
        SimulatedHost host = bed.boot(fixture, Fault.KUBELET_CANNOT_START);

        // when
        bed.request(fixture);

        // then
        JoinFailed end = bed.outcomes().awaitOutcome(fixture.node(), JoinFailed.class);
        assertThat(end.reason()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
        assertThat(end.residue()).isEmpty();
        assertThat(end.hostLog()).anyMatch(line -> line.contains("simulated kubelet"));
        assertThat(bed.cluster().awaitTokens(end.joinId())).hasSize(3);
        bed.cluster().hasNoCredentialsOf(end.joinId());
        assertThat(bed.cluster().node(fixture.node())).isEmpty();
        assertThat(host.residue()).isEmpty();
        bed.awaitQuiescence(fixture);
        assertThat(bed.outcomes().milestones(fixture.node())).containsExactly(JoinAccepted.class, JoinFailed.class);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldFailInPreflightWithPathWhenHostHasNoKubelet() {
        // given
        HostFixture fixture = bed.newHost("bare");
        SimulatedHost host = bed.boot(fixture, Fault.KUBELET_MISSING);

        // when
        bed.request(fixture);

        // then
        JoinFailed end = bed.outcomes().awaitOutcome(fixture.node(), JoinFailed.class);
        assertThat(end.reason()).isEqualTo(ErrorCode.HOST_PREFLIGHT_FAILED);
        assertThat(end.detail()).contains("/usr/local/bin/kubelet");
        bed.cluster().hasNoCredentialsOf(end.joinId());
        assertThat(bed.cluster().node(fixture.node())).isEmpty();
        assertThat(host.residue()).isEmpty();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldJoinOnceHoweverOftenTheSameEventComes() {
        // given
        HostFixture fixture = bed.newHost("repeated");
        String event = UUID.randomUUID().toString();
        bed.boot(fixture, Fault.NONE);

        // when
        sendRepeatedly(fixture, event);
        JoinSucceeded end = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        sendRepeatedly(fixture, event);
        bed.awaitQuiescence(fixture);

        // then
        assertThat(bed.histories().runs(fixture.node())).hasSize(1);
        assertThat(bed.cluster().awaitTokens(end.joinId())).hasSize(1);
        assertThat(bed.outcomes().milestones(fixture.node())).containsExactly(JoinAccepted.class, JoinSucceeded.class);
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldGiveWayToANewerRequestForTheSameNode() {
        // given a join that has its certificate and waits for a condition that nobody sets
        HostFixture fixture = bed.newHost("claimed");
        bed.boot(fixture, Fault.NONE);
        requestWithoutEnd(fixture);
        bed.outcomes().awaitPhase(fixture.node(), Phase.KubeletStarted);

        // when
        bed.request(fixture);

        // then
        JoinCancelled first = bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
        assertThat(first.reason()).isEqualTo(ErrorCode.SUPERSEDED);
        assertThat(first.residue()).isEmpty();
        JoinSucceeded second = bed.outcomes().awaitSecondOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(second.joinId()).isNotEqualTo(first.joinId());
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(second.nodeUid());
        bed.awaitQuiescence(fixture);
        bed.cluster().hasNoCredentialsOf(first.joinId());
        bed.cluster().hasNoCredentialsOf(second.joinId());
        assertThat(bed.cluster().tokens(first.joinId())).hasSize(1);
        assertThat(bed.cluster().tokens(second.joinId())).hasSize(1);
        assertThat(bed.outcomes().milestones(fixture.node()))
                .containsExactly(
                        JoinAccepted.class,
                        JoinAccepted.class,
                        JoinCancelled.class,
                        JoinAccepted.class,
                        JoinSucceeded.class);
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldAbortByTheCommandLineAndWaitUntilAllIsTakenBack() {
        // given a join that waits for a machine that never comes
        HostFixture fixture = bed.newHost("dismissed");
        bed.request(fixture);
        bed.outcomes().awaitAccepted(fixture.node());

        // when
        int cancelled = nodejoinAbort(fixture, "--wait", "--reason", "scaled in");
        bed.histories().awaitClosed(fixture.node());
        int again = nodejoinAbort(fixture);

        // then
        assertThat(cancelled).isEqualTo(ExitCodes.OK);
        assertThat(again).isEqualTo(ExitCodes.NOT_FOUND);
        JoinCancelled end = bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
        assertThat(end.detail()).contains("scaled in");
        bed.cluster().hasNoCredentialsOf(end.joinId());
    }

    private int nodejoinAbort(HostFixture fixture, String... more) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Map<String, String> environment =
                Map.of("TEMPORAL_ADDRESS", bed.testBed().temporal().target());
        List<String> words = new ArrayList<>(List.of("abort", "--yes", SharedBed.recordKey(fixture.node())));
        words.addAll(List.of(more));
        return Main.commandLine(new Terminal(nowhere, nowhere, false), environment, Clock.systemUTC())
                .execute(words.toArray(String[]::new));
    }

    /** A join that waits for a condition which nobody sets. */
    private void requestWithoutEnd(HostFixture fixture) {
        bed.requests()
                .send(
                        SharedBed.requestBuilder(fixture)
                                .readyGates(List.of("nodejoin.io/never"))
                                .build(),
                        SharedBed.recordKey(fixture.node()));
    }

    private void cancel(HostFixture fixture) {
        bed.requests()
                .send(
                        new JoinCancelRequested(SharedBed.CLUSTER, fixture.node(), "scaled in", null),
                        SharedBed.recordKey(fixture.node()));
    }

    private void sendRepeatedly(HostFixture fixture, String event) {
        for (int i = 0; i < REPEATS; i++) {
            bed.requests().send(SharedBed.joinRequest(fixture), SharedBed.recordKey(fixture.node()), event);
        }
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldJoinTheSameHostAgainAfterItsFirstJoinWasTakenBack() {
        // given an agent that holds the certificate of a join that was cancelled
        HostFixture fixture = bed.newHost("second");
        SimulatedHost host = bed.boot(fixture, Fault.NONE);
        requestWithoutEnd(fixture);
        bed.outcomes().awaitPhase(fixture.node(), Phase.KubeletStarted);
        cancel(fixture);
        JoinCancelled first = bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
        assertThat(host.residue()).isEmpty();

        // when
        bed.request(fixture);

        // then
        JoinSucceeded second = bed.outcomes().awaitSecondOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(second.joinId()).isNotEqualTo(first.joinId());
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(second.nodeUid());
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTakeEverythingBackWhenCancelledInTheMiddle() {
        // given a join that has its certificate and waits for a condition that nobody sets
        HostFixture fixture = bed.newHost("unwanted");
        SimulatedHost host = bed.boot(fixture, Fault.NONE);
        requestWithoutEnd(fixture);
        bed.outcomes().awaitPhase(fixture.node(), Phase.KubeletStarted);

        // when
        cancel(fixture);

        // then
        JoinCancelled end = bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
        assertThat(end.detail()).contains("scaled in");
        assertThat(end.residue()).isEmpty();
        bed.cluster().hasNoCredentialsOf(end.joinId());
        assertThat(bed.cluster().node(fixture.node())).isEmpty();
        assertThat(host.residue()).isEmpty();
        bed.awaitQuiescence(fixture);
        assertThat(bed.outcomes().milestones(fixture.node())).containsExactly(JoinAccepted.class, JoinCancelled.class);
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldSayThatTheHostNeedsAttentionWhenItCannotBeTakenBackWhole() throws IOException {
        // given a host on which somebody puts a file into a directory of the join
        HostFixture fixture = bed.newHost("marked");
        SimulatedHost host = bed.boot(fixture, Fault.NONE);
        requestWithoutEnd(fixture);
        bed.outcomes().awaitPhase(fixture.node(), Phase.KubeletStarted);
        Files.createFile(host.root().resolve("etc/kubernetes/manifests/mine.yaml"));

        // when
        cancel(fixture);

        // then
        JoinCancelled end = bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
        assertThat(end.residue())
                .anySatisfy(left -> assertThat(left)
                        .startsWith("Host: " + ErrorCode.HOST_ROLLBACK_INCOMPLETE)
                        .contains("/etc/kubernetes/manifests is still there with [mine.yaml]", "then ResetHost"))
                .allMatch(left -> left.contains("/etc/kubernetes"));
        assertThat(host.residue()).isEmpty();
        bed.cluster().hasNoCredentialsOf(end.joinId());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldLeaveHistoryWithSummaryOfEachActivityAndWithoutTokenSecret() {
        // given
        HostFixture fixture = bed.newHost("history");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinSucceeded end = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);

        // when
        String history = bed.histories().text(fixture.node());

        // then
        assertThat(history.contains(end.joinId().value())).isTrue();
        assertThat(TOKEN.matcher(history).find())
                .as("anything of a token's form")
                .isFalse();
        assertThat(bed.cluster().awaitTokens(end.joinId()))
                .extracting(Token::secret)
                .allSatisfy(secret -> assertThat(history.contains(secret)).isFalse());
        assertThat(history.contains(fixture.secret())).isFalse();
        assertThat(bed.histories().summaries(fixture.node()))
                .isNotEmpty()
                .allSatisfy((_, summary) -> assertThat(summary).isNotBlank());
    }
}
