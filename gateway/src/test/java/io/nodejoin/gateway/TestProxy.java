package io.nodejoin.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A load balancer on loopback that passes TLS through, with the client's address in a header of the PROXY protocol. */
final class TestProxy implements AutoCloseable {
    /** Where it connects from. */
    static final String ADDRESS = "127.0.0.9";

    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final byte LOCAL = 0x20;
    private static final byte PROXY = 0x21;
    private static final byte TCP_OVER_IPV4 = 0x11;
    private static final byte TCP_OVER_IPV6 = 0x21;

    private final int gateway;
    private final ServerSocket listening;
    private final List<Socket> open = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    TestProxy(int gateway) throws IOException {
        this.gateway = gateway;
        this.listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    URI uri() {
        return URI.create("https://127.0.0.1:" + listening.getLocalPort());
    }

    /** The header for a client at this address. */
    static byte[] header(InetAddress client) {
        byte[] address = client.getAddress();
        ByteBuffer header = ByteBuffer.allocate(16 + 2 * address.length + 4)
                .put(SIGNATURE)
                .put(PROXY)
                .put(address.length == 4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6)
                .putShort((short) (2 * address.length + 4))
                .put(address)
                .put(address)
                .putShort((short) 40_000)
                .putShort((short) 8443);
        return header.array();
    }

    /** The header of a connection of the proxy itself. */
    static byte[] localHeader() {
        return ByteBuffer.allocate(16).put(SIGNATURE).put(LOCAL).array();
    }

    /** A connection to the gateway from this address, with these first bytes. */
    static Socket connect(int gateway, String from, byte[] first) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway, InetAddress.getByName(from), 0);
        socket.getOutputStream().write(first);
        return socket;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                InetAddress address = ((InetSocketAddress) client.getRemoteSocketAddress()).getAddress();
                Socket server = connect(gateway, ADDRESS, header(address));
                synchronized (open) {
                    open.add(client);
                    open.add(server);
                }
                threads.execute(() -> pass(client, server));
                threads.execute(() -> pass(server, client));
            }
        } catch (IOException e) {
            if (!listening.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void pass(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException _) {
            // one of them has closed it
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        synchronized (open) {
            for (Socket socket : open) {
                socket.close();
            }
        }
        threads.close();
    }
}
