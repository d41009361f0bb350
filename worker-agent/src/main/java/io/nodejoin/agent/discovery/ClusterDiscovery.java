package io.nodejoin.agent.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.agent.host.Backoff;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.Pause;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Finds out whether the endpoint is the cluster that was meant, in kubeadm's order. No credential is sent: the endpoint is
 * not trusted before the end.
 */
public final class ClusterDiscovery {
    private static final String CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info";
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SIGNATURE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    private static final int OK = 200;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");
    private static final int FIRST_BEYOND_ASCII = 0x80;
    /** Whoever answers is not trusted yet. */
    private static final long LONGEST_ANSWER = 1024 * 1024;

    private static final JsonMapper JSON = new JsonMapper();
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Clock clock;
    private final Pause pause;
    private final RandomGenerator random;

    /** @param random spreads the questions of many hosts that wait for one API server */
    public ClusterDiscovery(Clock clock, Pause pause, RandomGenerator random) {
        this.clock = clock;
        this.pause = pause;
        this.random = random;
    }

    /**
     * The cluster behind the endpoint, proven by the token's signature and one of the pins.
     *
     * @throws HostFailure with the code of the first proof that fails
     */
    public TrustedCluster discover(URI apiServer, List<CaPin> pins, BootstrapToken token) throws InterruptedException {
        requireHttps(apiServer);
        ClusterInfo seen = signedClusterInfo(apiServer, token);
        if (!ClusterInfoSignature.verifies(token, seen.kubeconfig(), seen.signature())) {
            throw new HostFailure(
                    ErrorCode.CLUSTER_INFO_SIGNATURE_INVALID,
                    "the signature " + token.id().signatureKey() + " at " + apiServer + " does not fit the kubeconfig");
        }
        List<X509Certificate> pinned = authorities(seen.kubeconfig()).stream()
                .filter(ca -> pins.contains(CaPin.of(ca)))
                .toList();
        if (pinned.isEmpty()) {
            throw new HostFailure(
                    ErrorCode.CA_PIN_MISMATCH,
                    "no CA of cluster-info at " + apiServer + " has one of the pins " + pins);
        }
        requireSame(apiServer, pinned, seen.kubeconfig());
        return new TrustedCluster(apiServer, pinned);
    }

    /** A token would be sent to whatever this leads to, and the kubelet's files name it. */
    private static void requireHttps(URI apiServer) {
        if (!"https".equals(apiServer.getScheme())
                || apiServer.getHost() == null
                || apiServer.getRawUserInfo() != null
                || apiServer.toString().chars().anyMatch(character -> character >= FIRST_BEYOND_ASCII)) {
            throw new HostFailure(
                    ErrorCode.COMMAND_UNKNOWN, "the API server's URL is not https in ASCII with a host and no user");
        }
    }

    private ClusterInfo signedClusterInfo(URI apiServer, BootstrapToken token) throws InterruptedException {
        Instant deadline = clock.instant().plus(SIGNATURE_TIMEOUT);
        Backoff backoff = new Backoff(random, FIRST_WAIT, LONGEST_WAIT);
        try (HttpClient anyone = Tls.client(Tls.trustingAnyone())) {
            while (true) {
                String seen;
                try {
                    JsonNode data = data(anyone, apiServer, deadline);
                    String signature = data.path(token.id().signatureKey()).asText();
                    if (!signature.isEmpty()) {
                        return new ClusterInfo(data.path("kubeconfig").asText(), signature);
                    }
                    seen = "cluster-info has no " + token.id().signatureKey();
                } catch (IOException e) {
                    seen = String.valueOf(e.getMessage());
                }
                if (clock.instant().isAfter(deadline)) {
                    throw new HostFailure(
                            ErrorCode.JWS_TIMEOUT,
                            "no signature at " + apiServer + " within " + SIGNATURE_TIMEOUT + ": " + seen);
                }
                pause.await(backoff.next());
            }
        }
    }

    /** Unmasks an endpoint that replays the genuine text but holds no key under the CA that it names. */
    private void requireSame(URI apiServer, List<X509Certificate> pinned, String kubeconfig)
            throws InterruptedException {
        try (HttpClient verified = Tls.client(Tls.trusting(pinned))) {
            Instant deadline = clock.instant().plus(SIGNATURE_TIMEOUT);
            String again =
                    data(verified, apiServer, deadline).path("kubeconfig").asText();
            if (!again.equals(kubeconfig)) {
                throw new HostFailure(
                        ErrorCode.CLUSTER_INFO_CHANGED,
                        "cluster-info at " + apiServer + " has changed between the two reads");
            }
        } catch (SSLException e) {
            throw new HostFailure(
                    ErrorCode.CA_PIN_MISMATCH,
                    "the certificate of " + apiServer + " is not from the pinned CA: " + e.getMessage());
        } catch (IOException e) {
            throw new HostFailure(
                    ErrorCode.JWS_TIMEOUT,
                    "the second read of cluster-info at " + apiServer + " failed: " + e.getMessage());
        }
    }

    /** Where many hosts join at once, the API server rejects some of them for a while. */
    private JsonNode data(HttpClient client, URI apiServer, Instant deadline) throws IOException, InterruptedException {
        Backoff backoff = new Backoff(random, FIRST_WAIT, LONGEST_WAIT);
        HttpResponse<byte[]> response = ask(client, apiServer);
        while (response.statusCode() == TOO_MANY_REQUESTS && clock.instant().isBefore(deadline)) {
            pause.await(retryAfter(response).plus(backoff.next()));
            response = ask(client, apiServer);
        }
        if (response.statusCode() != OK) {
            throw new IOException("cluster-info answers " + response.statusCode());
        }
        return data(response.body());
    }

    private static HttpResponse<byte[]> ask(HttpClient client, URI apiServer) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(apiServer.resolve(CLUSTER_INFO))
                .timeout(REQUEST_TIMEOUT)
                .build();
        return client.send(
                request, HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), LONGEST_ANSWER));
    }

    /** What the API server wishes, within limits: beside a crowd that obeys no wish, patience alone would not get in. */
    private static Duration retryAfter(HttpResponse<?> response) {
        Duration wish = response.headers()
                .firstValue("Retry-After")
                .filter(value -> SECONDS.matcher(value).matches())
                .map(Long::parseLong)
                .map(Duration::ofSeconds)
                .orElse(Duration.ZERO);
        return wish.compareTo(LONGEST_WAIT) < 0 ? wish : LONGEST_WAIT;
    }

    static JsonNode data(byte[] configMap) throws IOException {
        return JSON.readTree(configMap).path("data");
    }

    /**
     * The CA certificates of a kubeconfig that names one cluster.
     *
     * @throws HostFailure with {@code CA_PIN_MISMATCH} if there are none, for then none has the pin
     */
    static List<X509Certificate> authorities(String kubeconfig) {
        try {
            JsonNode clusters = YAML.readTree(kubeconfig).path("clusters");
            if (clusters.size() != 1) {
                throw new HostFailure(
                        ErrorCode.CA_PIN_MISMATCH,
                        "cluster-info names " + clusters.size() + " clusters instead of one");
            }
            String data = clusters.path(0)
                    .path("cluster")
                    .path("certificate-authority-data")
                    .asText();
            return Pem.certificates(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8));
        } catch (JsonProcessingException | CertificateException | IllegalArgumentException e) {
            throw new HostFailure(ErrorCode.CA_PIN_MISMATCH, "cluster-info holds no readable CA certificate");
        }
    }

    private record ClusterInfo(String kubeconfig, String signature) {}
}
