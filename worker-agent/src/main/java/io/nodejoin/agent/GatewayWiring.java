package io.nodejoin.agent;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.MachineProbe;
import io.nodejoin.agent.gateway.AgentIdentity;
import io.nodejoin.agent.gateway.AssignedNode;
import io.nodejoin.agent.gateway.EnrollmentSecret;
import io.nodejoin.agent.gateway.GatewayAddresses;
import io.nodejoin.agent.gateway.GatewayClient;
import io.nodejoin.agent.gateway.GatewayClock;
import io.nodejoin.agent.gateway.GatewayEndpoint;
import io.nodejoin.agent.gateway.GatewayServer;
import io.nodejoin.agent.gateway.HostPreparer;
import io.nodejoin.agent.gateway.HttpGatewayClient;
import io.nodejoin.agent.gateway.HttpMachineAnnouncer;
import io.nodejoin.agent.gateway.PoolGatewayClient;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.tpm.Tpm;
import io.nodejoin.agent.tpm.Tpm2Tools;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.PollRequest;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Constructs the agent's side of the agent API, for a node or for a machine of a pool. */
final class GatewayWiring {
    private final AgentConfig config;
    private final HostPorts host;
    private final GatewayClock time;
    private final GatewayServer server;

    GatewayWiring(AgentConfig config, HostPorts host, GatewayClock time, RandomGenerator random) {
        this.config = config;
        this.host = host;
        this.time = time;
        this.server =
                new GatewayServer(config.gateway(), GatewayAddresses.ofThisMachine(random), config.gatewayCaFile());
    }

    /**
     * The gateway as the rest of the agent needs it.
     *
     * @param node the node that the machine is; empty while it waits in a pool
     * @param key the agent's present key
     */
    record Link(GatewayClient client, Supplier<Optional<NodeName>> node, Supplier<PrivateKey> key) {}

    /** What each client of the gateway reports to. */
    record Callbacks(PollRequest poll, HostPreparer preparer, Consumer<Duration> onLogRequest) {}

    Link link(HostFiles state, HostProbe probe, Journal journal, Callbacks callbacks) {
        NodeName node = config.node();
        PoolName pool = config.pool();
        if (node != null || pool == null) {
            AgentIdentity identity = AgentIdentity.load(state);
            Optional<NodeName> known = Optional.ofNullable(node);
            return new Link(client(known.orElseThrow(), identity, state, callbacks), () -> known, identity::privateKey);
        }
        MachineProbe facts = new MachineProbe(host, probe, System.getProperty("os.arch", "unknown"));
        PoolGatewayClient client = new PoolGatewayClient(
                new HttpMachineAnnouncer(server, secret(), config.cluster(), pool, facts::machineFacts, time::update),
                (assigned, identity) -> client(assigned, identity, state, callbacks),
                state,
                () -> journal.changes().isEmpty(),
                time);
        return new Link(client, client::node, client::privateKey);
    }

    private HttpGatewayClient client(NodeName node, AgentIdentity identity, HostFiles state, Callbacks callbacks) {
        return new HttpGatewayClient(
                endpoint(node),
                identity,
                callbacks.preparer(),
                tpm(state),
                callbacks.poll(),
                time,
                time::update,
                callbacks.onLogRequest());
    }

    private @Nullable Tpm tpm(HostFiles state) {
        return config.tpm() == null
                ? null
                : new Tpm2Tools(host.commands(), state, config.stateDirectory(), config.tpm());
    }

    GatewayServer server() {
        return server;
    }

    EnrollmentSecret secret() {
        return new EnrollmentSecret(config.enrollmentSecretFile());
    }

    /** Returns the endpoint of the machine's node; empty for a machine that waits in a pool. */
    Optional<GatewayEndpoint> endpoint(HostFiles state) {
        return Optional.ofNullable(config.node())
                .or(() -> new AssignedNode(state).node())
                .map(this::endpoint);
    }

    private GatewayEndpoint endpoint(NodeName node) {
        return new GatewayEndpoint(
                server.base(), server.addresses(), server.caFile(), secret(), config.cluster(), node);
    }
}
