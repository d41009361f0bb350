package io.nodejoin.agent.discovery;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * Two CAs with a server certificate each, and a client certificate from the first, valid for ten years; made anew by the
 * JDK's keytool.
 */
public final class TestTls {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final KeyStore store;

    /** Makes them in this directory. */
    public TestTls(Path directory) {
        Path file = directory.resolve("test.p12");
        keytool(file, "-alias", "ca", "-dname", "CN=ca", "-ext", "bc:c");
        keytool(file, "-alias", "otherca", "-dname", "CN=otherca", "-ext", "bc:c");
        keytool(file, "-alias", "server", "-dname", "CN=server", "-signer", "ca", "-ext", "san=ip:127.0.0.1");
        keytool(file, "-alias", "otherserver", "-dname", "CN=server", "-signer", "otherca", "-ext", "san=ip:127.0.0.1");
        keytool(file, "-alias", "agent", "-dname", "CN=agent", "-signer", "ca");
        try (InputStream stream = Files.newInputStream(file)) {
            store = KeyStore.getInstance("PKCS12");
            store.load(stream, PASSWORD);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Another certificate for the agent's key, from the first CA, valid for twenty years. */
    public X509Certificate renewed(Path directory) {
        Path request = directory.resolve("agent.csr");
        Path answer = directory.resolve("agent.pem");
        Path file = directory.resolve("test.p12");
        run(file, "-certreq", "-alias", "agent", "-file", request.toString());
        run(
                file,
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-validity",
                "7300",
                "-infile",
                request.toString(),
                "-outfile",
                answer.toString());
        try {
            return Pem.parseCertificates(Files.readString(answer)).getFirst();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void keytool(Path store, String... arguments) {
        List<String> words = new ArrayList<>(
                List.of("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "3650"));
        words.addAll(List.of(arguments));
        run(store, words.toArray(new String[0]));
    }

    private static void run(Path store, String... arguments) {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/keytool"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", "changeit", "-keystore", store.toString()));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate by its alias: ca, otherca, server, otherserver or agent. */
    public X509Certificate certificate(String alias) {
        try {
            return (X509Certificate) store.getCertificate(alias);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A private key by its alias. */
    public Key key(String alias) {
        try {
            return store.getKey(alias, PASSWORD);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
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
            own.setKeyEntry(alias, key(alias), PASSWORD, store.getCertificateChain(alias));
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
