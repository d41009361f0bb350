package io.nodejoin.agent.preflight;

import io.nodejoin.agent.containerd.ContainerdConfig;
import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.agent.kubelet.CriEndpoint;
import io.nodejoin.agent.plan.CniConfiguration;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.event.HostProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks of the container runtime and what it needs for a first pod. */
final class RuntimeChecks {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Pattern CRI_DISABLED = Pattern.compile(
            "(?m)^\\s*disabled_plugins\\s*=\\s*\\[[^\\]]*[\"'](?:io\\.containerd\\.grpc\\.v1\\.)?cri[\"']");
    private static final Pattern DOCKER_NETWORK = Pattern.compile("\"(bridge|iptables|ip-masq)\"\\s*:");
    private static final String DOCKER_SETTINGS = "/etc/docker/daemon.json";
    private static final Pattern VERSION = Pattern.compile("containerd \\S+ v?(\\d{1,4})\\..*", Pattern.DOTALL);
    private static final int FIRST_VERSION_WITH_RUNTIME_CONFIG = 2;
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
                    .precomputedUnless(
                            expected -> expected.settings().sandboxImage().isPresent()),
            HostCheck.error(
                    "pod-bridge",
                    "the CNI plugins " + String.join(", ", CniConfiguration.PLUGINS)
                            + ", where the request names a podCidr",
                    "apt-get install containernetworking-plugins, or leave podCidr out",
                    RuntimeChecks::podBridge),
            HostCheck.warning(
                    "pod-network",
                    "no network configuration in " + CniConfiguration.DIRECTORY
                            + " but Nodejoin's if the request has a podCidr: with another one no bridge is created",
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
                    .precomputedUnless(
                            expected -> expected.settings().cgroupDriver().isPresent()));

    private RuntimeChecks() {}

    private static CheckResult runtime(CheckContext host) {
        if (!host.hasSystemd()) {
            return new CheckResult.Skipped("systemd is not running");
        }
        if (host.expected().profile() == HostProfile.DOCKER && host.files().exists(CriEndpoint.CRI_DOCKERD.socket())) {
            return new CheckResult.Passed();
        }
        UnitState containerd = host.unit(CheckedUnits.CONTAINERD);
        if (containerd.loadState().equals("not-found")) {
            return CheckResult.require(false, "there is no unit " + CheckedUnits.CONTAINERD);
        }
        if (CRI_DISABLED.matcher(host.text(CONFIG)).find()) {
            return CheckResult.require(false, CONFIG + " disables the CRI plugin");
        }
        return CheckResult.require(
                !containerd.isActive()
                        || host.files()
                                .metadata(CriEndpoint.CONTAINERD.socket())
                                .isPresent(),
                CheckedUnits.CONTAINERD + " is active but has no socket " + CriEndpoint.CONTAINERD.socket());
    }

    private static CheckResult docker(CheckContext host) {
        if (host.expected().profile() != HostProfile.DOCKER) {
            return new CheckResult.Skipped("the profile is another");
        }
        List<String> lacking = new ArrayList<>();
        if (host.unit(CheckedUnits.DOCKER).loadState().equals("not-found")) {
            lacking.add("there is no unit " + CheckedUnits.DOCKER);
        }
        if (PROGRAMS.stream().noneMatch(host.files()::exists)) {
            lacking.add("there is no iptables");
        }
        DOCKER_NETWORK
                .matcher(host.text(DOCKER_SETTINGS))
                .results()
                .forEach(setting -> lacking.add(DOCKER_SETTINGS + " sets " + setting.group(1)));
        return CheckResult.ofDeviations(lacking);
    }

    private static CheckResult cniPlugins(CheckContext host) {
        return CheckResult.require(
                PLUGIN_DIRECTORIES.stream().anyMatch(directory -> host.files().exists(directory + "/loopback")),
                "the plugin loopback is in none of " + PLUGIN_DIRECTORIES);
    }

    private static CheckResult sandboxImage(CheckContext host) {
        Optional<String> configured = host.expected()
                .settings()
                .sandboxImage()
                .or(() -> new ContainerdConfig(host.text(CONFIG)).sandboxImage());
        if (configured.isEmpty() || !host.unit(CheckedUnits.CONTAINERD).isActive()) {
            return new CheckResult.Skipped("containerd has no such setting, or is not running");
        }
        String image = configured.get();
        CommandResult images =
                host.commands().run(List.of("ctr", "--namespace", "k8s.io", "images", "list", "--quiet"), TIMEOUT);
        return images.succeeded()
                ? CheckResult.require(
                        images.output().lines().anyMatch(image::equals), "containerd does not have the image " + image)
                : new CheckResult.Skipped("'ctr images list' fails");
    }

    private static CheckResult podBridge(CheckContext host) {
        if (host.expected().podCidr() == null) {
            return new CheckResult.Passed();
        }
        return CheckResult.ofDeviations(CniConfiguration.PLUGINS.stream()
                .filter(plugin -> PLUGIN_DIRECTORIES.stream()
                        .noneMatch(directory -> host.files().exists(directory + "/" + plugin)))
                .map(plugin -> "the plugin " + plugin + " is in none of " + PLUGIN_DIRECTORIES)
                .toList());
    }

    private static CheckResult podNetwork(CheckContext host) {
        if (host.expected().podCidr() == null) {
            return new CheckResult.Passed();
        }
        Stream<String> there = host.files().list(CniConfiguration.DIRECTORY).stream()
                .map(name -> CniConfiguration.DIRECTORY + "/" + name);
        return CheckResult.ofDeviations(CniConfiguration.otherConfigurations(there)
                .map(path -> path + " is there, so the host gets no bridge")
                .toList());
    }

    private static CheckResult settings(CheckContext host) {
        ContainerdSettings settings = host.expected().settings().containerd();
        if (settings == null) {
            return new CheckResult.Passed();
        }
        try {
            new ContainerdConfig(host.text(CONFIG)).withSettings(settings);
            return new CheckResult.Passed();
        } catch (HostException e) {
            return CheckResult.require(false, e.problem().detail());
        }
    }

    private static CheckResult cgroupDriver(CheckContext host) {
        HostSettings settings = host.expected().settings();
        Optional<String> containerd = settings.cgroupDriver()
                .or(() -> new ContainerdConfig(host.text(CONFIG)).cgroupDriver())
                .map(CgroupDriver::configValue);
        boolean runs = host.unit(CheckedUnits.CONTAINERD).isActive() && runtime(host) instanceof CheckResult.Passed;
        if (containerd.isEmpty() || !runs) {
            return new CheckResult.Skipped("containerd is not running, or its configuration is not understood");
        }
        CommandResult version = host.commands().run(List.of("containerd", "--version"), TIMEOUT);
        Matcher said = VERSION.matcher(version.output());
        if (!said.matches() || Integer.parseInt(said.group(1)) >= FIRST_VERSION_WITH_RUNTIME_CONFIG) {
            return new CheckResult.Skipped("containerd reports its driver, or does not report its version");
        }
        String ofCluster = settings.cgroupDriver().orElse(CgroupDriver.SYSTEMD).configValue();
        String kubelet = host.dropIns().at("/cgroupDriver").asText(ofCluster);
        return CheckResult.require(
                kubelet.equals(containerd.get()),
                "containerd's control group driver is " + containerd.get() + ", the kubelet's " + kubelet);
    }
}
