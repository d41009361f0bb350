package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Csr;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Goes through the ledger once the workflows are over. It is diligent where the workflow could not be, and there alone: with entries that
 * came late, with tokens whose issue the workflow has no answer of, and with those of a joined run that could not wait for their end. What is left of others is for the {@link EndStateChecks} to find.
 */
final class GarbageCollector {
    private static final Duration ROUND = Duration.ofSeconds(5);
    private static final Duration SETTLED = Duration.ofSeconds(75);

    private final World world;
    private final Instant ended;
    private final ConfirmedTokens known;
    private final UnsettledTokens unsettled;

    /** @param world a world in which all workflows have ended */
    GarbageCollector(World world) {
        this.world = world;
        this.ended = world.timeline.now();
        this.known = ConfirmedTokens.fromHistories(world.temporal.runs());
        this.unsettled = UnsettledTokens.fromHistories(world.temporal.runs());
    }

    void collect() {
        List.copyOf(world.api.ledger.keySet()).stream().filter(this::isOrphaned).forEach(this::revoke);
        world.timeline.scheduleAfter(ROUND, this::collect);
    }

    private boolean isOrphaned(TokenId id) {
        return !world.strangers.have(id)
                && (world.check.wasEnteredLate(id) || known.mayStillBeCreated(id) || isLeftByASuccessfulJoin(id));
    }

    /** A join that has succeeded has deleted its token. */
    private boolean isLeftByASuccessfulJoin(TokenId id) {
        return unsettled.contains(id) && !world.api.secrets.containsKey(id) && !world.api.signatures.containsKey(id);
    }

    private void revoke(TokenId id) {
        boolean alive = world.api.secrets.containsKey(id);
        world.api.deleteSecret(id);
        world.api.sign(id, null, world.api.signaturesVersion());
        world.api.requestsOf(id).stream()
                .filter(Csr::isUndecided)
                .forEach(csr -> world.api.decide(csr, csr.version, Decision.DENIED, "the garbage collector", null));
        boolean settled = !world.timeline.now().isBefore(ended.plus(SETTLED));
        if (settled && !alive) {
            world.api.ledger.remove(id);
            world.trace.add("garbage collector", "ends token " + id);
        }
    }
}
