package io.nodejoin.agent.gateway;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.tpm.Tpm;
import io.nodejoin.agent.wire.HttpDate;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Attestation;
import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.protocol.agent.RenewalRequest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the gateway over HTTPS: TLS 1.3 only, with the CAs of one file. Reads the file for each new session, and
 * starts a new session with each new certificate.
 */
public final class HttpGatewayClient implements GatewayClient {
    private static final Logger LOG = System.getLogger(HttpGatewayClient.class.getName());
    /** Not longer than a slow network needs: no command arrives on a dead connection. */
    static final Duration POLL_TIMEOUT = PollRequest.MAX_POLL_DURATION.plusSeconds(10);

    private static final Duration REPORT_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration RENEWAL_RETRY_INTERVAL = Duration.ofSeconds(30);
    private static final int OK = 200;
    private static final int SERVER_ERROR = 500;

    private final GatewayEndpoint endpoint;
    private final AgentIdentity identity;
    private final HostPreparer preparer;
    private final @Nullable TpmAttestation attestation;
    private final PollRequest poll;
    private final Clock clock;
    private final Duration pollTimeout;
    private final Consumer<Instant> onServerTime;
    private final Consumer<Duration> onLogRequest;
    private final JsonMapper strict = JsonMappers.strict();
    private final JsonMapper tolerant = JsonMappers.tolerant();
    private final AssignmentParser assignments = new AssignmentParser();
    private final RejectionParser rejections = new RejectionParser();
    private final EnrollmentParser enrollments = new EnrollmentParser();
    private final ReentrantLock enrollmentLock = new ReentrantLock();
    private final ReentrantLock renewalLock = new ReentrantLock();
    private @Nullable Session session;
    private Instant nextRenewal = Instant.MIN;

    /**
     * @param preparer prepares the host before an enrollment
     * @param tpm proves which machine this is; null if enrollments have no such proof
     * @param onServerTime receives the Date header of each response
     * @param onLogRequest receives for how long the gateway asks for the host's log
     */
    public HttpGatewayClient(
            GatewayEndpoint endpoint,
            AgentIdentity identity,
            HostPreparer preparer,
            @Nullable Tpm tpm,
            PollRequest poll,
            Clock clock,
            Consumer<Instant> onServerTime,
            Consumer<Duration> onLogRequest) {
        this(endpoint, identity, preparer, tpm, poll, clock, onServerTime, onLogRequest, POLL_TIMEOUT);
    }

    /** @param pollTimeout timeout of requests that the gateway holds */
    HttpGatewayClient(
            GatewayEndpoint endpoint,
            AgentIdentity identity,
            HostPreparer preparer,
            @Nullable Tpm tpm,
            PollRequest poll,
            Clock clock,
            Consumer<Instant> onServerTime,
            Consumer<Duration> onLogRequest,
            Duration pollTimeout) {
        this.endpoint = endpoint;
        this.identity = identity;
        this.preparer = preparer;
        this.attestation = tpm == null ? null : new TpmAttestation(tpm, endpoint, identity.publicKey(), clock);
        this.poll = poll;
        this.clock = clock;
        this.pollTimeout = pollTimeout;
        this.onServerTime = onServerTime;
        this.onLogRequest = onLogRequest;
    }

    @Override
    public GatewayResponse poll() throws InterruptedException {
        return call("/v1/assignments/next", poll, pollTimeout);
    }

    @Override
    public GatewayResponse reportProgress(String assignment, ProgressReport progress) throws InterruptedException {
        return call("/v1/assignments/" + assignment + "/progress", progress, REPORT_TIMEOUT);
    }

    @Override
    public GatewayResponse reportResult(String assignment, HostResult result) throws InterruptedException {
        return call(
                "/v1/assignments/" + assignment + "/result", new TypedBody(HostResult.class, result), REPORT_TIMEOUT);
    }

    @Override
    public GatewayResponse reportLog(HostLogReport report) throws InterruptedException {
        return call("/v1/log", report, REPORT_TIMEOUT);
    }

    private GatewayResponse call(String path, Object body, Duration timeout) throws InterruptedException {
        try {
            Optional<Session> present = session();
            if (present.isEmpty()) {
                GatewayResponse enrollment = enroll();
                present = session();
                if (present.isEmpty() || (body instanceof PollRequest && isCommand(enrollment))) {
                    return enrollment;
                }
            }
            return toResponse(post(renewIfDue(present.get()).client(), path, body, timeout));
        } catch (SSLException e) {
            endpoint.addresses().avoidCurrent();
            // The CA file may have changed: the next request reads it again.
            dropSession();
            return endpoint.server().unavailable(e);
        } catch (IOException e) {
            endpoint.addresses().avoidCurrent();
            return endpoint.server().unavailable(e);
        } catch (CertificateException e) {
            return endpoint.server().unavailable(e);
        } catch (HostException e) {
            return new GatewayResponse.Unavailable(
                    e.problem().code(), e.problem().detail());
        }
    }

    /** Only a poll returns it; the gateway delivers one that came with the enrollment of a report again. */
    private static boolean isCommand(GatewayResponse response) {
        return response instanceof GatewayResponse.Assigned || response instanceof GatewayResponse.Unreadable;
    }

    private HttpResponse<byte[]> post(HttpClient client, String path, Object body, Duration timeout)
            throws IOException, InterruptedException {
        String json = body instanceof TypedBody(Class<?> type, Object value)
                ? strict.writerFor(type).writeValueAsString(value)
                : strict.writeValueAsString(body);
        HttpRequest request = endpoint.post(path, json, timeout)
                .header(PollRequest.INSTANCE_HEADER, poll.instance().toString())
                .build();
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        HttpDate.parse(response).ifPresent(onServerTime);
        logRequest(response).ifPresent(onLogRequest);
        return response;
    }

    private static Optional<Duration> logRequest(HttpResponse<?> response) {
        return response.headers()
                .firstValue(HostLogReport.REQUEST_HEADER)
                .filter(seconds -> seconds.matches("[1-9]\\d?"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }

    private GatewayResponse toResponse(HttpResponse<byte[]> response) {
        return switch (response.statusCode()) {
            case 200 ->
                response.body().length == 0 ? new GatewayResponse.Accepted() : assignments.parse(response.body());
            case 201, 202, 204 -> new GatewayResponse.Accepted();
            case 401 -> {
                dropCertificate();
                yield new GatewayResponse.Unavailable(
                        ErrorCode.AGENT_IDENTITY_MISMATCH, "the gateway requires a new enrollment");
            }
            case 410 -> new GatewayResponse.Joined();
            case 400, 403, 404, 409 -> rejections.parse(response);
            default -> {
                if (response.statusCode() >= SERVER_ERROR) {
                    endpoint.addresses().avoidCurrent();
                }
                yield GatewayResponse.Unavailable.ofStatus(endpoint.base(), response.statusCode());
            }
        };
    }

    /** Returns the one session of all threads, as long as the certificate is valid. */
    private Optional<Session> session() throws IOException, CertificateException {
        enrollmentLock.lock();
        try {
            Instant now = clock.instant();
            Session current = session;
            if (current != null && current.certificate().isUsable(now)) {
                return Optional.of(current);
            }
            Optional<List<X509Certificate>> chain = identity.validChain(now);
            if (chain.isEmpty()) {
                session = null;
                return Optional.empty();
            }
            Session next = new Session(
                    endpoint.client(identity.keyManagers(chain.get())),
                    CertificateValidity.of(chain.get().getFirst()));
            session = next;
            return Optional.of(next);
        } finally {
            enrollmentLock.unlock();
        }
    }

    /**
     * Returns a session with a new certificate, if a renewal is due and the gateway grants it; else the same session.
     * One thread renews while the others continue.
     */
    private Session renewIfDue(Session present) throws IOException, InterruptedException, CertificateException {
        Instant now = clock.instant();
        if (now.isBefore(present.certificate().renewAt()) || !renewalLock.tryLock()) {
            return present;
        }
        try {
            if (now.isBefore(nextRenewal)) {
                return present;
            }
            nextRenewal = now.plus(RENEWAL_RETRY_INTERVAL);
            HttpResponse<byte[]> response =
                    post(present.client(), "/v1/certificates", new RenewalRequest(poll.instance()), REPORT_TIMEOUT);
            if (response.statusCode() == OK
                    && saveRenewed(tolerant.readValue(response.body(), EnrollmentResponse.class))) {
                dropSession();
                return session().orElse(present);
            }
            LOG.log(
                    Level.WARNING,
                    "the certificate, which expires at {0}, is not renewed: the gateway responds with {1}",
                    present.certificate().unusableAt(),
                    response.statusCode());
            return present;
        } finally {
            renewalLock.unlock();
        }
    }

    /** Never replaces the certificate in use by an unusable one. */
    private boolean saveRenewed(EnrollmentResponse answer) {
        if (answer instanceof EnrollmentResponse.Enrolled(String chain, Instant _, var _)
                && identity.parseValidChain(chain, clock.instant()).isPresent()) {
            identity.saveCertificate(chain);
            return true;
        }
        return false;
    }

    private void dropSession() {
        enrollmentLock.lock();
        try {
            session = null;
        } finally {
            enrollmentLock.unlock();
        }
    }

    private GatewayResponse enroll() throws IOException, InterruptedException, CertificateException {
        Optional<EarlyPreparation> preparation = preparer.prepare();
        try (HttpClient client = endpoint.client()) {
            EnrollmentSecret secret = endpoint.secret();
            // Read first: a secret written meanwhile is then a new enrollment, not the used one.
            String stamp = secret.modificationStamp();
            String text = secret.read();
            return switch (attest(client, text)) {
                case null -> enroll(client, text, stamp, preparation.orElse(null), null);
                case TpmAttestation.Attested(Attestation proof) ->
                    enroll(client, text, stamp, preparation.orElse(null), proof);
                case TpmAttestation.Unanswered(HttpResponse<byte[]> response) -> toRefusal(response);
            };
        }
    }

    private TpmAttestation.@Nullable Result attest(HttpClient client, String secret)
            throws IOException, InterruptedException {
        return attestation == null
                ? null
                : attestation.attest(secret, (path, body) -> post(client, path, body, REPORT_TIMEOUT));
    }

    private GatewayResponse enroll(
            HttpClient client,
            String secret,
            String stamp,
            @Nullable EarlyPreparation preparation,
            @Nullable Attestation proof)
            throws IOException, InterruptedException {
        EnrollmentRequest request = new EnrollmentRequest(
                endpoint.cluster(), endpoint.node(), secret, identity.publicKey(), preparation, proof);
        HttpResponse<byte[]> response = post(client, "/v1/enrollments", request, pollTimeout);
        return switch (response.statusCode()) {
            case 200, 201, 202 -> saveEnrolled(enrollments.parse(response.body()), stamp);
            default -> {
                if (attestation != null) {
                    attestation.forget();
                }
                yield toRefusal(response);
            }
        };
    }

    private GatewayResponse toRefusal(HttpResponse<byte[]> response) {
        return switch (response.statusCode()) {
            case 400, 401, 403, 404, 409, 410 -> rejections.parse(response);
            default -> GatewayResponse.Unavailable.ofStatus(endpoint.base(), response.statusCode());
        };
    }

    /** Returns the first command, if the response has one; its certificate is saved before. */
    private GatewayResponse saveEnrolled(EnrollmentParser.Parsed answer, String stamp) {
        return switch (answer.response()) {
            case EnrollmentResponse.Enrolled(String chain, Instant _, var _) -> {
                identity.saveCertificate(chain, stamp);
                yield answer.command().orElseGet(GatewayResponse.Accepted::new);
            }
            case EnrollmentResponse.Pending _ -> new GatewayResponse.NoJoinYet();
        };
    }

    private void dropCertificate() {
        enrollmentLock.lock();
        try {
            identity.deleteCertificate();
            dropSession();
        } finally {
            enrollmentLock.unlock();
        }
    }

    @Override
    public void close() {
        enrollmentLock.lock();
        try {
            Session current = session;
            if (current != null) {
                current.client().shutdownNow();
            }
        } finally {
            enrollmentLock.unlock();
        }
    }

    private record Session(HttpClient client, CertificateValidity certificate) {}

    /** A value that is serialized with the type name of its sealed interface. */
    private record TypedBody(Class<?> type, Object value) {}
}
