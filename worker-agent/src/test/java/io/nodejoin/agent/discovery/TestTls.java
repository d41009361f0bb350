package io.nodejoin.agent.discovery;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Two CAs with a server certificate each, and a client certificate from the first, valid for ten years; made anew. */
public final class TestTls {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Duration VALIDITY = Duration.ofDays(3650);

    private static final GeneralName LOOPBACK = new GeneralName(GeneralName.iPAddress, "127.0.0.1");

    private final Identity authority = selfSigned("ca");
    private final Map<String, Identity> identities = identities();

    private record Identity(PrivateKey key, X509Certificate certificate, List<X509Certificate> issuers) {
        X509Certificate[] chain() {
            return Stream.concat(Stream.of(certificate), issuers.stream()).toArray(X509Certificate[]::new);
        }
    }

    private Map<String, Identity> identities() {
        Identity other = selfSigned("otherca");
        return new HashMap<>(Map.of(
                "ca", authority,
                "otherca", other,
                "server", issued(authority, "server", LOOPBACK),
                "otherserver", issued(other, "server", LOOPBACK),
                "agent", issued(authority, "agent", null)));
    }

    /** Makes another server certificate of the first CA, for this host name only. */
    public void addServer(String alias, String hostName) {
        identities.put(alias, issued(authority, alias, new GeneralName(GeneralName.dNSName, hostName)));
    }

    /** Another certificate for the agent's key, from the first CA, valid for twenty years. */
    public X509Certificate renewed() {
        PublicKey agent = certificate("agent").getPublicKey();
        return sign(authority.key(), builder("ca", "agent", agent, VALIDITY.multipliedBy(2)));
    }

    /** Another certificate of the first CA, for an agent with this key. */
    public X509Certificate issueFor(PublicKey key) {
        return sign(authority.key(), builder("ca", "agent", key, VALIDITY));
    }

    private static Identity selfSigned(String name) {
        KeyPair keys = newKeys();
        X509v3CertificateBuilder builder = builder(name, name, keys.getPublic(), VALIDITY);
        extend(builder, Extension.basicConstraints, new BasicConstraints(true));
        return new Identity(keys.getPrivate(), sign(keys.getPrivate(), builder), List.of());
    }

    private static Identity issued(Identity issuer, String name, @Nullable GeneralName server) {
        KeyPair keys = newKeys();
        String issuerName =
                issuer.certificate().getSubjectX500Principal().getName().substring("CN=".length());
        X509v3CertificateBuilder builder = builder(issuerName, name, keys.getPublic(), VALIDITY);
        if (server != null) {
            extend(builder, Extension.subjectAlternativeName, new GeneralNames(server));
        }
        return new Identity(keys.getPrivate(), sign(issuer.key(), builder), List.of(issuer.certificate()));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509v3CertificateBuilder builder(String issuer, String subject, PublicKey key, Duration validity) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + issuer),
                new BigInteger(64, new SecureRandom()).add(BigInteger.ONE),
                Date.from(now),
                Date.from(now.plus(validity)),
                new X500Name("CN=" + subject),
                key);
    }

    private static void extend(X509v3CertificateBuilder builder, ASN1ObjectIdentifier extension, ASN1Object value) {
        try {
            builder.addExtension(extension, extension.equals(Extension.basicConstraints), value);
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(PrivateKey key, X509v3CertificateBuilder builder) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate by its alias: ca, otherca, server, otherserver, agent, or that of an added server. */
    public X509Certificate certificate(String alias) {
        return identity(alias).certificate();
    }

    /** A private key by its alias. */
    public PrivateKey key(String alias) {
        return identity(alias).key();
    }

    private Identity identity(String alias) {
        return Objects.requireNonNull(identities.get(alias), alias);
    }

    /** A server on loopback with the certificate of that alias, which takes client certificates from the first CA. */
    public HttpsServer serve(String alias, HttpHandler handler) {
        try {
            HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(context(alias)) {
                @Override
                public void configure(HttpsParameters parameters) {
                    SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                    wanted.setWantClientAuth(true);
                    parameters.setSSLParameters(wanted);
                }
            });
            server.createContext("/", handler);
            server.setExecutor(Thread::startVirtualThread);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SSLContext context(String alias) {
        try {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry(alias, key(alias), PASSWORD, identity(alias).chain());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, PASSWORD);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", certificate("ca"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where a server of {@link #serve} is. */
    public static URI at(HttpsServer server) {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }
}
