package io.nodejoin.testbed.e2e;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestBuilder;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import io.nodejoin.testbed.tpm.SoftwareTpm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Control plane, Kafka, Temporal and service as processes on loopback, and what tests do with them. For many threads. */
final class SharedBed implements AutoCloseable {
    static final String LOCK = "shared bed";

    static final ClusterName CLUSTER = new ClusterName("testbed");
    private static final Path DASHBOARD_USERS = Path.of("src", "test", "resources", "dashboard-users");

    private final TestBed testBed;
    private final SecureRandom random = new SecureRandom();
    private final Set<NodeName> names = ConcurrentHashMap.newKeySet();
    private final SimulatedHosts hosts;
    private final AgentLog agentLog = new AgentLog();
    private final JoinRequestProducer producer;
    private final OutcomeLog outcomes;
    private final ClusterView cluster;
    private final ExternalActor externalActor;
    private final JoinHistories histories;

    private SharedBed(TestBed testBed) {
        this.testBed = testBed;
        this.producer = new JoinRequestProducer(testBed.kafka().bootstrapServers());
        this.outcomes = new OutcomeLog(testBed.kafka().bootstrapServers());
        this.cluster = new ClusterView(testBed.directories().adminKubeconfig());
        this.externalActor = new ExternalActor(testBed.directories().adminKubeconfig());
        this.hosts = new SimulatedHosts(testBed, CLUSTER, cluster.kubernetesVersion());
        this.histories = new JoinHistories(testBed.temporal().target());
    }

    /** The standard settings, and two users of the dashboard whose passwords are their names. */
    static ServiceSettings settings() {
        return ServiceSettings.standard().withDashboardUsers(DASHBOARD_USERS.toAbsolutePath());
    }

    /** Raises a bed anew, whatever an aborted run has left of it. */
    static SharedBed raise(BedSettings settings) {
        TestBed testBed = TestBed.open(settings.withMode(BedMode.LOCAL));
        try {
            raise(testBed);
            return new SharedBed(testBed);
        } catch (RuntimeException e) {
            testBed.down();
            throw e;
        }
    }

    /** The first of many beds has the service learn to start. */
    static void raise(TestBed testBed) {
        testBed.down();
        testBed.up();
        NodejoinService service = testBed.service();
        service.prepare(settings());
        service.trainAotCache();
        service.start();
    }

    TestBed testBed() {
        return testBed;
    }

    OutcomeLog outcomes() {
        return outcomes;
    }

    ClusterView cluster() {
        return cluster;
    }

    ExternalActor externalActor() {
        return externalActor;
    }

    JoinHistories histories() {
        return histories;
    }

    JoinRequestProducer requests() {
        return producer;
    }

    AgentLog agentLog() {
        return agentLog;
    }

    /** The end of the service's log. */
    String serviceLog() {
        return testBed.service().process().lastLines();
    }

    /** The end of Temporal's log. */
    String temporalLog() {
        return testBed.temporal().process().lastLines();
    }

    /** Returns whether a line of the service's log contains the text. */
    boolean isLogged(String text) {
        try (Stream<String> lines = Files.lines(testBed.service().process().log())) {
            return lines.anyMatch(line -> line.contains(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the service again with these settings, its cluster prepared accordingly. */
    void restartServiceWith(ServiceSettings settings) {
        testBed.service().restartWith(settings);
    }

    /** One line per part of the service. */
    String readiness() {
        return testBed.service().readiness();
    }

    /** A machine with a secret of its own. Tests find what is said of it by its name, so that no two may take the same. */
    HostFixture newHost(String node) {
        HostFixture fixture = HostFixture.create(node, false, random);
        if (!names.add(fixture.node())) {
            throw new IllegalArgumentException("another test of this bed has a node named " + node);
        }
        return fixture;
    }

    /** Another machine under the same name. */
    HostFixture newHostOfSameName(HostFixture fixture) {
        return HostFixture.create(fixture.node().value(), false, random);
    }

    /** Boots a machine and asks for its join, which has reached this phase on return. */
    HostFixture startJoin(String node, Fault fault, Phase phase) {
        HostFixture fixture = newHost(node);
        boot(fixture, fault);
        request(fixture);
        outcomes.awaitPhase(fixture.node(), phase);
        return fixture;
    }

    URI gateway() {
        return hosts.gateway();
    }

    SimulatedHost boot(HostFixture fixture, Fault fault) {
        return hosts.boot(fixture.node(), fixture.secret(), fault);
    }

    /** Boots a machine that waits in this pool; only a join of the fixture's node can be made with it. */
    SimulatedHost boot(HostFixture fixture, PoolName pool, Fault fault) {
        return hosts.boot(fixture.node(), fixture.secret(), pool, fault);
    }

    /** Boots a host with this TPM. */
    SimulatedHost boot(HostFixture fixture, SoftwareTpm tpm) {
        return hosts.boot(fixture.node(), fixture.secret(), tpm);
    }

    /** Boots a host with a clock of its own. */
    SimulatedHost boot(HostFixture fixture, Clock clock) {
        return hosts.boot(fixture.node(), fixture.secret(), clock);
    }

    /** Boots a host whose agent looks for its gateway there. */
    SimulatedHost boot(HostFixture fixture, URI gateway, Fault fault) {
        return hosts.boot(fixture.node(), fixture.secret(), gateway, fault);
    }

    static JoinRequested joinRequest(HostFixture fixture) {
        return requestBuilder(fixture).build();
    }

    static JoinRequestBuilder requestBuilder(HostFixture fixture) {
        return requestBuilder(CLUSTER, fixture);
    }

    static JoinRequestBuilder requestBuilder(ClusterName cluster, HostFixture fixture) {
        return fixture.requestBuilder(cluster, SimulatedHosts.ADDRESS).labels(Map.of("nodejoin.io/e2e", "true"));
    }

    static String recordKey(NodeName node) {
        return CLUSTER + "/" + node;
    }

    /** Asks for a join under a new event id. */
    void request(HostFixture fixture) {
        producer.send(joinRequest(fixture), recordKey(fixture.node()));
    }

    /** Waits for everything that an ended join may still say, and for every record sent to it so far. */
    void awaitQuiescence(HostFixture fixture) {
        histories.awaitClosed(fixture.node());
        awaitTopicsRead(fixture);
    }

    /**
     * Returns once everything that was sent before under this node's key has been read, and everything that was said of
     * the node before has been heard: both topics keep the order of one key, and this record is answered by one event.
     */
    private void awaitTopicsRead(HostFixture fixture) {
        String id = UUID.randomUUID().toString();
        producer.send(requestBuilder(new ClusterName("nowhere"), fixture).build(), recordKey(fixture.node()), id);
        outcomes.awaitRejection(id);
    }

    @Override
    public void close() {
        hosts.close();
        agentLog.close();
        producer.close();
        outcomes.close();
        cluster.close();
        externalActor.close();
        histories.close();
        testBed.down();
    }
}
