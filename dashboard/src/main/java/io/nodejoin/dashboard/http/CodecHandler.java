package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.access.DashboardAuthenticator;
import io.nodejoin.visibility.payload.PayloadDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.pathmap.ServletPathSpec;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.CrossOriginHandler;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A codec server of Temporal: decrypts payloads for its UI and its command line. It encrypts nothing. Whoever may see the
 * dashboard may use it; of other sites' pages only those of Temporal's UI.
 */
final class CodecHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(CodecHandler.class);
    /** Clients append the name of what they want. */
    static final String ENDPOINT = "/codec";

    /** Temporal takes blobs of up to 2 MB, and they travel in Base64. */
    private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;

    /** More metadata of a payload would keep Temporal's command from showing it as JSON. */
    private static final String WORKFLOWS = "Nodejoin-Workflow-Id";

    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x21-\\x7e]");
    private static final int MAX_WORKFLOWS = 20;
    private static final int MAX_AT_ONCE = 4;
    private static final long PATIENCE_SECONDS = 5;
    private static final Duration PREFLIGHT_AGE = Duration.ofMinutes(10);

    private final PayloadDecoder decoder;
    private final DashboardAuthenticator authenticator;
    private final Semaphore decoding = new Semaphore(MAX_AT_ONCE, true);

    private CodecHandler(PayloadDecoder decoder, DashboardAuthenticator authenticator) {
        this.decoder = decoder;
        this.authenticator = authenticator;
    }

    /**
     * Returns a handler of the paths below {@link #ENDPOINT}, which leaves others to the next handler.
     *
     * @param temporalUi an address of the pages that may read answers; null if none may
     */
    static Handler of(PayloadDecoder decoder, DashboardAuthenticator authenticator, @Nullable URI temporalUi) {
        CrossOriginHandler crossOrigin = new CrossOriginHandler();
        crossOrigin.setAllowedOriginPatterns(Stream.ofNullable(temporalUi)
                .map(CodecHandler::origin)
                .map(Pattern::quote)
                .collect(Collectors.toSet()));
        crossOrigin.setAllowedMethods(Set.of(HttpMethod.POST.asString()));
        crossOrigin.setAllowedHeaders(Set.of("Authorization", "Content-Type", "X-Namespace"));
        crossOrigin.setAllowCredentials(true);
        crossOrigin.setPreflightMaxAge(PREFLIGHT_AGE);
        crossOrigin.setHandler(new CodecHandler(decoder, authenticator));
        PathMappingsHandler paths = new PathMappingsHandler.NoContext();
        paths.addMapping(new ServletPathSpec(ENDPOINT + "/*"), crossOrigin);
        return paths;
    }

    /** Returns the origin (RFC 6454) of an address, as browsers write it: without the port that its scheme implies. */
    static String origin(URI address) {
        String scheme = address.getScheme().toLowerCase(Locale.ROOT);
        String authority = String.valueOf(address.getRawAuthority()).toLowerCase(Locale.ROOT);
        return scheme + "://" + authority.replaceFirst(scheme.equals("https") ? ":443$" : ":80$", "");
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Reply.secure(response);
        try {
            reply(request, response).send(response, callback);
        } catch (RuntimeException e) { // a defect must not close the connection without a word
            LOG.atError().setCause(e).log("payloads cannot be decoded");
            Api.problem(500, "Defect", "the service log has its cause").send(response, callback);
        }
        return true;
    }

    private Reply reply(Request request, Response response) {
        if (request.getHeaders().contains(HttpHeader.ORIGIN)
                && !response.getHeaders().contains(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN)) {
            return Api.problem(403, "Another site", "only pages of the address in dashboard.temporalUi may ask here");
        }
        return switch (authenticator.decide(SignInPages.presented(request))) {
            case DashboardAuthenticator.Decision.Admitted _ -> admitted(request);
            case DashboardAuthenticator.Decision.Challenged _ ->
                Api.problem(401, "Not signed in", "a user and a password of dashboard.usersFile are needed")
                        .with("WWW-Authenticate", "Basic realm=\"Nodejoin\", charset=\"UTF-8\"");
            case DashboardAuthenticator.Decision.SignInNeeded(String why) -> SignInPages.tokenNeeded(why);
            case DashboardAuthenticator.Decision.Throttled(String why) -> Api.problem(429, "Too many passwords", why);
            case DashboardAuthenticator.Decision.Refused(String why) -> Api.problem(403, "Refused", why);
            case DashboardAuthenticator.Decision.Unavailable(String why) -> Api.problem(503, "Unreachable", why);
        };
    }

    private Reply admitted(Request request) {
        if (!Request.getPathInContext(request).equals(ENDPOINT + "/decode")) {
            return Api.problem(404, "Not found", "there is " + ENDPOINT + "/decode alone: nothing is encrypted here");
        }
        if (!HttpMethod.POST.is(request.getMethod())) {
            return Api.problem(405, "Not allowed", "POST only").with("Allow", "POST");
        }
        try {
            if (!decoding.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return Api.problem(503, "Too many payloads", "try again later");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Api.problem(503, "Stopping", "try again later");
        }
        try {
            return decode(request);
        } finally {
            decoding.release();
        }
    }

    private Reply decode(Request request) {
        byte[] body;
        try (InputStream content = Content.Source.asInputStream(request)) {
            body = content.readNBytes(MAX_BODY_BYTES + 1);
        } catch (IOException _) {
            return Api.problem(400, "No payloads", "the body cannot be read to its end");
        }
        if (body.length > MAX_BODY_BYTES) {
            return Api.problem(413, "Too long", "the body may have " + MAX_BODY_BYTES + " bytes");
        }
        return decoder.decode(body)
                .map(CodecHandler::reply)
                .orElseGet(() ->
                        Api.problem(400, "No payloads", "the body is no JSON of temporal.api.common.v1.Payloads"));
    }

    private static Reply reply(PayloadDecoder.Decoded decoded) {
        Reply reply = Reply.json(200, decoded.payloads().getBytes(StandardCharsets.UTF_8));
        return decoded.workflows().isEmpty()
                ? reply
                : reply.with(
                        WORKFLOWS,
                        decoded.workflows().stream()
                                .limit(MAX_WORKFLOWS)
                                .map(workflow -> UNPRINTABLE.matcher(workflow).replaceAll("?"))
                                .collect(Collectors.joining(", ")));
    }
}
