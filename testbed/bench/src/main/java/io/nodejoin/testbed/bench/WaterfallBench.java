package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.testbed.TestBed;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** One warm join, hop by hop, as everybody who has to do with it tells of it. */
final class WaterfallBench {
    private static final String KUBELET = "kubelet.service";

    private final TestBed bed;
    private final PrintStream progress;

    WaterfallBench(TestBed bed, PrintStream progress) {
        this.bed = bed;
        this.progress = progress;
    }

    /** Runs the measurement on a bed with a running service. Call it once. */
    WaterfallResult run(int warmUps, boolean readsToo) throws IOException, InterruptedException {
        try (KubernetesClient admin =
                        Kubeconfig.connect(Kubeconfig.read(bed.directories().adminKubeconfig()));
                var ready = new ReadyWatch(admin);
                var joins = new Joins(bed, admin, ready)) {
            for (int i = 1; i <= warmUps; i++) {
                Join join = joins.join("w-" + i);
                progress.printf(
                        Locale.ROOT,
                        "join %d of %d to warm up: Ready after %.2f s, succeeded after %.2f s%n",
                        i,
                        warmUps,
                        join.secondsToReady(),
                        join.secondsToSucceeded());
                joins.remove(join.host());
            }
            Join join = joins.join("measured");
            List<ApiCall> calls = new ApiAudit(bed.directories().apiAudit()).callsSince(join.sent());
            return new Waterfall(join, calls, CpuTime.atRest(bed))
                    .result(Journal.of(join.host(), Joins.AGENT), Journal.of(join.host(), KUBELET), readsToo);
        }
    }
}
