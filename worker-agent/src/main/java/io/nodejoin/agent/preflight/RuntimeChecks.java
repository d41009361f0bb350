package io.nodejoin.agent.preflight;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.UnitState;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The container runtime and what it needs for a first pod. */
final class RuntimeChecks {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String SOCKET = "/run/containerd/containerd.sock";
    private static final Pattern SANDBOX = Pattern.compile("(?m)^\\s*sandbox(?:_image)?\\s*=\\s*[\"']([^\"']+)[\"']");
    private static final List<String> PLUGIN_DIRECTORIES = List.of("/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni");

    static final List<HostCheck> ALL = List.of(
            HostCheck.error(
                    "container-runtime",
                    "containerd, and its socket if it is running",
                    "apt-get install containerd, then systemctl start containerd; if it has no socket, see its log",
                    RuntimeChecks::runtime),
            HostCheck.warning(
                    "cni-plugins",
                    "the CNI plugin loopback in " + String.join(" or ", PLUGIN_DIRECTORIES),
                    "apt-get install containernetworking-plugins, unless the cluster's network plugin brings its own",
                    RuntimeChecks::cniPlugins),
            HostCheck.warning(
                            "sandbox-image",
                            "the sandbox image that containerd is configured with",
                            "ctr --namespace k8s.io images pull or import it; otherwise the first pod fetches it",
                            RuntimeChecks::sandboxImage)
                    .ahead());

    private RuntimeChecks() {}

    private static Verdict runtime(CheckedHost host) {
        if (!host.hasSystemd()) {
            return new Verdict.Skipped("there is no systemd to ask");
        }
        UnitState containerd = host.unit(WatchedUnits.CONTAINERD);
        if (containerd.loadState().equals("not-found")) {
            return Verdict.require(false, "there is no unit " + WatchedUnits.CONTAINERD);
        }
        return Verdict.require(
                !containerd.active() || host.files().stamp(SOCKET).isPresent(),
                WatchedUnits.CONTAINERD + " is active but has no socket " + SOCKET);
    }

    private static Verdict cniPlugins(CheckedHost host) {
        return Verdict.require(
                PLUGIN_DIRECTORIES.stream().anyMatch(directory -> host.files().present(directory + "/loopback")),
                "the plugin loopback is in none of " + PLUGIN_DIRECTORIES);
    }

    private static Verdict sandboxImage(CheckedHost host) {
        Matcher configured = SANDBOX.matcher(host.text("/etc/containerd/config.toml"));
        if (!configured.find() || !host.unit(WatchedUnits.CONTAINERD).active()) {
            return new Verdict.Skipped("containerd has no such setting, or is not running");
        }
        String image = configured.group(1);
        CommandResult images =
                host.commands().run(List.of("ctr", "--namespace", "k8s.io", "images", "list", "--quiet"), TIMEOUT);
        return images.succeeded()
                ? Verdict.require(
                        images.output().lines().anyMatch(image::equals), "containerd does not have the image " + image)
                : new Verdict.Skipped("'ctr images list' fails");
    }
}
