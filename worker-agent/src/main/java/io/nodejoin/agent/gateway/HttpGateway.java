package io.nodejoin.agent.gateway;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.Tls;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.wire.HttpDate;
import io.nodejoin.agent.wire.Json;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.EnrollmentAnswer;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.Progress;
import io.nodejoin.protocol.agent.RenewalRequest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The gateway over HTTPS: TLS 1.3 and the CAs of one file, without a way around either. The file is read for each new
 * session, and there is a new session with each new certificate.
 */
public final class HttpGateway implements Gateway {
    private static final Logger LOG = System.getLogger(HttpGateway.class.getName());
    /** No longer than a slow network needs: on a connection that is dead nobody hears of a command. */
    static final Duration POLL_TIMEOUT = PollRequest.ANSWERED_WITHIN.plusSeconds(10);

    private static final Duration REPORT_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RENEW_AGAIN = Duration.ofSeconds(30);
    private static final int OK = 200;

    private final GatewayEndpoint endpoint;
    private final AgentIdentity identity;
    private final PollRequest poll;
    private final Clock clock;
    private final Duration patience;
    private final Consumer<Instant> heard;
    private final JsonMapper strict = Json.mapper();
    private final JsonMapper tolerant = Json.tolerant();
    private final AssignmentReader assignments = new AssignmentReader();
    private final ReentrantLock enrolling = new ReentrantLock();
    private final ReentrantLock renewing = new ReentrantLock();
    private @Nullable Session session;
    private Instant renewNext = Instant.MIN;

    /** @param heard is told the time of each answer */
    public HttpGateway(
            GatewayEndpoint endpoint, AgentIdentity identity, PollRequest poll, Clock clock, Consumer<Instant> heard) {
        this(endpoint, identity, poll, clock, heard, POLL_TIMEOUT);
    }

    /** @param patience for what the gateway parks */
    HttpGateway(
            GatewayEndpoint endpoint,
            AgentIdentity identity,
            PollRequest poll,
            Clock clock,
            Consumer<Instant> heard,
            Duration patience) {
        this.endpoint = endpoint;
        this.identity = identity;
        this.poll = poll;
        this.clock = clock;
        this.patience = patience;
        this.heard = heard;
    }

    @Override
    public GatewayAnswer next() throws InterruptedException {
        return call("/v1/assignments/next", poll, patience);
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
            Optional<Session> present = session();
            if (present.isEmpty()) {
                GatewayAnswer enrollment = enroll();
                present = session();
                if (present.isEmpty()) {
                    return enrollment;
                }
            }
            return answer(post(renewed(present.get()).client(), path, body, timeout));
        } catch (SSLException e) {
            // The file of CAs may have changed since: the next question goes by what it holds then.
            forgetSession();
            return new GatewayAnswer.Unavailable(ErrorCode.GATEWAY_UNTRUSTED, endpoint.base() + ": " + e.getMessage());
        } catch (IOException | CertificateException e) {
            return new GatewayAnswer.Unavailable(ErrorCode.AGENT_UNREACHABLE, endpoint.base() + ": " + e);
        } catch (HostFailure e) {
            return new GatewayAnswer.Unavailable(e.problem().code(), e.problem().detail());
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
                .header(PollRequest.INSTANCE_HEADER, poll.instance().toString())
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        HttpDate.of(response).ifPresent(heard);
        return response;
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
            case 410 -> new GatewayAnswer.Joined();
            case 400, 403, 404, 409 -> refusal(response);
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

    /** One session for all threads, as long as there is a certificate in force. */
    private Optional<Session> session() throws IOException, CertificateException {
        enrolling.lock();
        try {
            Instant now = clock.instant();
            Session current = session;
            if (current != null && current.certificate().inForce(now)) {
                return Optional.of(current);
            }
            Optional<List<X509Certificate>> chain = identity.chain(now);
            if (chain.isEmpty()) {
                session = null;
                return Optional.empty();
            }
            Session next = new Session(
                    client(identity.keyManagers(chain.get())),
                    CertificateLife.of(chain.get().getFirst()));
            session = next;
            return Optional.of(next);
        } finally {
            enrolling.unlock();
        }
    }

    /**
     * The session with a new certificate, if it is time for one and the gateway gives it; else the session as it is. One
     * thread asks, the others go on meanwhile.
     */
    private Session renewed(Session present) throws IOException, InterruptedException, CertificateException {
        Instant now = clock.instant();
        if (now.isBefore(present.certificate().renewFrom()) || !renewing.tryLock()) {
            return present;
        }
        try {
            if (now.isBefore(renewNext)) {
                return present;
            }
            renewNext = now.plus(RENEW_AGAIN);
            HttpResponse<byte[]> response =
                    post(present.client(), "/v1/certificates", new RenewalRequest(poll.instance()), REPORT_TIMEOUT);
            if (response.statusCode() == OK && keep(tolerant.readValue(response.body(), EnrollmentAnswer.class))) {
                forgetSession();
                return session().orElse(present);
            }
            LOG.log(
                    Level.WARNING,
                    "the certificate, which ends at {0}, is not renewed: the gateway answers {1}",
                    present.certificate().end(),
                    response.statusCode());
            return present;
        } finally {
            renewing.unlock();
        }
    }

    /** Never gives up the certificate in use for one that is of no use. */
    private boolean keep(EnrollmentAnswer answer) {
        if (answer instanceof EnrollmentAnswer.Enrolled(String chain, Instant _)
                && identity.usable(chain, clock.instant()).isPresent()) {
            identity.keep(chain);
            return true;
        }
        return false;
    }

    private void forgetSession() {
        enrolling.lock();
        try {
            session = null;
        } finally {
            enrolling.unlock();
        }
    }

    private GatewayAnswer enroll() throws IOException, InterruptedException, CertificateException {
        try (HttpClient client = client()) {
            EnrollmentSecret secret = endpoint.secret();
            // First: a secret that is written meanwhile is then one to enroll by once more, not one that is spent.
            String stamp = secret.stamp();
            EnrollmentRequest request =
                    new EnrollmentRequest(endpoint.cluster(), endpoint.node(), secret.read(), identity.publicKey());
            HttpResponse<byte[]> response = post(client, "/v1/enrollments", request, patience);
            return switch (response.statusCode()) {
                case 200, 201, 202 -> enrolled(tolerant.readValue(response.body(), EnrollmentAnswer.class), stamp);
                case 400, 401, 403, 404, 409, 410 -> refusal(response);
                default ->
                    new GatewayAnswer.Unavailable(
                            ErrorCode.AGENT_UNREACHABLE, endpoint.base() + " answers " + response.statusCode());
            };
        }
    }

    private GatewayAnswer enrolled(EnrollmentAnswer answer, String stamp) {
        return switch (answer) {
            case EnrollmentAnswer.Enrolled(String chain, Instant _) -> {
                identity.keep(chain, stamp);
                yield new GatewayAnswer.Accepted();
            }
            case EnrollmentAnswer.Wait _ -> new GatewayAnswer.NotYet();
        };
    }

    private void forgetCertificate() {
        enrolling.lock();
        try {
            identity.forget();
            forgetSession();
        } finally {
            enrolling.unlock();
        }
    }

    private HttpClient client(KeyManager... keys) throws IOException, CertificateException {
        return client(endpoint, keys);
    }

    static HttpClient client(GatewayEndpoint endpoint, KeyManager... keys) throws IOException, CertificateException {
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

    private record Session(HttpClient client, CertificateLife certificate) {}

    /** A value to be written with the type name that its sealed interface gives it. */
    private record Typed(Class<?> type, Object value) {}
}
