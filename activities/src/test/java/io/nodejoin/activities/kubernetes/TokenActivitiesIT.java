package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenRef;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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
    private final List<TokenRef> tracesEnded = new ArrayList<>();
    private final List<AuditEntry> audited = new ArrayList<>();

    TokenActivitiesIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.harness = new ActivityHarness(
                new KubernetesTokenActivities(
                        cluster.clients(),
                        audited::add,
                        new SecureRandom(),
                        (token, _) -> tracesEnded.add(token),
                        _ -> 500),
                new KubernetesClusterInfoActivities(
                        cluster.clients(), _ -> {}, cluster.fitness(ApprovalMode.NODEJOIN)));
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
        TokenId id = tokens.reserve(joiner.reservation());
        BootstrapToken token = joiner.open(tokens.issue(joiner.request(id, "text")));
        await().atMost(SOON).until(() -> cluster.answerTo(token) == KNOWN);

        // when
        tokens.revoke(joiner.token(id));

        // then
        await().atMost(SOON).until(() -> cluster.answerTo(token) == UNKNOWN);
        assertThat(secrets()).isEmpty();
        assertThat(ledgerNames()).containsExactly("token-" + id);
    }

    @Test
    void shouldNameTheKubeletsKeyInTheSecret() {
        // given
        TokenId id = tokens.reserve(joiner.reservation());
        String digest = Joiner.digest(Joiner.keyPair());

        // when
        tokens.issue(joiner.request(id, "text", digest));

        // then
        assertThat(secrets())
                .singleElement()
                .satisfies(secret -> assertThat(secret.getMetadata().getAnnotations())
                        .containsEntry("nodejoin.io/kubelet-key-sha256", digest));
        tokens.revoke(joiner.token(id));
    }

    @Test
    void shouldForgetATokenTwiceWithoutHarm() {
        // given
        TokenId id = tokens.reserve(joiner.reservation());

        // when
        tokens.deleteLedgerEntry(joiner.token(id));
        tokens.deleteLedgerEntry(joiner.token(id));

        // then
        assertThat(ledgerNames()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-4, 4})
    void shouldLetATokenLiveAsLongAsItsJoinWantsByTheClockOfTheApiServer(int minutesAhead) {
        // given a deadline that was set by a clock of another time than the API server's
        Duration ahead = Duration.ofMinutes(minutesAhead);
        TokenId id = tokens.reserve(joiner.reservation());
        harness.temporalIsAhead(ahead);

        // when
        SealedToken sealed = tokens.issue(joiner.request(id, "text"));

        // then
        assertThat(sealed.expiresAt())
                .isBetween(
                        joiner.expiresAt.minus(ahead).minusSeconds(5),
                        joiner.expiresAt.minus(ahead).plusSeconds(5));
        tokens.revoke(joiner.token(id));
    }

    @Test
    void shouldRevokeTwiceWithoutHarm() {
        // given
        TokenId id = tokens.reserve(joiner.reservation());
        tokens.issue(joiner.request(id, "text"));
        tokens.revoke(joiner.token(id));

        // when
        tokens.revoke(joiner.token(id));

        // then
        assertThat(secrets()).isEmpty();
    }

    @Test
    void shouldLeaveOneTokenWhenTheAnswerToItsIssueWasLost() {
        // given
        TokenId id = tokens.reserve(joiner.reservation());
        BootstrapToken lost = joiner.open(tokens.issue(joiner.request(id, "text")));
        harness.nextAttemptIs(2);

        // when
        SealedToken sealed = tokens.issue(joiner.request(id, "text"));

        // then
        BootstrapToken token = joiner.open(sealed);
        await().atMost(SOON).until(() -> cluster.answerTo(token) == KNOWN);
        await().atMost(SOON).until(() -> cluster.answerTo(lost) == UNKNOWN);
        assertThat(sealed.createAttempts()).isEqualTo(2);
        assertThat(secrets()).hasSize(1);
    }

    @Test
    void shouldReportAConflictWhenTheIdIsTakenOnTheFirstExecution() {
        // given
        TokenId id = tokens.reserve(joiner.reservation());
        tokens.issue(joiner.request(id, "text"));

        // when
        Throwable thrown = catchThrowable(() -> tokens.issue(joiner.request(id, "text")));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
    }

    @Test
    void shouldNotTouchATokenThatIsNotOurs() {
        // given
        TokenId id = tokens.reserve(joiner.reservation());
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
        harness.nextAttemptIs(2);

        // when
        Throwable thrown = catchThrowable(() -> tokens.issue(joiner.request(id, "text")));

        // then a refusal that is to last before it is believed
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);
        assertThat(cluster.admin().resource(foreign).get().getMetadata().getUid())
                .isEqualTo(foreign.getMetadata().getUid());
        cluster.admin().resource(foreign).delete();
    }

    @Test
    void shouldGiveUpWhenEachIdThatItDrawsIsTaken() {
        // given a source of chance that always draws the same id, and a join that has it
        SecureRandom stuck = new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                Arrays.fill(bytes, (byte) 7);
            }
        };
        try (ActivityHarness unlucky = new ActivityHarness(
                new KubernetesTokenActivities(cluster.clients(), _ -> {}, stuck, (_, _) -> {}, _ -> 500))) {
            TokenActivities repeating = unlucky.stub(TokenActivities.class);
            TokenId taken = repeating.reserve(joiner.reservation());

            // when
            Throwable thrown = catchThrowable(() -> repeating.reserve(new Joiner().reservation()));

            // then
            assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.OBJECT_CONFLICT);
            repeating.deleteLedgerEntry(joiner.token(taken));
        }
    }

    @Test
    void shouldReserveNoTokenBeyondTheCapUntilAnEarlierOneIsGone() {
        // given a cluster with room for one more
        int cap = ledgerEntries() + 1;
        try (ActivityHarness capped = new ActivityHarness(new KubernetesTokenActivities(
                cluster.clients(), _ -> {}, new SecureRandom(), (_, _) -> {}, _ -> cap))) {
            TokenActivities full = capped.stub(TokenActivities.class);
            TokenId first = full.reserve(joiner.reservation());
            Joiner second = new Joiner();

            // when
            Throwable thrown = catchThrowable(() -> full.reserve(second.reservation()));

            // then
            assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.TOKEN_QUOTA_EXCEEDED);
            assertThat(Failures.typeOf(thrown)).contains(FailureType.THROTTLED);
            assertThat(ledgerEntries()).isEqualTo(cap);
            full.deleteLedgerEntry(joiner.token(first));
            TokenId later = await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> full.reserve(second.reservation()), Objects::nonNull);
            full.deleteLedgerEntry(second.token(later));
        }
    }

    @Test
    void shouldReleaseATokenWhoseReservationWasNotAnswered() {
        // given
        TokenId unanswered = tokens.reserve(joiner.reservation());
        tokens.issue(joiner.request(unanswered, "text"));

        // when
        tokens.cancelReservation(joiner.reservation());
        tokens.cancelReservation(joiner.reservation());

        // then
        assertThat(secrets()).isEmpty();
        assertThat(tracesEnded).containsExactly(joiner.token(unanswered));
        assertThat(ledgerNames()).isEmpty();
        assertThat(audited)
                .extracting(AuditEntry::action)
                .containsExactly("token.reserve", "token.create", "token.revoke", "token.delete-ledger-entry");
    }

    @Test
    void shouldTakeBackTheEarlierTokenOfTheSameJoinWithItsTracesWhenItReservesAgain() {
        // given
        TokenId earlier = tokens.reserve(joiner.reservation());
        tokens.issue(joiner.request(earlier, "text"));

        // when
        TokenId id = tokens.reserve(joiner.reservation());

        // then
        assertThat(secrets()).isEmpty();
        assertThat(tracesEnded).containsExactly(joiner.token(earlier));
        assertThat(ledgerNames()).containsExactly("token-" + id);
    }

    @ParameterizedTest
    @CsvSource({"first-run, 2", "a-run-that-was-reset, 1"})
    void shouldTakeBackTheTokenOfAnEarlierAttemptOrRunAndLeaveItsEntryForItMayStillBeMade(String run, int attempt) {
        // given
        TokenId earlier = tokens.reserve(joiner.reservation());
        tokens.issue(joiner.request(earlier, "text"));
        harness.nextRunIs(run);

        // when
        TokenId id = tokens.reserve(joiner.reservation(attempt));

        // then
        assertThat(secrets()).isEmpty();
        assertThat(tracesEnded).containsExactly(joiner.token(earlier));
        assertThat(ledgerNames()).containsExactlyInAnyOrder("token-" + earlier, "token-" + id);
    }

    @Test
    void shouldSignByteForByteAsTheSignerOfTheCluster() {
        // given
        String kubeconfig = harness.stub(ClusterInfoActivities.class)
                .ensure(LiveCluster.NAME)
                .kubeconfig();
        TokenId id = tokens.reserve(joiner.reservation());

        // when
        SealedToken sealed = tokens.issue(joiner.request(id, kubeconfig));

        // then
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.admin()
                                .configMaps()
                                .inNamespace("kube-public")
                                .withName("cluster-info")
                                .get()
                                .getData())
                        .containsEntry(id.signatureKey(), sealed.signature()));
        tokens.revoke(joiner.token(id));
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
