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
 * Tokens by create and delete alone: a right to read Secrets in kube-system would be a right to read all of them. So what
 * a lost answer left behind is never looked at; it is deleted by its recorded id and minted anew.
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
     * @param artifacts of a token that another one of its join takes the place of
     * @param quotas how many tokens of a cluster may be alive at a time
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
     * An entry whose reservation has given its id to nobody ends here. One of another attempt, or of a run that Temporal was told to go back
     * from, is left by intent: its token may have been sent for and not be there yet. The garbage collector ends it once the join is over.
     */
    private void revokeEarlierTokens(
            ActivityFence fence, KubernetesClient client, TokenLedger ledger, TokenReservation reservation) {
        for (LedgerEntry earlier : ledger.listByJoin(reservation.cluster(), reservation.joinId())) {
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
     * Deletes the token of an entry of the ledger on behalf of somebody who is not its join, and leaves the entry. Its id is
     * its own while the entry is there, so nothing is deleted of a token that has the id since.
     *
     * @return whether there was anything to delete
     */
    public boolean revoke(LedgerEntry entry, EffectGuard guard) {
        KubernetesClient client = clients.client(entry.token().cluster());
        if (!new TokenLedger(client).exists(entry)) {
            return false;
        }
        return revoke(guard, client, entry.token());
    }

    /** Ends an entry of the ledger whose token is gone. */
    public void deleteLedgerEntry(LedgerEntry entry, EffectGuard guard) {
        recordEffect(
                guard,
                entry.token(),
                "token.delete-ledger-entry",
                TokenLedger.resourceName(entry.token().tokenId()));
        new TokenLedger(clients.client(entry.token().cluster())).delete(entry);
    }

    /** False if there was nothing to delete. */
    private boolean revoke(EffectGuard guard, KubernetesClient client, TokenRef token) {
        recordEffect(guard, token, "token.revoke", secretObject(token.tokenId()));
        return deleteSecret(client, token.tokenId());
    }

    /** In whole seconds. Who ends the token is the API server, by its own clock: it gets the time that the join gives it. */
    private static Duration remainingLife(ActivityFence fence, TokenRequest request) {
        Duration life = fence.timeUntil(request.expiresAt()).truncatedTo(ChronoUnit.SECONDS);
        if (!life.isPositive() || life.compareTo(MAX_LIFE) > 0) {
            throw Failures.of(
                    FailureType.INVALID_REQUEST,
                    new Problem(
                            life.isPositive() ? ErrorCode.INTERNAL : ErrorCode.JOIN_DEADLINE_EXCEEDED,
                            "a token that ends at " + request.expiresAt() + " would live " + life.toSeconds()
                                    + " s; allowed are 1 to " + MAX_LIFE.toSeconds() + " s"));
        }
        return life;
    }

    /**
     * False if it was absent. The cluster's admission policy refuses to delete a token that is not Nodejoin's, and so does an API
     * server that has just started with any: which of the two it is shows by whether the refusal lasts.
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
}
