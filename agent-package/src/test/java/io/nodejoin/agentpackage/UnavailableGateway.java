package io.nodejoin.agentpackage;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A gateway on loopback, with a certificate of its own, that answers every question with "later". */
final class UnavailableGateway implements AutoCloseable {
    private static final String PASSWORD = "rehearsal";
    private static final int LATER = 503;

    private final HttpsServer server;
    private final Path authority;
    private final List<CountDownLatch> waiting = new ArrayList<>();
    private int requests;

    private UnavailableGateway(HttpsServer server, Path authority) {
        this.server = server;
        this.authority = authority;
    }

    /** Starts one whose key lies in this directory. */
    static UnavailableGateway start(Path directory) throws IOException, InterruptedException {
        Path keys = directory.resolve("gateway.p12");
        Path certificate = directory.resolve("gateway.crt");
        keytool(
                "-genkeypair",
                "-alias",
                "gateway",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=gateway",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                PASSWORD);
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "gateway",
                "-keystore",
                keys.toString(),
                "-storepass",
                PASSWORD,
                "-file",
                certificate.toString());
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(keys)));
        UnavailableGateway gateway = new UnavailableGateway(server, certificate);
        server.createContext("/", gateway::answer);
        server.start();
        return gateway;
    }

    URI url() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The file of the CA that an agent is to trust. */
    Path authority() {
        return authority;
    }

    /** Waits until this many questions have come; false if the time is up before. */
    boolean awaitRequests(int wanted, long seconds) throws InterruptedException {
        return latch(wanted).await(seconds, TimeUnit.SECONDS);
    }

    private synchronized CountDownLatch latch(int wanted) {
        CountDownLatch latch = new CountDownLatch(Math.max(0, wanted - requests));
        waiting.add(latch);
        return latch;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(LATER, -1);
        }
        countRequest();
    }

    private synchronized void countRequest() {
        requests++;
        waiting.forEach(CountDownLatch::countDown);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static SSLContext tls(Path keys) throws IOException {
        try (InputStream stream = Files.newInputStream(keys)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(stream, PASSWORD.toCharArray());
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("no TLS with " + keys, e);
        }
    }

    /** The JDK makes certificates by this program only. */
    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        byte[] said = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IOException("keytool: " + new String(said, java.nio.charset.StandardCharsets.UTF_8));
        }
    }
}
