package io.nodejoin.testbed.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Strangers at many addresses of loopback who open connections to a gateway, begin what they never finish, and send a byte
 * from time to time so that no connection is idle.
 */
final class SlowStrangers implements AutoCloseable {
    private static final int CONNECTIONS_OF_ADDRESS = 20;
    private static final int BETWEEN_BYTES_MILLIS = 1_000;
    private static final byte[] HEAD = bytes("POST /v1/enrollments HTTP/1.1\r\nHost: gateway\r\n");
    private static final byte[] BODY = bytes("Content-Length: 250000\r\n\r\n{");

    private final URI gateway;
    private final SocketFactory tls;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final LongAdder opened = new LongAdder();
    private final LongAdder ended = new LongAdder();

    /** @param gatewayCa the CA of the gateway's certificate, as PEM */
    SlowStrangers(URI gateway, Path gatewayCa) throws IOException, GeneralSecurityException {
        this.gateway = gateway;
        this.tls = tls(gatewayCa);
    }

    private enum Kind {
        HANDSHAKE,
        HEAD,
        BODY
    }

    /** Keeps twenty connections open from each of so many addresses, until {@link #close}. */
    void attackFrom(int addresses) {
        for (int address = 1; address <= addresses; address++) {
            String from = "127.0.1." + address;
            for (int connection = 0; connection < CONNECTIONS_OF_ADDRESS; connection++) {
                Kind kind = Kind.values()[connection % Kind.values().length];
                Future<?> _ = threads.submit(() -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        connect(from, kind);
                    }
                });
            }
        }
    }

    long opened() {
        return opened.sum();
    }

    /** Connections that the gateway has closed. */
    long ended() {
        return ended.sum();
    }

    private void connect(String from, Kind kind) {
        try (Socket socket = kind == Kind.HANDSHAKE ? plain(from) : encrypted(from)) {
            opened.increment();
            socket.setSoTimeout(BETWEEN_BYTES_MILLIS);
            if (kind != Kind.HANDSHAKE) {
                socket.getOutputStream().write(HEAD);
            }
            if (kind == Kind.BODY) {
                socket.getOutputStream().write(BODY);
            }
            drip(socket, kind);
        } catch (IOException _) {
            ended.increment();
        }
    }

    private static void drip(Socket socket, Kind kind) throws IOException {
        InputStream answer = socket.getInputStream();
        while (true) {
            try {
                if (answer.read() < 0) {
                    throw new IOException("closed by the gateway");
                }
            } catch (SocketTimeoutException _) {
                if (kind != Kind.HANDSHAKE) {
                    socket.getOutputStream().write(kind == Kind.HEAD ? 'X' : ' ');
                }
            }
        }
    }

    private Socket plain(String from) throws IOException {
        return new Socket(gateway.getHost(), gateway.getPort(), InetAddress.getByName(from), 0);
    }

    private Socket encrypted(String from) throws IOException {
        return tls.createSocket(
                InetAddress.getByName(gateway.getHost()), gateway.getPort(), InetAddress.getByName(from), 0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static SocketFactory tls(Path ca) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream pem = Files.newInputStream(ca)) {
            trusted.setCertificateEntry(
                    "gateway", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
