package io.nodejoin.testbed.cli;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.plan.BedSettings;
import picocli.CommandLine.Option;

/** The option that all commands share: which bed. */
final class BedChoice {
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
    TestBed raised() {
        BedSettings settings = TestBed.existing(name)
                .orElseThrow(() -> new Refusal(
                        TestbedMain.NOT_FOUND,
                        "bed " + name + " is not up; raise it with: testbed/testbed up --bed " + name));
        return TestBed.open(settings);
    }

    Host host(TestBed bed, String hostName) {
        return bed.host(hostName)
                .orElseThrow(() -> new Refusal(
                        TestbedMain.NOT_FOUND,
                        "bed " + name + " has no host " + hostName + "; testbed/testbed status lists its hosts"));
    }
}
