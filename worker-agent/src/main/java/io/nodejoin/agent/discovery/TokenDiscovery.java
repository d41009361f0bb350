package io.nodejoin.agent.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the cluster behind an endpoint, in kubeadm's order. Sends no credential: the endpoint is not trusted before
 * the last check.
 */
public final class TokenDiscovery {
    private static final Logger LOG = System.getLogger(TokenDiscovery.class.getName());
    private static final int FIRST_NON_ASCII = 0x80;

    private static final YAMLMapper YAML = new YAMLMapper();

    private final Clock clock;
    private final Sleeper sleeper;
    private final RandomGenerator random;
    private final AtomicReference<@Nullable EarlyConnections> early = new AtomicReference<>();

    /** @param random adds jitter, since many hosts may wait for one API server */
    public TokenDiscovery(Clock clock, Sleeper sleeper, RandomGenerator random) {
        this.clock = clock;
        this.sleeper = sleeper;
        this.random = random;
    }

    /**
     * Returns the cluster behind the endpoint, verified by the token's signature and one of the pins.
     *
     * @throws HostException with the code of the first check that fails
     */
    public TrustedCluster discover(URI apiServer, List<CaPin> pins, BootstrapToken token) throws InterruptedException {
        try (ClusterConnection connection = connect(apiServer, pins, token)) {
            return connection.cluster();
        }
    }

    /**
     * Opens the connections to an API server that a join will probably name, and reads cluster-info over both, so that
     * {@link #connect} finds them open, or at least with a TLS session to resume. The server is not trusted.
     *
     * @throws HostException if it does not respond, or claims no CA of its own; a join may connect all the same
     */
    public void connectEarly(URI apiServer) throws InterruptedException {
        requireHttps(apiServer);
        ClusterInfoPoller poller = ClusterInfoPoller.once(apiServer, clock, sleeper, random);
        HttpClient anyone = Tls.client(Tls.trustingAll());
        try {
            String kubeconfig = poller.await(anyone, "kubeconfig", data -> Optional.of(kubeconfig(data)));
            TrustedCluster claimed = new TrustedCluster(apiServer, authorities(kubeconfig));
            ClusterConnection connection = requireUnchanged(poller, ClusterConnection.open(claimed), kubeconfig);
            replaceEarly(new EarlyConnections(anyone, connection));
        } catch (InterruptedException | RuntimeException e) { // whatever it is, nobody else closes the client
            anyone.shutdownNow();
            throw e;
        }
    }

    private void replaceEarly(EarlyConnections next) {
        EarlyConnections previous = early.getAndSet(next);
        if (previous != null) {
            previous.close();
        }
    }

    /**
     * As {@link #discover}; returns the connection of the last check, for further requests. Tries once with the
     * connections that are open, in the same order: whoever has answered those cannot prevent that the host connects anew.
     *
     * @throws HostException with the code of the first check that fails
     */
    public ClusterConnection connect(URI apiServer, List<CaPin> pins, BootstrapToken token)
            throws InterruptedException {
        requireHttps(apiServer);
        Optional<EarlyConnections> open = Optional.ofNullable(early.getAndSet(null));
        if (open.isPresent()) {
            Optional<ClusterConnection> verified = verifyEarly(open.get(), apiServer, pins, token);
            if (verified.isPresent()) {
                return verified.get();
            }
        }
        ClusterInfoPoller poller = new ClusterInfoPoller(apiServer, clock, sleeper, random);
        try (HttpClient anyone = Tls.client(Tls.trustingAll())) {
            return verify(poller, anyone, ClusterConnection::open, pins, token);
        }
    }

    private Optional<ClusterConnection> verifyEarly(
            EarlyConnections open, URI apiServer, List<CaPin> pins, BootstrapToken token) throws InterruptedException {
        Optional<ClusterConnection> verified = Optional.empty();
        try {
            if (open.leadTo(apiServer)) {
                ClusterInfoPoller poller = ClusterInfoPoller.once(apiServer, clock, sleeper, random);
                verified = Optional.of(verify(poller, open.anyone(), open::connectionTo, pins, token));
            }
        } catch (HostException e) {
            LOG.log(
                    Level.INFO,
                    "connects anew to {0}: {1}",
                    apiServer,
                    e.problem().toLine());
        } finally {
            open.anyone().shutdownNow();
            if (verified.filter(open.claimed()::equals).isEmpty()) {
                open.claimed().close();
            }
        }
        return verified;
    }

    private ClusterConnection verify(
            ClusterInfoPoller poller,
            HttpClient anyone,
            Function<TrustedCluster, ClusterConnection> connection,
            List<CaPin> pins,
            BootstrapToken token)
            throws InterruptedException {
        URI apiServer = poller.apiServer();
        ClusterInfo seen = awaitSignedClusterInfo(poller, anyone, token);
        if (!ClusterInfoSignature.verify(token, seen.kubeconfig(), seen.signature())) {
            throw new HostException(
                    ErrorCode.CLUSTER_INFO_SIGNATURE_INVALID,
                    "the signature " + token.id().signatureKey() + " at " + apiServer
                            + " does not match the kubeconfig");
        }
        List<X509Certificate> pinned = authorities(seen.kubeconfig()).stream()
                .filter(ca -> pins.contains(CaPin.of(ca)))
                .toList();
        if (pinned.isEmpty()) {
            throw new HostException(
                    ErrorCode.CA_PIN_MISMATCH,
                    "no CA of cluster-info at " + apiServer + " has one of the pins " + pins);
        }
        return requireUnchanged(poller, connection.apply(new TrustedCluster(apiServer, pinned)), seen.kubeconfig());
    }

    /** The token is sent to this URL, and the kubelet's files contain it. */
    private static void requireHttps(URI apiServer) {
        if (!"https".equals(apiServer.getScheme())
                || apiServer.getHost() == null
                || apiServer.getRawUserInfo() != null
                || apiServer.toString().chars().anyMatch(character -> character >= FIRST_NON_ASCII)) {
            throw new HostException(
                    ErrorCode.COMMAND_UNKNOWN, "the API server's URL is not https in ASCII with a host and no user");
        }
    }

    private static ClusterInfo awaitSignedClusterInfo(ClusterInfoPoller poller, HttpClient anyone, BootstrapToken token)
            throws InterruptedException {
        String key = token.id().signatureKey();
        return poller.await(
                anyone,
                key,
                data -> Optional.of(data.path(key).asText())
                        .filter(signature -> !signature.isEmpty())
                        .map(signature -> new ClusterInfo(kubeconfig(data), signature)));
    }

    /**
     * Detects an endpoint that replays the genuine text but has no certificate of the CA in it. Closes the connection if
     * it fails.
     */
    private static ClusterConnection requireUnchanged(
            ClusterInfoPoller poller, ClusterConnection connection, String seen) throws InterruptedException {
        try {
            String kubeconfig = poller.await(connection.client(), "kubeconfig", data -> Optional.of(kubeconfig(data)));
            if (!kubeconfig.equals(seen)) {
                throw new HostException(
                        ErrorCode.CLUSTER_INFO_CHANGED,
                        "cluster-info at " + poller.apiServer() + " has changed between the two reads");
            }
            return connection;
        } catch (InterruptedException | RuntimeException e) { // whatever it is, nobody else closes the connection
            connection.close();
            throw e;
        }
    }

    private static String kubeconfig(JsonNode data) {
        return data.path("kubeconfig").asText();
    }

    /**
     * Returns the CA certificates of a kubeconfig with one cluster.
     *
     * @throws HostException with {@code CA_PIN_MISMATCH} if there are none, since then none matches the pin
     */
    static List<X509Certificate> authorities(String kubeconfig) {
        try {
            JsonNode clusters = YAML.readTree(kubeconfig).path("clusters");
            if (clusters.size() != 1) {
                throw new HostException(
                        ErrorCode.CA_PIN_MISMATCH,
                        "cluster-info names " + clusters.size() + " clusters instead of one");
            }
            String data = clusters.path(0)
                    .path("cluster")
                    .path("certificate-authority-data")
                    .asText();
            return Pem.parseCertificates(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8));
        } catch (JsonProcessingException | CertificateException | IllegalArgumentException e) {
            throw new HostException(ErrorCode.CA_PIN_MISMATCH, "cluster-info contains no valid CA certificate");
        }
    }

    private record ClusterInfo(String kubeconfig, String signature) {}
}
