package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.plan.BedMode;
import io.nodejoin.testbed.plan.BedSettings;
import io.nodejoin.testbed.process.Interruption;
import io.nodejoin.workflows.certificate.ApprovalMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a crowd of hosts that read cluster-info costs everybody else. */
@Command(
        name = "crowd",
        mixinStandardHelpOptions = true,
        description = "p95 of small API reads, alone and beside many anonymous reads of cluster-info.")
final class CrowdCommand implements Callable<Integer> {
    private static final int CANNOT_RUN = 3;
    private static final int LONGEST_SECONDS = 120;
    private static final int MOST_PER_SECOND = 10_000;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures as JSON to this file.")
    private @Nullable Path json;

    @Option(names = "--rate", defaultValue = "2000", description = "Anonymous reads a second (${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--seconds",
            defaultValue = "15",
            description = "How long each measurement takes (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--rounds", defaultValue = "3", description = "How often each is taken (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--shares",
            paramLabel = "N",
            description = "Concurrency shares of the crowd's priority level, in place of those that it comes with.")
    private @Nullable Integer shares;

    @Override
    public Integer call() throws IOException, CertificateException, InterruptedException {
        Optional<String> obstacle = TestBed.unavailableReason(BedMode.LOCAL);
        if (obstacle.isPresent()) {
            System.err.println("bench: " + obstacle.get());
            return CANNOT_RUN;
        }
        if (rate < 1 || rate > MOST_PER_SECOND || seconds < 1 || seconds > LONGEST_SECONDS || rounds < 1) {
            throw new IllegalArgumentException("--rate from 1 to " + MOST_PER_SECOND + ", --seconds from 1 to "
                    + LONGEST_SECONDS + ", --rounds from 1");
        }
        TestBed bed = TestBed.open(BedSettings.named("bench").withMode(BedMode.LOCAL));
        try (var interruption = Interruption.ofThisThread(() -> System.err.println("interrupted"))) {
            try {
                measure(bed);
            } finally {
                interruption.clean(bed::down);
            }
        }
        return 0;
    }

    private void measure(TestBed bed) throws IOException, CertificateException, InterruptedException {
        bed.down();
        bed.up();
        bed.service().prepare(ApprovalMode.NODEJOIN);
        Config config = new ConfigBuilder(Config.fromKubeconfig(
                        bed.directories().adminKubeconfig().toFile()))
                .withClientKeyAlgo("EC")
                .build();
        try (KubernetesClient admin =
                        new KubernetesClientBuilder().withConfig(config).build();
                var bench = new CrowdBench(bed, admin, rate, Duration.ofSeconds(seconds))) {
            if (shares != null) {
                bench.setShares(shares);
            }
            CrowdResult result = bench.run(rounds);
            System.out.print(result.text());
            if (json != null) {
                Files.writeString(json, result.json(Provenance.here()));
            }
        }
    }
}
