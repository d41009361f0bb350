package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.plan.BedSettings;
import io.nodejoin.testbed.process.Interruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Seconds from a Kafka record to a Ready node, beside kubeadm join and beside a bare kubelet. */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        description = "Seconds to a Ready node: kubeadm join, a kubelet with its credential in place, and Nodejoin.")
final class LatencyCommand implements Callable<Integer> {
    private static final int CANNOT_RUN = 3;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write samples and medians as JSON to this file.")
    private @Nullable Path json;

    @Option(
            names = "--pairs",
            defaultValue = "10",
            description = "How often each is measured (default: ${DEFAULT-VALUE}).")
    private int pairs;

    @Override
    public Integer call() throws IOException, CertificateException, InterruptedException {
        Optional<String> obstacle = TestBed.unavailableReason();
        if (obstacle.isPresent()) {
            System.err.println("bench: " + obstacle.get());
            return CANNOT_RUN;
        }
        TestBed bed = TestBed.open(BedSettings.named("bench"));
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
        bed.upWithService();
        LatencyResult result = new LatencyBench(bed, System.err).run(pairs);
        System.out.print(result.text());
        if (json != null) {
            Files.writeString(json, result.json(Circumstances.now()));
        }
    }
}
