package io.nodejoin.activities.kubernetes.token;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.ActingRight;
import io.nodejoin.activities.ActivityLease;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.ServerTime;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.TokenSeal;
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
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(15);
    private static final int FIRST_ATTEMPT = 1;
    private static final int IDS_TO_TRY = 5;

    private final ClusterClients clients;
    private final AuditLog audit;
    private final TokenMint mint;
    private final TokenTraces traces;
    private final TokenCap cap;

    /**
     * @param traces of a token that another one of its join takes the place of
     * @param caps how many tokens of a cluster may be alive at a time
     */
    public KubernetesTokenActivities(
            ClusterClients clients,
            AuditLog audit,
            SecureRandom random,
            TokenTraces traces,
            ToIntFunction<ClusterName> caps) {
        this.clients = clients;
        this.audit = audit;
        this.mint = new TokenMint(random);
        this.traces = traces;
        this.cap = new TokenCap(caps, System::nanoTime);
    }

    @Override
    public TokenId reserve(TokenReservation reservation) {
        ActivityLease lease = ActivityLease.begin();
        KubernetesClient client = clients.client(reservation.cluster());
        TokenLedger ledger = new TokenLedger(client);
        endEarlier(lease, client, ledger, reservation);
        cap.claim(reservation.cluster(), ledger::size);
        Instant expiresAt = ServerTime.of(client).plus(lease.left(reservation.expiresAt()));
        for (int i = 0; i < IDS_TO_TRY; i++) {
            TokenId id = mint.id();
            before(
                    lease,
                    new TokenRef(reservation.cluster(), reservation.joinId(), id),
                    "token.reserve",
                    TokenLedger.object(id));
            if (ledger.enter(id, reservation, expiresAt, lease.run())) {
                return id;
            }
        }
        throw Failures.of(
                FailureType.CONFLICT,
                new Problem(ErrorCode.TOKEN_CAP_REACHED, IDS_TO_TRY + " random token ids in a row are in use"));
    }

    @Override
    public void release(TokenReservation reservation) {
        KubernetesClient client = clients.client(reservation.cluster());
        endEarlier(ActivityLease.begin(), client, new TokenLedger(client), reservation);
    }

    /**
     * An entry whose reservation has given its id to nobody ends here. One of another attempt, or of a run that Temporal was told to go back
     * from, is left by intent: its token may have been sent for and not be there yet. The janitor ends it once the join is over.
     */
    private void endEarlier(
            ActivityLease lease, KubernetesClient client, TokenLedger ledger, TokenReservation reservation) {
        for (LedgerEntry earlier : ledger.of(reservation.cluster(), reservation.joinId())) {
            TokenRef token = earlier.token();
            revoke(lease, client, token);
            traces.end(token, lease);
            if (earlier.attempt() == reservation.attempt() && earlier.run().equals(lease.run())) {
                forget(lease, ledger, token);
            }
        }
    }

    @Override
    public SealedToken issue(TokenRequest request) {
        ActivityLease lease = ActivityLease.begin();
        TokenRef ref = request.token();
        KubernetesClient client = clients.client(ref.cluster());
        ECPublicKey hostKey = TokenSealer.hostKey(request.agentPublicKey());
        Instant expiresAt = ServerTime.of(client).plus(life(lease, request));
        if (lease.attempt() > FIRST_ATTEMPT) {
            before(lease, ref, "token.replace", secretObject(ref.tokenId()));
            deleteSecret(client, ref.tokenId());
        }
        BootstrapToken token = mint.token(ref.tokenId());
        before(lease, ref, "token.create", secretObject(ref.tokenId()));
        Secret created =
                client.resource(TokenSecret.of(token, request, expiresAt)).create();
        TokenSeal seal = new TokenSeal(ref.joinId(), request.attempt(), ref.tokenId(), request.clusterUid(), expiresAt);
        return new SealedToken(
                ref.tokenId(),
                TokenSealer.seal(token, seal, hostKey),
                ClusterInfoSignature.sign(token, request.kubeconfig()),
                Instant.parse(created.getMetadata().getCreationTimestamp()),
                expiresAt,
                lease.attempt());
    }

    @Override
    public void revoke(TokenRef token) {
        revoke(ActivityLease.begin(), clients.client(token.cluster()), token);
    }

    @Override
    public void forget(TokenRef token) {
        forget(ActivityLease.begin(), new TokenLedger(clients.client(token.cluster())), token);
    }

    private void forget(ActingRight right, TokenLedger ledger, TokenRef token) {
        before(right, token, "token.forget", TokenLedger.object(token.tokenId()));
        ledger.strike(token.tokenId());
    }

    /**
     * Deletes the token of an entry of the ledger on behalf of somebody who is not its join, and leaves the entry. Its id is
     * its own while the entry is there, so nothing is deleted of a token that has the id since.
     *
     * @return whether there was anything to delete
     */
    public boolean revoke(LedgerEntry entry, ActingRight right) {
        KubernetesClient client = clients.client(entry.token().cluster());
        if (!new TokenLedger(client).holds(entry)) {
            return false;
        }
        return revoke(right, client, entry.token());
    }

    /** Ends an entry of the ledger whose token is gone. */
    public void forget(LedgerEntry entry, ActingRight right) {
        before(
                right,
                entry.token(),
                "token.forget",
                TokenLedger.object(entry.token().tokenId()));
        new TokenLedger(clients.client(entry.token().cluster())).strike(entry);
    }

    /** False if there was nothing to delete. */
    private boolean revoke(ActingRight right, KubernetesClient client, TokenRef token) {
        before(right, token, "token.revoke", secretObject(token.tokenId()));
        return deleteSecret(client, token.tokenId());
    }

    /** In whole seconds. Who ends the token is the API server, by its own clock: it gets the time that the join gives it. */
    private static Duration life(ActivityLease lease, TokenRequest request) {
        Duration life = lease.left(request.expiresAt()).truncatedTo(ChronoUnit.SECONDS);
        if (!life.isPositive() || life.compareTo(LONGEST_LIFE) > 0) {
            throw Failures.of(
                    FailureType.INVALID_REQUEST,
                    new Problem(
                            ErrorCode.JOIN_DEADLINE_EXCEEDED,
                            "a token that ends at " + request.expiresAt() + " would live " + life.toSeconds()
                                    + " s; allowed are 1 to " + LONGEST_LIFE.toSeconds() + " s"));
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

    private void before(ActingRight right, TokenRef token, String action, String object) {
        right.beforeEffect(new AuditEntry(token.cluster(), token.joinId().value(), action, object), audit);
    }

    private static String secretObject(TokenId id) {
        return "secrets/" + TokenSecret.NAMESPACE + "/" + id.secretName();
    }
}
