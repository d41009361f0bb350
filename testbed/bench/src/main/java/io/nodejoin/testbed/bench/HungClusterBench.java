package io.nodejoin.testbed.bench;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.testbed.SecondCluster;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Joins on one cluster while as many others as one likes wait for a cluster whose API server accepts connections and never answers: it is
 * stopped by SIGSTOP. Each time after as many joins alone, and beside others of the same cluster while it answers.
 */
final class HungClusterBench {
    private static final ClusterName CLUSTER = new ClusterName("testbed");
    private static final int HUNG_BED = 14;
    private static final int SETTLE_SECONDS = 5;

    private final TestBed bed;
    private final TestBed other =
            TestBed.open(BedSettings.numbered("hung", HUNG_BED).withMode(BedMode.LOCAL));
    private final PrintStream progress;
    private final Storm sound;
    private final Storm others;
    /** A strong reference that keeps the level: java.util.logging references loggers only weakly. */
    private final Logger agentLog = Logger.getLogger("io.nodejoin.agent");

    HungClusterBench(TestBed bed, PrintStream progress) {
        this.bed = bed;
        this.progress = progress;
        this.sound = new Storm(bed, CLUSTER, progress);
        this.others = new Storm(bed, SecondCluster.NAME, progress);
        agentLog.setLevel(Level.WARNING);
    }

    /**
     * Measures on a bed that is not raised. Call it once.
     *
     * @param hosts how many join the sound cluster at once
     * @param waiting how many are requested for the other one just before
     */
    HungClusterResult run(int hosts, int waiting, int rounds) throws InterruptedException {
        try {
            other.down();
            other.upControlPlane();
            startService();
            return measure(hosts, waiting, rounds);
        } finally {
            other.controlPlane().apiServer().resume();
            other.down();
        }
    }

    private void startService() {
        var clusters = new SecondCluster(bed, other);
        bed.up();
        bed.prepareService(ServiceSettings.of(bed.settings()));
        clusters.prepare();
        clusters.configure(
                ServiceSettings.of(bed.settings()),
                SecondCluster.uid(bed.controlPlane()),
                SecondCluster.uid(other.controlPlane()));
        bed.service().startOptimized();
    }

    private HungClusterResult measure(int hosts, int waiting, int rounds) throws InterruptedException {
        List<StormOutcomes> alone = new ArrayList<>();
        List<StormOutcomes> besideWaiting = new ArrayList<>();
        List<StormOutcomes> besideHung = new ArrayList<>();
        try (var producer = new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            sound.warmUp();
            for (int round = 1; round <= rounds; round++) {
                alone.add(join("alone-" + round, hosts, producer, () -> {}));
                String name = "waiting-" + round;
                besideWaiting.add(
                        join("beside-" + name, hosts, producer, () -> others.requestAbsent(name, waiting, producer)));
                String silent = "hung-" + round;
                besideHung.add(join("beside-" + silent, hosts, producer, () -> {
                    other.controlPlane().apiServer().pause();
                    others.requestAbsent(silent, waiting, producer);
                }));
                other.controlPlane().apiServer().resume();
                report(round, rounds, alone.getLast(), besideWaiting.getLast(), besideHung.getLast());
            }
        }
        return HungClusterResult.of(waiting, alone, besideWaiting, besideHung);
    }

    private StormOutcomes join(String name, int hosts, JoinRequestProducer producer, Runnable first)
            throws InterruptedException {
        try (SimulatedHosts simulated = sound.simulatedHosts()) {
            var fixtures = sound.boot(simulated, name, hosts);
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            first.run();
            return sound.run(fixtures, producer);
        }
    }

    private void report(
            int round, int rounds, StormOutcomes alone, StormOutcomes besideWaiting, StormOutcomes besideHung) {
        progress.printf(
                Locale.ROOT,
                "round %d of %d: the last join after %.1f s alone, %.1f s beside the other cluster, %.1f s while it hangs%n",
                round,
                rounds,
                last(alone),
                last(besideWaiting),
                last(besideHung));
    }

    private static double last(StormOutcomes outcomes) {
        return outcomes.succeeded().values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }
}
