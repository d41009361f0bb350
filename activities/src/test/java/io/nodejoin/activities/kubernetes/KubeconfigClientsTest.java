package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.nodejoin.protocol.ClusterName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class KubeconfigClientsTest {
    private static final ClusterName CLUSTER = new ClusterName("one");
    private static final String CREDENTIAL = "credential-of-the-service";
    private static final String TOKEN = "0123456789abcdef";

    @Test
    void shouldWriteNeitherCredentialNorBodyDownHoweverTalkativeItsLibraryIs(@TempDir Path directory)
            throws IOException {
        // given
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] echo = exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(201, echo.length);
            exchange.getResponseBody().write(echo);
            exchange.close();
        });
        server.start();
        Path kubeconfig = write(directory, server.getAddress().getPort(), CREDENTIAL);

        // when
        String usual;
        String said;
        try (KubeconfigClients clients = new KubeconfigClients(Map.of(CLUSTER, kubeconfig))) {
            usual = saidBy(
                    () -> new KubernetesClientBuilder()
                            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                            .build(),
                    text -> text.contains(TOKEN));
            said = saidBy(() -> clients.client(CLUSTER), text -> !text.isEmpty());
        } finally {
            server.stop(0);
        }

        // then a client as the library makes it tells both, and ours does not
        assertThat(usual).contains(CREDENTIAL).contains(TOKEN);
        assertThat(said).isNotEmpty().doesNotContain(CREDENTIAL).doesNotContain(TOKEN);
    }

    @Test
    void shouldGoOnWithTheCredentialThatHasReplacedOneThatIsRefused(@TempDir Path directory) throws IOException {
        // given
        List<String> refused = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String credential = exchange.getRequestHeaders().getFirst("Authorization");
            byte[] answer = "{\"kind\":\"Namespace\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"n\"}}"
                    .getBytes(StandardCharsets.UTF_8);
            boolean known = "Bearer new".equals(credential);
            if (!known) {
                refused.add(credential);
            }
            exchange.sendResponseHeaders(known ? 200 : 401, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        int port = server.getAddress().getPort();
        Path kubeconfig = write(directory, port, "old");

        // when
        Namespace found;
        try (KubeconfigClients clients = new KubeconfigClients(Map.of(CLUSTER, kubeconfig))) {
            assertThatThrownBy(() ->
                            clients.client(CLUSTER).namespaces().withName("n").get())
                    .hasMessageContaining("401");
            write(directory, port, "new");
            found = clients.client(CLUSTER).namespaces().withName("n").get();
        } finally {
            server.stop(0);
        }

        // then
        assertThat(found).isNotNull();
        assertThat(refused).contains("Bearer old").doesNotContain("Bearer new");
    }

    private static Path write(Path directory, int port, String credential) throws IOException {
        return Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: c
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: c, context: {cluster: c, user: u}}]
                users: [{name: u, user: {token: %s}}]
                """.formatted(port, credential));
    }

    /** @param enough what is said is written by another thread, perhaps after the answer */
    private static String saidBy(Supplier<KubernetesClient> client, Predicate<String> enough) {
        try (Talk talk = new Talk()) {
            client.get()
                    .resource(new SecretBuilder()
                            .withNewMetadata()
                            .withName("bootstrap-token-abcdef")
                            .withNamespace("kube-system")
                            .endMetadata()
                            .addToStringData("token-secret", TOKEN)
                            .build())
                    .create();
            return await().until(talk::text, enough);
        }
    }

    /** All that fabric8 says at its most talkative. */
    private static final class Talk implements AutoCloseable {
        private final PrintStream usual = System.out;
        private final ByteArrayOutputStream said = new ByteArrayOutputStream();
        private final Logger logger = (Logger) LoggerFactory.getLogger("io.fabric8");

        Talk() {
            System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
            logger.setLevel(Level.TRACE);
        }

        String text() {
            return said.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            logger.setLevel(null);
            System.setOut(usual);
        }
    }
}
