package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Csr;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The rules that hold in each moment. They know the product by its effects alone. */
final class SafetyInvariants {
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(15);

    private final World world;
    private final Set<String> told = new HashSet<>();
    private final Set<Token> madeLate = new HashSet<>();
    private boolean late;

    SafetyInvariants(World world) {
        this.world = world;
    }

    /** What happens now was given up by its caller before. */
    void runLate(Runnable effect) {
        late = true;
        try {
            effect.run();
        } finally {
            late = false;
        }
    }

    /** A Secret was created; one that is made late is of no use to anybody, since nobody was told what is in it. */
    void checkIssued(TokenId id) {
        Token token = Objects.requireNonNull(world.api.secrets.get(id));
        if (late) {
            madeLate.add(token);
        }
        Instant now = world.timeline.now();
        Duration life = Duration.between(token.createdAt(), token.expiresAt());
        if (life.compareTo(LONGEST_LIFE.plusSeconds(1)) > 0) {
            world.broken("token " + id + " lives " + life);
        }
        long live = world.api.secrets.values().stream()
                .filter(other -> other.join().equals(token.join()))
                .filter(other -> other.expiresAt().isAfter(now))
                .filter(other -> !madeLate.contains(other))
                .count();
        if (live > 1) {
            world.broken(live + " live tokens of join " + token.join());
        }
    }

    /** Something was done: whatever there is of a token the ledger knows, or nobody would find it once the workflow is lost. */
    void checkLedger() {
        Stream.concat(world.api.secrets.keySet().stream(), world.api.signatures.stream())
                .filter(id -> !world.api.ledger.containsKey(id))
                .forEach(id -> world.broken("the ledger has forgotten token " + id + ", of which something is left"));
    }

    /** Nodejoin approved a request. */
    void checkApproved(Csr csr) {
        if (!csr.commonName.equals("system:node:" + World.NODE.name())) {
            world.broken(csr.name + " was approved for " + csr.commonName);
        }
        long approved =
                world.api.requestsOf(csr.user).stream().filter(Csr::isApproved).count();
        if (approved > 1) {
            world.broken(approved + " requests of token " + csr.user + " are approved");
        }
        if (world.api.everIssued.stream().noneMatch(token -> token.id().equals(csr.user))) {
            world.broken(csr.name + " is of a token that was never issued");
        }
    }

    /** The workflow was told of a Node with this UID. */
    void recordReportedNode(String uid) {
        told.add(uid);
    }

    boolean wasReported(String uid) {
        return told.contains(uid);
    }
}
