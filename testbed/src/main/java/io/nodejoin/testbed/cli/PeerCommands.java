package io.nodejoin.testbed.cli;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.host.Host;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "peer", description = "Join a host another way, to compare.")
final class PeerCommands {
    @Spec
    private @Nullable CommandSpec spec;

    @Command(name = "kubeadm", description = "kubeadm join on a host; prints the seconds to Ready.")
    void kubeadm(@Mixin BedOption bedOption, @Parameters(paramLabel = "HOST") String name) {
        TestBed bed = bedOption.existingBed();
        Host host = bedOption.host(bed, name);
        Duration taken = bed.joinByKubeadm(host);
        Output.of(spec)
                .printf("node %s was Ready %.1f s after the start of kubeadm join%n", name, taken.toMillis() / 1000.0);
    }
}
