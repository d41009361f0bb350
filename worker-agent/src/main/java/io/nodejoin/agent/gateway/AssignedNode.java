package io.nodejoin.agent.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.protocol.NodeName;
import java.util.List;
import java.util.Optional;

/**
 * The node that a machine of a pool has become, in a file beside the agent's key and certificate, which are of that node.
 * The file also tells whether the host was reset since. For many threads.
 */
public final class AssignedNode {
    private static final String FILE = "/agent.node";
    private static final String RESET = "reset";
    private static final int OWNER_ONLY = 0600;

    private final HostFiles state;

    /** @param state the files in the state directory */
    public AssignedNode(HostFiles state) {
        this.state = state;
    }

    /** Returns the node; empty if the machine is none. */
    public synchronized Optional<NodeName> node() {
        return words().flatMap(words -> parse(words.getFirst()));
    }

    /** Returns whether the host was reset after the node's last other command. */
    synchronized boolean isReset() {
        return words().filter(words -> words.contains(RESET)).isPresent();
    }

    synchronized void assign(NodeName node) {
        write(node.value());
    }

    /** No effect if the machine is no node. */
    synchronized void setReset(boolean reset) {
        if (isReset() != reset) {
            node().ifPresent(node -> write(reset ? node + " " + RESET : node.value()));
        }
    }

    /** Forgets the node. Idempotent. */
    synchronized void clear() {
        state.delete(FILE);
    }

    private void write(String text) {
        state.write(FILE, (text + "\n").getBytes(US_ASCII), OWNER_ONLY);
    }

    private Optional<List<String>> words() {
        return state.read(FILE)
                .map(text -> List.of(new String(text, US_ASCII).strip().split(" ", -1)));
    }

    private static Optional<NodeName> parse(String name) {
        try {
            return Optional.of(new NodeName(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
