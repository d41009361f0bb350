package io.nodejoin.agent.host;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What the agent asks of the host's network without speaking to a cluster. */
public interface HostNetwork {
    /** Whether something listens on this TCP port. */
    boolean isListening(int port);

    /** Whether a TCP connection to the endpoint succeeds in time. */
    boolean canConnect(String host, int port, Duration timeout);

    /** The host's own name. */
    String hostName();

    /** The address that a name resolves to, or empty if it does not within the time. */
    Optional<String> resolve(String name, Duration timeout);

    /** The links that are up. */
    List<NetworkLink> links();

    /** Whether the kubelet's healthz at 127.0.0.1:10248 answers with 200. */
    boolean isKubeletHealthy();

    /** The status with which the kubelet at 127.0.0.1:10250 answers a request without credential; empty if it does not. */
    OptionalInt kubeletAnonymousStatus();
}
