package io.nodejoin.testbed.e2e;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequestBuilder;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.plan.BedMode;
import io.nodejoin.testbed.plan.BedSettings;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Control plane, Kafka, Temporal and service as processes on loopback, and what tests do with them. For many threads. */
final class SharedBed implements AutoCloseable {
    /** A class that only adds joins reads the bed, one that stops a part or changes the cluster's rights needs it alone. */
    static final String LOCK = "shared bed";

    static final ClusterName CLUSTER = new ClusterName("testbed");

    private final TestBed parts;
    private final SecureRandom random = new SecureRandom();
    private final Set<NodeName> names = ConcurrentHashMap.newKeySet();
    private final SimulatedHosts hosts;
    private final AgentLog agentLog = new AgentLog();
    private final JoinRequests requests;
    private final OutcomeLog outcomes;
    private final ClusterView cluster;
    private final Meddler meddler;
    private final JoinHistories histories;

    private SharedBed(TestBed parts) {
        this.parts = parts;
        this.requests = new JoinRequests(parts.kafka().bootstrapServers());
        this.outcomes = new OutcomeLog(parts.kafka().bootstrapServers());
        this.cluster = new ClusterView(parts.directories().adminKubeconfig());
        this.meddler = new Meddler(parts.directories().adminKubeconfig());
        this.hosts = new SimulatedHosts(parts, CLUSTER, cluster.kubernetesVersion());
        this.histories = new JoinHistories(parts.temporal().target());
    }

    /** Raises the bed that all share. */
    static SharedBed raise() {
        return raise(BedSettings.named("e2e"));
    }

    /** Raises a bed anew, whatever an aborted run has left of it. */
    static SharedBed raise(BedSettings settings) {
        TestBed parts = TestBed.open(settings.withMode(BedMode.LOCAL));
        try {
            raise(parts);
            return new SharedBed(parts);
        } catch (RuntimeException e) {
            parts.down();
            throw e;
        }
    }

    /** The first of many beds has the service learn to start. */
    static void raise(TestBed parts) {
        parts.down();
        parts.up();
        NodejoinService service = parts.service();
        service.prepare(ServiceSettings.standard());
        service.learnToStart();
        service.start();
    }

    TestBed parts() {
        return parts;
    }

    OutcomeLog outcomes() {
        return outcomes;
    }

    ClusterView cluster() {
        return cluster;
    }

    Meddler meddler() {
        return meddler;
    }

    JoinHistories histories() {
        return histories;
    }

    JoinRequests requests() {
        return requests;
    }

    AgentLog agentLog() {
        return agentLog;
    }

    String serviceLog() {
        return parts.service().process().lastLines();
    }

    /** Starts the service again with these settings, its cluster prepared accordingly. */
    void serve(ServiceSettings settings) {
        parts.service().serve(settings);
    }

    /** One line per part of the service. */
    String readiness() {
        return parts.service().readiness();
    }

    /** A machine with a secret of its own. Tests find what is said of it by its name, so that no two may take the same. */
    HostWish wish(String node) {
        HostWish wish = HostWish.of(node, false, random);
        if (!names.add(wish.node())) {
            throw new IllegalArgumentException("another test of this bed has a node named " + node);
        }
        return wish;
    }

    /** Another machine under the same name. */
    HostWish namesake(HostWish wish) {
        return HostWish.of(wish.node().value(), false, random);
    }

    /** Boots a machine and asks for its join, which has reached this phase on return. */
    HostWish underWay(String node, Fault fault, Phase phase) {
        HostWish wish = wish(node);
        boot(wish, fault);
        request(wish);
        outcomes.awaitPhase(wish.node(), phase);
        return wish;
    }

    URI gateway() {
        return hosts.gateway();
    }

    SimulatedHost boot(HostWish wish, Fault fault) {
        return hosts.boot(wish.node(), wish.secret(), fault);
    }

    /** Boots a host with a clock of its own. */
    SimulatedHost boot(HostWish wish, Clock clock) {
        return hosts.boot(wish.node(), wish.secret(), clock);
    }

    /** Boots a host whose agent looks for its gateway there. */
    SimulatedHost boot(HostWish wish, URI gateway, Fault fault) {
        return hosts.boot(wish.node(), wish.secret(), gateway, fault);
    }

    static JoinRequested joinOf(HostWish wish) {
        return asking(wish).build();
    }

    static JoinRequestBuilder asking(HostWish wish) {
        return asking(CLUSTER, wish);
    }

    static JoinRequestBuilder asking(ClusterName cluster, HostWish wish) {
        return wish.asking(cluster, SimulatedHosts.ADDRESS).labels(Map.of("nodejoin.io/e2e", "true"));
    }

    static String key(NodeName node) {
        return CLUSTER + "/" + node;
    }

    /** Asks for a join under a new event id. */
    void request(HostWish wish) {
        requests.send(joinOf(wish), key(wish.node()));
    }

    /** Waits for everything that an ended join may still say, and for every record sent to it so far. */
    void settleEnded(HostWish wish) {
        histories.awaitClosed(wish.node());
        settle(wish);
    }

    /**
     * Returns once everything that was sent before under this node's key has been read, and everything that was said of
     * the node before has been heard: both topics keep the order of one key, and this record is answered by one event.
     */
    private void settle(HostWish wish) {
        String id = UUID.randomUUID().toString();
        requests.send(asking(new ClusterName("nowhere"), wish).build(), key(wish.node()), id);
        outcomes.awaitRejection(id);
    }

    @Override
    public void close() {
        hosts.close();
        agentLog.close();
        requests.close();
        outcomes.close();
        cluster.close();
        meddler.close();
        histories.close();
        parts.down();
    }
}
