package io.nodejoin.activities.kubernetes.token;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.ServerTime;
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
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import io.nodejoin.workflows.token.TokenReservation;
import java.net.HttpURLConnection;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.ToIntFunction;

/**
 * Creates and deletes token Secrets without reading them: the right to get Secrets in kube-system would cover all of
 * them. After a lost response the recorded id is deleted and a new token created.
 */
public final class KubernetesTokenActivities implements TokenActivities {
    private static final Duration MAX_LIFE = Duration.ofMinutes(15);
    private static final int FIRST_ATTEMPT = 1;
    private static final int MAX_ID_ATTEMPTS = 5;

    private final ClusterClients clients;
    private final AuditLog audit;
    private final TokenGenerator generator;
    private final TokenArtifacts artifacts;
    private final TokenQuota quota;

    /**
     * @param artifacts removes what an earlier token of the same join has left
     * @param quotas limits the live tokens per cluster
     */
    public KubernetesTokenActivities(
            ClusterClients clients,
            AuditLog audit,
            SecureRandom random,
            TokenArtifacts artifacts,
            ToIntFunction<ClusterName> quotas) {
        this.clients = clients;
        this.audit = audit;
        this.generator = new TokenGenerator(random);
        this.artifacts = artifacts;
        this.quota = new TokenQuota(quotas, System::nanoTime);
    }

    @Override
    public TokenId reserve(TokenReservation reservation) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        KubernetesClient client = clients.client(reservation.cluster());
        TokenLedger ledger = new TokenLedger(client);
        revokeEarlierTokens(fence, client, ledger, reservation);
        quota.claim(reservation.cluster(), ledger::count);
        Instant expiresAt = ServerTime.fetch(client).plus(fence.timeUntil(reservation.expiresAt()));
        for (int i = 0; i < MAX_ID_ATTEMPTS; i++) {
            TokenId id = generator.newId();
            recordEffect(
                    fence,
                    new TokenRef(reservation.cluster(), reservation.joinId(), id),
                    "token.reserve",
                    TokenLedger.resourceName(id));
            if (ledger.create(id, reservation, expiresAt, fence.workflowRun())) {
                return id;
            }
        }
        throw Failures.of(
                FailureType.CONFLICT,
                new Problem(ErrorCode.OBJECT_CONFLICT, MAX_ID_ATTEMPTS + " random token ids in a row are in use"));
    }

    @Override
    public void cancelReservation(TokenReservation reservation) {
        KubernetesClient client = clients.client(reservation.cluster());
        revokeEarlierTokens(ActivityFence.ofCurrentActivity(), client, new TokenLedger(client), reservation);
    }

    /**
     * Revokes the join's earlier tokens. Deletes only the ledger entries of this attempt and run, whose id the workflow has
     * not received. Keeps entries of other attempts, and of a run that was reset in Temporal: a create request of theirs
     * may still be pending. The garbage collector deletes them once the join is closed.
     */
    private void revokeEarlierTokens(
            ActivityFence fence, KubernetesClient client, TokenLedger ledger, TokenReservation reservation) {
        for (TokenLedger.Entry earlier : ledger.listByJoin(reservation.cluster(), reservation.joinId())) {
            TokenRef token = earlier.token();
            revoke(fence, client, token);
            artifacts.remove(token, fence);
            if (earlier.attempt() == reservation.attempt() && earlier.run().equals(fence.workflowRun())) {
                deleteLedgerEntry(fence, ledger, token);
            }
        }
    }

    @Override
    public SealedToken issue(TokenRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        TokenRef ref = request.token();
        KubernetesClient client = clients.client(ref.cluster());
        ECPublicKey hostKey = TokenSealer.hostKey(request.agentPublicKey());
        Instant expiresAt = ServerTime.fetch(client).plus(remainingLife(fence, request));
        if (fence.attempt() > FIRST_ATTEMPT) {
            recordEffect(fence, ref, "token.replace", secretObject(ref.tokenId()));
            deleteSecret(client, ref.tokenId());
        }
        BootstrapToken token = generator.newToken(ref.tokenId());
        recordEffect(fence, ref, "token.create", secretObject(ref.tokenId()));
        Secret created =
                client.resource(TokenSecret.build(token, request, expiresAt)).create();
        SealedTokenHeader seal =
                new SealedTokenHeader(ref.joinId(), request.attempt(), ref.tokenId(), request.clusterUid(), expiresAt);
        return new SealedToken(
                ref.tokenId(),
                TokenSealer.seal(token, seal, hostKey),
                ClusterInfoSignature.sign(token, request.kubeconfig()),
                Instant.parse(created.getMetadata().getCreationTimestamp()),
                expiresAt,
                fence.attempt());
    }

    @Override
    public void revoke(TokenRef token) {
        revoke(ActivityFence.ofCurrentActivity(), clients.client(token.cluster()), token);
    }

    @Override
    public void deleteLedgerEntry(TokenRef token) {
        deleteLedgerEntry(ActivityFence.ofCurrentActivity(), new TokenLedger(clients.client(token.cluster())), token);
    }

    private void deleteLedgerEntry(EffectGuard guard, TokenLedger ledger, TokenRef token) {
        recordEffect(guard, token, "token.delete-ledger-entry", TokenLedger.resourceName(token.tokenId()));
        ledger.delete(token.tokenId());
    }

    /**
     * Deletes the token of a ledger entry, with another effect guard, and keeps the entry. The id stays reserved while
     * the entry exists, so no newer token can have it.
     *
     * @return whether the token existed
     */
    public boolean revoke(TokenLedger.Entry entry, EffectGuard guard) {
        KubernetesClient client = clients.client(entry.token().cluster());
        if (!new TokenLedger(client).exists(entry)) {
            return false;
        }
        return revoke(guard, client, entry.token());
    }

    /** Deletes a ledger entry whose token is gone, with another effect guard. */
    public void deleteLedgerEntry(TokenLedger.Entry entry, EffectGuard guard) {
        recordEffect(
                guard,
                entry.token(),
                "token.delete-ledger-entry",
                TokenLedger.resourceName(entry.token().tokenId()));
        new TokenLedger(clients.client(entry.token().cluster())).delete(entry);
    }

    /** Deletes the token. Returns false if it was absent. */
    private boolean revoke(EffectGuard guard, KubernetesClient client, TokenRef token) {
        recordEffect(guard, token, "token.revoke", secretObject(token.tokenId()));
        return deleteSecret(client, token.tokenId());
    }

    /**
     * The remaining lifetime in whole seconds. The API server expires the token by its own clock, so it gets the
     * lifetime added to its own time.
     */
    private static Duration remainingLife(ActivityFence fence, TokenRequest request) {
        Duration life = fence.timeUntil(request.expiresAt()).truncatedTo(ChronoUnit.SECONDS);
        if (!life.isPositive() || life.compareTo(MAX_LIFE) > 0) {
            throw Failures.of(
                    FailureType.INVALID_REQUEST,
                    new Problem(
                            life.isPositive() ? ErrorCode.INTERNAL : ErrorCode.JOIN_DEADLINE_EXCEEDED,
                            "the lifetime of a token that expires at " + request.expiresAt() + " would be "
                                    + life.toSeconds() + " s; allowed are 1 to " + MAX_LIFE.toSeconds() + " s"));
        }
        return life;
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

    /** What a token leaves besides its Secret: its signature in cluster-info and pending CSRs. */
    @FunctionalInterface
    public interface TokenArtifacts {
        /** Removes all of it. Succeeds if it is absent. Idempotent. */
        void remove(TokenRef token, EffectGuard guard);
    }
}
