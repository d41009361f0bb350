package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.event.Announcement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JoinedTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldIssueTheTokenLastAndBurnItBeforeTheJoinEnds() {
        // given
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end).isEqualTo(new JoinEnd(Phase.Joined, null));
        assertThat(bed.script.effects())
                .containsSubsequence(
                        "Host_Preflight",
                        "Host_PrepareHost",
                        "Token_Issue",
                        "ClusterInfo_PublishSignature",
                        "Host_StartKubelet",
                        "Node_AwaitRegistered",
                        "Token_Revoke",
                        "ClusterInfo_RemoveSignature",
                        "Certificate_DenyOthers",
                        "Token_Forget")
                .containsSubsequence("ClusterInfo_PublishSignature", "Certificate_Decide", "Node_AwaitRegistered")
                .containsSubsequence("Node_AwaitRegistered", "Node_AwaitReady")
                .doesNotHaveDuplicates();
        assertThat(bed.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldPublishEachPhaseOnceInOrderAndOneOutcome() {
        // given
        bed.startWithAgent();

        // when
        bed.end();

        // then
        List<Announcement> published = bed.events.published;
        assertThat(published)
                .extracting(Announcement::event)
                .extracting(JoinEvent.Outcome::getClass)
                .startsWith(JoinAccepted.class)
                .endsWith(JoinSucceeded.class);
        assertThat(bed.events.of(JoinPhaseChanged.class))
                .extracting(JoinPhaseChanged::phase)
                .containsExactly(
                        Phase.AgentConnected,
                        Phase.HostPrepared,
                        Phase.TokenIssued,
                        Phase.KubeletStarted,
                        Phase.CertificateIssued,
                        Phase.NodeReady);
        assertThat(published).extracting(Announcement::id).doesNotHaveDuplicates();
        assertThat(published.getLast().id()).startsWith("node-join/kraken/w1/").endsWith("/Joined");
        assertThat(bed.events.of(JoinSucceeded.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.phases())
                        .extracting(PhaseTime::phase)
                        .startsWith(Phase.Requested)
                        .endsWith(Phase.NodeReady, Phase.Joined));
    }

    @Test
    void shouldNumberCommandsUpwardsAndNameThemByJoinAttemptAndVerb() {
        // given
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.host.received)
                .extracting(Assignment::id)
                .containsExactly(
                        bed.joinId() + "-1-Preflight",
                        bed.joinId() + "-1-PrepareHost",
                        bed.joinId() + "-1-StartKubelet");
        assertThat(bed.host.received)
                .extracting(Assignment::sequence)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldHandTheSealedTokenOfItsOwnIdToTheHost() {
        // given
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.host.received.getLast().command())
                .isInstanceOfSatisfying(HostCommand.StartKubelet.class, start -> {
                    assertThat(bed.cluster.everIssued).containsExactly(start.tokenId());
                    assertThat(start.sealedToken()).isEqualTo("sealed." + start.tokenId());
                    assertThat(start.clusterUid()).isEqualTo(FakeCluster.TRUST.uid());
                });
    }

    @Test
    void shouldShowThePhaseInSearchAttributesAndInTheProgress() {
        // given
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.untyped().describe().getTypedSearchAttributes().get(JoinAttributes.PHASE))
                .isEqualTo("Joined");
        assertThat(bed.running().progress().phase()).isEqualTo(Phase.Joined);
        assertThat(bed.running().progress().waitingFor()).isEqualTo("nothing");
    }
}
