package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.plan.BedSettings;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test bed with booted hosts for each test, which is skipped where there can be none. After a test that has failed it prints what the
 * service and each host's agent have said.
 *
 * @param untested what a skipped test says that it leaves open
 */
record BootedBed(TestBed bed, String untested)
        implements BeforeEachCallback, AfterTestExecutionCallback, AfterEachCallback {
    private static final String AGENT = "nodejoin-agent.service";

    static BootedBed of(BedSettings settings, String untested) {
        return new BootedBed(TestBed.open(settings), untested);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        TestBed.unavailableReason().ifPresent(reason -> {
            System.err.println(untested + " not tested: " + reason);
            Assumptions.abort("no booted hosts here: " + reason);
        });
        SharedBed.raise(bed);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isPresent()) {
            System.err.println("the service of a test that failed:");
            System.err.println(Files.readString(bed.directories().log().resolve("service.log")));
            bed.hosts().forEach(BootedBed::printAgent);
        }
    }

    private static void printAgent(Host host) {
        System.err.println("the agent of " + host.name() + ":");
        print(host, "systemctl", "status", "--no-pager", "--full", "--lines=0", AGENT);
        print(host, "journalctl", "--no-pager", "--quiet", "--unit=" + AGENT);
    }

    private static void print(Host host, String... command) {
        System.err.println(host.run(command).output());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        bed.down();
    }
}
