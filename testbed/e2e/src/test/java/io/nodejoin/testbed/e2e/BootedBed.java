package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * A test bed with booted hosts. Each test adds hosts of its own, which are deleted after it together with their Nodes. Where no host
 * can be booted, the test is skipped. After a failed test it prints the logs of the service and of the test's hosts.
 */
final class BootedBed implements BeforeEachCallback, AfterTestExecutionCallback, AfterEachCallback {
    /** The shared bed: a class that only adds hosts reads it, one that restarts a part needs it alone. */
    static final String SHARED = "booted bed";

    private static final String AGENT = "nodejoin-agent.service";

    private final TestBed bed;
    private final UnaryOperator<ExtensionContext> life;
    private final String untested;
    private final Queue<Host> hosts = new ConcurrentLinkedQueue<>();

    /**
     * @param life the context that the bed lives as long as
     * @param untested the subject that a skipped test reports as not tested
     */
    private BootedBed(TestBed bed, UnaryOperator<ExtensionContext> life, String untested) {
        this.bed = bed;
        this.life = life;
        this.untested = untested;
    }

    /** A bed for each test. */
    static BootedBed of(BedSettings settings, String untested) {
        return new BootedBed(TestBed.open(settings), UnaryOperator.identity(), untested);
    }

    /** The bed that tests share which only add hosts. A program opens a bed once, since the lock of its directory is the program's. */
    static BootedBed shared(String untested) {
        return new BootedBed(Shared.BED, ExtensionContext::getRoot, untested);
    }

    private static final class Shared {
        static final TestBed BED = TestBed.open(BedSettings.numbered("booted", 6));
    }

    TestBed bed() {
        return bed;
    }

    /** Boots a host that is deleted after the test. */
    Host addHost(HostSpec spec) {
        Host host = bed.addHost(spec);
        hosts.add(host);
        return host;
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
            hosts.forEach(BootedBed::printLogs);
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
        hosts.forEach(host -> {
            bed.removeHost(host.name());
            bed.controlPlane()
                    .kubectl("delete", "node", host.name(), "--ignore-not-found")
                    .run()
                    .orFail();
        });
        hosts.clear();
    }

    private Store store(ExtensionContext context) {
        return life.apply(context).getStore(Namespace.create(BootedBed.class));
    }
}
