package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.failure.FailureType;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DuplicateSignalsTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldTakeRepeatedMarksAndConnectionsAsOne() {
        // given
        bed.start();
        bed.connect(JoinBed.REPLICA);
        bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);
        bed.connect(JoinBed.REPLICA);
        HostReport mark = new HostReport(bed.joinId() + "-1-StartKubelet", HostMark.KubeletActive, Instant.EPOCH);
        bed.script.before("Certificate_Decide", () -> {
            bed.running().hostReported(mark);
            bed.running().hostReported(mark);
        });

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.events.of(JoinPhaseChanged.class))
                .extracting(JoinPhaseChanged::phase)
                .doesNotHaveDuplicates();
        assertThat(bed.script.effects()).doesNotHaveDuplicates();
    }

    @Test
    void shouldNotTakeAMarkOfAnotherAssignmentForTheKubelets() {
        // given
        HostReport foreign = new HostReport("another-1-StartKubelet", HostMark.KubeletActive, Instant.EPOCH);
        bed.script.failAlways("Host_StartKubelet", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        bed.script.next("Certificate_Decide", _ -> {
            bed.running().hostReported(foreign);
            return new CertificateDecision.Missing(new Problem(ErrorCode.CSR_TIMEOUT, "no request"));
        });

        // when
        bed.once().startWithAgent();

        // then
        assertThat(bed.end().phase()).isEqualTo(Phase.Failed);
        assertThat(bed.phases()).doesNotContain(Phase.KubeletStarted);
    }
}
