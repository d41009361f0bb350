package io.nodejoin.testbed.chaos;

import io.fabric8.kubernetes.client.Config;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinCancelRequested;
import io.nodejoin.protocol.join.JoinEvent.Outcome;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.protocol.join.Taint;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.check.Access;
import io.nodejoin.testbed.check.Checker;
import io.nodejoin.testbed.check.Violation;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.demo.RunningVersions;
import io.nodejoin.testbed.door.ApiDoor;
import io.nodejoin.testbed.faults.FailPlan;
import io.nodejoin.testbed.faults.Marker;
import io.nodejoin.testbed.plan.BedMode;
import io.nodejoin.testbed.plan.BedSettings;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.process.Waiting;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A bed with light hosts, and a checker that has looked on from its beginning. For many threads. */
final class ChaosBed implements AutoCloseable {
    static final ClusterName CLUSTER = new ClusterName("testbed");

    private static final ServiceSettings SERVICE = ServiceSettings.standard().soonBack();
    private static final Duration SETTLES = Duration.ofSeconds(60);
    /** An entry outlives its join for as long as its token may still be made. */
    private static final Duration OWED = Duration.ofMinutes(3);

    private static final Duration CERTIFIED = Duration.ofMinutes(3);
    /** By then whoever took back what the call was for has done so. */
    private static final Duration LATE = Duration.ofSeconds(20);

    private static final Duration DIES = Duration.ofSeconds(60);

    private final TestBed parts;
    private final SecureRandom random = new SecureRandom();
    private final SimulatedHosts hosts;
    private final JoinRequests requests;
    private final Ends ends;
    private final Checker checker;
    private final URI gateway;

    private ChaosBed(TestBed parts) {
        this.parts = parts;
        this.hosts = new SimulatedHosts(parts, CLUSTER, RunningVersions.kubernetes(parts));
        this.requests = new JoinRequests(parts.kafka().bootstrapServers());
        this.ends = new Ends(parts.kafka().bootstrapServers());
        this.checker = new Checker(new Access(
                parts.directories().adminKubeconfig(),
                parts.kafka().bootstrapServers(),
                parts.temporal().target(),
                parts.directories().root().resolve("audit.log"),
                parts.processes().stream().map(process -> process.log()).toList()));
        this.gateway = hosts.gateway();
        Path pki = parts.directories().pki();
        checker.keepKey(pki.resolve("agent-ca.key"));
        checker.keepKey(pki.resolve("gateway.key"));
        checker.keepSecret(
                "the service's credential",
                Config.fromKubeconfig(parts.directories().serviceCredential().toFile())
                        .getAutoOAuthToken());
    }

    private ChaosBed(ChaosBed same, URI gateway) {
        this.parts = same.parts;
        this.hosts = same.hosts;
        this.requests = same.requests;
        this.ends = same.ends;
        this.checker = same.checker;
        this.gateway = gateway;
    }

    /** Raises the bed anew, whatever an aborted run has left of it. Nobody but Nodejoin signs cluster-info in it. */
    static ChaosBed raise() {
        TestBed parts =
                TestBed.open(BedSettings.named("chaos").withMode(BedMode.LOCAL).withTokenControllers(false));
        parts.down();
        try {
            parts.up();
            parts.service().prepare(SERVICE);
            parts.service().learnToStart();
            parts.service()
                    .learnToStartFailing(new FailPlan(List.of(), marker(parts).file()));
            parts.service().start();
            return new ChaosBed(parts);
        } catch (RuntimeException e) {
            parts.down();
            throw e;
        }
    }

    TestBed parts() {
        return parts;
    }

    Checker checker() {
        return checker;
    }

    /** What the service has written at the API server. */
    ApiWrites writes() {
        return new ApiWrites(audit());
    }

    ApiAudit audit() {
        return new ApiAudit(parts.directories().apiAudit());
    }

    Ends ends() {
        return ends;
    }

    JoinRequests requests() {
        return requests;
    }

    /** Boots a host for this course and asks for its join. */
    Going join(String node, Course course) {
        HostWish wish = boot(node, course);
        return request(wish, course);
    }

    /** As many joins of each of these courses, all under way at once; those that nobody wants are cancelled when they have a certificate. */
    List<Going> joins(List<Course> courses, String name, int each) {
        List<Going> joins = new ArrayList<>();
        for (Course course : courses) {
            for (int i = 0; i < each; i++) {
                joins.add(join(name + "-" + course.name().toLowerCase(Locale.ROOT) + i, course));
            }
        }
        joins.stream()
                .filter(join -> join.course() == Course.UNWANTED)
                .filter(join -> ends.awaitPhase(join.node(), Phase.CertificateIssued, CERTIFIED))
                .forEach(this::cancel);
        return joins;
    }

    /** Boots a host for this course; nobody has asked for its join yet. */
    HostWish boot(String node, Course course) {
        HostWish wish = HostWish.of(node, course == Course.BROKEN, random);
        SimulatedHost host = hosts.boot(
                wish.node(), wish.secret(), gateway, course == Course.BROKEN ? Fault.KUBELET_CANNOT_START : Fault.NONE);
        checker.watch(node, host.root(), () -> host.residue().contains("kubelet runs"));
        checker.keepSecret("the one-time secret of " + node, wish.secret());
        return wish;
    }

    Going request(HostWish wish, Course course) {
        return request(wish, course, null);
    }

    /** Without a deadline of its own a join has the service's. */
    Going request(HostWish wish, Course course, @Nullable Instant deadline) {
        String event = UUID.randomUUID().toString();
        List<String> gates = course == Course.UNWANTED ? List.of("nodejoin.io/never") : List.of();
        JoinRequested request = wish.asking(CLUSTER, SimulatedHosts.ADDRESS)
                .labels(Map.of("nodejoin.io/chaos", "yes"))
                .taints(List.of(new Taint("nodejoin.io/chaos", null, Taint.Effect.NoSchedule)))
                .readyGates(gates)
                .deadline(deadline)
                .build();
        requests.send(request, key(wish.node()), event);
        return new Going(wish.node(), JoinId.of(JoinRequests.SOURCE, event), course);
    }

    void cancel(Going join) {
        requests.send(new JoinCancelRequested(CLUSTER, join.node(), "chaos"), key(join.node()));
    }

    /** Cancels or terminates its workflow as a person does with Temporal's own tools; returns whether there is one. */
    boolean endInTemporal(String verb, Going join) {
        return parts.temporal()
                .cli("workflow", verb, "--workflow-id=" + workflow(join.node().value()))
                .run()
                .succeeded();
    }

    /** Whether its workflow has ended, which comes after its outcome is told; false while Temporal does not say. */
    boolean isOver(Going join) {
        CommandResult found = parts.temporal()
                .cli(
                        "workflow",
                        "describe",
                        "--workflow-id=" + workflow(join.node().value()),
                        "--output=json")
                .run();
        return found.succeeded() && !found.output().contains("WORKFLOW_EXECUTION_STATUS_RUNNING");
    }

    static String key(NodeName node) {
        return CLUSTER + "/" + node;
    }

    static String workflow(String node) {
        return NodeJoinWorkflow.id(CLUSTER, new NodeName(node));
    }

    /** One that no other call names. */
    Marker marker() {
        return marker(parts);
    }

    private static Marker marker(TestBed parts) {
        return new Marker(parts.directories().root().resolve("failpoint-" + UUID.randomUUID()));
    }

    /** Waits until the service has died at the fail point of this marker; returns whether it has. */
    boolean awaitDeath(Marker marker) {
        return Waiting.until(DIES, () -> !parts.service().process().isRunning()) && marker.fired();
    }

    /** Lets time pass; an interrupt ends it early. */
    static void letPass(Duration time) {
        Waiting.until(time, () -> false);
    }

    /**
     * Raises links and starts the service anew, so that it goes over them; returns the same bed, whose agents go over them as well if their
     * hosts boot from there.
     */
    ChaosBed overLinks() {
        parts.links().raise();
        parts.service().serve(SERVICE.throughLinks());
        return new ChaosBed(this, URI.create("https://" + parts.plan().gatewayLink()));
    }

    /** Starts the service anew behind a door to the API server that passes everything on as yet. */
    ApiDoor behindDoor() {
        Path pki = parts.directories().pki();
        try {
            ApiDoor door = ApiDoor.open(
                    parts.plan().apiDoor(),
                    parts.plan().apiServer(),
                    Files.readString(pki.resolve("ca.crt")),
                    Files.readString(pki.resolve("apiserver.crt")) + Files.readString(pki.resolve("apiserver.key")),
                    LATE);
            parts.service().stop();
            parts.service().reachApiServerAt(parts.plan().apiDoor());
            parts.service().start();
            return door;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no door to the API server can be opened", e);
        }
    }

    /** Starts the service anew, so that it goes the direct way again. */
    void directly() {
        parts.service().serve(SERVICE);
    }

    /** Ends whatever service there is, as kill -9 does, and starts one without a fail point. */
    void serve() {
        parts.service().process().kill();
        parts.service().start();
    }

    /** Ends whatever service there is, as kill -9 does, and starts one with these fail points; returns when it is ready. */
    void serveFailing(FailPlan plan) {
        parts.service().process().kill();
        parts.service().startFailing(plan);
        parts.service().start();
    }

    /**
     * Waits for the ends of these joins and for a scene in which every promise holds, then switches their hosts off; returns what is
     * wrong.
     */
    List<String> finish(List<Going> joins, Duration limit) {
        return finish(joins, limit, SETTLES);
    }

    /** As {@link #finish(List, Duration)}; the promises may take so long to hold after the last end. */
    List<String> finish(List<Going> joins, Duration limit, Duration settles) {
        Waiting.until(limit, () -> ends.of(joins).size() == joins.size());
        List<String> failures = new ArrayList<>();
        if (!Waiting.until(limit, checker::allIsRead)) {
            failures.add("the intake has not committed all requests");
        }
        Map<JoinId, Outcome> told = ends.all();
        joins.forEach(join -> wrong(join, told.get(join.join())).ifPresent(failures::add));
        checker.settled(settles).stream().map(Violation::toString).forEach(failures::add);
        joins.forEach(join -> hosts.switchOff(join.node()));
        return failures;
    }

    /** Waits until the service owes nothing for joins that are over; what stays in the ledger for longer than it may. */
    List<String> settle() {
        AtomicReference<List<String>> owed = new AtomicReference<>(List.of());
        Waiting.until(OWED, () -> {
            owed.set(checker.ledgered());
            return owed.get().isEmpty();
        });
        return owed.get().stream().map(entry -> "the ledger still has " + entry).toList();
    }

    private static Optional<String> wrong(Going join, @Nullable Outcome end) {
        if (end == null) {
            return Optional.of("the join of " + join.node() + " (" + join.join() + ") has no outcome");
        }
        return join.course().endsLike(end)
                ? Optional.empty()
                : Optional.of("the join of " + join.node() + " ended otherwise than "
                        + join.course().expected() + ", or with residue: " + end);
    }

    @Override
    public void close() {
        hosts.close();
        requests.close();
        ends.close();
        checker.close();
        parts.down();
    }
}
