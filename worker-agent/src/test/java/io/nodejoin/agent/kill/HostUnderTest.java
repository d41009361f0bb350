package io.nodejoin.agent.kill;

import io.nodejoin.agent.command.PrepareHost;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FakeNetwork;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.host.SystemctlSystemd;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.ClientCertificate;
import io.nodejoin.agent.kubelet.ClientKubeconfig;
import io.nodejoin.agent.kubelet.CriEndpoint;
import io.nodejoin.agent.kubelet.KubeletCredential;
import io.nodejoin.agent.kubelet.KubeletPlan;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A host below a directory, with what an agent of one process does to it. Another object is another process. Its journal is
 * shortened whenever it can be.
 */
final class HostUnderTest implements AutoCloseable {
    static final String SWAP = "/dev/sda2";

    private static final HostResult NOTHING = new HostResult.Diagnostics(List.of());
    private static final TrustedCluster CLUSTER = new TrustedCluster(URI.create("https://10.0.0.1:6443"), List.of());

    private final Path root;
    private final ScriptedPrograms machine;
    private final HostPorts ports;
    private final Journal journal;
    private final KubeletKey kubeletKey;
    private final HostFiles agentFiles;

    /** Goes on with the host in this directory, which {@link #furnish} has made. */
    HostUnderTest(Path directory, EffectListener effects) {
        this.root = directory.resolve("root");
        this.machine = new ScriptedPrograms(root, directory.resolve("memory"), effects);
        HostFiles files = new RootedHostFiles(InterceptedFileSystemProvider.intercept(root, effects));
        this.ports = new HostPorts(
                machine, files, new SystemctlSystemd(machine, files), new FakeNetwork(), Clock.systemUTC());
        this.agentFiles =
                new RootedHostFiles(InterceptedFileSystemProvider.intercept(directory.resolve("agent"), effects));
        this.kubeletKey = new KubeletKey(agentFiles);
        this.journal = Journal.open(InterceptedFileSystemProvider.intercept(directory.resolve("journal"), effects), 0);
    }

    /** Makes a host with swap, Docker's network and settings of its owner in the places that a join writes to. */
    static void furnish(Path directory) throws IOException {
        Path root = directory.resolve("root");
        Files.createDirectories(directory.resolve("agent"));
        ScriptedPrograms machine = new ScriptedPrograms(root, directory.resolve("memory"), EffectListener.UNWATCHED);
        List.of(
                        "run/systemd/system",
                        "etc/systemd/system",
                        "etc/sysctl.d",
                        "proc/1",
                        "proc/sys/net/ipv4",
                        "proc/sys/net/bridge",
                        "proc/sys/kernel",
                        "sys/class/net",
                        "usr/lib/systemd/system",
                        "var/lib/kubelet/pki")
                .forEach(machine::directory);
        machine.write("etc/fstab", "/dev/sda1 / ext4\n" + SWAP + " none swap sw 0 0\n");
        machine.write("etc/sysctl.d/90-nodejoin.conf", "its owner's\n");
        machine.write("var/lib/kubelet/kept", "its owner's\n");
        machine.write("var/lib/kubelet/pki/kubelet-client-2025.pem", "a key of an earlier life\n");
        machine.link("var/lib/kubelet/pki/kubelet-client-current.pem", "kubelet-client-2025.pem");
        machine.write("proc/swaps", "Filename Type Size Used Priority\n" + SWAP + " partition 1 0 -2\n");
        machine.write("proc/1/mounts", "/dev/vda / ext4 rw 0 0\n");
        machine.write("proc/filesystems", "nodev\toverlay\n");
        machine.write("proc/sys/kernel/osrelease", "6.1\n");
        machine.write("proc/sys/net/ipv4/ip_forward", "0\n");
        machine.write("proc/sys/net/bridge/bridge-nf-call-iptables", "0\n");
        machine.write("usr/lib/systemd/system/docker.service", "[Service]\nExecStart=/usr/sbin/dockerd\n");
        machine.unit(ScriptedPrograms.CONTAINERD, "active disabled");
        machine.bootDocker();
    }

    HostResult prepare(HostProfile profile) {
        HostProbe probe = new HostProbe(ports, new KubeletBinary(ports.commands(), ports.files()));
        return new PrepareHost(probe, new StepExecutor(ports, journal), kubeletKey)
                .execute(new HostCommand.PrepareHost(profile, tlsBootstrap(profile), null, null), (_, _) -> {});
    }

    /** One with each profile: neither depends on the other. */
    private static TlsBootstrap tlsBootstrap(HostProfile profile) {
        return switch (profile) {
            case CONTAINERD -> TlsBootstrap.AGENT;
            case DOCKER -> TlsBootstrap.KUBELET;
        };
    }

    void startKubelet(HostProfile profile) {
        StepExecutor executor = new StepExecutor(ports, journal);
        switch (tlsBootstrap(profile)) {
            case AGENT -> {
                ClientKubeconfig kubeconfig = new ClientKubeconfig(CLUSTER);
                executor.apply(plan(kubeconfig).fileSteps(), _ -> {});
                ClientCertificate certificate = new ClientCertificate(List.of(), someKey(), Instant.EPOCH);
                executor.apply(KubeletPlan.startSteps(kubeconfig.steps(certificate)), _ -> {});
            }
            case KUBELET -> {
                BootstrapToken token = BootstrapToken.parse("abcdef.0123456789abcdef");
                executor.apply(plan(new BootstrapKubeconfig(CLUSTER, token)).steps(), _ -> {});
            }
        }
    }

    private static KubeletPlan plan(KubeletCredential credential) {
        return new KubeletPlan(
                new NodeName("w1"),
                new HostCommand.KubeletSettings(null, null, List.of(), null),
                HostSettings.DEFAULT,
                credential,
                "/usr/local/bin/kubelet",
                CriEndpoint.CONTAINERD,
                false);
    }

    /** The same in each process, since states are compared. */
    private static PrivateKey someKey() {
        try {
            AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
            curve.init(new ECGenParameterSpec("secp256r1"));
            ECParameterSpec parameters = curve.getParameterSpec(ECParameterSpec.class);
            return KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(BigInteger.TWO, parameters));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Throws if something is left. */
    void reset() {
        kubeletKey.erase();
        List<?> residue = new UndoExecutor(ports, journal).undoAll();
        if (!residue.isEmpty()) {
            throw new AssertionError("left on the host: " + residue);
        }
    }

    /** Does the work as what comes of a command. One that a killed process has left is given up. */
    void commanded(Runnable work) {
        journal.unfinished().forEach(left -> journal.recordFinished(left.id(), NOTHING));
        Assignment assignment = command(Math.max(journal.highestSequence(), 0) + 1);
        journal.recordAccepted(assignment);
        work.run();
        journal.recordFinished(assignment.id(), NOTHING);
    }

    static Assignment command(long sequence) {
        return new Assignment(
                "command " + sequence,
                JoinId.of("test", "1"),
                new NodeName("w1"),
                1,
                sequence,
                Instant.EPOCH,
                new HostCommand.CollectDiagnostics(1));
    }

    /** All that can be seen of it. */
    Map<String, String> state() {
        Map<String, String> state = new TreeMap<>(HostTree.read(root));
        agentFiles.list("/").forEach(name -> state.put("the agent's " + name, "there"));
        machine.memory().forEach((key, value) -> state.put("memory of " + key, value));
        return state;
    }

    @Override
    public void close() {
        journal.close();
    }
}
