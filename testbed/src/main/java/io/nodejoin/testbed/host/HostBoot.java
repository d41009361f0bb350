package io.nodejoin.testbed.host;

import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.mount.OwnedDirectory;
import io.nodejoin.testbed.net.BedNetwork;
import io.nodejoin.testbed.net.NetworkNamespace;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.LaunchSpec;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.provision.Provisioner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Boots hosts: an overlay on the shared root file system, a network namespace, and systemd-nspawn around both. */
final class HostBoot {
    static final Duration BOOT_TIMEOUT = Duration.ofSeconds(90);

    private static final List<String> ON_REAL_FILE_SYSTEM = List.of("containerd", "kubelet", "docker");
    private static final Path SYSTEMD_RUNTIME = Path.of("/run/systemd/system");

    private final AddressPlan plan;
    private final Provisioner provisioner;
    private final AgentInstallation agent;
    private final BedNetwork network;
    private final Path hosts;

    HostBoot(AddressPlan plan, Provisioner provisioner, AgentInstallation agent, Path hosts) {
        this.plan = plan;
        this.provisioner = provisioner;
        this.agent = agent;
        this.network = new BedNetwork(plan);
        this.hosts = hosts;
    }

    /** Starts the machine unless it runs. Its files are written at the first start only. */
    void start(HostRecord host, SupervisedProcess machine) {
        if (machine.isRunning()) {
            return;
        }
        HostSpec spec = host.spec();
        HostDirectory directory = new HostDirectory(hosts.resolve(spec.name()));
        NetworkNamespace namespace = network.connectHost(spec.name(), host.number());
        namespace.killAll();
        mount(directory, provisioner.rootFileSystem(spec.profile(), spec.release()));
        if (!Files.exists(directory.complete())) {
            HostRootWriter files = new HostRootWriter(directory.root());
            new HostConfigurator(plan).writeTo(files, spec, host.number());
            if (spec.hasAgent()) {
                agent.writeTo(files, spec);
            }
        }
        machine.start(new LaunchSpec(
                nspawn(spec, directory, namespace),
                Map.of("SYSTEMD_NSPAWN_API_VFS_WRITABLE", "network", "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY", "1")));
    }

    /** Ends whatever still runs in the host: a supervisor that was killed leaves it all behind. */
    void powerOff(HostRecord host) {
        network.host(host.spec().name()).killAll();
    }

    /** Takes away what {@link #start} made, but for the directory; the machine must not run. */
    void tearDown(HostRecord host) {
        powerOff(host);
        HostDirectory directory = new HostDirectory(hosts.resolve(host.spec().name()));
        new OwnedDirectory(directory.path()).unmount();
        network.disconnectHost(host.spec().name(), host.number());
    }

    private static void mount(HostDirectory directory, Path lower) {
        try {
            for (Path path : List.of(directory.root(), directory.upper(), directory.work())) {
                Files.createDirectories(path);
            }
            for (String name : ON_REAL_FILE_SYSTEM) {
                Files.createDirectories(directory.data(name));
            }
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot make " + directory.path(), cannotWrite);
        }
        if (new OwnedDirectory(directory.root()).mounts().isEmpty()) {
            String layers = "lowerdir=" + lower + ",upperdir=" + directory.upper() + ",workdir=" + directory.work();
            Command.of(
                            "mount",
                            "-t",
                            "overlay",
                            "nodejoin-testbed",
                            "-o",
                            layers,
                            directory.root().toString())
                    .run()
                    .orFail();
        }
    }

    private List<String> nspawn(HostSpec spec, HostDirectory directory, NetworkNamespace namespace) {
        List<String> arguments = new ArrayList<>(List.of(
                "systemd-nspawn",
                "--quiet",
                "--boot",
                "--register=no",
                "--directory=" + directory.root(),
                "--machine=" + plan.settings().name() + "-" + spec.name(),
                "--hostname=" + spec.name(),
                "--network-namespace-path=" + namespace.path(),
                "--capability=all",
                "--system-call-filter=@keyring bpf",
                "--resolv-conf=off",
                "--timezone=off"));
        if (!Files.isDirectory(SYSTEMD_RUNTIME)) {
            arguments.add("--keep-unit");
        }
        for (String name : ON_REAL_FILE_SYSTEM) {
            if (!name.equals("docker") || spec.profile() == HostProfile.DOCKER) {
                arguments.add("--bind=" + directory.data(name) + ":/var/lib/" + name);
            }
        }
        readOnly(spec).forEach(bind -> arguments.add("--bind-ro=" + bind));
        return arguments;
    }

    private List<String> readOnly(HostSpec spec) {
        Path kubernetes = provisioner.kubernetes();
        Path kubelet = real(kubernetes.resolve("kubelet"));
        List<String> binds = new ArrayList<>(List.of(
                kubernetes.resolve("pause.tar") + ":/opt/testbed/pause.tar",
                real(kubernetes.resolve("kubeadm")) + ":/usr/local/bin/kubeadm",
                real(kubernetes.resolve("kubectl")) + ":/usr/local/bin/kubectl"));
        if (spec.has(HostFault.KUBELET_CANNOT_START)) {
            binds.add(kubelet + ":/opt/testbed/bin/kubelet");
        } else if (!spec.has(HostFault.KUBELET_MISSING)) {
            binds.add(kubelet + ":/usr/local/bin/kubelet");
        }
        if (plan.settings().kubeProxy()) {
            binds.add(provisioner.kubeProxyImage() + ":/opt/testbed/kube-proxy.tar");
        }
        if (spec.hasAgent()) {
            binds.addAll(agent.binds());
        }
        return binds;
    }

    /** On the host a program has its own name, whatever it is a link to here. */
    private static Path real(Path program) {
        try {
            return program.toRealPath();
        } catch (IOException missing) {
            throw new UncheckedIOException("cannot find " + program, missing);
        }
    }
}
