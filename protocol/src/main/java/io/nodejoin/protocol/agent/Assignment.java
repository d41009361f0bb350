package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;

/**
 * One command for one host. The same id always carries the same command: an agent that has already executed it responds
 * with the recorded result.
 *
 * @param id see {@link #id}
 * @param node the host that executes it; an agent with another identity rejects it
 * @param attempt number of the join's attempt, from 1; 0 before the first one
 * @param sequence increases with every command for this node; the agent rejects a lower one than it has seen
 * @param expiresAt the agent rejects the command after this instant, by the gateway's clock
 */
public record Assignment(
        String id, JoinId joinId, NodeName node, int attempt, long sequence, Instant expiresAt, HostCommand command) {

    /** Returns the id of the command with this verb: {@code <joinId>-<attempt>-<verb>}. */
    public static String id(JoinId join, int attempt, String verb) {
        return join + "-" + attempt + "-" + verb;
    }

    /**
     * Returns the id of a command that is executed again although an earlier one has a result:
     * {@code <joinId>-<attempt>-<verb>-<repetition>}.
     *
     * @param repetition counts from 1, which is the command of {@link #id(JoinId, int, String)}
     */
    public static String id(JoinId join, int attempt, String verb, int repetition) {
        String first = id(join, attempt, verb);
        return repetition == 1 ? first : first + "-" + repetition;
    }

    /** Returns whether the assignment with this id belongs to the join. */
    public static boolean belongsTo(JoinId join, String id) {
        return id.startsWith(join + "-");
    }
}
