package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.bench.LatencyResult.Round;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostFault;
import io.nodejoin.testbed.host.HostSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Three ways to a Ready node, one after the other in each round, each on a freshly booted host. */
final class LatencyBench {
    private final TestBed bed;
    private final PrintStream progress;

    LatencyBench(TestBed bed, PrintStream progress) {
        this.bed = bed;
        this.progress = progress;
    }

    /** Runs the measurement on a bed with a running service: a first round, and then so many pairs. Call it once. */
    LatencyResult run(int pairs) throws IOException, CertificateException, InterruptedException {
        double service = ResidentMemory.ofProcess(
                bed.service().process().identity().orElseThrow().pid());
        try (KubernetesClient admin =
                        Kubeconfig.connect(Kubeconfig.read(bed.directories().adminKubeconfig()));
                var ready = new ReadyWatch(admin);
                var floorSetting = new KubeletBaseline(bed, admin);
                var joins = new Joins(bed, admin, ready)) {
            Host idle = joins.bootWaiting("idle");
            List<Round> rounds = new ArrayList<>();
            for (int number = 0; number <= pairs; number++) {
                Round round = new Round(
                        measureKubeadm(joins, ready, "a-" + number),
                        measureBaseline(joins, ready, "b-" + number, floorSetting),
                        joins.join("c-" + number));
                joins.remove(round.join().host());
                report(number, pairs, round);
                rounds.add(round);
            }
            CpuTime rest = CpuTime.atRest(bed);
            return LatencyResult.of(rounds, rest, ResidentMemory.ofAgent(idle), service);
        }
    }

    private void report(int number, int pairs, Round round) {
        progress.printf(
                Locale.ROOT,
                "%s: kubeadm %.2f s, floor %.2f s, Nodejoin %.2f s, its event %.2f s%n",
                number == 0 ? "first round" : "round " + number + " of " + pairs,
                round.kubeadm(),
                round.baseline(),
                round.join().secondsToReady(),
                round.join().secondsToSucceeded());
    }

    private double measureKubeadm(Joins joins, ReadyWatch ready, String name) throws InterruptedException {
        Host host = bed.addHost(HostSpec.named(name, "unused").with(HostFault.NO_AGENT));
        long begin = bed.runKubeadmJoin(host);
        return awaitReadyAndRemove(joins, host, begin, ready);
    }

    private double measureBaseline(Joins joins, ReadyWatch ready, String name, KubeletBaseline setting)
            throws IOException, CertificateException, InterruptedException {
        Host host = bed.addHost(HostSpec.named(name, "unused").with(HostFault.NO_AGENT));
        setting.prepare(host);
        long begin = System.nanoTime();
        host.run("systemctl", "start", "kubelet.service").orFail();
        return awaitReadyAndRemove(joins, host, begin, ready);
    }

    private static double awaitReadyAndRemove(Joins joins, Host host, long begin, ReadyWatch ready)
            throws InterruptedException {
        double seconds = (ready.readyAt(host.name(), Joins.TIMEOUT) - begin) / 1e9;
        joins.remove(host);
        return seconds;
    }
}
