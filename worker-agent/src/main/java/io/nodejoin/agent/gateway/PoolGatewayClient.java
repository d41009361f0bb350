package io.nodejoin.agent.gateway;

import io.nodejoin.agent.gateway.MachineAnnouncer.Answer;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.PrivateKey;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gateway, for the agent of a machine that waits in a pool. Announces the machine until a join has taken it for a
 * node, then is that node's agent for as long as its certificate is valid. The pool decides whether the machine is still that
 * node: it is asked again after polls without a command, rarely if it says the same. A machine that the pool has back and
 * whose host is clean gets a new key for its next node; until then it may need the key, to be reset.
 */
public final class PoolGatewayClient implements GatewayClient {
    private static final Logger LOG = System.getLogger(PoolGatewayClient.class.getName());
    /** About ten minutes of polls that the gateway holds. */
    private static final int MAX_PATIENCE = 32;

    private final MachineAnnouncer announcer;
    private final NodeConnector connector;
    private final HostFiles state;
    private final AssignedNode assigned;
    private final BooleanSupplier hostIsUnchanged;
    private final InstantSource clock;
    private volatile @Nullable Connection connection;
    private boolean enrolled;
    private boolean joined;
    private boolean waiting;
    private int idlePolls;
    /** How many polls without a command may pass before the pool is asked again. */
    private int patience = 1;

    /** Creates the client of a node's agent. */
    @FunctionalInterface
    public interface NodeConnector {
        GatewayClient connect(NodeName node, AgentIdentity identity);
    }

    private record Connection(NodeName node, AgentIdentity identity, GatewayClient client) {}

    /**
     * @param state the files in the state directory
     * @param hostIsUnchanged whether there is nothing on the host that a reset would undo
     */
    public PoolGatewayClient(
            MachineAnnouncer announcer,
            NodeConnector connector,
            HostFiles state,
            BooleanSupplier hostIsUnchanged,
            InstantSource clock) {
        this.announcer = announcer;
        this.connector = connector;
        this.state = state;
        this.assigned = new AssignedNode(state);
        this.hostIsUnchanged = hostIsUnchanged;
        this.clock = clock;
    }

    /** Returns the node that the machine is; empty while it waits. */
    public Optional<NodeName> node() {
        return Optional.ofNullable(connection).map(Connection::node);
    }

    /** Returns the key that decrypts sealed tokens. */
    public PrivateKey privateKey() {
        Connection present = connection;
        if (present == null) {
            throw new HostException(ErrorCode.AGENT_IDENTITY_MISMATCH, "the machine waits in its pool");
        }
        return present.identity().privateKey();
    }

    @Override
    public GatewayResponse poll() throws InterruptedException {
        try {
            resume();
            if (connection == null || idlePolls >= patience) {
                Optional<GatewayResponse> end = askPool();
                if (end.isPresent()) {
                    return end.get();
                }
            }
            Connection present = connection;
            return present == null ? new GatewayResponse.NoJoinYet() : pollAs(present);
        } catch (HostException e) {
            return unavailable(e);
        }
    }

    /** Continues as the node whose certificate there is; without one the pool says what the machine is. */
    private void resume() {
        Connection present = connection;
        if (present == null) {
            assigned.node()
                    .ifPresent(node -> AgentIdentity.loadExisting(state)
                            .filter(this::hasCredential)
                            .ifPresent(identity -> connect(node, identity)));
            return;
        }
        boolean valid = hasCredential(present.identity());
        if (enrolled && !valid) {
            disconnect();
        }
        enrolled = valid;
    }

    private boolean hasCredential(AgentIdentity identity) {
        return identity.hasValidCertificate(clock.instant());
    }

    /** Returns the response to the agent's poll; empty if there is a node to poll as. */
    private Optional<GatewayResponse> askPool() throws InterruptedException {
        idlePolls = 0;
        switch (announcer.announce()) {
            case Answer.Assigned(NodeName node) -> become(node);
            case Answer.Waits _ -> giveBack();
            case Answer.Unanswered(GatewayResponse response) -> {
                if (connection == null) {
                    return Optional.of(response);
                }
            }
        }
        return connection == null ? Optional.of(new GatewayResponse.NoJoinYet()) : Optional.empty();
    }

    private void become(NodeName node) {
        Connection present = connection;
        if (present != null && present.node().equals(node)) {
            waitLonger();
            return;
        }
        disconnect();
        waiting = false;
        boolean sameNode = assigned.node().filter(node::equals).isPresent();
        if (!sameNode || assigned.isReset()) {
            AgentIdentity.erase(state);
            assigned.assign(node);
            patience = 1;
        } else {
            waitLonger();
        }
        LOG.log(Level.INFO, "a join has taken the machine for node {0}", node);
        connect(node, AgentIdentity.load(state));
    }

    /** The pool has the machine. A cleanup may still reset a changed host by its certificate. */
    private void giveBack() {
        Connection present = connection;
        boolean clean = assigned.isReset() || hostIsUnchanged.getAsBoolean();
        if (present != null && !clean && hasCredential(present.identity())) {
            waitLonger();
            return;
        }
        disconnect();
        patience = 1;
        if (clean && assigned.node().isPresent()) {
            AgentIdentity.erase(state);
            assigned.clear();
        }
        if (!waiting) {
            LOG.log(Level.INFO, "the machine waits in its pool");
            waiting = true;
        }
    }

    private void waitLonger() {
        patience = Math.min(patience * 2, MAX_PATIENCE);
    }

    private void connect(NodeName node, AgentIdentity identity) {
        connection = new Connection(node, identity, connector.connect(node, identity));
    }

    private void disconnect() {
        Connection present = connection;
        connection = null;
        enrolled = false;
        joined = false;
        idlePolls = 0;
        if (present != null) {
            present.client().close();
        }
    }

    private GatewayResponse pollAs(Connection present) throws InterruptedException {
        GatewayResponse response = present.client().poll();
        switch (response) {
            case GatewayResponse.Assigned(var assignment) -> {
                joined = false;
                idlePolls = 0;
                patience = 1;
                if (usesHost(assignment.command())) {
                    assigned.setReset(false);
                }
            }
            case GatewayResponse.Joined _ -> {
                joined = true;
                idlePolls = 0;
            }
            case GatewayResponse.Accepted _ -> {
                // The first command is not delayed: the poll that has enrolled was hardly held.
                if (enrolled && !joined) {
                    idlePolls++;
                }
            }
            case GatewayResponse.NoJoinYet _ -> idlePolls++;
            case GatewayResponse.Rejected _ -> {
                if (!hasCredential(present.identity())) {
                    disconnect();
                }
            }
            case GatewayResponse.Unreadable _, GatewayResponse.Unavailable _ -> {}
        }
        return response;
    }

    private static boolean usesHost(HostCommand command) {
        return switch (command) {
            case HostCommand.Preflight _, HostCommand.PrepareHost _, HostCommand.StartKubelet _ -> true;
            case HostCommand.ResetHost _, HostCommand.CollectDiagnostics _ -> false;
        };
    }

    @Override
    public GatewayResponse reportProgress(String assignment, ProgressReport progress) throws InterruptedException {
        return report(client -> client.reportProgress(assignment, progress));
    }

    /** Remembers a reset before it is reported: after the report the machine may be another node. */
    @Override
    public GatewayResponse reportResult(String assignment, HostResult result) throws InterruptedException {
        return report(client -> {
            if (result instanceof HostResult.HostReset) {
                assigned.setReset(true);
            }
            return client.reportResult(assignment, result);
        });
    }

    @Override
    public GatewayResponse reportLog(HostLogReport report) throws InterruptedException {
        return report(client -> client.reportLog(report));
    }

    /** Never enrolls: only a poll does, once the pool has said for which node. */
    private GatewayResponse report(Report report) throws InterruptedException {
        try {
            Connection present = connection;
            if (present != null && hasCredential(present.identity())) {
                return report.send(present.client());
            }
            return assigned.node().isPresent()
                    ? new GatewayResponse.Unavailable(
                            ErrorCode.AGENT_IDENTITY_MISMATCH, "the agent has to enroll first")
                    : new GatewayResponse.Rejected(
                            ErrorCode.COMMAND_STALE, "the machine is back in its pool, and its join over");
        } catch (HostException e) {
            return unavailable(e);
        }
    }

    private static GatewayResponse unavailable(HostException e) {
        return new GatewayResponse.Unavailable(e.problem().code(), e.problem().detail());
    }

    @Override
    public void close() {
        announcer.close();
        Connection present = connection;
        if (present != null) {
            present.client().close();
        }
    }

    private interface Report {
        GatewayResponse send(GatewayClient client) throws InterruptedException;
    }
}
