package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.simulated.HostIdentity;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Enrollment;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A stage whose hosts live in this process: the real agent's code over a kubelet stand-in. Needs no privilege. */
final class SimulatedStage extends BedStage {
    private static final String ADDRESS = "192.0.2.17";

    private final ClusterName cluster;
    /** Held for as long as its level counts: the java.util.logging registry keeps loggers only weakly. */
    private final Logger agentLog = Logger.getLogger("io.nodejoin.agent");

    private final Queue<SimulatedHost> hosts = new ConcurrentLinkedQueue<>();

    SimulatedStage(TestBed bed, ClusterName cluster) {
        super(bed);
        this.cluster = cluster;
        // On a real host this log goes to the journal; here it would run through the live view.
        agentLog.setLevel(Level.WARNING);
    }

    @Override
    public StageHost add(HostWish wish) {
        Path root = bed().directories()
                .root()
                .resolve("simulated")
                .resolve(wish.node().value());
        UUID uuid = UUID.randomUUID();
        var identity = new HostIdentity(
                wish.node(), uuid.toString().replace("-", ""), uuid.toString(), kubeletVersion(), ADDRESS);
        var enrollment = new Enrollment(
                cluster,
                URI.create("https://" + bed().plan().gateway()),
                bed().directories().pki().resolve("gateway-ca.crt"),
                wish.secret());
        try {
            SimulatedHost host = SimulatedHost.boot(
                    root, identity, enrollment, wish.kubeletCannotStart() ? Fault.KUBELET_CANNOT_START : Fault.NONE);
            hosts.add(host);
            return new SimulatedStageHost(host);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot furnish a simulated host below " + root, e);
        }
    }

    @Override
    Map<String, String> hostVersions() {
        return Map.of("hosts", "simulated");
    }

    @Override
    public void close() {
        hosts.forEach(SimulatedHost::close);
        super.close();
    }

    private String kubeletVersion() {
        return RunningVersions.kubernetes(bed());
    }

    private record SimulatedStageHost(SimulatedHost host) implements StageHost {
        @Override
        public String address() {
            return ADDRESS;
        }

        @Override
        public List<String> residue() {
            return host.residue();
        }
    }
}
