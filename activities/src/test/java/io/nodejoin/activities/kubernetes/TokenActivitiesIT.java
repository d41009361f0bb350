package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class TokenActivitiesIT {
    /** The API server remembers an accepted token for ten seconds, deleted or not. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final int KNOWN = 403;
    private static final int UNKNOWN = 401;

    private final LiveCluster cluster;
    private final ActivityHarness harness;
    private final TokenActivities tokens;
    private final Joiner joiner = new Joiner();
    private final Map<TokenRef, String> signatures = new HashMap<>();
    private final List<TokenRef> requestsDenied = new ArrayList<>();
    private final List<AuditEntry> audited = new ArrayList<>();
    private final List<Duration> rejections = new ArrayList<>();

    TokenActivitiesIT(LiveCluster cluster) {
        this.cluster = cluster;
        var clusterInfo = new KubernetesClusterInfoActivities(
                cluster.clients(), _ -> {}, cluster.fitness(ApprovalMode.NODEJOIN), _ -> {});
        this.harness = new ActivityHarness(
                new KubernetesTokenActivities(
                        cluster.clients(),
                        audited::add,
                        new SecureRandom(),
                        new RecordingArtifacts(),
                        _ -> 500,
                        ServerClocks.of(cluster.clients()),
                        (_, after) -> rejections.add(after)),
                clusterInfo);
        this.tokens = harness.stub(TokenActivities.class);
    }

    @BeforeEach
    void firstExecution() {
        harness.nextAttemptIs(1);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    @Test
    void shouldIssueATokenThatIsKnownUntilItIsRevoked() {
        // given
        BootstrapToken token = joiner.open(joiner.issue(tokens, "text"));
        await().atMost(SOON).until(() -> cluster.answerTo(token) == KNOWN);

        // when
        tokens.revoke(joiner.token);

        // then
        await().atMost(SOON).until(() -> cluster.answerTo(token) == UNKNOWN);
        assertThat(secrets()).isEmpty();
        assertThat(ledgerNames()).containsExactly(ledgerName(joiner.token));
        assertThat(signatures).isEmpty();
    }

    @Test
    void shouldNameTheKubeletsKeyInTheSecret() {
        // given
        String digest = Joiner.digest(Joiner.keyPair());

        // when
        joiner.issue(tokens, "text", digest);

        // then
        assertThat(secrets())
                .singleElement()
                .satisfies(secret -> assertThat(secret.getMetadata().getAnnotations())
                        .containsEntry("nodejoin.io/kubelet-key-sha256", digest));
        tokens.revoke(joiner.token);
    }

    @Test
    void shouldRecordWhenARevokedTokenWasRejected() {
        // given
        Instant revokedAt = Instant.parse("2026-11-25T10:00:00Z");

        // when
        tokens.deleteLedgerEntry(new SpentToken(joiner.token, revokedAt, revokedAt.plusSeconds(11)));

        // then
        assertThat(rejections).containsExactly(Duration.ofSeconds(11));
        assertThat(audited)
                .filteredOn(entry -> entry.action().equals("token.rejected"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.results())
                        .containsEntry("revoked-at", "2026-11-25T10:00:00Z")
                        .containsEntry("rejected-at", "2026-11-25T10:00:11Z"));
    }

    @Test
    void shouldRecordThatTheRejectionOfARevokedTokenIsUnverified() {
        // given
        Instant revokedAt = Instant.parse("2026-11-25T10:00:00Z");

        // when
        tokens.deleteLedgerEntry(new SpentToken(joiner.token, revokedAt, null));

        // then
        assertThat(rejections).isEmpty();
        assertThat(audited).extracting(AuditEntry::action).contains("token.revocation-unverified");
    }

    @Test
    void shouldForgetATokenTwiceWithoutHarm() {
        // given
        joiner.issue(tokens, "text");
        tokens.revoke(joiner.token);

        // when
        tokens.deleteLedgerEntry(SpentToken.compensated(joiner.token));
        tokens.deleteLedgerEntry(SpentToken.compensated(joiner.token));

        // then
        assertThat(ledgerNames()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-4, 4})
    void shouldLetATokenLiveAsLongAsItsJoinWantsByTheClockOfTheApiServer(int minutesAhead) {
        // given a deadline that was set by a clock of another time than the API server's
        Duration ahead = Duration.ofMinutes(minutesAhead);
        harness.temporalIsAhead(ahead);

        // when
        SealedToken sealed = joiner.issue(tokens, "text");

        // then
        assertThat(sealed.expiresAt())
                .isBetween(
                        joiner.expiresAt.minus(ahead).minusSeconds(5),
                        joiner.expiresAt.minus(ahead).plusSeconds(5));
        tokens.revoke(joiner.token);
    }

    @Test
    void shouldRevokeTwiceWithoutHarm() {
        // given
        joiner.issue(tokens, "text");
        tokens.revoke(joiner.token);

        // when
        tokens.revoke(joiner.token);

        // then
        assertThat(secrets()).isEmpty();
    }

    @Test
    void shouldDeleteTheSecretAndTheSignatureOneByOne() {
        // given
        joiner.issue(tokens, "text");

        // when
        tokens.deleteSecret(joiner.token);
        Set<TokenRef> signed = Set.copyOf(signatures.keySet());
        tokens.removeSignature(joiner.token);

        // then
        assertThat(secrets()).isEmpty();
        assertThat(signed).containsExactly(joiner.token);
        assertThat(signatures).isEmpty();
    }

    @Test
    void shouldLeaveOneTokenWithItsSignatureWhenTheAnswerToItsIssueWasLost() {
        // given
        BootstrapToken lost = joiner.open(joiner.issue(tokens, "text"));
        harness.nextAttemptIs(2);

        // when
        SealedToken sealed = joiner.issue(tokens, "text");

        // then
        BootstrapToken token = joiner.open(sealed);
        await().atMost(SOON).until(() -> cluster.answerTo(token) == KNOWN);
        await().atMost(SOON).until(() -> cluster.answerTo(lost) == UNKNOWN);
        assertThat(sealed.createAttempts()).isEqualTo(2);
        assertThat(signatures).containsExactly(Map.entry(joiner.token, ClusterInfoSignature.sign(token, "text")));
        assertThat(secrets()).hasSize(1);
        assertThat(audited)
                .extracting(AuditEntry::action)
                .containsExactly("token.reserve", "token.create", "token.replace", "token.create");
        tokens.revoke(joiner.token);
    }

    @Test
    void shouldTellThatNothingOfARetryCanComeLateIfTheEntryIsNew() {
        // given
        harness.nextAttemptIs(3);

        // when
        SealedToken sealed = joiner.issue(tokens, "text");

        // then
        assertThat(sealed.createAttempts()).isEqualTo(1);
        tokens.revoke(joiner.token);
    }

    @Test
    void shouldCreateAndRevokeNothingUnderAnIdOfAnotherJoin() {
        // given
        Joiner other = new Joiner();
        BootstrapToken token = other.open(other.issue(tokens, "text"));
        TokenRef sameId = new TokenRef(LiveCluster.NAME, joiner.joinId, token.id());

        // when
        TokenIssue result = tokens.issue(joiner.request(sameId, 1, "text", null));
        tokens.revoke(sameId);
        tokens.deleteSecret(sameId);
        tokens.removeSignature(sameId);
        tokens.deleteLedgerEntry(SpentToken.compensated(sameId));

        // then
        assertThat(result).isEqualTo(new TokenIssue.IdInUse());
        assertThat(ledgerNames()).isEmpty();
        assertThat(signatures).containsOnlyKeys(other.token);
        await().atMost(SOON).until(() -> cluster.answerTo(token) == KNOWN);
        tokens.revoke(other.token);
        tokens.deleteLedgerEntry(SpentToken.compensated(other.token));
        assertThat(signatures).isEmpty();
    }

    @Test
    void shouldNotTakeUpTheIdOfARunThatWasReset() {
        // given
        joiner.issue(tokens, "text");
        harness.nextRunIs("a-run-that-was-reset");

        // when
        TokenIssue result = tokens.issue(joiner.request("text"));

        // then
        assertThat(result).isEqualTo(new TokenIssue.IdInUse());
        tokens.revoke(joiner.token);
    }

    @Test
    void shouldNotTouchATokenThatIsNotOurs() {
        // given
        TokenId id = joiner.token.tokenId();
        Secret foreign = cluster.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace("kube-system")
                        .withName(id.secretName())
                        .endMetadata()
                        .withType("bootstrap.kubernetes.io/token")
                        .addToStringData("token-id", id.value())
                        .build())
                .create();
        assertThat(catchThrowable(() -> joiner.issue(tokens, "text"))).isNotNull();
        harness.nextAttemptIs(2);

        // when
        Throwable thrown = catchThrowable(() -> joiner.issue(tokens, "text"));

        // then a refusal that is to last before it is believed
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);
        assertThat(cluster.admin().resource(foreign).get().getMetadata().getUid())
                .isEqualTo(foreign.getMetadata().getUid());
        cluster.admin().resource(foreign).delete();
    }

    @Test
    void shouldIssueNoTokenBeyondTheCapUntilAnEarlierOneIsGone() {
        // given a cluster with room for one more
        int cap = ledgerEntries() + 1;
        try (ActivityHarness capped = new ActivityHarness(new KubernetesTokenActivities(
                cluster.clients(),
                _ -> {},
                new SecureRandom(),
                new NoTokenArtifacts(),
                _ -> cap,
                ServerClocks.of(cluster.clients()),
                (_, _) -> {}))) {
            TokenActivities full = capped.stub(TokenActivities.class);
            joiner.issue(full, "text");
            Joiner second = new Joiner();

            // when
            Throwable thrown = catchThrowable(() -> second.issue(full, "text"));

            // then
            assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.TOKEN_QUOTA_EXCEEDED);
            assertThat(Failures.typeOf(thrown)).contains(FailureType.THROTTLED);
            assertThat(ledgerEntries()).isEqualTo(cap);
            full.revoke(joiner.token);
            full.deleteLedgerEntry(SpentToken.compensated(joiner.token));
            await().atMost(SOON).ignoreExceptions().until(() -> second.issue(full, "text"), Objects::nonNull);
            full.revoke(second.token);
            full.deleteLedgerEntry(SpentToken.compensated(second.token));
        }
    }

    @ParameterizedTest
    @CsvSource({"first-run, 2", "a-run-that-was-reset, 1"})
    void shouldTakeBackTheTokenOfAnEarlierAttemptOrRunAndLeaveItsEntryForItMayStillBeMade(String run, int attempt) {
        // given
        joiner.issue(tokens, "text");
        harness.nextRunIs(run);
        TokenRef next = joiner.drawToken();

        // when
        TokenIssue result = tokens.issue(joiner.request(next, attempt, "text", null));

        // then
        assertThat(result).isInstanceOf(TokenIssue.Issued.class);
        assertThat(secrets())
                .singleElement()
                .satisfies(secret -> assertThat(secret.getMetadata().getName())
                        .isEqualTo(next.tokenId().secretName()));
        assertThat(signatures).containsOnlyKeys(next);
        assertThat(requestsDenied).containsExactly(joiner.token);
        assertThat(ledgerNames()).containsExactlyInAnyOrder(ledgerName(joiner.token), ledgerName(next));
        tokens.revoke(next);
    }

    @Test
    void shouldSignByteForByteAsTheSignerOfTheCluster() {
        // given
        String kubeconfig = harness.stub(ClusterInfoActivities.class)
                .ensure(LiveCluster.NAME)
                .kubeconfig();

        // when
        BootstrapToken token = joiner.open(joiner.issue(tokens, kubeconfig));

        // then
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.admin()
                                .configMaps()
                                .inNamespace("kube-public")
                                .withName("cluster-info")
                                .get()
                                .getData())
                        .containsEntry(token.id().signatureKey(), ClusterInfoSignature.sign(token, kubeconfig)));
        tokens.revoke(joiner.token);
    }

    private final class RecordingArtifacts implements KubernetesTokenActivities.TokenArtifacts {
        @Override
        public void publishSignature(TokenRef token, String jws, EffectGuard guard) {
            signatures.put(token, jws);
        }

        @Override
        public void removeSignature(TokenRef token, EffectGuard guard) {
            signatures.remove(token);
        }

        @Override
        public void denyPendingCsrs(TokenRef token, EffectGuard guard) {
            requestsDenied.add(token);
        }
    }

    private static String ledgerName(TokenRef token) {
        return "token-" + token.tokenId();
    }

    private List<Secret> secrets() {
        return cluster.admin()
                .secrets()
                .inNamespace("kube-system")
                .withLabel("nodejoin.io/join-id", joiner.joinId.value())
                .list()
                .getItems();
    }

    private List<String> ledgerNames() {
        return cluster
                .admin()
                .configMaps()
                .inNamespace("nodejoin-system")
                .withLabel("nodejoin.io/join-id", joiner.joinId.value())
                .list()
                .getItems()
                .stream()
                .map(entry -> entry.getMetadata().getName())
                .toList();
    }

    private int ledgerEntries() {
        return (int)
                cluster
                        .admin()
                        .configMaps()
                        .inNamespace("nodejoin-system")
                        .withLabel("nodejoin.io/join-id")
                        .list()
                        .getItems()
                        .stream()
                        .filter(entry -> entry.getMetadata().getName().startsWith("token-"))
                        .count();
    }
}
