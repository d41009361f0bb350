package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostFault;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Await;
import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Three ways to a Ready node, one after the other in each round, each on a freshly booted host. */
final class LatencyBench {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final Duration AGENT_CONNECTS = Duration.ofSeconds(30);
    private static final String AGENT = "nodejoin-agent.service";
    private static final ClusterName CLUSTER = new ClusterName("testbed");

    private final TestBed bed;
    private final PrintStream progress;
    private final SecureRandom random = new SecureRandom();
    private final List<Double> kubeadm = new ArrayList<>();
    private final List<Double> baseline = new ArrayList<>();
    private final List<Double> nodejoin = new ArrayList<>();

    LatencyBench(TestBed bed, PrintStream progress) {
        this.bed = bed;
        this.progress = progress;
    }

    /** Runs the measurement on a bed with a running service. Call it once. */
    LatencyResult run(int rounds) throws IOException, CertificateException, InterruptedException {
        double service = ResidentMemory.ofProcess(
                bed.service().process().identity().orElseThrow().pid());
        try (KubernetesClient admin =
                        Kubeconfig.connect(Kubeconfig.read(bed.directories().adminKubeconfig()));
                var ready = new ReadyWatch(admin);
                var floorSetting = new KubeletBaseline(bed, admin);
                var producer = new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            Host idle = bootWaitingHost(HostFixture.create("idle", false, random));
            for (int round = 1; round <= rounds; round++) {
                kubeadm.add(measureKubeadm(HostSpec.named("a-" + round, "unused"), admin, ready));
                baseline.add(measureBaseline(HostSpec.named("b-" + round, "unused"), admin, ready, floorSetting));
                nodejoin.add(measureNodejoin("c-" + round, admin, ready, producer));
                progress.printf(
                        Locale.ROOT,
                        "round %d of %d: kubeadm %.2f s, floor %.2f s, Nodejoin %.2f s%n",
                        round,
                        rounds,
                        kubeadm.getLast(),
                        baseline.getLast(),
                        nodejoin.getLast());
            }
            double agent = ResidentMemory.ofAgent(idle);
            return new LatencyResult(
                    new Samples(kubeadm), new Samples(baseline), new Samples(nodejoin), agent, service);
        }
    }

    private double measureKubeadm(HostSpec spec, KubernetesClient admin, ReadyWatch ready) throws InterruptedException {
        Host host = bed.addHost(spec.with(HostFault.NO_AGENT));
        Duration whole = bed.joinByKubeadm(host);
        long begin = System.nanoTime() - whole.toNanos();
        return awaitReadyAndRemove(host, admin, begin, ready);
    }

    private double measureBaseline(HostSpec spec, KubernetesClient admin, ReadyWatch ready, KubeletBaseline setting)
            throws IOException, CertificateException, InterruptedException {
        Host host = bed.addHost(spec.with(HostFault.NO_AGENT));
        setting.prepare(host);
        long begin = System.nanoTime();
        host.run("systemctl", "start", "kubelet.service").orFail();
        return awaitReadyAndRemove(host, admin, begin, ready);
    }

    private double measureNodejoin(String name, KubernetesClient admin, ReadyWatch ready, JoinRequestProducer producer)
            throws InterruptedException {
        HostFixture fixture = HostFixture.create(name, false, random);
        Host host = bootWaitingHost(fixture);
        var request = fixture.joinRequest(CLUSTER, host.address());
        long begin = System.nanoTime();
        producer.send(request, CLUSTER + "/" + name);
        return awaitReadyAndRemove(host, admin, begin, ready);
    }

    private Host bootWaitingHost(HostFixture fixture) throws InterruptedException {
        Host host = bed.addHost(HostSpec.named(fixture.node().value(), fixture.secret()));
        awaitAgentIdle(host);
        new UnitIdleWait(host, AGENT).awaitIdle();
        return host;
    }

    private double awaitReadyAndRemove(Host host, KubernetesClient admin, long begin, ReadyWatch ready)
            throws InterruptedException {
        double seconds = (ready.readyAt(host.name(), TIMEOUT) - begin) / 1e9;
        bed.removeHost(host.name());
        admin.nodes().withName(host.name()).delete();
        return seconds;
    }

    /** An agent with a connection to the gateway waits for its join. Its address may be IPv4-mapped IPv6. */
    private void awaitAgentIdle(Host host) {
        String port = ":" + bed.plan().gateway().port();
        boolean connected = Await.until(
                AGENT_CONNECTS,
                () -> !host.run("ss", "-Htn", "state", "established", "dport", "=", port)
                        .output()
                        .isBlank());
        if (!connected) {
            throw new IllegalStateException(
                    "the agent of " + host.name() + " does not reach the gateway:\n" + host.journal(AGENT, 20));
        }
    }
}
