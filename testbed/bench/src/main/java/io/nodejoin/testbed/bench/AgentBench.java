package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Await;
import io.nodejoin.testbed.template.Template;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Measures one booted host with the packaged agent and, for comparison, Debian's node_exporter. */
final class AgentBench {
    private static final ClusterName CLUSTER = new ClusterName("testbed");
    private static final String AGENT = "nodejoin-agent.service";
    private static final String EXPORTER = "node-exporter.service";
    private static final String STEP = "PrepareHost: StepCompleted: ";
    private static final String STARTED = "StartKubelet ended";
    private static final String CONFIG = "/etc/nodejoin/agent.json";
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(15);
    private static final Pattern PSS = Pattern.compile("(?m)^Pss:\\s+(\\d+) kB");
    private static final double MEGABYTE = 1024 * 1024;

    private final TestBed bed;
    private final PrintStream progress;
    private final SecureRandom random = new SecureRandom();

    AgentBench(TestBed bed, PrintStream progress) {
        this.bed = bed;
        this.progress = progress;
    }

    /** Runs the measurement on a bed with a running service. Call it once. */
    AgentResult run(int starts, int idleSeconds) throws Exception {
        double size = Files.size(bed.agentPackage().deb()) / MEGABYTE;
        HostFixture fixture = HostFixture.create("measured", false, random);
        Host host = bed.addHost(
                HostSpec.named(fixture.node().value(), fixture.secret()).withoutEarlyPreparation());
        startExporter(host);
        new UnitIdleWait(host, AGENT).awaitIdle();
        TimeUnit.SECONDS.sleep(IDLE_TIMEOUT.toSeconds());
        progress.printf("watching both processes for %d s%n", idleSeconds);
        double agentCpu = -cpuMillis(host, AGENT);
        double exporterCpu = -cpuMillis(host, EXPORTER);
        TimeUnit.SECONDS.sleep(idleSeconds);
        agentCpu += cpuMillis(host, AGENT);
        exporterCpu += cpuMillis(host, EXPORTER);
        var agent = new AgentResult.Idle(pss(host, AGENT), agentCpu);
        var exporter = new AgentResult.Idle(pss(host, EXPORTER), exporterCpu);
        List<Double> started = measureStarts(host, starts);
        try (KubernetesClient admin =
                        Kubeconfig.connect(Kubeconfig.read(bed.directories().adminKubeconfig()));
                var producer = new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            double prepare = measureJoin(host, fixture, producer);
            Map<String, Double> steps = stepTimes(host);
            boolean ends = Await.until(TIMEOUT, () -> !host.isActive(AGENT));
            double again = measureJoin(host, resetHost(host, admin), producer);
            return new AgentResult(agent, exporter, new Samples(started), prepare, steps, again, ends, size);
        }
    }

    private void startExporter(Host host) {
        host.copy(bed.provisioner().nodeExporter(), "/usr/local/bin/node-exporter");
        host.run("chmod", "755", "/usr/local/bin/node-exporter").orFail();
        host.run("systemd-run", "--unit=" + EXPORTER, "/usr/local/bin/node-exporter")
                .orFail();
    }

    /** The agent's first connection goes to a socket of this process; both processes read the same monotonic clock. */
    private List<Double> measureStarts(Host host, int times) throws IOException {
        String configured = host.read(CONFIG).orElseThrow();
        List<Double> seconds = new ArrayList<>();
        try (ServerSocket gateway =
                new ServerSocket(0, 1, InetAddress.getByName(bed.plan().rootAddress()))) {
            gateway.setSoTimeout(Math.toIntExact(TIMEOUT.toMillis()));
            host.write(
                    CONFIG,
                    Template.load("host/agent.json")
                            .render(Map.of(
                                    "node",
                                    host.name(),
                                    "gateway",
                                    "https://" + bed.plan().rootAddress() + ":" + gateway.getLocalPort(),
                                    "profile",
                                    "containerd",
                                    "prepare",
                                    "join",
                                    "apiServer",
                                    bed.plan().apiServer())));
            for (int i = 0; i < times; i++) {
                host.run("systemctl", "stop", AGENT).orFail();
                startAgent(host);
                try (Socket _ = gateway.accept()) {
                    long connected = System.nanoTime();
                    seconds.add((connected - startTime(host)) / 1e9);
                }
            }
        } finally {
            host.write(CONFIG, configured);
            host.run("systemctl", "stop", AGENT).orFail();
            startAgent(host);
        }
        return seconds;
    }

    /** However often it was started before: its unit is not to be started again and again. */
    private static void startAgent(Host host) {
        host.run("systemctl", "reset-failed", AGENT).orFail();
        host.run("systemctl", "start", AGENT).orFail();
    }

    private static long startTime(Host host) {
        return TimeUnit.MICROSECONDS.toNanos(unitProperty(host, AGENT, "ExecMainStartTimestampMonotonic"));
    }

    /** Joins the host and returns the duration of its preparation, from the agent's log. */
    private double measureJoin(Host host, HostFixture fixture, JoinRequestProducer producer) {
        long before = messageTimes(host, STARTED).count();
        var request = fixture.joinRequest(CLUSTER, host.address());
        producer.send(request, CLUSTER + "/" + fixture.node());
        if (!Await.until(TIMEOUT, () -> messageTimes(host, STARTED).count() > before)) {
            throw new IllegalStateException(host.name() + " does not join:\n" + host.journal(AGENT, 20));
        }
        return messageTimes(host, "PrepareHost ended").max().orElseThrow()
                - messageTimes(host, "PrepareHost accepted").max().orElseThrow();
    }

    /**
     * Returns the duration of each step of the first preparation in seconds, since the step before or the receipt of
     * the command.
     */
    private static Map<String, Double> stepTimes(Host host) {
        Map<String, Double> steps = new LinkedHashMap<>();
        double before = messageTimes(host, "PrepareHost accepted").findFirst().orElseThrow();
        for (String line : journalLines(host, STEP).toList()) {
            double now = parseTime(line);
            steps.put(line.substring(line.indexOf(STEP) + STEP.length()), now - before);
            before = now;
        }
        return steps;
    }

    /** Takes the join off the host and leaves it prepared, with an agent that has seen nothing. */
    private HostFixture resetHost(Host host, KubernetesClient admin) {
        host.run("systemctl", "disable", "--now", "kubelet.service").orFail();
        host.run(
                        "rm",
                        "-rf",
                        "/etc/systemd/system/kubelet.service",
                        "/var/lib/kubelet/kubeconfig",
                        "/var/lib/kubelet/pki",
                        "/var/lib/nodejoin-agent")
                .orFail();
        host.run("systemctl", "daemon-reload").orFail();
        admin.nodes().withName(host.name()).delete();
        HostFixture again = HostFixture.create(host.name(), false, random);
        host.write("/etc/nodejoin/enrollment-secret", again.secret());
        host.run("systemctl", "restart", AGENT).orFail();
        return again;
    }

    /** Returns the times of this message in the agent's log, in seconds. */
    private static DoubleStream messageTimes(Host host, String message) {
        return journalLines(host, message).mapToDouble(AgentBench::parseTime);
    }

    private static double parseTime(String line) {
        return Double.parseDouble(line.substring(0, line.indexOf(' ')));
    }

    private static Stream<String> journalLines(Host host, String message) {
        return host.run("journalctl", "--quiet", "--output=short-unix", "--unit=" + AGENT)
                .orFail()
                .output()
                .lines()
                .filter(line -> line.contains(message));
    }

    private static double pss(Host host, String unit) {
        long pid = unitProperty(host, unit, "MainPID");
        Matcher matcher = PSS.matcher(
                host.run("cat", "/proc/" + pid + "/smaps_rollup").orFail().output());
        if (!matcher.find()) {
            throw new IllegalStateException("no Pss of " + unit);
        }
        return Long.parseLong(matcher.group(1)) / 1024.0;
    }

    private static double cpuMillis(Host host, String unit) {
        return unitProperty(host, unit, "CPUUsageNSec") / 1e6;
    }

    private static long unitProperty(Host host, String unit, String name) {
        return Long.parseLong(host.unitProperty(unit, name));
    }
}
