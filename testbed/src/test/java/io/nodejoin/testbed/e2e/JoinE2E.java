package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelRequested;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.cli.CancelCommand;
import io.nodejoin.cli.CliException;
import io.nodejoin.cli.ExitCodes;
import io.nodejoin.cli.Terminal;
import io.nodejoin.testbed.demo.HostWish;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import picocli.CommandLine;

@ExtendWith(BedExtension.class)
@ResourceLock(value = SharedBed.LOCK, mode = ResourceAccessMode.READ)
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
        HostWish wish = bed.wish("happy");
        bed.boot(wish, Fault.NONE);

        // when
        bed.request(wish);

        // then
        JoinSucceeded end = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        assertThat(bed.cluster().ready(wish.node())).containsExactly(end.nodeUid());
        assertThat(end.phases())
                .extracting(PhaseTime::phase)
                .containsExactly(
                        Phase.Requested,
                        Phase.AgentConnected,
                        Phase.HostPrepared,
                        Phase.TokenIssued,
                        Phase.KubeletStarted,
                        Phase.CertificateIssued,
                        Phase.NodeReady,
                        Phase.Joined);
        assertThat(bed.cluster().awaitTokens(end.joinId()))
                .singleElement()
                .satisfies(token ->
                        assertThat(bed.cluster().decisions(token)).containsExactly("Approved NodejoinApproved"));
        bed.cluster().hasNoMeansOf(end.joinId());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTakeEverythingBackWhenKubeletCannotStart() {
        // given
        HostWish wish = bed.wish("broken");
        SimulatedHost host = bed.boot(wish, Fault.KUBELET_CANNOT_START);

        // when
        bed.request(wish);

        // then
        JoinFailed end = bed.outcomes().awaitEnd(wish.node(), JoinFailed.class);
        assertThat(end.reason()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
        assertThat(end.residue()).isEmpty();
        assertThat(end.hostLog()).anyMatch(line -> line.contains("simulated kubelet"));
        assertThat(bed.cluster().awaitTokens(end.joinId())).hasSize(3);
        bed.cluster().hasNoMeansOf(end.joinId());
        assertThat(bed.cluster().node(wish.node())).isEmpty();
        assertThat(host.residue()).isEmpty();
        bed.settleEnded(wish);
        assertThat(bed.outcomes().milestones(wish.node())).containsExactly(JoinAccepted.class, JoinFailed.class);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldFailInPreflightWithPathWhenHostHasNoKubelet() {
        // given
        HostWish wish = bed.wish("bare");
        SimulatedHost host = bed.boot(wish, Fault.KUBELET_MISSING);

        // when
        bed.request(wish);

        // then
        JoinFailed end = bed.outcomes().awaitEnd(wish.node(), JoinFailed.class);
        assertThat(end.reason()).isEqualTo(ErrorCode.HOST_PREFLIGHT_FAILED);
        assertThat(end.detail()).contains("/usr/local/bin/kubelet");
        bed.cluster().hasNoMeansOf(end.joinId());
        assertThat(bed.cluster().node(wish.node())).isEmpty();
        assertThat(host.residue()).isEmpty();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldJoinOnceHoweverOftenTheSameEventComes() {
        // given
        HostWish wish = bed.wish("repeated");
        String event = UUID.randomUUID().toString();
        bed.boot(wish, Fault.NONE);

        // when
        sendRepeatedly(wish, event);
        JoinSucceeded end = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        sendRepeatedly(wish, event);
        bed.settleEnded(wish);

        // then
        assertThat(bed.histories().runs(wish.node())).hasSize(1);
        assertThat(bed.cluster().awaitTokens(end.joinId())).hasSize(1);
        assertThat(bed.outcomes().milestones(wish.node())).containsExactly(JoinAccepted.class, JoinSucceeded.class);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldGiveWayToANewerRequestForTheSameNode() {
        // given a join that has its certificate and waits for a condition that nobody sets
        HostWish wish = bed.wish("claimed");
        bed.boot(wish, Fault.NONE);
        requestWithoutEnd(wish);
        bed.outcomes().awaitPhase(wish.node(), Phase.CertificateIssued);

        // when
        bed.request(wish);

        // then
        JoinCancelled first = bed.outcomes().awaitEnd(wish.node(), JoinCancelled.class);
        assertThat(first.reason()).isEqualTo(ErrorCode.SUPERSEDED);
        assertThat(first.residue()).isEmpty();
        JoinSucceeded second = bed.outcomes().awaitSecondEnd(wish.node(), JoinSucceeded.class);
        assertThat(second.joinId()).isNotEqualTo(first.joinId());
        assertThat(bed.cluster().ready(wish.node())).containsExactly(second.nodeUid());
        bed.settleEnded(wish);
        bed.cluster().hasNoMeansOf(first.joinId());
        bed.cluster().hasNoMeansOf(second.joinId());
        assertThat(bed.cluster().tokens(first.joinId())).hasSize(1);
        assertThat(bed.cluster().tokens(second.joinId())).hasSize(1);
        assertThat(bed.outcomes().milestones(wish.node()))
                .containsExactly(
                        JoinAccepted.class,
                        JoinAccepted.class,
                        JoinCancelled.class,
                        JoinAccepted.class,
                        JoinSucceeded.class);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldCancelByTheCommandLineAndWaitUntilAllIsTakenBack() {
        // given a join that waits for a machine that never comes
        HostWish wish = bed.wish("dismissed");
        bed.request(wish);
        bed.outcomes().awaitAccepted(wish.node());

        // when
        int cancelled = nodejoinCancel(wish, "--wait", "--reason", "scaled in");
        bed.histories().awaitClosed(wish.node());
        int again = nodejoinCancel(wish);

        // then
        assertThat(cancelled).isEqualTo(ExitCodes.OK);
        assertThat(again).isEqualTo(ExitCodes.NOT_FOUND);
        JoinCancelled end = bed.outcomes().awaitEnd(wish.node(), JoinCancelled.class);
        assertThat(end.detail()).contains("scaled in");
        bed.cluster().hasNoMeansOf(end.joinId());
    }

    private int nodejoinCancel(HostWish wish, String... more) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Map<String, String> environment =
                Map.of("TEMPORAL_ADDRESS", bed.parts().temporal().target());
        CommandLine command = new CommandLine(
                new CancelCommand(new Terminal(nowhere, nowhere, false), environment, Clock.systemUTC()));
        command.setExecutionExceptionHandler((failure, _, _) -> ((CliException) failure).exitCode());
        List<String> words = new ArrayList<>(List.of(more));
        words.add(SharedBed.key(wish.node()));
        return command.execute(words.toArray(String[]::new));
    }

    /** A join that waits for a condition which nobody sets. */
    private void requestWithoutEnd(HostWish wish) {
        bed.requests()
                .send(
                        SharedBed.asking(wish)
                                .readyGates(List.of("nodejoin.io/never"))
                                .build(),
                        SharedBed.key(wish.node()));
    }

    private void cancel(HostWish wish) {
        bed.requests()
                .send(new JoinCancelRequested(SharedBed.CLUSTER, wish.node(), "scaled in"), SharedBed.key(wish.node()));
    }

    private void sendRepeatedly(HostWish wish, String event) {
        for (int i = 0; i < REPEATS; i++) {
            bed.requests().send(SharedBed.joinOf(wish), SharedBed.key(wish.node()), event);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldJoinTheSameHostAgainAfterItsFirstJoinWasTakenBack() {
        // given an agent that holds the certificate of a join that was cancelled
        HostWish wish = bed.wish("second");
        SimulatedHost host = bed.boot(wish, Fault.NONE);
        requestWithoutEnd(wish);
        bed.outcomes().awaitPhase(wish.node(), Phase.CertificateIssued);
        cancel(wish);
        JoinCancelled first = bed.outcomes().awaitEnd(wish.node(), JoinCancelled.class);
        assertThat(host.residue()).isEmpty();

        // when
        bed.request(wish);

        // then
        JoinSucceeded second = bed.outcomes().awaitSecondEnd(wish.node(), JoinSucceeded.class);
        assertThat(second.joinId()).isNotEqualTo(first.joinId());
        assertThat(bed.cluster().ready(wish.node())).containsExactly(second.nodeUid());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTakeEverythingBackWhenCancelledInTheMiddle() {
        // given a join that has its certificate and waits for a condition that nobody sets
        HostWish wish = bed.wish("unwanted");
        SimulatedHost host = bed.boot(wish, Fault.NONE);
        requestWithoutEnd(wish);
        bed.outcomes().awaitPhase(wish.node(), Phase.CertificateIssued);

        // when
        cancel(wish);

        // then
        JoinCancelled end = bed.outcomes().awaitEnd(wish.node(), JoinCancelled.class);
        assertThat(end.detail()).contains("scaled in");
        assertThat(end.residue()).isEmpty();
        bed.cluster().hasNoMeansOf(end.joinId());
        assertThat(bed.cluster().node(wish.node())).isEmpty();
        assertThat(host.residue()).isEmpty();
        bed.settleEnded(wish);
        assertThat(bed.outcomes().milestones(wish.node())).containsExactly(JoinAccepted.class, JoinCancelled.class);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldSayThatTheHostNeedsAttentionWhenItCannotBeTakenBackWhole() throws IOException {
        // given a host on which somebody puts a file into a directory of the join
        HostWish wish = bed.wish("marked");
        SimulatedHost host = bed.boot(wish, Fault.NONE);
        requestWithoutEnd(wish);
        bed.outcomes().awaitPhase(wish.node(), Phase.CertificateIssued);
        Files.createFile(host.root().resolve("etc/kubernetes/manifests/mine.yaml"));

        // when
        cancel(wish);

        // then
        JoinCancelled end = bed.outcomes().awaitEnd(wish.node(), JoinCancelled.class);
        assertThat(end.residue())
                .anySatisfy(left -> assertThat(left)
                        .startsWith("Host: " + ErrorCode.NEEDS_ATTENTION)
                        .contains("/etc/kubernetes/manifests is still there with [mine.yaml]", "then ResetHost"))
                .allMatch(left -> left.contains("/etc/kubernetes"));
        assertThat(host.residue()).isEmpty();
        bed.cluster().hasNoMeansOf(end.joinId());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldLeaveHistoryWithSummaryOfEachActivityAndWithoutTokenSecret() {
        // given
        HostWish wish = bed.wish("history");
        bed.boot(wish, Fault.NONE);
        bed.request(wish);
        JoinSucceeded end = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);

        // when
        String history = bed.histories().text(wish.node());

        // then
        assertThat(history.contains(end.joinId().value())).isTrue();
        assertThat(TOKEN.matcher(history).find())
                .as("anything of a token's form")
                .isFalse();
        assertThat(bed.cluster().awaitTokens(end.joinId()))
                .extracting(Token::secret)
                .allSatisfy(secret -> assertThat(history.contains(secret)).isFalse());
        assertThat(history.contains(wish.secret())).isFalse();
        assertThat(bed.histories().summaries(wish.node()))
                .isNotEmpty()
                .allSatisfy((_, summary) -> assertThat(summary).isNotBlank());
    }
}
