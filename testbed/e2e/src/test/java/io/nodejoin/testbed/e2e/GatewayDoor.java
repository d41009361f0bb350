package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.TestBed;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** The gateway of a bed, as a client without a certificate reaches it. */
final class GatewayDoor {
    private static final int CONNECT_MILLIS = 1_000;

    private final InetSocketAddress address;
    private final SSLSocketFactory tls;

    GatewayDoor(TestBed bed) throws IOException, GeneralSecurityException {
        this(bed.plan().gatewayUrl(), authority(bed));
    }

    /** @param authority the certificate, as PEM, of the authority that the gateway's certificate comes from */
    GatewayDoor(URI gateway, Path authority) throws IOException, GeneralSecurityException {
        this.address = new InetSocketAddress(gateway.getHost(), gateway.getPort());
        this.tls = tls(authority);
    }

    static Path authority(TestBed bed) {
        return bed.directories().pki().resolve("gateway-ca.crt");
    }

    /** Connects a channel, which may belong to another network namespace. */
    Socket connect(SocketChannel channel) throws IOException {
        Socket plain = channel.socket();
        plain.connect(address, CONNECT_MILLIS);
        return plain;
    }

    /** Completes a TLS handshake on a connection, which closes with the returned socket. */
    Socket encrypt(Socket plain) throws IOException {
        var socket = (SSLSocket) tls.createSocket(plain, address.getHostString(), address.getPort(), true);
        socket.startHandshake();
        return socket;
    }

    private static SSLSocketFactory tls(Path ca) throws IOException, GeneralSecurityException {
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
}
