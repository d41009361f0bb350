package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.net.NetworkNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Strangers in network namespaces of their own, who open connections to a gateway and begin what they never finish. They send a byte from time
 * to time, so that no connection is idle.
 */
final class SlowStrangers implements AutoCloseable {
    private static final int CONNECTIONS_OF_ADDRESS = 20;
    private static final int BETWEEN_BYTES_MILLIS = 1_000;
    private static final int HANDSHAKE_MILLIS = 30_000;
    /** The head of a TLS record and of a ClientHello that is to fill it. */
    private static final byte[] CLIENT_HELLO = {0x16, 0x03, 0x01, 0x40, 0x00, 0x01, 0x00, 0x3f, (byte) 0xfc, 0x03, 0x03
    };

    private static final byte[] HEAD = bytes("POST /v1/enrollments HTTP/1.1\r\nHost: gateway\r\n");
    private static final byte[] BODY = bytes("Content-Length: 250000\r\n\r\n{");

    private final List<NetworkNamespace> namespaces;
    private final GatewayDoor gateway;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch end = new CountDownLatch(1);
    private final LongAdder opened = new LongAdder();
    private final LongAdder closedByGateway = new LongAdder();

    /** @param namespaces with one address each */
    SlowStrangers(List<NetworkNamespace> namespaces, GatewayDoor gateway) {
        this.namespaces = List.copyOf(namespaces);
        this.gateway = gateway;
    }

    /** What is done with a connection. */
    private enum Kind {
        /** A handshake that drips. */
        SLOW_HANDSHAKE,
        /** A complete handshake, and another one a second later. */
        HANDSHAKE,
        /** The head of a request that drips. */
        HEAD,
        /** The body of a request that drips. */
        BODY
    }

    /** Has twenty connections from each address, a new one a second after the end of another, until {@link #close}. */
    void attack() {
        for (NetworkNamespace namespace : namespaces) {
            for (int connection = 0; connection < CONNECTIONS_OF_ADDRESS; connection++) {
                Kind kind = Kind.values()[connection % Kind.values().length];
                Future<?> _ = threads.submit(() -> {
                    while (!end.await(BETWEEN_BYTES_MILLIS, TimeUnit.MILLISECONDS)) {
                        connect(namespace, kind);
                    }
                    return kind;
                });
            }
        }
    }

    long opened() {
        return opened.sum();
    }

    long closedByGateway() {
        return closedByGateway.sum();
    }

    private void connect(NetworkNamespace namespace, Kind kind) throws InterruptedException {
        try (SocketChannel channel = namespace.call(SocketChannel::open)) {
            Socket plain = gateway.connect(channel);
            opened.increment();
            use(plain, kind);
        } catch (IOException _) {
            // no connection came about; the next one is due
        }
    }

    private void use(Socket plain, Kind kind) {
        try {
            plain.setSoTimeout(HANDSHAKE_MILLIS);
            switch (kind) {
                case SLOW_HANDSHAKE -> drip(plain, CLIENT_HELLO);
                case HANDSHAKE -> gateway.encrypt(plain).close();
                case HEAD -> drip(gateway.encrypt(plain), HEAD);
                case BODY -> {
                    Socket socket = gateway.encrypt(plain);
                    socket.getOutputStream().write(HEAD);
                    drip(socket, BODY);
                }
            }
        } catch (IOException _) {
            closedByGateway.increment();
        }
    }

    private void drip(Socket socket, byte[] first) throws IOException {
        socket.setSoTimeout(BETWEEN_BYTES_MILLIS);
        socket.getOutputStream().write(first);
        InputStream answer = socket.getInputStream();
        while (end.getCount() > 0) {
            try {
                if (answer.read() < 0) {
                    throw new IOException("closed by the gateway");
                }
            } catch (SocketTimeoutException _) {
                socket.getOutputStream().write('X');
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        end.countDown();
        threads.close();
    }
}
