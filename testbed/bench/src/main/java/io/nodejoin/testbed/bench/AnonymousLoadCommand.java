package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.service.ServiceSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a crowd of hosts that read cluster-info costs everybody else. */
@Command(name = "crowd", description = "p95 of small API reads, alone and beside many anonymous reads of cluster-info.")
final class AnonymousLoadCommand extends BedBenchCommand {
    @Option(
            names = "--rate",
            paramLabel = "1..10000",
            defaultValue = "2000",
            description = "Anonymous reads a second (${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--seconds",
            paramLabel = "1..120",
            defaultValue = "10",
            description = "How long each measurement takes (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--rounds",
            paramLabel = "1..100",
            defaultValue = "3",
            description = "How often each is taken (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--level",
            paramLabel = "EXISTING-FILE",
            description = "A priority level to try in place of the one that comes with Nodejoin, of the same name.")
    private @Nullable Path level;

    AnonymousLoadCommand() {
        super(BedMode.LOCAL);
    }

    @Override
    AnonymousLoadResult measure(TestBed bed) throws Exception {
        AnonymousLoad.requireH2load();
        bed.up();
        bed.service().prepare(ServiceSettings.standard());
        Config config = Kubeconfig.read(bed.controlPlane().adminKubeconfig());
        try (KubernetesClient admin =
                        new KubernetesClientBuilder().withConfig(config).build();
                var bench = new AnonymousLoadBench(bed, admin, rate, Duration.ofSeconds(seconds))) {
            if (level != null) {
                bench.replacePriorityLevel(level);
            }
            return bench.run(rounds);
        }
    }
}
