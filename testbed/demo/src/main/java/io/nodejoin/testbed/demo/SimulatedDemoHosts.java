package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Hosts in this process: the real agent's code with a simulated kubelet. They need no privilege. */
final class SimulatedDemoHosts implements DemoHosts {
    private final TestBed bed;
    private final ClusterName cluster;
    /** A strong reference that keeps the level: java.util.logging references loggers only weakly. */
    private final Logger agentLog = Logger.getLogger("io.nodejoin.agent");

    private @Nullable SimulatedHosts hosts;

    SimulatedDemoHosts(TestBed bed, ClusterName cluster) {
        this.bed = bed;
        this.cluster = cluster;
        // On a real host this log goes to the journal; here it would disturb the live view.
        agentLog.setLevel(Level.WARNING);
    }

    @Override
    public DemoHost add(HostFixture fixture) {
        return new SimulatedDemoHost(hosts().boot(
                        fixture.node(),
                        fixture.secret(),
                        fixture.kubeletCannotStart() ? Fault.KUBELET_CANNOT_START : Fault.NONE));
    }

    /** Only a bed that is up knows its version. */
    private synchronized SimulatedHosts hosts() {
        if (hosts == null) {
            hosts = new SimulatedHosts(bed, cluster, bed.controlPlane().version());
        }
        return hosts;
    }

    @Override
    public Map<String, String> versions() {
        return Map.of("hosts", "simulated");
    }

    @Override
    public synchronized void close() {
        if (hosts != null) {
            hosts.close();
        }
    }

    private record SimulatedDemoHost(SimulatedHost host) implements DemoHost {
        @Override
        public String address() {
            return SimulatedHosts.ADDRESS;
        }

        @Override
        public List<String> residue() {
            return host.residue();
        }
    }
}
