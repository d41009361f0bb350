package io.nodejoin.testbed.cli;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.preflight.Preflight;
import io.nodejoin.testbed.preflight.Refusal;
import picocli.CommandLine.Option;

/** The option that all commands share: which bed. */
final class BedOption {
    @Option(
            names = "--bed",
            paramLabel = "BED",
            defaultValue = "${env:NODEJOIN_BED:-main}",
            description =
                    "the bed: main, demo, e2e, bench or one of your own (default: the variable NODEJOIN_BED, or main)")
    private String name = "main";

    String name() {
        return name;
    }

    /** The bed that is up under this name. */
    TestBed existingBed() {
        BedSettings settings = TestBed.findSettings(name).orElseThrow(() -> Preflight.notUp(name));
        return TestBed.open(settings);
    }

    Host host(TestBed bed, String hostName) {
        return bed.host(hostName)
                .orElseThrow(() -> new Refusal(
                        Refusal.NOT_FOUND,
                        "bed " + name + " has no host " + hostName + "; testbed/testbed status lists its hosts"));
    }
}
