package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.token.TokenRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JoinSucceedsTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldIssueTheTokenLastAndRevokeItBeforeTheJoinEnds() {
        // given
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end).isEqualTo(new JoinResult(Phase.Joined, null));
        assertThat(fixture.script.effects())
                .containsSubsequence(
                        "Host_Preflight",
                        "Host_PrepareHost",
                        "Token_Issue",
                        "Host_StartKubelet",
                        "Token_Revoke",
                        "Token_DeleteLedgerEntry")
                .containsSubsequence("Csr_Decide", "Csr_DenyOthers", "Token_DeleteLedgerEntry")
                .containsSubsequence("Token_Issue", "Csr_Decide", "Node_AwaitRegistered")
                .containsSubsequence("Node_AwaitRegistered", "Node_AwaitReady")
                .doesNotHaveDuplicates();
        assertThat(fixture.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldWaitOnceForANodeThatIsReadyWhenItRegisters() {
        // given
        fixture.cluster.readyPromptly = true;
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end).isEqualTo(new JoinResult(Phase.Joined, null));
        assertThat(fixture.script.effects()).contains("Node_AwaitRegistered").doesNotContain("Node_AwaitReady");
        assertThat(fixture.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldBindTheTokenAndItsApprovalToTheKeyOfTheHost() {
        // given
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.cluster.tokenRequests)
                .extracting(TokenRequest::kubeletKeyDigest)
                .containsExactly(FakeCluster.KEY_DIGEST);
        assertThat(fixture.cluster.csrDecisions)
                .extracting(CsrDecisionRequest::keyDigest)
                .containsExactly(FakeCluster.KEY_DIGEST);
    }

    @Test
    void shouldRevokeTheTokenOnceTheHostHasItsCertificate() {
        // given
        fixture.script.before("Node_AwaitRegistered", () -> fixture.await(fixture.cluster.tokens::isEmpty));
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldReportSuccessBeforeTheRejectionOfTheTokenIsProved() {
        // given
        fixture.script.scriptNext("Host_StartKubelet", honest -> {
            Object bootstrapped = honest.get();
            fixture.await(() -> !fixture.events.ofType(JoinSucceeded.class).isEmpty());
            return bootstrapped;
        });
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.completedActivities()).containsSubsequence("Host_StartKubelet", "Csr_DenyOthers");
        assertThat(fixture.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldEndAsJoinedIfTheHostNeverReportsTheRejectionOfTheToken() {
        // given
        fixture.script.scriptNext("Host_StartKubelet", honest -> {
            Object bootstrapped = honest.get();
            fixture.sleep(Duration.ofMinutes(10));
            return bootstrapped;
        });
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldLetAnotherRequestStartAtOnceAfterTheOutcome() {
        // given
        fixture.script.scriptNext("Host_StartKubelet", honest -> {
            Object bootstrapped = honest.get();
            fixture.await(() -> !fixture.events.ofType(JoinSucceeded.class).isEmpty());
            fixture.signalRequest("event-2", 1);
            fixture.sleep(Duration.ofMinutes(10));
            return bootstrapped;
        });
        fixture.startWithAgent();

        // when
        fixture.awaitFirstRunClosed();

        // then
        assertThat(fixture.events.ofType(JoinSucceeded.class)).hasSize(1);
        assertThat(fixture.now()).isBefore(fixture.madeAfter(60));
    }

    @Test
    void shouldKeepTheTokenOfAKubeletThatRequestsItsCertificateUntilItsNodeHasRegistered() {
        // given
        fixture.withKubeletBootstrap().startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.script.effects()).containsSubsequence("Node_AwaitRegistered", "Token_Revoke");
        assertThat(fixture.cluster.csrDecisions)
                .extracting(CsrDecisionRequest::keyDigest)
                .containsOnlyNulls();
    }

    @Test
    void shouldPublishEachPhaseOnceInOrderAndOneOutcome() {
        // given
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        List<OutcomeEvent> published = fixture.events.published;
        assertThat(published)
                .extracting(OutcomeEvent::event)
                .extracting(LifecycleEvent.Outcome::getClass)
                .startsWith(JoinAccepted.class)
                .endsWith(JoinSucceeded.class);
        assertThat(fixture.events.ofType(JoinPhaseChanged.class))
                .extracting(JoinPhaseChanged::phase)
                .containsExactly(
                        Phase.AgentConnected,
                        Phase.HostPrepared,
                        Phase.TokenIssued,
                        Phase.CertificateIssued,
                        Phase.KubeletStarted,
                        Phase.NodeReady);
        assertThat(published).extracting(OutcomeEvent::id).doesNotHaveDuplicates();
        assertThat(published.getLast().id()).startsWith("node-join/kraken/w1/").endsWith("/Joined");
        assertThat(fixture.events.ofType(JoinSucceeded.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.phases())
                        .extracting(PhaseTime::phase)
                        .startsWith(Phase.Requested)
                        .endsWith(Phase.NodeReady, Phase.Joined));
    }

    @Test
    void shouldNumberCommandsInSequenceAndIdentifyThemByJoinAttemptAndVerb() {
        // given
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.host.received)
                .extracting(Assignment::id)
                .containsExactly(
                        fixture.joinId() + "-1-Preflight",
                        fixture.joinId() + "-1-PrepareHost",
                        fixture.joinId() + "-1-StartKubelet");
        assertThat(fixture.host.received)
                .extracting(Assignment::sequence)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldSendTheSealedTokenWithItsIdToTheHost() {
        // given
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.host.received.getLast().command())
                .isInstanceOfSatisfying(HostCommand.StartKubelet.class, start -> {
                    assertThat(fixture.cluster.everIssued).containsExactly(start.tokenId());
                    assertThat(start.sealedToken()).isEqualTo("sealed." + start.tokenId());
                    assertThat(start.clusterUid()).isEqualTo(FakeCluster.DISCOVERY.uid());
                });
    }

    @Test
    void shouldReportThePhaseInSearchAttributesAndProgress() {
        // given
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.attributes().get(JoinSearchAttributes.PHASE)).isEqualTo("Joined");
        assertThat(fixture.workflow().progress().phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.workflow().progress().waitingFor()).isEqualTo("nothing");
    }
}
