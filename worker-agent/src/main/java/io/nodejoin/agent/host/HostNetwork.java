package io.nodejoin.agent.host;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The agent's view of the host's network. */
public interface HostNetwork {
    /**
     * A network interface of this host.
     *
     * @param mac in lower-case hex with colons, empty if it has none
     */
    record Link(String name, String mac, int mtu, boolean loopback) {}

    /** Returns whether a process listens on this TCP port. */
    boolean isListening(int port);

    /** Returns whether a TCP connection to the endpoint succeeds in time. */
    boolean canConnect(String host, int port, Duration timeout);

    /** Returns the host name. */
    String hostName();

    /** Returns the address that a name resolves to, or empty if it does not in time. */
    Optional<String> resolve(String name, Duration timeout);

    /** Returns the network interfaces that are up. */
    List<Link> links();

    /** Returns the global addresses of the host, those that the default routes start from first. */
    List<String> globalAddresses();

    /** Returns whether the kubelet's healthz endpoint at 127.0.0.1:10248 responds with 200. */
    boolean isKubeletHealthy();

    /**
     * Returns the status with which the kubelet at 127.0.0.1:10250 responds to an anonymous request; empty if it does
     * not.
     */
    OptionalInt kubeletAnonymousStatus();
}
