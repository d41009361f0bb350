package io.nodejoin.testbed.simulated;

import io.nodejoin.agent.host.HostNetwork;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The network of this machine, seen by a host of another name with no port in use. */
final class SimulatedNetwork implements HostNetwork {
    private final HostIdentity host;
    private final SimulatedKubelet kubelet;

    SimulatedNetwork(HostIdentity host, SimulatedKubelet kubelet) {
        this.host = host;
        this.kubelet = kubelet;
    }

    @Override
    public boolean isListening(int port) {
        return false;
    }

    @Override
    public boolean canConnect(String address, int port, Duration timeout) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), (int) timeout.toMillis());
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public String hostName() {
        return host.node().value();
    }

    @Override
    public Optional<String> resolve(String name, Duration timeout) {
        return Optional.of(host.nodeIp());
    }

    @Override
    public List<Link> links() {
        return List.of();
    }

    @Override
    public List<String> globalAddresses() {
        return List.of(host.nodeIp());
    }

    @Override
    public boolean isKubeletHealthy() {
        return kubelet.isActive();
    }

    /** The simulated kubelet has no API: anonymous requests are rejected. */
    @Override
    public OptionalInt kubeletAnonymousStatus() {
        return OptionalInt.of(HttpURLConnection.HTTP_UNAUTHORIZED);
    }
}
