package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Seconds from a Kafka record to a Ready node, beside kubeadm join and beside a bare kubelet. */
@Command(
        name = "latency",
        description = "Seconds to a Ready node: kubeadm join, a kubelet with its credential in place, and Nodejoin.")
final class LatencyCommand extends BedBenchCommand {
    @Option(
            names = "--pairs",
            paramLabel = "1..1000",
            defaultValue = "10",
            description = "How often each is measured (default: ${DEFAULT-VALUE}).")
    private int pairs;

    LatencyCommand() {
        super(BedMode.NAMESPACES);
    }

    @Override
    LatencyResult measure(TestBed bed) throws Exception {
        bed.upWithService();
        return new LatencyBench(bed, System.err).run(pairs);
    }
}
