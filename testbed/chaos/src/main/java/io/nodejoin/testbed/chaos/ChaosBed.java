package io.nodejoin.testbed.chaos;

import io.fabric8.kubernetes.client.Config;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.apiproxy.ApiFaultProxy;
import io.nodejoin.testbed.check.Checker;
import io.nodejoin.testbed.check.Violation;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.failpoint.FailPlan;
import io.nodejoin.testbed.failpoint.FailPointMarker;
import io.nodejoin.testbed.process.Await;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A bed with light hosts, and a checker that has looked on from its beginning. For many threads. */
final class ChaosBed implements AutoCloseable {
    static final ClusterName CLUSTER = new ClusterName("testbed");

    private static final ServiceSettings SERVICE = ServiceSettings.standard().withStaticGroupMembership();
    private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(60);
    /** An entry outlives its join for as long as its token may still be made. */
    private static final Duration LEDGER_TIMEOUT = Duration.ofMinutes(3);

    private static final Duration CERTIFICATE_TIMEOUT = Duration.ofMinutes(3);
    /** By then whoever took back what the call was for has done so. */
    private static final Duration LATE_CALL_DELAY = Duration.ofSeconds(20);

    private static final Duration DEATH_TIMEOUT = Duration.ofSeconds(60);

    private final TestBed testBed;
    private final SecureRandom random = new SecureRandom();
    private final SimulatedHosts hosts;
    private final JoinRequestProducer producer;
    private final Outcomes outcomes;
    private final Checker checker;
    private final URI gateway;

    private ChaosBed(TestBed testBed) {
        this.testBed = testBed;
        this.hosts = new SimulatedHosts(testBed, CLUSTER, testBed.controlPlane().version());
        this.producer = new JoinRequestProducer(testBed.kafka().bootstrapServers());
        this.outcomes = new Outcomes(testBed.kafka().bootstrapServers());
        this.checker = new Checker(new Checker.Config(
                testBed.directories().adminKubeconfig(),
                testBed.kafka().bootstrapServers(),
                testBed.temporal().target(),
                testBed.replicas().stream().map(NodejoinService::auditLog).toList(),
                testBed.processes().stream().map(process -> process.log()).toList()));
        this.gateway = hosts.gateway();
        Path pki = testBed.directories().pki();
        checker.addKey(pki.resolve("agent-ca.key"));
        checker.addKey(pki.resolve("gateway.key"));
        checker.addSecret(
                "the service's credential",
                Config.fromKubeconfig(testBed.directories().serviceCredential().toFile())
                        .getAutoOAuthToken());
    }

    private ChaosBed(ChaosBed same, URI gateway) {
        this.testBed = same.testBed;
        this.hosts = same.hosts;
        this.producer = same.producer;
        this.outcomes = same.outcomes;
        this.checker = same.checker;
        this.gateway = gateway;
    }

    /** Raises the bed anew, whatever an aborted run has left of it. Nobody but Nodejoin signs cluster-info in it. */
    static ChaosBed raise() {
        return raise("chaos", testBed -> {
            testBed.service().prepare(SERVICE);
            testBed.service().trainAotCache();
            testBed.service()
                    .trainAotCache(
                            FailPlan.SERVICE,
                            new FailPlan(List.of(), newMarker(testBed).file()).writeToEnvironment());
            testBed.service().start();
        });
    }

    /** The same for a wide bed, whose consumers are members of their group as those of users are. */
    static ChaosBed raiseWide() {
        return raise("wide", testBed -> {
            testBed.prepareService(ServiceSettings.standard());
            testBed.service().trainAotCache();
            testBed.replicas().forEach(NodejoinService::launch);
            testBed.replicas().forEach(NodejoinService::start);
        });
    }

    private static ChaosBed raise(String name, Consumer<TestBed> startService) {
        TestBed testBed =
                TestBed.open(BedSettings.named(name).withMode(BedMode.LOCAL).withTokenControllers(false));
        testBed.down();
        try {
            testBed.up();
            startService.accept(testBed);
            return new ChaosBed(testBed);
        } catch (RuntimeException e) {
            testBed.down();
            throw e;
        }
    }

    TestBed testBed() {
        return testBed;
    }

    Checker checker() {
        return checker;
    }

    /** The certificates that the agents of all hosts have. */
    Stream<X509Certificate> agentCertificates() {
        return hosts.agentCertificates();
    }

    ApiAuditLog apiAuditLog() {
        return new ApiAuditLog(testBed.directories().apiAudit());
    }

    Outcomes outcomes() {
        return outcomes;
    }

    JoinRequestProducer requests() {
        return producer;
    }

    /** Boots a host for this course and asks for its join. */
    InFlightJoin bootAndRequest(String node, ExpectedOutcome expected) {
        HostFixture fixture = boot(node, expected);
        return request(fixture, expected);
    }

    /**
     * As {@link #bootAndRequest}, of a join that goes through this step: a host whose agent shall enroll late boots late, and one
     * whose readiness shall be awaited is Ready late.
     */
    InFlightJoin begin(String node, String step, ExpectedOutcome expected, @Nullable Instant deadline) {
        HostFixture fixture = fixture(node, expected);
        if (step.equals(StepNames.ENROLL)) {
            InFlightJoin join = request(fixture, expected, deadline);
            Await.until(CERTIFICATE_TIMEOUT, () -> outcomes.isAccepted(join));
            boot(fixture, faultOf(expected));
            return join;
        }
        boot(fixture, step.equals(StepNames.AWAIT_READY) ? Fault.KUBELET_READY_LATE : faultOf(expected));
        return request(fixture, expected, deadline);
    }

    /** As many joins of each of these courses, all under way at once; those that nobody wants are cancelled when they have a certificate. */
    List<InFlightJoin> bootAndRequestAll(List<ExpectedOutcome> courses, String name, int each) {
        List<InFlightJoin> joins = new ArrayList<>();
        for (ExpectedOutcome expected : courses) {
            for (int i = 0; i < each; i++) {
                joins.add(bootAndRequest(name + "-" + expected.name().toLowerCase(Locale.ROOT) + i, expected));
            }
        }
        joins.stream()
                .filter(join -> join.expected() == ExpectedOutcome.CANCELLATION)
                .filter(join -> outcomes.awaitPhase(join.node(), Phase.KubeletStarted, CERTIFICATE_TIMEOUT))
                .forEach(this::cancel);
        return joins;
    }

    /** Boots a host for this course; nobody has asked for its join yet. */
    HostFixture boot(String node, ExpectedOutcome expected) {
        HostFixture fixture = fixture(node, expected);
        boot(fixture, faultOf(expected));
        return fixture;
    }

    private HostFixture fixture(String node, ExpectedOutcome expected) {
        return HostFixture.create(node, expected == ExpectedOutcome.FAILURE, random);
    }

    private static Fault faultOf(ExpectedOutcome expected) {
        return expected == ExpectedOutcome.FAILURE ? Fault.KUBELET_CANNOT_START : Fault.NONE;
    }

    private void boot(HostFixture fixture, Fault fault) {
        String node = fixture.node().value();
        SimulatedHost host = hosts.boot(fixture.node(), fixture.secret(), gateway, fault);
        checker.addHost(node, host.root(), () -> host.residue().contains("kubelet runs"));
        checker.addSecret("the enrollment secret of " + node, fixture.secret());
    }

    InFlightJoin request(HostFixture fixture, ExpectedOutcome expected) {
        return request(fixture, expected, null);
    }

    /** Without a deadline of its own a join has the service's. */
    InFlightJoin request(HostFixture fixture, ExpectedOutcome expected, @Nullable Instant deadline) {
        String event = UUID.randomUUID().toString();
        List<String> gates = expected.neverReady() ? List.of("nodejoin.io/never") : List.of();
        JoinRequested request = fixture.requestBuilder(CLUSTER, SimulatedHosts.ADDRESS)
                .labels(Map.of("nodejoin.io/chaos", "yes"))
                .taints(List.of(new Taint("nodejoin.io/chaos", null, Taint.Effect.NoSchedule)))
                .readyGates(gates)
                .deadline(deadline)
                .build();
        producer.send(request, recordKey(fixture.node()), event);
        return new InFlightJoin(fixture.node(), JoinId.of(JoinRequestProducer.SOURCE, event), expected);
    }

    void cancel(InFlightJoin join) {
        producer.send(new JoinCancelRequested(CLUSTER, join.node(), "chaos", null), recordKey(join.node()));
    }

    /** Cancels or terminates its workflow as a person does with Temporal's own tools; returns whether there is one. */
    boolean runWorkflowCommand(String verb, InFlightJoin join) {
        return testBed.temporal()
                .cli("workflow", verb, "--workflow-id=" + workflowId(join.node().value()))
                .run()
                .succeeded();
    }

    /** Whether its workflow has ended, which comes after its outcome is told; false while Temporal does not say. */
    boolean isWorkflowClosed(InFlightJoin join) {
        CommandResult found = testBed.temporal()
                .cli(
                        "workflow",
                        "describe",
                        "--workflow-id=" + workflowId(join.node().value()),
                        "--output=json")
                .run();
        return found.succeeded() && !found.output().contains("WORKFLOW_EXECUTION_STATUS_RUNNING");
    }

    static String recordKey(NodeName node) {
        return CLUSTER + "/" + node;
    }

    static String workflowId(String node) {
        return NodeJoinWorkflow.workflowId(CLUSTER, new NodeName(node));
    }

    /** One that no other call names. */
    FailPointMarker newMarker() {
        return newMarker(testBed);
    }

    private static FailPointMarker newMarker(TestBed testBed) {
        return new FailPointMarker(testBed.directories().root().resolve("failpoint-" + UUID.randomUUID()));
    }

    /** Waits until the service has died at the fail point of this marker; returns whether it has. */
    boolean awaitServiceDeath(FailPointMarker marker) {
        return Await.until(DEATH_TIMEOUT, () -> !testBed.service().process().isRunning()) && marker.hasFired();
    }

    /** Waits until a fault has lasted so long, which is all that there is to wait for; an interrupt ends it early. */
    static void waitFor(Duration length) {
        Instant end = Instant.now().plus(length);
        Await.until(length, () -> !Instant.now().isBefore(end));
    }

    /**
     * Raises links and starts the service anew, so that it goes over them; returns the same bed, whose agents go over them as well if their
     * hosts boot from there.
     */
    ChaosBed restartOverLinks() {
        testBed.links().start();
        testBed.service().restartWith(SERVICE.withLinks());
        return new ChaosBed(this, URI.create("https://" + testBed.plan().gatewayLink()));
    }

    /** Starts the service anew behind a door to the API server that passes everything on as yet. */
    ApiFaultProxy restartBehindFaultProxy() {
        Path pki = testBed.directories().pki();
        try {
            ApiFaultProxy proxy = ApiFaultProxy.open(
                    testBed.plan().apiFaultProxy(),
                    testBed.plan().apiServer(),
                    Files.readString(pki.resolve("ca.crt")),
                    Files.readString(pki.resolve("apiserver.crt")) + Files.readString(pki.resolve("apiserver.key")),
                    LATE_CALL_DELAY);
            testBed.service().stop();
            testBed.service().useApiServerAddress(testBed.plan().apiFaultProxy());
            testBed.service().start();
            return proxy;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no door to the API server can be opened", e);
        }
    }

    /** Starts the service anew, so that it goes the direct way again. */
    void restartWithoutProxies() {
        testBed.service().restartWith(SERVICE);
    }

    /** Ends whatever service there is, as kill -9 does, and starts one without a fail point. */
    void killAndRestartService() {
        testBed.service().process().kill();
        testBed.service().start();
    }

    /** Ends whatever service there is, as kill -9 does, and starts one with these fail points; returns when it is ready. */
    void killAndRestartServiceWith(FailPlan plan) {
        testBed.service().process().kill();
        testBed.service().launch(FailPlan.SERVICE, plan.writeToEnvironment());
        testBed.service().start();
    }

    /**
     * Waits for the ends of these joins and for a scene in which every promise holds, then switches their hosts off; returns what is
     * wrong.
     */
    List<String> awaitAndCheck(List<InFlightJoin> joins, Duration limit) {
        return awaitAndCheck(joins, limit, SETTLE_TIMEOUT);
    }

    /** As {@link #awaitAndCheck(List, Duration)}; the promises may take so long to hold after the last end. */
    List<String> awaitAndCheck(List<InFlightJoin> joins, Duration limit, Duration settles) {
        Await.until(limit, () -> outcomes.of(joins).size() == joins.size());
        List<String> failures = new ArrayList<>();
        if (!Await.until(limit, checker::isIntakeCaughtUp)) {
            failures.add("the intake has not committed all requests");
        }
        Map<JoinId, Outcome> told = outcomes.all();
        joins.forEach(join -> deviation(join, told.get(join.joinId())).ifPresent(failures::add));
        checker.awaitNoViolations(settles).stream().map(Violation::toString).forEach(failures::add);
        joins.forEach(join -> hosts.switchOff(join.node()));
        return failures;
    }

    /** Waits until the service owes nothing for joins that are over; what stays in the ledger for longer than it may. */
    List<String> awaitEmptyLedger() {
        AtomicReference<List<String>> owed = new AtomicReference<>(List.of());
        Await.until(LEDGER_TIMEOUT, () -> {
            owed.set(checker.ledgerEntries());
            return owed.get().isEmpty();
        });
        return owed.get().stream().map(entry -> "the ledger still has " + entry).toList();
    }

    private static Optional<String> deviation(InFlightJoin join, @Nullable Outcome end) {
        if (end == null) {
            return Optional.of("the join of " + join.node() + " (" + join.joinId() + ") has no outcome");
        }
        return join.expected().isMetBy(end)
                ? Optional.empty()
                : Optional.of("the join of " + join.node() + " ended otherwise than "
                        + join.expected().description() + ", or with residue: " + end);
    }

    @Override
    public void close() {
        hosts.close();
        producer.close();
        outcomes.close();
        checker.close();
        testBed.down();
    }
}
