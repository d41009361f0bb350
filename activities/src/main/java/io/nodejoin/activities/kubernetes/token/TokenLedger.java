package io.nodejoin.activities.kubernetes.token;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.OwnObjects;
import io.nodejoin.activities.kubernetes.store.OwnEntries;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenReservation;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The token ids of one cluster that may be alive, kept beside the tokens: who restores the one restores the other. */
public final class TokenLedger {
    private static final String PREFIX = "token-";
    private static final String NODE = "node";
    private static final String MACHINE = "machineId";
    private static final String ATTEMPT = "attempt";
    private static final String EXPIRES_AT = "expiresAt";

    private final OwnEntries entries;

    public TokenLedger(KubernetesClient client) {
        this.entries = new OwnEntries(client, PREFIX);
    }

    static String object(TokenId id) {
        return "configmaps/" + OwnObjects.NAMESPACE + "/" + PREFIX + id;
    }

    /**
     * Writes the entry; false if the id is in use already.
     *
     * @param expiresAt by the API server's clock
     */
    boolean enter(TokenId id, TokenReservation reservation, Instant expiresAt, WorkflowRun run) {
        return entries.enter(
                id.value(),
                reservation.joinId(),
                run,
                Map.of(
                        NODE, reservation.node().value(),
                        MACHINE, reservation.machineId(),
                        ATTEMPT, Integer.toString(reservation.attempt()),
                        EXPIRES_AT, expiresAt.toString()));
    }

    /** Those of one join. */
    List<LedgerEntry> of(ClusterName cluster, JoinId joinId) {
        return entries.of(joinId, entry -> read(cluster, entry));
    }

    /** Every entry of the cluster, whichever join made it. */
    public List<LedgerEntry> all(ClusterName cluster) {
        return entries.all(entry -> read(cluster, entry));
    }

    private static LedgerEntry read(ClusterName cluster, OwnEntries.Entry entry) {
        return new LedgerEntry(
                new TokenRef(cluster, entry.joinId(), new TokenId(entry.id())),
                new NodeName(entry.member(NODE)),
                entry.data().get(MACHINE),
                Integer.parseInt(entry.member(ATTEMPT)),
                instant(entry.member(EXPIRES_AT)),
                entry.run(),
                entry.uid());
    }

    /** How many entries there are, readable or not. */
    int size() {
        return entries.size();
    }

    /** Whether the entry is still there, so that its id is still its own. */
    boolean holds(LedgerEntry entry) {
        return entries.holds(entry.token().tokenId().value(), entry.uid());
    }

    void strike(TokenId id) {
        entries.strike(id.value());
    }

    /** Removes this very entry, and no later one of the same id. */
    void strike(LedgerEntry entry) {
        entries.strike(entry.token().tokenId().value(), entry.uid());
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("its " + EXPIRES_AT + " is no instant", e);
        }
    }
}
