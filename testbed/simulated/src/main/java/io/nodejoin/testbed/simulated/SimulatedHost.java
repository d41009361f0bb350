package io.nodejoin.testbed.simulated;

import io.nodejoin.agent.Agent;
import io.nodejoin.agent.AgentConfig;
import io.nodejoin.agent.Wiring;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.testbed.tpm.SoftwareTpm;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A host in this process: the agent's own code with files in one directory, a service manager and a simulated kubelet.
 * Network traffic, to gateway and API server, is real.
 */
public final class SimulatedHost implements AutoCloseable {
    /** As kubelets renew their Leases. */
    static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final HostIdentity identity;
    private final Path root;
    private final AgentSetup installed;
    private final SimulatedKubelet kubelet;
    private final Agent agent;

    /** The agent as it was set up here. */
    private record AgentSetup(AgentConfig config, HostPorts parts) {
        HostPorts at(Clock clock) {
            return new HostPorts(parts.commands(), parts.files(), parts.systemd(), parts.network(), clock);
        }
    }

    private SimulatedHost(
            HostIdentity identity, Path root, AgentSetup installed, SimulatedKubelet kubelet, Agent agent) {
        this.identity = identity;
        this.root = root;
        this.installed = installed;
        this.kubelet = kubelet;
        this.agent = agent;
    }

    /**
     * How a host's agent enrolls.
     *
     * @param enrollmentSecret the enrollment secret; written to a file that only this user can read
     * @param tpm the host's TPM, which the agent uses; absent if it has none
     * @param pool where the machine waits until a join takes it; absent if it has its node from the beginning
     * @param resident whether the agent goes on after its join, for another one
     */
    public record Enrollment(
            ClusterName cluster,
            URI gateway,
            Path gatewayCaFile,
            String enrollmentSecret,
            @Nullable SoftwareTpm tpm,
            @Nullable PoolName pool,
            boolean resident) {
        @Override
        public String toString() {
            return "Enrollment[cluster=" + cluster + ", gateway=" + gateway + ", secret=<redacted>]";
        }
    }

    /** The faults of a host. */
    public enum Fault {
        NONE,
        KUBELET_CANNOT_START,
        /** Its first kubelet runs and neither creates a CSR nor registers; later ones do. */
        KUBELET_HANGS_ONCE,
        /** Its kubelet registers the Node and reports it Ready only some seconds later, as with a slow network plugin. */
        KUBELET_READY_LATE,
        KUBELET_MISSING
    }

    /**
     * Creates the host below {@code root}, which is empty or missing, and starts its agent.
     *
     * @param clock the agent's host clock; the simulated kubelet uses the machine's
     * @param kubeletCalls counts the kubelet's requests to the API server
     */
    static SimulatedHost boot(
            Path root, HostIdentity identity, Enrollment enrollment, Fault fault, Clock clock, LongAdder kubeletCalls)
            throws IOException {
        writeHostFiles(root, identity, fault);
        var kubelet = new SimulatedKubelet(identity, KubeletFiles.under(root), HEARTBEAT, fault, kubeletCalls);
        var ports = new HostPorts(
                new SimulatedCommands(identity, root, enrollment.tpm()),
                new RootedHostFiles(root),
                new SimulatedSystemd(root, kubelet, fault == Fault.KUBELET_CANNOT_START),
                new SimulatedNetwork(identity, kubelet),
                clock);
        Path secret = root.resolve("etc/nodejoin/enrollment-secret");
        ownerOnly(secret, enrollment.enrollmentSecret());
        var config = new AgentConfig(
                enrollment.cluster(),
                enrollment.pool() == null ? identity.node() : null,
                enrollment.pool(),
                enrollment.gateway(),
                enrollment.gatewayCaFile().toAbsolutePath(),
                secret.toAbsolutePath(),
                root.resolve("var/lib/nodejoin").toAbsolutePath(),
                List.of(),
                enrollment.resident(),
                null,
                null,
                null,
                null,
                enrollment.tpm() == null ? null : enrollment.tpm().tcti());
        Agent agent = new Wiring(config, ports).agent();
        agent.start();
        if (!enrollment.resident()) {
            Thread.ofVirtual().name("end-" + identity.node()).start(() -> closeWhenEnded(agent));
        }
        return new SimulatedHost(identity, root, new AgentSetup(config, ports), kubelet, agent);
    }

    /** As the end of its process. */
    private static void closeWhenEnded(Agent agent) {
        try {
            boolean _ = agent.join();
            agent.close();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the host's identity. */
    public HostIdentity identity() {
        return identity;
    }

    /** The directory that the host takes for its file system. */
    public Path root() {
        return root;
    }

    /** The certificate by which the agent authenticates to the gateway, if it has one. */
    public Optional<X509Certificate> agentCertificate() {
        try (InputStream chain = Files.newInputStream(root.resolve("var/lib/nodejoin/agent.crt"))) {
            return Optional.of(
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(chain));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException("the agent of " + identity.node() + " has a broken certificate", e);
        }
    }

    /** Returns what is left of a kubelet on the host: file names and running programs. Empty after a complete reset. */
    public List<String> residue() {
        KubeletFiles files = KubeletFiles.under(root);
        List<String> left = new ArrayList<>();
        if (kubelet.isActive()) {
            left.add("kubelet runs");
        }
        for (Path path : List.of(
                files.bootstrapKubeconfig(),
                files.kubeconfig(),
                files.pki(),
                files.config(),
                root.resolve("var/lib/nodejoin/kubelet.key"),
                root.resolve("etc/systemd/system/kubelet.service"),
                root.resolve("etc/kubernetes/pki/ca.crt"))) {
            if (Files.exists(path)) {
                left.add("/" + root.relativize(path));
            }
        }
        return left;
    }

    /** Ends the kubelet as a power failure does; agent and files stay. */
    public void stopKubelet() {
        kubelet.stop();
    }

    /**
     * Runs the agent's certificate expiry check with a clock that is ahead by this much; returns whether no retry is
     * needed.
     */
    public boolean checkCertificateExpiry(Duration ahead) throws InterruptedException {
        HostPorts later = installed.at(Clock.offset(Clock.systemUTC(), ahead));
        return new Wiring(installed.config(), later)
                .certificateExpiryCheck()
                .orElseThrow()
                .run();
    }

    /** Stops agent and kubelet; the files stay. Idempotent. */
    @Override
    public void close() {
        agent.close();
        kubelet.close();
    }

    private static void writeHostFiles(Path root, HostIdentity identity, Fault fault) throws IOException {
        Map<String, String> files = Map.ofEntries(
                Map.entry("etc/machine-id", identity.machineId() + "\n"),
                Map.entry("etc/fstab", ""),
                Map.entry("dev/kmsg", ""),
                Map.entry("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n"),
                Map.entry("run/containerd/containerd.sock", ""),
                Map.entry("proc/1/mounts", "tmpfs /run tmpfs rw 0 0\n"),
                Map.entry("proc/swaps", "Filename Type Size Used Priority\n"),
                Map.entry("proc/filesystems", "nodev\toverlay\n"),
                Map.entry("proc/meminfo", "MemTotal:        4194304 kB\n"),
                Map.entry("sys/devices/system/cpu/online", "0-1\n"),
                Map.entry("proc/sys/kernel/hostname", identity.node() + "\n"),
                Map.entry("proc/sys/kernel/osrelease", System.getProperty("os.version") + "\n"),
                Map.entry("proc/sys/net/ipv4/ip_forward", "1\n"),
                Map.entry("proc/sys/net/bridge/bridge-nf-call-iptables", "1\n"),
                Map.entry("sys/devices/virtual/dmi/id/product_uuid", identity.systemUuid() + "\n"));
        for (Map.Entry<String, String> file : files.entrySet()) {
            write(root.resolve(file.getKey()), file.getValue());
        }
        for (String directory : List.of("etc/systemd/system", "run/systemd/system", "var/lib")) {
            Files.createDirectories(root.resolve(directory));
        }
        for (String program : List.of("systemctl", "journalctl", "mount", "umount", "swapon", "swapoff", "setpriv")) {
            write(root.resolve("usr/bin").resolve(program), "");
        }
        if (fault != Fault.KUBELET_MISSING) {
            Path binary = root.resolve("usr/local/bin/kubelet");
            write(binary, "");
            Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static void ownerOnly(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
