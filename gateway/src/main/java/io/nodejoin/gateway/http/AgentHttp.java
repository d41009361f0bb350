package io.nodejoin.gateway.http;

import io.nodejoin.activities.Lasting;
import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.agentca.Caller;
import io.nodejoin.gateway.agentca.GatewayCredentials;
import io.nodejoin.gateway.ratelimit.AttemptLimit;
import io.nodejoin.gateway.ratelimit.CallerNetwork;
import io.nodejoin.gateway.ratelimit.Refusals;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.Progress;
import io.nodejoin.protocol.agent.RejoinRequest;
import io.nodejoin.protocol.agent.RenewalRequest;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From HTTP to {@link AgentApi} and back: route, caller, limits, JSON. Each request has its own virtual thread. */
public final class AgentHttp extends Handler.Abstract.NonBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(AgentHttp.class);
    private static final int DRAINED = 64 * 1024;

    private final AgentApi api;
    private final GatewayCredentials credentials;
    private final Refusals refusals;
    private final AttemptLimit enrollmentLimit;
    private final StrictJson json;
    private final ReplyWriter replies;
    private final Clock clock;
    private final ExecutorService executor;

    public AgentHttp(
            AgentApi api,
            GatewayCredentials credentials,
            Refusals refusals,
            AttemptLimit enrollmentLimit,
            StrictJson json,
            Clock clock,
            ExecutorService executor) {
        this.api = api;
        this.credentials = credentials;
        this.refusals = refusals;
        this.enrollmentLimit = enrollmentLimit;
        this.json = json;
        this.replies = new ReplyWriter(json);
        this.clock = clock;
        this.executor = executor;
    }

    /** What is done with a message of the right form. */
    private interface Act<T> {
        CompletableFuture<Reply> on(T message) throws InterruptedException;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        // A poll may be parked for longer than the connection may be idle.
        request.addIdleTimeoutListener(_ -> false);
        executor.execute(() -> serve(request, response, callback));
        return true;
    }

    private void serve(Request request, Response response, Callback callback) {
        try {
            CompletableFuture<Void> _ = answer(request)
                    .exceptionally(AgentHttp::defect)
                    .thenAccept(reply -> replies.send(reply, response, callback));
        } catch (IOException | InterruptedException e) {
            callback.failed(e);
        } catch (RuntimeException | Error e) {
            replies.send(defect(e), response, callback);
        }
    }

    /** The boundary: a defect must neither leave the request open nor show its reason outside. */
    private static Reply defect(Throwable failure) {
        Lasting.survive("a request", RootCause.of(failure));
        return Reply.defect();
    }

    private CompletableFuture<Reply> answer(Request request) throws IOException, InterruptedException {
        Optional<Route> route = Route.of(Request.getPathInContext(request));
        if (route.isEmpty()) {
            return now(Reply.noSuchRoute());
        }
        if (!"POST".equals(request.getMethod())) {
            return now(Reply.onlyPost());
        }
        return switch (route.get()) {
            case Route.Enroll _ -> asStranger(request, EnrollmentRequest.class, api::enroll);
            case Route.Rejoin _ -> asStranger(request, RejoinRequest.class, api::rejoin);
            case Route.Renew _ -> asAgent(request, RenewalRequest.class, (caller, _) -> now(api.renew(caller)));
            case Route.Next _ -> asAgent(request, PollRequest.class, (caller, poll) -> api.next(caller, poll));
            case Route.Progressed(var id) ->
                asAgent(request, Progress.class, (caller, progress) -> now(api.progressed(caller, id, progress)));
            case Route.Ended(var id) ->
                asAgent(request, HostResult.class, (caller, result) -> now(api.ended(caller, id, result)));
        };
    }

    private interface AgentAct<T> {
        CompletableFuture<Reply> on(Caller caller, T message);
    }

    private interface StrangerAct<T> {
        Reply on(T message, String address) throws InterruptedException;
    }

    /** Without a certificate one may prove oneself, a limited number of times. */
    private <T> CompletableFuture<Reply> asStranger(Request request, Class<T> type, StrangerAct<T> act)
            throws IOException, InterruptedException {
        String address = Request.getRemoteAddr(request);
        if (!enrollmentLimit.allows(CallerNetwork.of(address))) {
            return now(api.tooManyEnrollments(address));
        }
        return withBody(request, type, message -> now(act.on(message, address)));
    }

    private <T> CompletableFuture<Reply> asAgent(Request request, Class<T> type, AgentAct<T> act)
            throws IOException, InterruptedException {
        String address = Request.getRemoteAddr(request);
        Optional<X509Certificate> certificate = certificate(request);
        if (certificate.isEmpty()) {
            LOG.info("a call from {} shows no certificate", address);
            return now(Reply.unauthenticated());
        }
        Optional<String> flaw = flaw(certificate.get());
        if (flaw.isPresent()) {
            LOG.info("a call from {} shows a certificate that {}", address, flaw.get());
            refusals.identity(address, "the certificate " + flaw.get());
            return now(Reply.unauthenticated());
        }
        Optional<AgentIdentity> agent = certificate.flatMap(AgentIdentity::of);
        if (agent.isEmpty()) {
            LOG.warn("a certificate from {} names no agent", address);
            refusals.identity(address, "the certificate names no agent");
            return now(Reply.otherIdentity());
        }
        Caller caller = new Caller(agent.get(), certificate.get(), address, instance(request));
        return withBody(request, type, message -> act.on(caller, message));
    }

    private static @Nullable UUID instance(Request request) {
        String named = request.getHeaders().get(PollRequest.INSTANCE_HEADER);
        try {
            return named == null ? null : UUID.fromString(named);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private <T> CompletableFuture<Reply> withBody(Request request, Class<T> type, Act<T> act)
            throws IOException, InterruptedException {
        byte[] body;
        try (InputStream stream = Content.Source.asInputStream(request)) {
            body = stream.readNBytes(StrictJson.MAX_BODY);
            // A caller that is still sending does not read its refusal: what is a little too long is taken and dropped.
            if (stream.readNBytes(DRAINED).length > 0) {
                return now(Reply.tooLarge());
            }
        }
        Optional<T> message = json.read(body, type);
        return message.isPresent()
                ? act.on(message.get())
                : now(Reply.malformed("the body is no " + type.getSimpleName() + " of this API"));
    }

    /** Asked anew for each request: a connection may outlive its certificate, and the CA that it came from. */
    private Optional<String> flaw(X509Certificate certificate) {
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

    private static CompletableFuture<Reply> now(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
