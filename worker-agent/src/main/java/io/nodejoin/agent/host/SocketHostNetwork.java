package io.nodejoin.agent.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/** The network of this host. */
public final class SocketHostNetwork implements HostNetwork {
    private static final Duration LOCAL_TIMEOUT = Duration.ofMillis(500);
    private static final int HEALTHZ_PORT = 10248;
    private static final String HEALTHZ = "GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";

    /** Addresses for documentation: only a default route leads there. */
    private static final List<InetAddress> FAR_AWAY =
            List.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1"));

    private static final int DISCARD_PORT = 9;

    private static final URI KUBELET = URI.create("https://127.0.0.1:10250/pods");

    private final HostFiles files;
    private final Function<URI, OptionalInt> anonymousStatus;

    /** @param anonymousStatus sends an anonymous request and returns the status of the response, if there is one */
    public SocketHostNetwork(HostFiles files, Function<URI, OptionalInt> anonymousStatus) {
        this.files = files;
        this.anonymousStatus = anonymousStatus;
    }

    @Override
    public boolean isListening(int port) {
        return canConnect("127.0.0.1", port, LOCAL_TIMEOUT);
    }

    @Override
    public boolean canConnect(String host, int port, Duration timeout) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String hostName() {
        return files.read("/proc/sys/kernel/hostname")
                .map(name -> new String(name, StandardCharsets.UTF_8).strip())
                .orElse("");
    }

    @Override
    public Optional<String> resolve(String name, Duration timeout) {
        CompletableFuture<String> address = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                address.complete(InetAddress.getAllByName(name)[0].getHostAddress());
            } catch (UnknownHostException e) {
                address.completeExceptionally(e);
            }
        });
        try {
            return Optional.of(address.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<Link> links() {
        try (Stream<NetworkInterface> interfaces = NetworkInterface.networkInterfaces()) {
            return interfaces.flatMap(SocketHostNetwork::link).toList();
        } catch (SocketException e) {
            return List.of();
        }
    }

    /** Empty for an interface that is down, or has disappeared meanwhile. */
    private static Stream<Link> link(NetworkInterface link) {
        try {
            byte[] mac = link.getHardwareAddress();
            return link.isUp()
                    ? Stream.of(new Link(
                            link.getName(),
                            mac == null ? "" : HexFormat.ofDelimiter(":").formatHex(mac),
                            link.getMTU(),
                            link.isLoopback()))
                    : Stream.empty();
        } catch (SocketException e) {
            return Stream.empty();
        }
    }

    @Override
    public List<String> globalAddresses() {
        Stream<InetAddress> sources = FAR_AWAY.stream().flatMap(SocketHostNetwork::sourceOfRoute);
        return Stream.concat(sources, interfaceAddresses())
                .filter(SocketHostNetwork::isGlobal)
                .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
                .distinct()
                .toList();
    }

    /** Connecting a datagram socket chooses a route and sends nothing. */
    private static Stream<InetAddress> sourceOfRoute(InetAddress remote) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(remote, DISCARD_PORT));
            return Stream.of(socket.getLocalAddress());
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private static Stream<InetAddress> interfaceAddresses() {
        try (Stream<NetworkInterface> interfaces = NetworkInterface.networkInterfaces()) {
            return interfaces
                    .filter(SocketHostNetwork::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .toList()
                    .stream();
        } catch (SocketException e) {
            return Stream.empty();
        }
    }

    private static boolean isUp(NetworkInterface link) {
        try {
            return link.isUp();
        } catch (SocketException e) {
            return false;
        }
    }

    private static boolean isGlobal(InetAddress address) {
        return !address.isAnyLocalAddress()
                && !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isMulticastAddress();
    }

    /** Written by hand, since an HTTP client takes longer to start than this request. */
    @Override
    public boolean isKubeletHealthy() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), HEALTHZ_PORT), (int)
                    LOCAL_TIMEOUT.toMillis());
            socket.setSoTimeout((int) LOCAL_TIMEOUT.toMillis());
            socket.getOutputStream().write(HEALTHZ.getBytes(StandardCharsets.US_ASCII));
            InputStream answer = socket.getInputStream();
            return new String(answer.readNBytes("HTTP/1.0 200".length()), StandardCharsets.US_ASCII).endsWith(" 200");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public OptionalInt kubeletAnonymousStatus() {
        return anonymousStatus.apply(KUBELET);
    }
}
