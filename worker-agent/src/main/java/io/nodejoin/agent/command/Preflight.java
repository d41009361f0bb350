package io.nodejoin.agent.command;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FileStamp;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.Finding.Severity;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks whether the host can join, all checks, and says of each failure how to repair it. */
public final class Preflight {
    private static final Duration NETWORK_TIMEOUT = Duration.ofSeconds(2);
    private static final Pattern MINOR = Pattern.compile("v?(\\d+)\\.(\\d+)\\..*");
    private static final int OLDEST_SKEW = 3;
    private static final int HTTPS = 443;
    private static final List<Integer> KUBELET_PORTS = List.of(10250, 10248);
    private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");
    private static final String CONTAINERD = "containerd.service";
    private static final String SOCKET = "/run/containerd/containerd.sock";

    private final HostParts host;
    private final HostProbe probe;
    private final KubeletBinary kubelet;

    public Preflight(HostParts host, HostProbe probe, KubeletBinary kubelet) {
        this.host = host;
        this.probe = probe;
        this.kubelet = kubelet;
    }

    /** Runs all checks; changes nothing. */
    public HostResult run(HostCommand.Preflight command) {
        List<Finding> findings = new ArrayList<>();
        kubeletBinary()
                .ifPresentOrElse(
                        findings::add,
                        () -> versionSkew(command.kubernetesVersion()).ifPresent(findings::add));
        findings.addAll(runtime());
        memoryOnly().ifPresent(findings::add);
        ownName(command.nodeIp()).ifPresent(findings::add);
        apiServer(command.apiServer()).ifPresent(findings::add);
        List<Finding> errors = findings.stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
        if (errors.isEmpty()) {
            return new HostResult.PreflightPassed(probe.identity(), findings);
        }
        String detail = errors.stream()
                .map(finding -> finding.name() + ": " + finding.detail() + " (" + finding.remedy() + ")")
                .collect(Collectors.joining("; "));
        return new HostResult.HostFailed(new Problem(ErrorCode.HOST_PREFLIGHT_FAILED, detail), findings, List.of());
    }

    private Optional<Finding> kubeletBinary() {
        if (kubelet.path().isPresent()) {
            return Optional.empty();
        }
        return error(
                "kubelet-binary",
                "there is no kubelet at " + String.join(" or ", KubeletBinary.PLACES),
                "install the kubelet of the cluster's version there");
    }

    private Optional<Finding> versionSkew(String kubernetesVersion) {
        String own = kubelet.version().orElse("");
        Matcher mine = MINOR.matcher(own);
        Matcher server = MINOR.matcher(kubernetesVersion);
        if (!mine.matches()) {
            return error(
                    "kubelet-version",
                    "'" + kubelet.path().orElse("kubelet") + " --version' gives no version",
                    "replace the kubelet by one that runs on this host");
        }
        if (!server.matches()) {
            return Optional.of(new Finding(
                    "kubelet-version",
                    Severity.WARNING,
                    "the cluster's version '" + kubernetesVersion + "' cannot be compared with the kubelet's " + own,
                    "compare them by hand"));
        }
        int behind = Integer.parseInt(server.group(2)) - Integer.parseInt(mine.group(2));
        boolean fits = mine.group(1).equals(server.group(1)) && behind >= 0 && behind <= OLDEST_SKEW;
        return fits
                ? Optional.empty()
                : error(
                        "kubelet-version",
                        "kubelet " + own + " does not go with API server " + kubernetesVersion,
                        "install a kubelet that is not newer and at most " + OLDEST_SKEW + " minor versions older");
    }

    private List<Finding> runtime() {
        if (!host.systemd().running()) {
            return error("systemd", "this host is not run by systemd", "use a host that is").stream()
                    .toList();
        }
        List<Finding> findings = new ArrayList<>();
        Map<String, UnitState> units = host.systemd().show(List.of(CONTAINERD, KubeletPaths.UNIT));
        UnitState containerd = units.getOrDefault(CONTAINERD, UnitState.NOT_FOUND);
        if (containerd.loadState().equals("not-found")) {
            error("container-runtime", "there is no unit " + CONTAINERD, "install containerd 2")
                    .ifPresent(findings::add);
        } else if (containerd.active() && host.files().stamp(SOCKET).isEmpty()) {
            error("container-runtime", CONTAINERD + " is active but has no socket " + SOCKET, "see its log")
                    .ifPresent(findings::add);
        }
        findings.addAll(leftovers(units.getOrDefault(KubeletPaths.UNIT, UnitState.NOT_FOUND)));
        return findings;
    }

    private List<Finding> leftovers(UnitState unit) {
        List<Finding> findings = new ArrayList<>();
        if (unit.active()) {
            error("leftover-kubelet", KubeletPaths.UNIT + " is running already", "systemctl disable --now kubelet")
                    .ifPresent(findings::add);
        } else {
            KUBELET_PORTS.stream()
                    .filter(port -> host.network().listens(port))
                    .flatMap(port ->
                            error("port", "TCP port " + port + " is in use", "end the program that listens on it")
                                    .stream())
                    .forEach(findings::add);
        }
        if (host.files().stamp(KubeletPaths.KUBECONFIG).map(FileStamp::kind).isPresent()) {
            error(
                            "leftover-kubeconfig",
                            KubeletPaths.KUBECONFIG + " of an earlier join exists",
                            "remove it together with " + KubeletPaths.PKI)
                    .ifPresent(findings::add);
        }
        return findings;
    }

    /** The bootstrap kubeconfig holds a token, so it must not get onto a disk. */
    private Optional<Finding> memoryOnly() {
        Optional<String> type = probe.fileSystemOf(KubeletPaths.RUN);
        if (type.filter(MEMORY::contains).isPresent()) {
            return Optional.empty();
        }
        return error(
                "run-in-memory",
                KubeletPaths.RUN + " would lie on " + type.orElse("an unknown file system")
                        + ", where a bootstrap token must not be written",
                "mount /run as tmpfs");
    }

    private Optional<Finding> ownName(@Nullable String nodeIp) {
        String name = host.network().ownName();
        if (nodeIp != null || host.network().resolve(name, NETWORK_TIMEOUT).isPresent()) {
            return Optional.empty();
        }
        return error(
                "own-name",
                "the host cannot resolve its own name '" + name + "', so its kubelet would wait for DNS twice",
                "add it to /etc/hosts, or name the node's address in the request");
    }

    private Optional<Finding> apiServer(URI apiServer) {
        int port = apiServer.getPort() < 0 ? HTTPS : apiServer.getPort();
        if (apiServer.getHost() != null && host.network().connects(apiServer.getHost(), port, NETWORK_TIMEOUT)) {
            return Optional.empty();
        }
        return error(
                "api-server",
                apiServer + " does not accept a connection from this host",
                "open the way to it: routes, firewall, proxy");
    }

    private static Optional<Finding> error(String name, String detail, String remedy) {
        return Optional.of(new Finding(name, Severity.ERROR, detail, remedy));
    }
}
