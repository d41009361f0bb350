package io.nodejoin.testbed.cli;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.host.Host;
import picocli.CommandLine.Option;

/** The option that all commands share: which bed. */
final class BedOption {
    @Option(
            names = "--bed",
            paramLabel = "NAME",
            defaultValue = "${env:NODEJOIN_BED:-main}",
            description = "the bed: main, demo, e2e, bench or one of your own (default: ${DEFAULT-VALUE})")
    private String name = "main";

    String name() {
        return name;
    }

    /** The bed that is up under this name. */
    TestBed existingBed() {
        BedSettings settings = TestBed.findSettings(name)
                .orElseThrow(() -> new CliException(
                        TestbedMain.NOT_FOUND,
                        "bed " + name + " is not up; raise it with: testbed/testbed up --bed " + name));
        return TestBed.open(settings);
    }

    Host host(TestBed bed, String hostName) {
        return bed.host(hostName)
                .orElseThrow(() -> new CliException(
                        TestbedMain.NOT_FOUND,
                        "bed " + name + " has no host " + hostName + "; testbed/testbed status lists its hosts"));
    }
}
