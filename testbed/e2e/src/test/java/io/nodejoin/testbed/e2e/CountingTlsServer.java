package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.pki.CertificateAuthority;
import io.nodejoin.testbed.pki.CertificateAuthority.Identity;
import io.nodejoin.testbed.pki.CertificateAuthority.Subject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A server on loopback under a CA of its own that counts who calls and what is said after the handshake. */
final class CountingTlsServer implements AutoCloseable {
    private static final char[] NO_PASSWORD = {};

    private final SSLServerSocket listener;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    CountingTlsServer() throws IOException, GeneralSecurityException {
        var authority = new CertificateAuthority("stranger", Clock.systemUTC(), new SecureRandom());
        Identity identity =
                authority.issue(Subject.server("nodejoin-gateway", List.of("localhost"), List.of("127.0.0.1")));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, NO_PASSWORD);
        keys.setKeyEntry(
                "server", identity.keys().getPrivate(), NO_PASSWORD, new Certificate[] {identity.certificate()});
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 0, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().name("counting-tls-server").start(this::accept);
    }

    URI address() {
        return URI.create("https://127.0.0.1:" + listener.getLocalPort());
    }

    long calls() {
        return calls.get();
    }

    /** Bytes in the clear: what a gateway under this CA would have learned. */
    long bytes() {
        return bytes.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try (SSLSocket caller = (SSLSocket) listener.accept()) {
                calls.incrementAndGet();
                bytes.addAndGet(caller.getInputStream().readAllBytes().length);
            } catch (IOException _) {
                // A caller that does not trust this server ends the handshake; a closed listener ends the loop.
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
