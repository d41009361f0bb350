package io.nodejoin.gateway.http;

import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.agentca.AuthenticatedAgent;
import io.nodejoin.gateway.agentca.GatewayCredentials;
import io.nodejoin.gateway.connection.ClientConnections;
import io.nodejoin.gateway.enrollment.CredentialIssuance;
import io.nodejoin.gateway.machines.MachineAnnouncements;
import io.nodejoin.gateway.ratelimit.ProvenSubnets;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.ratelimit.SubnetLimiter;
import io.nodejoin.gateway.reply.Reply;
import io.nodejoin.protocol.agent.AttestationRequest;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.PoolAnnouncement;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.protocol.agent.RejoinRequest;
import io.nodejoin.protocol.agent.RenewalRequest;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps HTTP to {@link AgentApi}: routing, authentication, limits, JSON. Each request has its own virtual thread. */
public final class AgentHttpHandler extends Handler.Abstract.NonBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(AgentHttpHandler.class);
    /** An enrollment or a rejoin, with the facts of the host, has less than half of it. */
    private static final int MAX_ANONYMOUS_BODY = 8 * 1024;

    private final AgentApi api;
    private final CredentialIssuance issuance;
    private final MachineAnnouncements announcements;
    private final GatewayCredentials credentials;
    private final RefusalAudit refusalAudit;
    private final SubnetLimiter strangers;
    private final ProvenSubnets proven;
    private final ClientConnections connections;
    private final Duration bodyTime;
    private final ScheduledExecutorService scheduler;
    private final StrictJson json = new StrictJson();
    private final ReplyWriter replies;
    private final Clock clock;
    private final ExecutorService executor;

    public AgentHttpHandler(
            AgentApi api,
            CredentialIssuance issuance,
            MachineAnnouncements announcements,
            GatewayCredentials credentials,
            RefusalAudit refusalAudit,
            SubnetLimiter strangers,
            ProvenSubnets proven,
            ClientConnections connections,
            Duration bodyTime,
            Clock clock,
            ExecutorService executor,
            ScheduledExecutorService scheduler) {
        this.api = api;
        this.issuance = issuance;
        this.announcements = announcements;
        this.credentials = credentials;
        this.refusalAudit = refusalAudit;
        this.strangers = strangers;
        this.proven = proven;
        this.connections = connections;
        this.bodyTime = bodyTime;
        this.scheduler = scheduler;
        this.replies = new ReplyWriter(json);
        this.clock = clock;
        this.executor = executor;
    }

    /** Handles a parsed body. */
    private interface BodyHandler<T> {
        CompletableFuture<Reply> on(T message) throws InterruptedException;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        // A long poll may outlast the connection's idle timeout.
        request.addIdleTimeoutListener(_ -> false);
        connections.requestBegun(request);
        executor.execute(() -> serve(request, response, callback));
        return true;
    }

    private void serve(Request request, Response response, Callback callback) {
        try {
            CompletableFuture<Void> _ = route(request)
                    .exceptionally(AgentHttpHandler::internalError)
                    .thenAccept(reply -> replies.send(reply, response, callback));
        } catch (IOException | InterruptedException e) {
            callback.failed(e);
        } catch (RuntimeException | Error e) {
            replies.send(internalError(e), response, callback);
        }
    }

    /** Converts any exception to a response: a defect must neither leave the request open nor expose its cause. */
    private static Reply internalError(Throwable failure) {
        SupervisedLoop.logOrHalt("a request", RootCause.find(failure));
        return Reply.internalError();
    }

    private CompletableFuture<Reply> route(Request request) throws IOException, InterruptedException {
        Optional<Route> route = Route.parse(Request.getPathInContext(request));
        if (route.isEmpty()) {
            return completed(Reply.notFound());
        }
        if (!"POST".equals(request.getMethod())) {
            return completed(Reply.methodNotAllowed());
        }
        return switch (route.get()) {
            case Route.Enroll _ ->
                handleUnauthenticated(
                        request,
                        EnrollmentRequest.class,
                        (enrollment, address) -> enroll(enrollment, address, instance(request)));
            case Route.Announce _ ->
                handleUnauthenticated(
                        request,
                        PoolAnnouncement.class,
                        (announcement, address) -> announce(announcement, address, request));
            case Route.Attest _ ->
                handleUnauthenticated(
                        request,
                        AttestationRequest.class,
                        (message, _) -> issuance.attestations().challenge(message));
            case Route.Rejoin _ -> handleUnauthenticated(request, RejoinRequest.class, issuance.rejoins()::rejoin);
            case Route.Renew _ ->
                handleAuthenticated(
                        request,
                        RenewalRequest.class,
                        (caller, _) -> completed(issuance.renewals().renew(caller)));
            case Route.Poll _ ->
                handleAuthenticated(request, PollRequest.class, (caller, poll) -> api.poll(caller, poll));
            case Route.Log _ ->
                handleAuthenticated(
                        request, HostLogReport.class, (caller, report) -> completed(api.recordLog(caller, report)));
            case Route.Progress(var id) ->
                handleAuthenticated(
                        request,
                        ProgressReport.class,
                        (caller, progress) -> completed(api.recordProgress(caller, id, progress)));
            case Route.Result(var id) ->
                handleAuthenticated(
                        request, HostResult.class, (caller, result) -> completed(api.recordResult(caller, id, result)));
        };
    }

    private Reply enroll(EnrollmentRequest enrollment, String address, @Nullable UUID instance)
            throws InterruptedException {
        Reply reply = issuance.enrollments().enroll(enrollment, address, instance);
        if (reply.body() instanceof EnrollmentResponse.Enrolled) {
            proven.proved(address);
        }
        return reply;
    }

    /** Machines of a pool wait for days, and many behind one address: they are no strangers. */
    private Reply announce(PoolAnnouncement announcement, String address, Request request) throws InterruptedException {
        return announcements.announce(announcement, address, () -> {
            connections.authenticated(request);
            proven.proved(address);
        });
    }

    private interface AuthenticatedHandler<T> {
        CompletableFuture<Reply> on(AuthenticatedAgent caller, T message);
    }

    private interface UnauthenticatedHandler<T> {
        Reply on(T message, String address) throws InterruptedException;
    }

    /** Handles a request without a client certificate, rate-limited. */
    private <T> CompletableFuture<Reply> handleUnauthenticated(
            Request request, Class<T> type, UnauthenticatedHandler<T> handler)
            throws IOException, InterruptedException {
        String address = Request.getRemoteAddr(request);
        if (!strangers.tryAcquire(address)) {
            return completed(issuance.enrollments().throttled(address));
        }
        return withBody(request, MAX_ANONYMOUS_BODY, type, message -> completed(handler.on(message, address)));
    }

    private <T> CompletableFuture<Reply> handleAuthenticated(
            Request request, Class<T> type, AuthenticatedHandler<T> handler) throws IOException, InterruptedException {
        String address = Request.getRemoteAddr(request);
        Optional<X509Certificate> certificate = certificate(request);
        if (certificate.isEmpty()) {
            LOG.info("a call from {} shows no certificate", address);
            return completed(Reply.unauthorized());
        }
        Optional<String> fault = certificateFault(certificate.get());
        if (fault.isPresent()) {
            LOG.info("a call from {} shows a certificate that {}", address, fault.get());
            refusalAudit.identityRefused(address, "the certificate " + fault.get());
            return completed(Reply.unauthorized());
        }
        Optional<AgentIdentity> agent = certificate.flatMap(AgentIdentity::fromCertificate);
        if (agent.isEmpty()) {
            LOG.warn("a certificate from {} names no agent", address);
            refusalAudit.identityRefused(address, "the certificate names no agent");
            return completed(Reply.forbidden());
        }
        connections.authenticated(request);
        proven.proved(address);
        AuthenticatedAgent caller = new AuthenticatedAgent(agent.get(), certificate.get(), address, instance(request));
        return withBody(request, StrictJson.MAX_BODY, type, message -> handler.on(caller, message));
    }

    private static @Nullable UUID instance(Request request) {
        String named = request.getHeaders().get(PollRequest.INSTANCE_HEADER);
        try {
            return named == null ? null : UUID.fromString(named);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private <T> CompletableFuture<Reply> withBody(Request request, int maxBytes, Class<T> type, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        return switch (RequestBody.read(request, maxBytes, bodyTime, scheduler)) {
            case RequestBody.Outcome.Complete complete -> {
                Optional<T> message = json.read(complete.bytes(), type);
                yield message.isPresent()
                        ? handler.on(message.get())
                        : completed(Reply.badRequest("the body is no " + type.getSimpleName() + " of this API"));
            }
            case RequestBody.Outcome.TooLong _ -> completed(Reply.contentTooLarge(maxBytes));
            case RequestBody.Outcome.TooSlow _ -> completed(Reply.requestTimeout(bodyTime));
            case RequestBody.Outcome.Broken(Throwable cause) -> throw new IOException(cause);
        };
    }

    /** Checked for each request: a connection may outlive its certificate, and the CA that issued it. */
    private Optional<String> certificateFault(X509Certificate certificate) {
        try {
            certificate.checkValidity(Date.from(clock.instant()));
        } catch (CertificateException _) {
            return Optional.of("is not in force");
        }
        return credentials.authority().hasIssued(certificate)
                ? Optional.empty()
                : Optional.of("is from no agent CA of now");
    }

    private static Optional<X509Certificate> certificate(Request request) {
        if (!(request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData session)) {
            return Optional.empty();
        }
        X509Certificate[] chain = session.peerCertificates();
        return chain == null || chain.length == 0 ? Optional.empty() : Optional.of(chain[0]);
    }

    private static CompletableFuture<Reply> completed(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
