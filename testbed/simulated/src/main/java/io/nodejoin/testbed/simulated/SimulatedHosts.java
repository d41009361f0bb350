package io.nodejoin.testbed.simulated;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.simulated.SimulatedHost.Enrollment;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.testbed.tpm.SoftwareTpm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The simulated hosts of one bed. For many threads. */
public final class SimulatedHosts implements AutoCloseable {
    /** The address of all hosts; nothing connects to it. */
    public static final String ADDRESS = "192.0.2.17";

    private final TestBed bed;
    private final ClusterName cluster;
    private final String kubeletVersion;
    private final Queue<SimulatedHost> hosts = new ConcurrentLinkedQueue<>();
    private final LongAdder kubeletCalls = new LongAdder();

    /** Hosts of this bed, none yet. */
    public SimulatedHosts(TestBed bed, ClusterName cluster, String kubeletVersion) {
        this.bed = bed;
        this.cluster = cluster;
        this.kubeletVersion = kubeletVersion;
    }

    /** Where agents find the bed's service. */
    public URI gateway() {
        return bed.plan().gatewayUrl();
    }

    /** How many requests their kubelets have made to the API server. */
    public long kubeletCalls() {
        return kubeletCalls.sum();
    }

    /** Boots a new faultless host whose agent ends with its join, as installed ones do. */
    public SimulatedHost bootForOneJoin(NodeName node, String secret) {
        return boot(node, enrollment(secret, gateway(), null, null, false), Fault.NONE, Clock.systemUTC());
    }

    /** Boots a new host whose agent connects to the bed's service. */
    public SimulatedHost boot(NodeName node, String secret, Fault fault) {
        return boot(node, secret, gateway(), fault);
    }

    /** Boots a new host whose agent connects to this gateway. */
    public SimulatedHost boot(NodeName node, String secret, URI gateway, Fault fault) {
        return boot(node, enrollment(secret, gateway, null, null, true), fault, Clock.systemUTC());
    }

    /** Boots a new faultless host with a clock of its own. */
    public SimulatedHost boot(NodeName node, String secret, Clock clock) {
        return boot(node, enrollment(secret, gateway(), null, null, true), Fault.NONE, clock);
    }

    /** Boots a new faultless host with this TPM, which its agent uses. */
    public SimulatedHost boot(NodeName node, String secret, SoftwareTpm tpm) {
        return boot(node, enrollment(secret, gateway(), tpm, null, true), Fault.NONE, Clock.systemUTC());
    }

    /** Boots a new host that waits in this pool; its kubelet registers under this name. */
    public SimulatedHost boot(NodeName node, String secret, PoolName pool, Fault fault) {
        return boot(node, enrollment(secret, gateway(), null, pool, true), fault, Clock.systemUTC());
    }

    private SimulatedHost boot(NodeName node, Enrollment enrollment, Fault fault, Clock clock) {
        UUID uuid = UUID.randomUUID();
        Path root = bed.directories().root().resolve("simulated").resolve(node + "-" + uuid);
        try {
            SimulatedHost host = SimulatedHost.boot(root, identity(node, uuid), enrollment, fault, clock, kubeletCalls);
            hosts.add(host);
            return host;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot furnish a simulated host below " + root, e);
        }
    }

    private HostIdentity identity(NodeName node, UUID uuid) {
        return new HostIdentity(node, uuid.toString().replace("-", ""), uuid.toString(), kubeletVersion, ADDRESS);
    }

    private Enrollment enrollment(
            String secret, URI gateway, @Nullable SoftwareTpm tpm, @Nullable PoolName pool, boolean resident) {
        return new Enrollment(
                cluster, gateway, bed.directories().pki().resolve("gateway-ca.crt"), secret, tpm, pool, resident);
    }

    /** The certificates that the agents have now. */
    public Stream<X509Certificate> agentCertificates() {
        return hosts.stream().flatMap(host -> host.agentCertificate().stream());
    }

    /** Stops the hosts with this name, if there are any; their files stay. */
    public void switchOff(NodeName node) {
        hosts.stream().filter(host -> host.identity().node().equals(node)).forEach(SimulatedHost::close);
    }

    /** Stops all hosts; their files stay. */
    @Override
    public void close() {
        hosts.forEach(SimulatedHost::close);
    }
}
