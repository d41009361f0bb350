package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Csr;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The invariants at each moment, checked by the product's effects alone. */
final class SafetyInvariants {
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(15);

    private final World world;
    private final Set<String> reportedNodes = new HashSet<>();
    private final Set<Token> createdLate = new HashSet<>();
    private final Set<TokenId> enteredLate = new HashSet<>();
    private boolean late;

    SafetyInvariants(World world) {
        this.world = world;
    }

    /** Runs an effect whose caller has already timed out. */
    void runLate(Runnable effect) {
        late = true;
        try {
            effect.run();
        } finally {
            late = false;
        }
    }

    /** Returns whether the caller of the current effect has already timed out. */
    boolean isLate() {
        return late;
    }

    /** Records a ledger entry that is created. */
    void recordEntry(TokenId id) {
        if (late) {
            enteredLate.add(id);
        }
    }

    /** Returns whether the ledger entry of this id was created after its caller had timed out. */
    boolean wasEnteredLate(TokenId id) {
        return enteredLate.contains(id);
    }

    /** Checks a created Secret. One that is created late is harmless, since nobody knows its content. */
    void checkIssued(TokenId id) {
        Token token = Objects.requireNonNull(world.api.secrets.get(id));
        if (late) {
            createdLate.add(token);
        }
        Instant now = world.timeline.now();
        Duration life = Duration.between(token.createdAt(), token.expiresAt());
        if (life.compareTo(LONGEST_LIFE.plusSeconds(1)) > 0) {
            world.broken("token " + id + " lives " + life);
        }
        long live = world.api.secrets.values().stream()
                .filter(other -> other.join().equals(token.join()))
                .filter(other -> other.expiresAt().isAfter(now))
                .filter(other -> !createdLate.contains(other))
                .count();
        if (live > 1) {
            world.broken(live + " live tokens of join " + token.join());
        }
    }

    /** Checks that the ledger has each token, so that it can be found if the workflow is lost. */
    void checkLedger() {
        Stream.concat(world.api.secrets.keySet().stream(), world.api.signatures.keySet().stream())
                .filter(id -> !world.api.ledger.containsKey(id))
                .forEach(id -> world.broken("the ledger has no entry of token " + id + ", of which something is left"));
    }

    /** Checks an approved CSR. */
    void checkApproved(Csr csr) {
        if (!csr.commonName.equals("system:node:" + World.NODE.name())) {
            world.broken(csr.name + " was approved for " + csr.commonName);
        }
        long approved =
                world.api.requestsOf(csr.user).stream().filter(Csr::isApproved).count();
        if (approved > 1) {
            world.broken(approved + " requests of token " + csr.user + " are approved");
        }
        List<Token> tokens = world.api.everIssued.stream()
                .filter(token -> token.id().equals(csr.user))
                .toList();
        if (tokens.isEmpty()) {
            world.broken(csr.name + " is of a token that was never issued");
        }
        if (tokens.stream()
                .anyMatch(token ->
                        token.kubeletKey() != null && !token.kubeletKey().equals(csr.key))) {
            world.broken(csr.name + " was approved for " + csr.key + ", which is not the key of its token's host");
        }
    }

    /** Records a Node that was reported to the workflow. */
    void recordReportedNode(String uid) {
        reportedNodes.add(uid);
    }

    boolean wasReported(String uid) {
        return reportedNodes.contains(uid);
    }
}
