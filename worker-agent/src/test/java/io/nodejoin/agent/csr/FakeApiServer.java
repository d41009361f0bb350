package io.nodejoin.agent.csr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsServer;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * An API server for one token: cluster-info, CertificateSigningRequests that are approved at once unless something else is
 * arranged, and /version. It says 401 to the token once {@link #revoke} was called.
 */
public final class FakeApiServer implements AutoCloseable {
    private static final String CSRS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private static final JsonMapper JSON = new JsonMapper();

    private final TestTls tls;
    private final BootstrapToken token;
    private final HttpsServer server;
    private final Map<String, ObjectNode> stored = new ConcurrentHashMap<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<InetSocketAddress> clients = Collections.synchronizedList(new ArrayList<>());
    private final Deque<Integer> rejections = new ArrayDeque<>();
    private final CountDownLatch watched = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private UnaryOperator<PublicKey> signedKey = UnaryOperator.identity();
    private volatile boolean approving = true;
    private volatile boolean revoked;
    private volatile boolean silentOnce;
    private final AtomicInteger emptyWatches = new AtomicInteger();

    /** Serves with the certificate "server" of these keys. */
    public FakeApiServer(TestTls tls, BootstrapToken token) {
        this.tls = tls;
        this.token = token;
        this.server = tls.serve("server", this::answer);
    }

    public URI address() {
        return TestTls.at(server);
    }

    public TrustedCluster cluster() {
        return new TrustedCluster(address(), List.of(tls.certificate("ca")));
    }

    /** Method and path of each request to CSRs and /version, in order. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** The client's end of the connection of each request, in order. */
    public List<InetSocketAddress> clients() {
        return List.copyOf(clients);
    }

    /** The stored objects, by name. */
    public Map<String, ObjectNode> csrs() {
        return Map.copyOf(stored);
    }

    /** The token is deleted. */
    public void revoke() {
        revoked = true;
    }

    /** The next requests to CSRs get these statuses. */
    void reject(Integer... statuses) {
        rejections.addAll(List.of(statuses));
    }

    /** The connection of the next creation breaks after the object is stored. */
    public void loseNextResponse() {
        silentOnce = true;
    }

    /** Watches end with the current state only, this many times. */
    void endWatchesEarly(int times) {
        emptyWatches.set(times);
    }

    /** Nothing is approved from now on; what is stored gets the condition Denied. */
    public void deny() {
        approving = false;
    }

    /** Certificates have the key that this function makes of the requested one. */
    void signOther(UnaryOperator<PublicKey> key) {
        signedKey = key;
    }

    /** Somebody else has stored an object under this name. */
    void store(String name, ObjectNode object) {
        object.withObject("/metadata").put("name", name);
        stored.put(name, object);
    }

    /** Waits until somebody watches. */
    public void awaitWatch() throws InterruptedException {
        watched.await();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            clients.add(exchange.getRemoteAddress());
            String path = exchange.getRequestURI().getPath();
            if (path.endsWith("/cluster-info")) {
                send(exchange, 200, clusterInfo());
                return;
            }
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            if (revoked || !authorization.equals("Bearer " + token.bearerToken())) {
                send(exchange, 401, status(401));
            } else if (path.equals("/version")) {
                send(exchange, 200, JSON.createObjectNode());
            } else {
                answerCsr(exchange, path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answerCsr(HttpExchange exchange, String path) throws IOException, InterruptedException {
        Integer rejection = rejections.poll();
        if (rejection != null) {
            send(exchange, rejection, status(rejection));
        } else if (exchange.getRequestMethod().equals("POST")) {
            create(exchange);
        } else if (path.equals(CSRS)) {
            watch(exchange);
        } else {
            ObjectNode found = stored.get(path.substring(CSRS.length() + 1));
            send(exchange, found == null ? 404 : 200, found == null ? status(404) : found);
        }
    }

    private void create(HttpExchange exchange) throws IOException {
        ObjectNode object = (ObjectNode) JSON.readTree(exchange.getRequestBody().readAllBytes());
        String name = object.at("/metadata/name").asText();
        if (stored.containsKey(name)) {
            send(exchange, 409, status(409));
            return;
        }
        decide(object);
        stored.put(name, object);
        if (silentOnce) {
            silentOnce = false;
            throw new IOException("the response is lost");
        }
        send(exchange, 201, object);
    }

    private void decide(ObjectNode object) {
        if (approving) {
            String chain = Pem.encode(List.of(issue(object)));
            object.putObject("status")
                    .put("certificate", Base64.getEncoder().encodeToString(chain.getBytes(StandardCharsets.US_ASCII)));
        } else {
            object.putObject("status").putArray("conditions").addObject().put("type", "Denied");
        }
    }

    private X509Certificate issue(JsonNode object) {
        String pem =
                new String(Base64.getDecoder().decode(object.at("/spec/request").asText()), StandardCharsets.US_ASCII);
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            PKCS10CertificationRequest request = (PKCS10CertificationRequest) parser.readObject();
            Instant now = Instant.now();
            return new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    new X500Name("CN=ca"),
                                    BigInteger.TWO,
                                    Date.from(now.minusSeconds(300)),
                                    Date.from(now.plusSeconds(3600)),
                                    request.getSubject(),
                                    signedKey.apply(new JcaPKCS10CertificationRequest(request).getPublicKey()))
                            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(tls.key("ca"))));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a watch without a resource version: the current object first. Ends with the server. */
    private void watch(HttpExchange exchange) throws IOException, InterruptedException {
        String query = exchange.getRequestURI().getQuery();
        String name = query.replaceAll(".*fieldSelector=metadata.name=([^&]*).*", "$1");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        if (emptyWatches.getAndDecrement() > 0) {
            return;
        }
        ObjectNode event = JSON.createObjectNode().put("type", "ADDED");
        event.set("object", stored.get(name));
        out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        watched.countDown();
        closed.await();
    }

    private ObjectNode clusterInfo() {
        String authority = Base64.getEncoder()
                .encodeToString(Pem.encode(List.of(tls.certificate("ca"))).getBytes(StandardCharsets.UTF_8));
        String kubeconfig = "apiVersion: v1\nkind: Config\nclusters:\n- name: \"\"\n  cluster:\n    server: "
                + address() + "\n    certificate-authority-data: " + authority + "\n";
        ObjectNode object = JSON.createObjectNode();
        object.putObject("data")
                .put("kubeconfig", kubeconfig)
                .put(token.id().signatureKey(), ClusterInfoSignature.sign(token, kubeconfig));
        return object;
    }

    private static ObjectNode status(int code) {
        return JSON.createObjectNode().put("kind", "Status").put("code", code);
    }

    private static void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
