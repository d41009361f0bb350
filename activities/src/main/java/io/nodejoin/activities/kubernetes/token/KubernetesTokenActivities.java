package io.nodejoin.activities.kubernetes.token;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.ServerClocks;
import io.nodejoin.activities.kubernetes.WatchTriggers;
import io.nodejoin.activities.kubernetes.store.ConfigMapStore;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.SealedTokenHeader;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import java.net.HttpURLConnection;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Creates and deletes token Secrets without reading them: the right to get Secrets in kube-system would cover all of
 * them. After a lost response the Secret of the recorded id is deleted and another created.
 */
public final class KubernetesTokenActivities implements TokenActivities, AutoCloseable {
    /** What is deleted outside of an activity may be deleted at any time. */
    private static final EffectGuard OUTSIDE_ACTIVITIES = _ -> {};

    private static final Duration MAX_VALIDITY = Duration.ofMinutes(15);
    private static final int FIRST_CREATE = 1;

    private final ClusterClients clients;
    private final AuditLog audit;
    private final TokenGenerator generator;
    private final TokenArtifacts artifacts;
    private final ServerClocks clocks;
    private final ToIntFunction<ClusterName> limits;
    private final TokenQuota quota;
    private final WatchTriggers<ConfigMap> ledgerWatch;
    private final WatchedLedgers watchedLedgers;
    private final BiConsumer<ClusterName, Duration> rejections;

    /**
     * @param quotas limits the live tokens per cluster
     * @param rejections receives how long after its deletion a token was rejected
     */
    public KubernetesTokenActivities(
            ClusterClients clients,
            AuditLog audit,
            SecureRandom random,
            TokenArtifacts artifacts,
            ToIntFunction<ClusterName> quotas,
            ServerClocks clocks,
            BiConsumer<ClusterName, Duration> rejections) {
        this.clients = clients;
        this.audit = audit;
        this.generator = new TokenGenerator(random);
        this.artifacts = artifacts;
        this.clocks = clocks;
        this.limits = quotas;
        this.quota = new TokenQuota(quotas, System::nanoTime);
        this.ledgerWatch = ConfigMapStore.watchJoins(clients);
        this.watchedLedgers = new WatchedLedgers(ledgerWatch::watched, ledgerWatch::watched, System::nanoTime);
        this.rejections = rejections;
    }

    /** Starts to watch the cluster's ledger, unless it does already, so that joins need no list of it. */
    public void startWatch(ClusterName cluster) {
        ledgerWatch.start(cluster);
    }

    /** Stops the watches. */
    @Override
    public void close() {
        ledgerWatch.close();
    }

    @Override
    public TokenIssue issue(TokenRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        TokenRef token = request.token();
        KubernetesClient client = clients.client(token.cluster());
        TokenLedger ledger = new TokenLedger(client);
        ECPublicKey hostKey = TokenSealer.hostKey(request.agentPublicKey());
        Optional<List<TokenLedger.Entry>> watched = isFirstExecution(request, fence)
                ? watchedLedgers.ofJoin(token.cluster(), token.joinId())
                : Optional.empty();
        List<TokenLedger.Entry> entries = watched.orElseGet(() -> ledger.listByJoin(token.cluster(), token.joinId()));
        boolean repeated = entries.stream().anyMatch(entry -> entry.isOf(request, fence.workflowRun()));
        revokeEarlierTokens(fence, client, entries, token);
        if (!repeated && enterIntoLedger(fence, ledger, request)) {
            return new TokenIssue.Issued(create(fence, client, request, hostKey, FIRST_CREATE));
        }
        if (watched.isPresent()) {
            revokeEarlierTokens(fence, client, ledger.listByJoin(token.cluster(), token.joinId()), token);
        }
        return ledger.find(token)
                        .filter(entry -> entry.isOf(request, fence.workflowRun()))
                        .isPresent()
                ? new TokenIssue.Issued(replace(fence, client, request, hostKey))
                : new TokenIssue.IdInUse();
    }

    /** An earlier token is then one of a run that was reset in Temporal, whose entry any watch has told of long since. */
    private static boolean isFirstExecution(TokenRequest request, ActivityFence fence) {
        return request.attempt() == 1 && fence.attempt() == 1;
    }

    /**
     * Revokes the join's other tokens. Keeps their ledger entries: a create request of an earlier attempt, or of a run
     * that was reset in Temporal, may still be pending. Whoever ends that attempt deletes its entry, or the garbage
     * collector once the join is closed.
     */
    private void revokeEarlierTokens(
            ActivityFence fence, KubernetesClient client, List<TokenLedger.Entry> entries, TokenRef current) {
        for (TokenLedger.Entry entry : entries) {
            TokenRef earlier = entry.token();
            if (!earlier.equals(current)) {
                deleteSecret(fence, client, earlier);
                artifacts.removeSignature(earlier, fence);
                artifacts.denyPendingCsrs(earlier, fence);
            }
        }
    }

    /** Returns false if the id is in use. */
    private boolean enterIntoLedger(ActivityFence fence, TokenLedger ledger, TokenRequest request) {
        TokenRef token = request.token();
        quota.claim(token.cluster(), () -> count(ledger, token.cluster()));
        Instant expiresAt = clocks.now(token.cluster()).plus(fence.timeUntil(request.joinDeadline()));
        recordEffect(fence, token, "token.reserve", TokenLedger.resourceName(token.tokenId()));
        Optional<TokenLedger.Entry> created = ledger.create(request, expiresAt, fence.workflowRun());
        created.ifPresent(watchedLedgers::created);
        return created.isPresent();
    }

    /** No join waits because of a watch that may be late. */
    private int count(TokenLedger ledger, ClusterName cluster) {
        int watched = watchedLedgers.count(cluster).orElse(Integer.MAX_VALUE);
        return watched < limits.applyAsInt(cluster) ? watched : ledger.count();
    }

    private SealedToken replace(
            ActivityFence fence, KubernetesClient client, TokenRequest request, ECPublicKey hostKey) {
        TokenRef token = request.token();
        recordEffect(fence, token, "token.replace", secretObject(token.tokenId()));
        deleteSecret(client, token.tokenId());
        int attempts = fence.attempt() > FIRST_CREATE ? fence.attempt() : FIRST_CREATE + 1;
        return create(fence, client, request, hostKey, attempts);
    }

    private SealedToken create(
            ActivityFence fence,
            KubernetesClient client,
            TokenRequest request,
            ECPublicKey hostKey,
            int createAttempts) {
        TokenRef ref = request.token();
        Instant expiresAt = clocks.now(ref.cluster()).plus(validity(fence, request));
        BootstrapToken token = generator.newToken(ref.tokenId());
        recordEffect(fence, ref, "token.create", secretObject(ref.tokenId()));
        Secret created =
                client.resource(TokenSecret.build(token, request, expiresAt)).create();
        artifacts.publishSignature(ref, ClusterInfoSignature.sign(token, request.kubeconfig()), fence);
        SealedTokenHeader seal =
                new SealedTokenHeader(ref.joinId(), request.attempt(), ref.tokenId(), request.clusterUid(), expiresAt);
        return new SealedToken(
                ref.tokenId(),
                TokenSealer.seal(token, seal, hostKey),
                Instant.parse(created.getMetadata().getCreationTimestamp()),
                expiresAt,
                createAttempts);
    }

    @Override
    public void revoke(TokenRef token) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        KubernetesClient client = clients.client(token.cluster());
        if (!isOfAnotherJoin(client, token)) {
            deleteSecret(fence, client, token);
            artifacts.removeSignature(token, fence);
        }
    }

    @Override
    public void deleteSecret(TokenRef token) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        KubernetesClient client = clients.client(token.cluster());
        if (!isOfAnotherJoin(client, token)) {
            deleteSecret(fence, client, token);
        }
    }

    @Override
    public void removeSignature(TokenRef token) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        if (!isOfAnotherJoin(clients.client(token.cluster()), token)) {
            artifacts.removeSignature(token, fence);
        }
    }

    @Override
    public void deleteLedgerEntry(SpentToken spent) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        TokenRef token = spent.token();
        KubernetesClient client = clients.client(token.cluster());
        if (spent.revokedAt() != null) {
            recordRejection(fence, token, spent.revokedAt(), spent.rejectedAt());
        }
        Optional<TokenLedger.Entry> own = watchedLedgers.find(token);
        if (own.isPresent()) {
            deleteLedgerEntry(own.get(), fence);
        } else if (!isOfAnotherJoin(client, token)) {
            recordEffect(fence, token, "token.delete-ledger-entry", TokenLedger.resourceName(token.tokenId()));
            new TokenLedger(client).delete(token.tokenId());
            watchedLedgers.deleted(token);
        }
    }

    private void recordRejection(EffectGuard guard, TokenRef token, Instant revokedAt, @Nullable Instant rejectedAt) {
        Map<String, String> results = new HashMap<>();
        results.put("revoked-at", revokedAt.toString());
        if (rejectedAt != null) {
            results.put("rejected-at", rejectedAt.toString());
        }
        guard.recordEffect(
                new AuditEntry(
                        token.cluster(),
                        token.joinId().value(),
                        rejectedAt == null ? "token.revocation-unverified" : "token.rejected",
                        secretObject(token.tokenId()),
                        results),
                audit);
        if (rejectedAt != null) {
            // The host may see the rejection before this service learns that the token is deleted.
            Duration after = Duration.between(revokedAt, rejectedAt);
            rejections.accept(token.cluster(), after.isNegative() ? Duration.ZERO : after);
        }
    }

    /** A workflow that draws an id in use registers its compensation before it learns that. */
    private boolean isOfAnotherJoin(KubernetesClient client, TokenRef token) {
        return watchedLedgers.find(token).isEmpty()
                && new TokenLedger(client)
                        .find(token)
                        .filter(entry -> !entry.token().equals(token))
                        .isPresent();
    }

    /**
     * Deletes a token that has expired by the clock of its cluster, its signature, its pending CSRs and its ledger entry: it is of use to
     * nobody, whatever its join does meanwhile. No activity. Idempotent.
     */
    public void deleteExpired(TokenLedger.Entry entry) {
        KubernetesClient client = clients.client(entry.token().cluster());
        if (new TokenLedger(client).exists(entry)) {
            deleteSecret(OUTSIDE_ACTIVITIES, client, entry.token());
            artifacts.removeSignature(entry.token(), OUTSIDE_ACTIVITIES);
            artifacts.denyPendingCsrs(entry.token(), OUTSIDE_ACTIVITIES);
            deleteLedgerEntry(entry, OUTSIDE_ACTIVITIES);
        }
    }

    /** Deletes a token, and keeps its ledger entry. No activity. Returns whether the token existed. The id stays reserved while the entry exists, so no newer token can have it. */
    public boolean revoke(TokenLedger.Entry entry) {
        KubernetesClient client = clients.client(entry.token().cluster());
        return new TokenLedger(client).exists(entry) && deleteSecret(OUTSIDE_ACTIVITIES, client, entry.token());
    }

    /**
     * Deletes a token that is misused, and keeps its ledger entry. Succeeds if it is absent.
     *
     * @return whether the token existed and is in the ledger
     */
    public boolean revokeMisused(ClusterName cluster, TokenId id) {
        return new TokenLedger(clients.client(cluster))
                .list(cluster).stream()
                        .filter(entry -> entry.token().tokenId().equals(id))
                        .anyMatch(this::revoke);
    }

    private void deleteLedgerEntry(TokenLedger.Entry entry, EffectGuard guard) {
        recordEffect(
                guard,
                entry.token(),
                "token.delete-ledger-entry",
                TokenLedger.resourceName(entry.token().tokenId()));
        new TokenLedger(clients.client(entry.token().cluster())).delete(entry);
        watchedLedgers.deleted(entry.token());
    }

    private boolean deleteSecret(EffectGuard guard, KubernetesClient client, TokenRef token) {
        recordEffect(guard, token, "token.revoke", secretObject(token.tokenId()));
        return deleteSecret(client, token.tokenId());
    }

    /**
     * Returns the validity in whole seconds. The API server expires the token by its own clock, so it gets the validity
     * added to its own time.
     */
    private static Duration validity(ActivityFence fence, TokenRequest request) {
        Duration left = fence.timeUntil(request.joinDeadline()).truncatedTo(ChronoUnit.SECONDS);
        Duration validity = left.compareTo(request.ttl()) < 0 ? left : request.ttl();
        if (!validity.isPositive()) {
            throw Failures.of(
                    FailureType.INVALID_REQUEST,
                    new Problem(
                            ErrorCode.JOIN_DEADLINE_EXCEEDED,
                            "the join's deadline " + request.joinDeadline() + " passed before its token was created"));
        }
        if (validity.compareTo(MAX_VALIDITY) > 0) {
            throw Failures.of(
                    FailureType.INVALID_REQUEST,
                    new Problem(
                            ErrorCode.INTERNAL,
                            "a token would be valid for " + validity.toSeconds() + " s; allowed are "
                                    + MAX_VALIDITY.toSeconds() + " s"));
        }
        return validity;
    }

    /**
     * Deletes the Secret. Returns false if it was absent. The cluster's admission policy refuses to delete a token that
     * is not Nodejoin's, and an API server that has just started refuses to delete any: only the former refusal
     * persists.
     */
    private static boolean deleteSecret(KubernetesClient client, TokenId id) {
        try {
            return !client.secrets()
                    .inNamespace(TokenSecret.NAMESPACE)
                    .withName(id.secretName())
                    .delete()
                    .isEmpty();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                throw Failures.of(
                        FailureType.FORBIDDEN,
                        new Problem(
                                ErrorCode.CLUSTER_AUTH_FAILED,
                                "the cluster refuses to delete " + secretObject(id)
                                        + ": it is not Nodejoin's, or the right to delete is missing"));
            }
            throw e;
        }
    }

    private void recordEffect(EffectGuard guard, TokenRef token, String action, String object) {
        guard.recordEffect(new AuditEntry(token.cluster(), token.joinId().value(), action, object), audit);
    }

    private static String secretObject(TokenId id) {
        return "secrets/" + TokenSecret.NAMESPACE + "/" + id.secretName();
    }

    /** What a token has besides its Secret: its signature in cluster-info, and CSRs. Each method is idempotent. */
    public interface TokenArtifacts {
        /** Adds or replaces the signature and reads it back without credentials. */
        void publishSignature(TokenRef token, String jws, EffectGuard guard);

        /** Removes the signature. Succeeds if it is absent. */
        void removeSignature(TokenRef token, EffectGuard guard);

        void denyPendingCsrs(TokenRef token, EffectGuard guard);
    }
}
