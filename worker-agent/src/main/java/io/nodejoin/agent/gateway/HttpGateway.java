package io.nodejoin.agent.gateway;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.Tls;
import io.nodejoin.agent.wire.Json;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.EnrollmentAnswer;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.Progress;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** The gateway over HTTPS: TLS 1.3 and one CA, without a way around either. */
public final class HttpGateway implements Gateway {
    private static final Duration POLL_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration REPORT_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final GatewayEndpoint endpoint;
    private final AgentIdentity identity;
    private final PollRequest poll;
    private final Clock clock;
    private final JsonMapper strict = Json.mapper();
    private final JsonMapper tolerant = strict.rebuild()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private final AssignmentReader assignments = new AssignmentReader();
    private final ReentrantLock enrolling = new ReentrantLock();
    private @Nullable Session session;

    public HttpGateway(GatewayEndpoint endpoint, AgentIdentity identity, PollRequest poll, Clock clock) {
        this.endpoint = endpoint;
        this.identity = identity;
        this.poll = poll;
        this.clock = clock;
    }

    @Override
    public GatewayAnswer next() throws InterruptedException {
        return call("/v1/assignments/next", poll, POLL_TIMEOUT);
    }

    @Override
    public GatewayAnswer progress(String assignment, Progress progress) throws InterruptedException {
        return call("/v1/assignments/" + assignment + "/progress", progress, REPORT_TIMEOUT);
    }

    @Override
    public GatewayAnswer result(String assignment, HostResult result) throws InterruptedException {
        return call("/v1/assignments/" + assignment + "/result", new Typed(HostResult.class, result), REPORT_TIMEOUT);
    }

    private GatewayAnswer call(String path, Object body, Duration timeout) throws InterruptedException {
        try {
            Optional<HttpClient> client = enrolled();
            if (client.isEmpty()) {
                GatewayAnswer enrollment = enroll();
                client = enrolled();
                if (client.isEmpty()) {
                    return enrollment;
                }
            }
            return answer(post(client.get(), path, body, timeout));
        } catch (SSLException e) {
            return new GatewayAnswer.Unavailable(ErrorCode.GATEWAY_UNTRUSTED, endpoint.base() + ": " + e.getMessage());
        } catch (IOException | CertificateException e) {
            return new GatewayAnswer.Unavailable(ErrorCode.AGENT_UNREACHABLE, endpoint.base() + ": " + e);
        }
    }

    private HttpResponse<byte[]> post(HttpClient client, String path, Object body, Duration timeout)
            throws IOException, InterruptedException {
        String json = body instanceof Typed(Class<?> type, Object value)
                ? strict.writerFor(type).writeValueAsString(value)
                : strict.writeValueAsString(body);
        HttpRequest request = HttpRequest.newBuilder(endpoint.at(path))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private GatewayAnswer answer(HttpResponse<byte[]> response) {
        return switch (response.statusCode()) {
            case 200 -> response.body().length == 0 ? new GatewayAnswer.Accepted() : assignments.read(response.body());
            case 201, 202, 204 -> new GatewayAnswer.Accepted();
            case 401 -> {
                forgetCertificate();
                yield new GatewayAnswer.Unavailable(
                        ErrorCode.AGENT_IDENTITY_MISMATCH, "the gateway asks to enroll anew");
            }
            case 400, 403, 404, 409, 410 -> refusal(response);
            default ->
                new GatewayAnswer.Unavailable(
                        ErrorCode.AGENT_UNREACHABLE, endpoint.base() + " answers " + response.statusCode());
        };
    }

    private GatewayAnswer.Refused refusal(HttpResponse<byte[]> response) {
        try {
            Problem problem = tolerant.readValue(response.body(), Problem.class);
            if (problem.code() != null) {
                return new GatewayAnswer.Refused(problem.code(), problem.detail());
            }
        } catch (IOException e) {
            return unexplained(response.statusCode());
        }
        return unexplained(response.statusCode());
    }

    private static GatewayAnswer.Refused unexplained(int status) {
        ErrorCode code = switch (status) {
            case 409 -> ErrorCode.AGENT_DUPLICATE_SESSION;
            case 403 -> ErrorCode.AGENT_IDENTITY_MISMATCH;
            default -> ErrorCode.COMMAND_STALE;
        };
        return new GatewayAnswer.Refused(code, "the gateway answers " + status);
    }

    /** One client for all threads; made anew before its certificate ends. */
    private Optional<HttpClient> enrolled() throws IOException, CertificateException {
        enrolling.lock();
        try {
            Instant now = clock.instant();
            Session current = session;
            if (current != null && current.usableUntil().isAfter(now)) {
                return Optional.of(current.client());
            }
            Optional<List<X509Certificate>> chain = identity.chain(now);
            if (chain.isEmpty()) {
                return Optional.empty();
            }
            HttpClient client = client(identity.keyManagers(chain.get()));
            session = new Session(
                    client, chain.get().getFirst().getNotAfter().toInstant().minus(Duration.ofMinutes(10)));
            return Optional.of(client);
        } finally {
            enrolling.unlock();
        }
    }

    private GatewayAnswer enroll() throws IOException, InterruptedException, CertificateException {
        try (HttpClient client = client()) {
            String secret = Files.readString(endpoint.enrollmentSecretFile()).strip();
            EnrollmentRequest request =
                    new EnrollmentRequest(endpoint.cluster(), endpoint.node(), secret, identity.publicKey());
            HttpResponse<byte[]> response = post(client, "/v1/enrollments", request, POLL_TIMEOUT);
            return switch (response.statusCode()) {
                case 200, 201, 202 -> enrolled(tolerant.readValue(response.body(), EnrollmentAnswer.class));
                case 400, 401, 403, 404, 409, 410 -> refusal(response);
                default ->
                    new GatewayAnswer.Unavailable(
                            ErrorCode.AGENT_UNREACHABLE, endpoint.base() + " answers " + response.statusCode());
            };
        }
    }

    private GatewayAnswer enrolled(EnrollmentAnswer answer) {
        return switch (answer) {
            case EnrollmentAnswer.Enrolled(String chain, Instant _) -> {
                identity.keep(chain);
                yield new GatewayAnswer.Accepted();
            }
            case EnrollmentAnswer.Wait _ -> new GatewayAnswer.NotYet();
        };
    }

    private void forgetCertificate() {
        enrolling.lock();
        try {
            identity.forget();
            session = null;
        } finally {
            enrolling.unlock();
        }
    }

    private HttpClient client(KeyManager... keys) throws IOException, CertificateException {
        SSLParameters onlyTls13 = new SSLParameters();
        onlyTls13.setProtocols(new String[] {"TLSv1.3"});
        return HttpClient.newBuilder()
                .sslContext(Tls.trusting(Pem.certificates(Files.readString(endpoint.caFile())), keys))
                .sslParameters(onlyTls13)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    @Override
    public void close() {
        enrolling.lock();
        try {
            Session current = session;
            if (current != null) {
                current.client().shutdownNow();
            }
        } finally {
            enrolling.unlock();
        }
    }

    private record Session(HttpClient client, Instant usableUntil) {}

    /** A value to be written with the type name that its sealed interface gives it. */
    private record Typed(Class<?> type, Object value) {}
}
