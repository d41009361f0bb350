package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.simulation.SimulatedApiServer.LedgerEntry;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Joins of other nodes of the cluster, whose tokens happen to have the ids that this node's join draws. */
final class Strangers {
    private static final int MAX_TAKEN_IDS = 6;
    private static final JoinId JOIN = World.joinId("of-a-stranger");

    private final World world;
    private final List<Token> tokens = new ArrayList<>();
    private final int takenIds;

    Strangers(World world) {
        this.world = world;
        this.takenIds = world.faults.has(Fault.TOKEN_ID_IN_USE) ? 1 + world.random.nextInt(MAX_TAKEN_IDS) : 0;
    }

    /** A stranger's token gets this id, before the join that draws it enters it into the ledger. */
    void takeId(TokenId id) {
        if (tokens.size() < takenIds && !world.api.ledger.containsKey(id)) {
            world.faults.fires(Fault.TOKEN_ID_IN_USE);
            Token token = new Token(
                    id,
                    "secret-of-a-stranger",
                    JOIN,
                    null,
                    world.api.time(),
                    world.api.time().plus(Duration.ofDays(1)));
            tokens.add(token);
            world.api.ledger.put(id, new LedgerEntry(JOIN, 1));
            world.api.secrets.put(id, token);
            world.api.sign(id, "jws of a stranger", world.api.signaturesVersion());
            world.trace.add("cluster", "a stranger has token " + id);
        }
    }

    boolean have(TokenId id) {
        return tokens.stream().anyMatch(token -> token.id().equals(id));
    }

    /** Returns a line for each token of a stranger that was touched. */
    List<String> check() {
        return tokens.stream()
                .filter(token -> !token.equals(world.api.secrets.get(token.id()))
                        || !new LedgerEntry(JOIN, 1).equals(world.api.ledger.get(token.id()))
                        || !"jws of a stranger".equals(world.api.signatures.get(token.id())))
                .map(token -> "token " + token.id() + " of a stranger was touched")
                .toList();
    }
}
