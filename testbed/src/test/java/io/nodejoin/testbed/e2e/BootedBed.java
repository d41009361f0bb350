package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.plan.BedSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * A test bed with booted hosts, without any at the start of each test, which is skipped where there can be none. After a test that has
 * failed it prints what the service and each host's agent have said, and the next one has a bed raised anew.
 *
 * @param life with what the bed goes
 * @param untested what a skipped test says that it leaves open
 */
record BootedBed(TestBed bed, UnaryOperator<ExtensionContext> life, String untested)
        implements BeforeEachCallback, AfterTestExecutionCallback, AfterEachCallback {
    private static final String AGENT = "nodejoin-agent.service";

    /** A bed for each test. */
    static BootedBed of(BedSettings settings, String untested) {
        return new BootedBed(TestBed.open(settings), UnaryOperator.identity(), untested);
    }

    /** The bed of all tests that want nothing but hosts of it, and leave its parts as they are. */
    static BootedBed shared(String untested) {
        return new BootedBed(TestBed.open(BedSettings.numbered("booted", 6)), ExtensionContext::getRoot, untested);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        TestBed.unavailableReason().ifPresent(reason -> {
            System.err.println(untested + " not tested: " + reason);
            Assumptions.abort("no booted hosts here: " + reason);
        });
        store(context).computeIfAbsent(bed.settings(), _ -> raised(), AutoCloseable.class);
    }

    private AutoCloseable raised() {
        try {
            SharedBed.raise(bed);
        } catch (RuntimeException e) {
            bed.down();
            throw e;
        }
        return bed::down;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isPresent()) {
            System.err.println("the service of a test that failed:");
            System.err.println(Files.readString(bed.directories().log().resolve("service.log")));
            bed.hosts().forEach(BootedBed::printLogs);
        }
    }

    private static void printLogs(Host host) {
        System.err.println("the agent of " + host.name() + ":");
        print(host, "systemctl", "status", "--no-pager", "--full", "--lines=0", AGENT);
        print(host, "journalctl", "--no-pager", "--quiet", "--unit=" + AGENT);
        System.err.println("the kubelet of " + host.name() + ":");
        print(host, "journalctl", "--no-pager", "--quiet", "--lines=100", "--unit=kubelet.service");
    }

    private static void print(Host host, String... command) {
        System.err.println(host.run(command).output());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            store(context).remove(bed.settings());
            bed.down();
        } else {
            clear();
        }
    }

    private void clear() {
        bed.removeHosts();
        bed.controlPlane()
                .kubectl("delete", "nodes,certificatesigningrequests", "--all")
                .run()
                .orFail();
    }

    private Store store(ExtensionContext context) {
        return life.apply(context).getStore(Namespace.create(BootedBed.class));
    }
}
