package io.nodejoin.agent.preflight;

import io.nodejoin.agent.containerd.ContainerdConfig;
import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.agent.kubelet.CriEndpoint;
import io.nodejoin.agent.plan.PodNetwork;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.join.HostProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The container runtime and what it needs for a first pod. */
final class RuntimeChecks {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Pattern CRI_DISABLED = Pattern.compile(
            "(?m)^\\s*disabled_plugins\\s*=\\s*\\[[^\\]]*[\"'](?:io\\.containerd\\.grpc\\.v1\\.)?cri[\"']");
    private static final Pattern DOCKER_NETWORK = Pattern.compile("\"(bridge|iptables|ip-masq)\"\\s*:");
    private static final String DOCKER_SETTINGS = "/etc/docker/daemon.json";
    private static final Pattern VERSION = Pattern.compile("containerd \\S+ v?(\\d{1,4})\\..*", Pattern.DOTALL);
    private static final int FIRST_THAT_NAMES_ITS_DRIVER = 2;
    private static final String CONFIG = ContainerdConfig.FILE;
    private static final List<String> PROGRAMS = List.of("/usr/sbin/iptables", "/sbin/iptables", "/usr/bin/iptables");
    private static final List<String> PLUGIN_DIRECTORIES = List.of("/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni");

    static final List<HostCheck> ALL = List.of(
            HostCheck.error(
                    "container-runtime",
                    "containerd with its CRI plugin, and its socket if it is running; with profile docker cri-dockerd will do",
                    "apt-get install containerd, take cri out of disabled_plugins in /etc/containerd/config.toml, then"
                            + " systemctl restart containerd; if it has no socket, see its log",
                    RuntimeChecks::runtime),
            HostCheck.error(
                    "docker",
                    "for profile docker: Docker, iptables, and no bridge, iptables or ip-masq in " + DOCKER_SETTINGS,
                    "apt-get install docker.io iptables, and leave these settings to the profile",
                    RuntimeChecks::docker),
            HostCheck.warning(
                    "cni-plugins",
                    "the CNI plugin loopback in " + String.join(" or ", PLUGIN_DIRECTORIES),
                    "apt-get install containernetworking-plugins, unless the cluster's network plugin brings its own",
                    RuntimeChecks::cniPlugins),
            HostCheck.warning(
                            "sandbox-image",
                            "the sandbox image that containerd is, or by the cluster's settings will be, configured with",
                            "ctr --namespace k8s.io images pull or import it; otherwise the first pod fetches it",
                            RuntimeChecks::sandboxImage)
                    .aheadUnless(expected -> expected.settings().sandboxImage().isPresent()),
            HostCheck.error(
                    "pod-bridge",
                    "the CNI plugins " + String.join(", ", PodNetwork.PLUGINS) + ", where the request names a podCidr",
                    "apt-get install containernetworking-plugins, or leave podCidr out",
                    RuntimeChecks::podBridge),
            HostCheck.warning(
                    "pod-network",
                    "no network configuration in " + PodNetwork.DIRECTORY
                            + " but Nodejoin's, where the request names a podCidr: with another one no bridge is made",
                    "remove the named file, or leave podCidr out",
                    RuntimeChecks::podNetwork),
            HostCheck.error(
                    "containerd-settings",
                    "a configuration of containerd that can be given the cluster's settings, if there are any",
                    "put the settings there yourself and take them out of the cluster's configuration",
                    RuntimeChecks::settings),
            HostCheck.warning(
                            "cgroup-driver",
                            "the same control group driver for kubelet and containerd, which containerd names from 2.0 on",
                            "set clusters.<name>.hosts.containerd.cgroupDriver, or SystemdCgroup = true in " + CONFIG,
                            RuntimeChecks::cgroupDriver)
                    .aheadUnless(expected -> expected.settings().cgroupDriver().isPresent()));

    private RuntimeChecks() {}

    private static Verdict runtime(CheckedHost host) {
        if (!host.hasSystemd()) {
            return new Verdict.Skipped("there is no systemd to ask");
        }
        if (host.expected().profile() == HostProfile.DOCKER && host.files().present(CriEndpoint.CRI_DOCKERD.socket())) {
            return new Verdict.Passed();
        }
        UnitState containerd = host.unit(WatchedUnits.CONTAINERD);
        if (containerd.loadState().equals("not-found")) {
            return Verdict.require(false, "there is no unit " + WatchedUnits.CONTAINERD);
        }
        if (CRI_DISABLED.matcher(host.text(CONFIG)).find()) {
            return Verdict.require(false, CONFIG + " disables the CRI plugin");
        }
        return Verdict.require(
                !containerd.active()
                        || host.files().stamp(CriEndpoint.CONTAINERD.socket()).isPresent(),
                WatchedUnits.CONTAINERD + " is active but has no socket " + CriEndpoint.CONTAINERD.socket());
    }

    private static Verdict docker(CheckedHost host) {
        if (host.expected().profile() != HostProfile.DOCKER) {
            return new Verdict.Skipped("the profile is another");
        }
        List<String> lacking = new ArrayList<>();
        if (host.unit(WatchedUnits.DOCKER).loadState().equals("not-found")) {
            lacking.add("there is no unit " + WatchedUnits.DOCKER);
        }
        if (PROGRAMS.stream().noneMatch(host.files()::present)) {
            lacking.add("there is no iptables");
        }
        DOCKER_NETWORK
                .matcher(host.text(DOCKER_SETTINGS))
                .results()
                .forEach(setting -> lacking.add(DOCKER_SETTINGS + " sets " + setting.group(1)));
        return Verdict.of(lacking);
    }

    private static Verdict cniPlugins(CheckedHost host) {
        return Verdict.require(
                PLUGIN_DIRECTORIES.stream().anyMatch(directory -> host.files().present(directory + "/loopback")),
                "the plugin loopback is in none of " + PLUGIN_DIRECTORIES);
    }

    private static Verdict sandboxImage(CheckedHost host) {
        Optional<String> configured = host.expected()
                .settings()
                .sandboxImage()
                .or(() -> new ContainerdConfig(host.text(CONFIG)).sandboxImage());
        if (configured.isEmpty() || !host.unit(WatchedUnits.CONTAINERD).active()) {
            return new Verdict.Skipped("containerd has no such setting, or is not running");
        }
        String image = configured.get();
        CommandResult images =
                host.commands().run(List.of("ctr", "--namespace", "k8s.io", "images", "list", "--quiet"), TIMEOUT);
        return images.succeeded()
                ? Verdict.require(
                        images.output().lines().anyMatch(image::equals), "containerd does not have the image " + image)
                : new Verdict.Skipped("'ctr images list' fails");
    }

    private static Verdict podBridge(CheckedHost host) {
        if (host.expected().podCidr() == null) {
            return new Verdict.Passed();
        }
        return Verdict.of(PodNetwork.PLUGINS.stream()
                .filter(plugin -> PLUGIN_DIRECTORIES.stream()
                        .noneMatch(directory -> host.files().present(directory + "/" + plugin)))
                .map(plugin -> "the plugin " + plugin + " is in none of " + PLUGIN_DIRECTORIES)
                .toList());
    }

    private static Verdict podNetwork(CheckedHost host) {
        if (host.expected().podCidr() == null) {
            return new Verdict.Passed();
        }
        Stream<String> there =
                host.files().list(PodNetwork.DIRECTORY).stream().map(name -> PodNetwork.DIRECTORY + "/" + name);
        return Verdict.of(PodNetwork.others(there)
                .map(path -> path + " is there, so the host gets no bridge")
                .toList());
    }

    private static Verdict settings(CheckedHost host) {
        ContainerdSettings settings = host.expected().settings().containerd();
        if (settings == null) {
            return new Verdict.Passed();
        }
        try {
            new ContainerdConfig(host.text(CONFIG)).with(settings);
            return new Verdict.Passed();
        } catch (HostFailure e) {
            return Verdict.require(false, e.problem().detail());
        }
    }

    private static Verdict cgroupDriver(CheckedHost host) {
        HostSettings settings = host.expected().settings();
        Optional<String> containerd = settings.cgroupDriver()
                .or(() -> new ContainerdConfig(host.text(CONFIG)).cgroupDriver())
                .map(CgroupDriver::word);
        boolean runs = host.unit(WatchedUnits.CONTAINERD).active() && runtime(host) instanceof Verdict.Passed;
        if (containerd.isEmpty() || !runs) {
            return new Verdict.Skipped("containerd is not running, or its configuration is not understood");
        }
        CommandResult version = host.commands().run(List.of("containerd", "--version"), TIMEOUT);
        Matcher said = VERSION.matcher(version.output());
        if (!said.matches() || Integer.parseInt(said.group(1)) >= FIRST_THAT_NAMES_ITS_DRIVER) {
            return new Verdict.Skipped("containerd names its driver, or does not tell its version");
        }
        String ofCluster = settings.cgroupDriver().orElse(CgroupDriver.SYSTEMD).word();
        String kubelet = host.dropIns().at("/cgroupDriver").asText(ofCluster);
        return Verdict.require(
                kubelet.equals(containerd.get()),
                "containerd's control group driver is " + containerd.get() + ", the kubelet's " + kubelet);
    }
}
