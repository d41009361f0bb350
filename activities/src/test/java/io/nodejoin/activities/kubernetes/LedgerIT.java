package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.node.KubernetesNodeActivities;
import io.nodejoin.activities.kubernetes.outbox.OutboxEventActivities;
import io.nodejoin.activities.kubernetes.outbox.OutcomeOutbox;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.TokenActivities;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the garbage collector reads and does, on a real API server: never by an old view, never to what belongs to another join. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class LedgerIT {
    private final LiveCluster cluster;
    private final KubernetesTokenActivities tokenAdapter;
    private final KubernetesCertificateActivities certificateAdapter;
    private final KubernetesNodeActivities nodes;
    private final ActivityHarness harness;
    private final TokenActivities tokens;
    private final TokenLedger ledger;
    private final OutcomeOutbox openJoins;
    private final List<LifecycleEvent.Outcome> published = new ArrayList<>();
    private final OutboxEventActivities events;
    private final Joiner joiner = new Joiner();

    LedgerIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.tokenAdapter = NoTokenArtifacts.activities(cluster.clients());
        this.certificateAdapter = new KubernetesCertificateActivities(cluster.clients(), _ -> {}, _ -> {});
        this.nodes = new KubernetesNodeActivities(cluster.clients(), _ -> {}, ServerClocks.of(cluster.clients()));
        this.harness = new ActivityHarness(tokenAdapter, certificateAdapter);
        this.tokens = harness.stub(TokenActivities.class);
        KubernetesClient service = cluster.clients().client(LiveCluster.NAME);
        this.ledger = new TokenLedger(service);
        this.openJoins = new OutcomeOutbox(service);
        this.events = new OutboxEventActivities(
                batch -> batch.forEach(event -> published.add(event.event())),
                cluster.clients(),
                () -> new WorkflowRun("namespace", "run"));
    }

    @AfterEach
    void close() {
        cluster.admin().nodes().withName(joiner.node.value()).delete();
        harness.close();
        certificateAdapter.close();
        nodes.close();
    }

    @Test
    void shouldTellOfEachTokenWhoseItIsAndForWhichKey() {
        // given
        String digest = Joiner.digest(Joiner.keyPair());

        // when
        joiner.issue(tokens, "text", digest);

        // then
        TokenLedger.Entry entry = entry();
        assertThat(entry.kubeletKeyDigest()).isEqualTo(digest);
        assertThat(entry.token()).isEqualTo(joiner.token);
        assertThat(entry.node()).isEqualTo(joiner.node);
        assertThat(entry.machineId()).isEqualTo(Joiner.MACHINE);
        assertThat(entry.expiresAt()).isBetween(joiner.expiresAt.minusSeconds(5), joiner.expiresAt.plusSeconds(5));
        assertThat(entry.run().namespace()).isNotBlank();
        tokens.revoke(joiner.token);
    }

    @ParameterizedTest
    @ValueSource(ints = {-5, 5})
    void shouldTellTheEndOfATokenByTheClockOfTheApiServer(int minutesAhead) {
        // given a deadline that was set by a clock of another time than the API server's
        Duration ahead = Duration.ofMinutes(minutesAhead);
        harness.temporalIsAhead(ahead);

        // when
        joiner.issue(tokens, "text");

        // then
        Instant end = joiner.expiresAt.minus(ahead);
        assertThat(entry().expiresAt()).isBetween(end.minusSeconds(5), end.plusSeconds(5));
        tokens.revoke(joiner.token);
    }

    @Test
    void shouldRevokeTheTokenOfAnEntryAndForgetItAfterwards() {
        // given
        joiner.issue(tokens, "text");
        TokenLedger.Entry entry = entry();

        // when
        boolean revoked = tokenAdapter.revoke(entry);
        boolean again = tokenAdapter.revoke(entry);

        // then
        assertThat(revoked).isTrue();
        assertThat(again).isFalse();
        assertThat(secret()).isNull();
        assertThat(ledger.list(LiveCluster.NAME)).contains(entry);
        tokenAdapter.deleteExpired(entry);
        assertThat(ledger.list(LiveCluster.NAME)).doesNotContain(entry);
    }

    @Test
    void shouldNotTouchATokenWhoseEntryIsANewerOne() {
        // given an entry that was read, and then ended and made anew under the same id
        joiner.issue(tokens, "text");
        TokenLedger.Entry stale = entry();
        renew("token-" + joiner.token.tokenId());

        // when
        boolean revoked = tokenAdapter.revoke(stale);
        tokenAdapter.deleteExpired(stale);

        // then
        assertThat(revoked).isFalse();
        assertThat(secret()).isNotNull();
        assertThat(entry().uid()).isNotEqualTo(stale.uid());
        tokens.revoke(joiner.token);
    }

    @Test
    void shouldHoldAnOutcomeForOwedFromBeforeItsAcceptanceUntilItIsOut() {
        // given
        Instant at = Instant.parse("2026-11-25T10:00:00Z");

        // when
        publish(announcement(new JoinAccepted(LiveCluster.NAME, joiner.node, joiner.joinId, at, null)));
        publish(announcement(new JoinAccepted(LiveCluster.NAME, joiner.node, joiner.joinId, at, null)));
        List<PendingOutcome> accepted = open();
        publish(announcement(cancelled()));

        // then
        assertThat(accepted).singleElement().satisfies(pending -> {
            assertThat(pending.node()).isEqualTo(joiner.node);
            assertThat(pending.run()).isEqualTo(new WorkflowRun("namespace", "run"));
        });
        assertThat(open()).isEmpty();
        assertThat(published).hasSize(3);
    }

    @Test
    void shouldHoldTheOutcomeOfALeaveForOwedApartFromThatOfAJoin() {
        // given
        LeaveFailed ended = new LeaveFailed(
                LiveCluster.NAME,
                joiner.node,
                joiner.joinId,
                ErrorCode.DRAIN_BLOCKED,
                "why",
                true,
                null,
                List.of(),
                List.of(),
                null);

        // when
        publish(announcement(new LeaveAccepted(LiveCluster.NAME, joiner.node, joiner.joinId, Instant.EPOCH, null)));
        List<PendingOutcome> accepted = open();
        List<PendingOutcome> joins = openJoins.list(LiveCluster.NAME, PendingOutcome.RequestKind.JOIN).stream()
                .filter(pending -> pending.joinId().equals(joiner.joinId))
                .toList();
        publish(announcement(ended));

        // then
        assertThat(accepted).singleElement().satisfies(pendingLeave -> {
            assertThat(pendingLeave.kind()).isEqualTo(PendingOutcome.RequestKind.LEAVE);
            assertThat(pendingLeave.node()).isEqualTo(joiner.node);
            assertThat(pendingLeave.run()).isEqualTo(new WorkflowRun("namespace", "run"));
        });
        assertThat(joins).isEmpty();
        assertThat(open()).isEmpty();
    }

    @Test
    void shouldForgetOnlyTheVeryEntryOfAnOwedOutcome() {
        // given
        publish(announcement(new JoinAccepted(LiveCluster.NAME, joiner.node, joiner.joinId, Instant.EPOCH, null)));
        PendingOutcome stale = open().getFirst();
        renew("join-" + joiner.joinId);

        // when
        openJoins.delete(stale);

        // then
        assertThat(open()).hasSize(1);
        publish(announcement(cancelled()));
    }

    @Test
    void shouldPublishEvenIfTheLedgerCannotBeWritten() {
        // given
        OutboxEventActivities without = new OutboxEventActivities(
                batch -> batch.forEach(event -> published.add(event.event())), cluster.clients(), () -> {
                    throw new IllegalStateException("no run");
                });

        // when
        without.publish(List.of(
                announcement(new JoinAccepted(LiveCluster.NAME, joiner.node, joiner.joinId, Instant.EPOCH, null))));

        // then
        assertThat(published).hasSize(1);
        assertThat(open()).isEmpty();
    }

    @Test
    void shouldKnowTheNodeThatAJoinBroughtAboutFromOneThatItDidNot() {
        // given a Node that came with the certificate that was approved for this join
        issueCertificate();
        cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(joiner.node.value())
                        .endMetadata()
                        .build())
                .create();
        NodeRef ref = new NodeRef(LiveCluster.NAME, joiner.node);
        NodeState.Registered node = nodes.findNode(ref).orElseThrow();
        NodeState.Registered older =
                new NodeState.Registered("older", node.createdAt().minusSeconds(3600));

        // when, then
        assertThat(certificateAdapter.isNodeOfJoin(ref, node, joiner.joinId, Set.of()))
                .isTrue();
        assertThat(certificateAdapter.isNodeOfJoin(ref, older, joiner.joinId, Set.of()))
                .isFalse();
        assertThat(certificateAdapter.isNodeOfJoin(ref, node, JoinId.of("it", "other"), Set.of()))
                .isFalse();
        assertThat(certificateAdapter.isNodeOfJoin(ref, node, JoinId.of("it", "other"), Set.of(joiner.token.tokenId())))
                .isTrue();
        tokens.revoke(joiner.token);
    }

    @Test
    void shouldKnowWhatWasIssuedForAJoinByItsTokensOrByItsApprovals() {
        // given
        CertificateResult issued = issueCertificate();
        JoinId other = JoinId.of("it", "other");

        // when, then
        assertThat(certificateAdapter.listIssuedToJoin(of(joiner.joinId)).issued())
                .containsExactly((CertificateResult.Issued) issued);
        assertThat(certificateAdapter.listIssuedToJoin(of(other, joiner.token.tokenId())))
                .isEqualTo(certificateAdapter.listIssuedToJoin(of(joiner.joinId)));
        assertThat(certificateAdapter.listIssuedToJoin(of(other)).issued()).isEmpty();
        tokens.revoke(joiner.token);
    }

    private static JoinCertificates.OfJoin of(JoinId join, TokenId... tokens) {
        return new JoinCertificates.OfJoin(LiveCluster.NAME, join, List.of(tokens));
    }

    private CertificateResult issueCertificate() {
        try (KubernetesClient host = cluster.bearing(joiner.open(joiner.issue(tokens, "text")))) {
            CertificateSigningRequest asked = Joiner.askForCertificate(host, joiner.node);
            Instant createdAt = Instant.parse(asked.getMetadata().getCreationTimestamp());
            return harness.stub(CsrActivities.class)
                    .decide(new CsrDecisionRequest(
                            joiner.token,
                            joiner.node,
                            ApprovalMode.NODEJOIN,
                            null,
                            null,
                            createdAt.minusSeconds(60),
                            createdAt.plusSeconds(60),
                            Instant.now().plusSeconds(30),
                            null));
        }
    }

    private void renew(String name) {
        ConfigMap found = cluster.admin()
                .configMaps()
                .inNamespace("nodejoin-system")
                .withName(name)
                .require();
        cluster.admin().resource(found).delete();
        cluster.admin()
                .resource(new ConfigMapBuilder(found)
                        .editMetadata()
                        .withUid(null)
                        .withResourceVersion(null)
                        .endMetadata()
                        .build())
                .create();
    }

    private TokenLedger.Entry entry() {
        return ledger.list(LiveCluster.NAME).stream()
                .filter(entry -> entry.token().equals(joiner.token))
                .findFirst()
                .orElseThrow();
    }

    private List<PendingOutcome> open() {
        return open(joiner.joinId);
    }

    private List<PendingOutcome> open(JoinId joinId) {
        return openJoins.list(LiveCluster.NAME).stream()
                .filter(pending -> pending.joinId().equals(joinId))
                .toList();
    }

    private Secret secret() {
        return cluster.admin()
                .secrets()
                .inNamespace("kube-system")
                .withName(joiner.token.tokenId().secretName())
                .get();
    }

    private JoinCancelled cancelled() {
        return new JoinCancelled(
                LiveCluster.NAME,
                joiner.node,
                joiner.joinId,
                ErrorCode.CANCELLED_BY_REQUEST.meaning(),
                List.of(),
                List.of(),
                null,
                null);
    }

    private void publish(OutcomeEvent... batch) {
        events.publish(List.of(batch));
    }

    private OutcomeEvent announcement(LifecycleEvent.Outcome event) {
        return new OutcomeEvent("id", LiveCluster.NAME, joiner.node.value(), Instant.EPOCH, event);
    }
}
