package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;

/**
 * One command for one host. The same id always carries the same command: an agent that has already done it answers with
 * the recorded result.
 *
 * @param id see {@link #id}
 * @param node the host that it is for; an agent of another identity refuses it
 * @param attempt counts the join's tokens, from 1
 * @param sequence rises with every command of this node; a lower one than seen is stale
 * @param expiresAt after this instant, by the gateway's time, the agent refuses it
 */
public record Assignment(
        String id, JoinId joinId, NodeName node, int attempt, long sequence, Instant expiresAt, HostCommand command) {

    /** The id of the command with this verb: {@code <joinId>-<attempt>-<verb>}. */
    public static String id(JoinId join, int attempt, String verb) {
        return join + "-" + attempt + "-" + verb;
    }

    /**
     * The id of a command that is given anew because its first result is not the last word: {@code <joinId>-<attempt>-<verb>-<turn>}.
     *
     * @param repetition counts from 1, which is the command of {@link #id(JoinId, int, String)}
     */
    public static String id(JoinId join, int attempt, String verb, int repetition) {
        String first = id(join, attempt, verb);
        return repetition == 1 ? first : first + "-" + repetition;
    }

    /** Whether an assignment of this id is the join's. */
    public static boolean belongsTo(JoinId join, String id) {
        return id.startsWith(join + "-");
    }
}
