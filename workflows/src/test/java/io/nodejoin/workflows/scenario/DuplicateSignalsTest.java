package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.JoinResult;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DuplicateSignalsTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldIgnoreRepeatedMilestonesAndConnections() {
        // given
        fixture.start();
        fixture.connect(WorkflowFixture.REPLICA);
        fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);
        fixture.connect(WorkflowFixture.REPLICA);
        MilestoneReport mark = new MilestoneReport(
                fixture.joinId() + "-1-StartKubelet", CommandMilestone.KubeletActive, Instant.EPOCH);
        fixture.script.before("Csr_Decide", () -> {
            fixture.workflow().milestoneReached(mark);
            fixture.workflow().milestoneReached(mark);
        });

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.events.ofType(JoinPhaseChanged.class))
                .extracting(JoinPhaseChanged::phase)
                .doesNotHaveDuplicates();
        assertThat(fixture.script.effects()).doesNotHaveDuplicates();
    }

    @Test
    void shouldIgnoreAMilestoneOfAnotherAssignment() {
        // given
        MilestoneReport foreign =
                new MilestoneReport("another-1-StartKubelet", CommandMilestone.KubeletActive, Instant.EPOCH);
        fixture.script.failAlways("Host_StartKubelet", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.script.scriptNext("Csr_Decide", _ -> {
            fixture.workflow().milestoneReached(foreign);
            return new CertificateResult.TimedOut(new Problem(ErrorCode.CSR_TIMEOUT, "no request"));
        });

        // when
        fixture.withoutRetry().startWithAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Failed);
        assertThat(fixture.phases()).doesNotContain(Phase.KubeletStarted);
    }
}
