package io.nodejoin.agent.preflight;

import io.nodejoin.agent.host.HostNetwork;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.protocol.ErrorCode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks of names, addresses and routes to gateway and API server. */
final class NetworkChecks {
    static final String OWN_NAME = "own-name";

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration MAX_CLOCK_SKEW = Duration.ofSeconds(60);
    private static final int HTTPS = 443;
    private static final int MIN_MTU = 1280;
    private static final int KUBELET_PORT = 10250;
    private static final List<Integer> KUBELET_PORTS = List.of(KUBELET_PORT, 10248, 10255);

    static final List<HostCheck> ALL = List.of(
            HostCheck.error(
                    OWN_NAME,
                    "a host name that resolves immediately, or a node address in the request",
                    "add it to /etc/hosts, or name the node's address in the request",
                    NetworkChecks::ownName),
            HostCheck.error(
                            "api-server",
                            "an API server that accepts connections from this host",
                            "allow the connection: routes, firewall, proxy",
                            host -> reachable(host, host.expected().apiServer()))
                    .failingWith(ErrorCode.HOST_CANNOT_REACH_API_SERVER),
            HostCheck.error(
                    "gateway",
                    "a gateway that accepts connections from this host",
                    "allow the connection: routes, firewall, proxy",
                    host -> reachable(host, host.expected().gateway())),
            HostCheck.error(
                            "clock-skew",
                            "a clock within " + MAX_CLOCK_SKEW.toSeconds() + " s of the API server's",
                            "set the clock: systemctl restart systemd-timesyncd, or chronyc makestep",
                            NetworkChecks::clockSkew)
                    .failingWith(ErrorCode.HOST_CLOCK_SKEW),
            HostCheck.error(
                    "port",
                    "the kubelet's ports " + KUBELET_PORTS + " unused",
                    "end the program that listens: ss -Hltnp",
                    NetworkChecks::ports),
            HostCheck.warning(
                    "mtu",
                    "an MTU of at least " + MIN_MTU + " on each link, so that pod traffic fits",
                    "ip link set dev LINK mtu 1500",
                    NetworkChecks::mtu),
            HostCheck.warning(
                    "mac-address",
                    "a MAC address of its own on each physical link",
                    "give the virtual machine's network card a MAC address of its own",
                    NetworkChecks::macAddress),
            HostCheck.warning(
                    "proxy",
                    "the API server among the exceptions (NO_PROXY) of each proxy setting",
                    "add the API server's host to NO_PROXY in the named file",
                    NetworkChecks::proxy),
            HostCheck.warning(
                    "firewall",
                    "a firewall, if any, that lets the API server reach TCP port " + KUBELET_PORT,
                    "firewall-cmd --permanent --add-port=10250/tcp && firewall-cmd --reload, or ufw allow 10250/tcp",
                    NetworkChecks::firewall));

    private NetworkChecks() {}

    private static CheckResult ownName(CheckContext host) {
        String name = host.network().hostName();
        return CheckResult.require(
                host.expected().nodeIp() != null
                        || host.network().resolve(name, TIMEOUT).isPresent(),
                "the host cannot resolve its own name '" + name + "', so its kubelet would wait for DNS twice");
    }

    private static CheckResult reachable(CheckContext host, @Nullable URI server) {
        if (server == null) {
            return new CheckResult.Skipped("its address is not known here");
        }
        int port = server.getPort() < 0 ? HTTPS : server.getPort();
        return CheckResult.require(
                server.getHost() != null && host.network().canConnect(server.getHost(), port, TIMEOUT),
                server + " does not accept a connection from this host");
    }

    private static CheckResult clockSkew(CheckContext host) {
        Optional<Instant> server = host.serverTime();
        if (server.isEmpty()) {
            return new CheckResult.Skipped("no API server reports its time");
        }
        Duration ahead = Duration.between(server.get(), host.now());
        return CheckResult.require(
                ahead.abs().compareTo(MAX_CLOCK_SKEW) <= 0,
                "this host's clock is " + ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "behind" : "ahead of")
                        + " the API server's");
    }

    private static CheckResult ports(CheckContext host) {
        if (host.unit(KubeletPaths.UNIT).isActive()) {
            return new CheckResult.Skipped("a kubelet is running");
        }
        return CheckResult.ofDeviations(KUBELET_PORTS.stream()
                .filter(host.network()::isListening)
                .map(port -> "TCP port " + port + " is in use")
                .toList());
    }

    private static CheckResult mtu(CheckContext host) {
        return CheckResult.ofDeviations(host.network().links().stream()
                .filter(link -> !link.loopback() && link.mtu() < MIN_MTU)
                .map(link -> link.name() + " has an MTU of " + link.mtu())
                .toList());
    }

    private static CheckResult macAddress(CheckContext host) {
        Set<String> seen = new HashSet<>();
        List<String> shared = new ArrayList<>();
        for (HostNetwork.Link link : host.network().links()) {
            boolean physical = host.files().exists("/sys/class/net/" + link.name() + "/device");
            if (physical && (link.mac().isEmpty() || link.mac().matches("[0:]+") || !seen.add(link.mac()))) {
                shared.add(link.name() + " has the MAC address '" + link.mac() + "'");
            }
        }
        return CheckResult.ofDeviations(shared);
    }

    private static CheckResult proxy(CheckContext host) {
        URI apiServer = host.expected().apiServer();
        String name = apiServer == null || apiServer.getHost() == null ? "" : apiServer.getHost();
        return CheckResult.ofDeviations(ProxySettings.read(host.files()).stream()
                .filter(settings -> settings.isProxied(name))
                .map(settings -> settings.file() + " sends requests to the API server through a proxy")
                .toList());
    }

    private static CheckResult firewall(CheckContext host) {
        return CheckResult.ofDeviations(CheckedUnits.FIREWALLS.stream()
                .filter(unit -> host.unit(unit).isActive())
                .map(unit -> unit + " is active; whether it lets port " + KUBELET_PORT + " through is not known")
                .toList());
    }
}
