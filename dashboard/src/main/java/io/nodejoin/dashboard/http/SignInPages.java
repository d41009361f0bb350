package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.access.DashboardAuthenticator;
import io.nodejoin.dashboard.access.FormTokens;
import io.nodejoin.dashboard.access.Principal;
import io.nodejoin.dashboard.access.SignIn;
import io.nodejoin.dashboard.access.Users;
import io.nodejoin.dashboard.page.ConfirmPage;
import io.nodejoin.dashboard.page.ConfirmPage.Question;
import io.nodejoin.dashboard.page.PageLayout;
import io.nodejoin.dashboard.text.Links;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signing in and out by OpenID Connect. Without an issuer there are no such pages. */
final class SignInPages {
    private static final Logger LOG = LoggerFactory.getLogger(SignInPages.class);
    /** The prefix has browsers insist on Secure, on the path / and on this very host. */
    private static final String SESSION = "__Host-nodejoin-session";

    private static final String ATTEMPT = "__Host-nodejoin-sign-in";
    private static final String WHERE_TO = "to";
    /** A path of this server: neither another host nor what a browser would read as one. */
    private static final Pattern LOCAL_PAGE = Pattern.compile("/(?![/\\\\])[\\x21-\\x5b\\x5d-\\x7e]*");

    private final @Nullable SignIn signIn;
    private final @Nullable Supplier<Users> users;
    private final DashboardAuthenticator authenticator;
    private final FormTokens tokens;
    private final Renderer renderer;
    private final Messages messages;

    SignInPages(
            Access access,
            DashboardAuthenticator authenticator,
            FormTokens tokens,
            Renderer renderer,
            Messages messages) {
        this.signIn = access instanceof Access.OpenId openId ? openId.signIn() : null;
        this.users = access instanceof Access.OpenId openId ? openId.users() : null;
        this.authenticator = authenticator;
        this.tokens = tokens;
        this.renderer = renderer;
        this.messages = messages;
    }

    /** Returns what is presented by a request. */
    static DashboardAuthenticator.Presented presented(Request request) {
        return new DashboardAuthenticator.Presented(
                request.getHeaders().get(HttpHeader.AUTHORIZATION),
                cookie(request, SESSION),
                Optional.ofNullable(Request.getServerName(request)).orElse(""),
                Request.getRemoteAddr(request),
                isApi(request));
    }

    /** Answers what is asked for before anybody is admitted; empty if it is none of these pages. */
    Optional<Reply> reply(Request request) {
        if (signIn == null || !HttpMethod.GET.is(request.getMethod())) {
            return Optional.empty();
        }
        return switch (Request.getPathInContext(request)) {
            case Links.SIGN_IN -> Optional.of(begin(signIn, request));
            case Links.SIGN_IN + "/callback" -> Optional.of(complete(signIn, request));
            case Links.SIGNED_OUT ->
                Optional.of(messages.signedOut(
                        Principal.NOBODY, signIn.issuerSignOut().orElse(null)));
            case Links.PASSWORD -> users == null ? Optional.empty() : Optional.of(password(request));
            default -> Optional.empty();
        };
    }

    private Reply begin(SignIn signIn, Request request) {
        String page = Optional.ofNullable(
                        Request.extractQueryParameters(request).getValue(WHERE_TO))
                .orElse("");
        return switch (signIn.begin(LOCAL_PAGE.matcher(page).matches() ? page : Links.OVERVIEW)) {
            case SignIn.Beginning.SentToIssuer(var issuer, String cookie) ->
                Reply.seeOther(issuer.toString()).withCookie(cookie(ATTEMPT, cookie, SignIn.PATIENCE));
            case SignIn.Beginning.Unavailable(String detail) -> unavailable(signIn, detail);
        };
    }

    private Reply complete(SignIn signIn, Request request) {
        String query = Optional.ofNullable(request.getHttpURI().getQuery()).orElse("");
        Reply reply = switch (signIn.complete(query, cookie(request, ATTEMPT))) {
            case SignIn.End.SignedIn(Principal _, String session, String page) ->
                Reply.seeOther(page)
                        .withCookie(cookie(SESSION, session, signIn.settings().sessionLifetime()));
            case SignIn.End.NoRole(String name) ->
                messages.noRole(Principal.NOBODY, name, signIn.settings().roles());
            case SignIn.End.Refused(String detail) -> {
                LOG.info("a sign-in to the dashboard was refused: {}", detail);
                yield messages.signInRefused(
                        Principal.NOBODY, detail, signIn.settings().externalUrl());
            }
            case SignIn.End.Unavailable(String detail) -> unavailable(signIn, detail);
        };
        return reply.withCookie(cookie(ATTEMPT, "", Duration.ZERO));
    }

    private Reply unavailable(SignIn signIn, String detail) {
        LOG.warn("nobody can sign in to the dashboard: {}", detail);
        return messages.issuerUnavailable(Principal.NOBODY, signIn.settings().issuer(), detail, users != null);
    }

    /** Has the browser ask for a password; it sends that with every request from then on. */
    private Reply password(Request request) {
        return authenticator.decide(presented(request))
                                instanceof DashboardAuthenticator.Decision.Admitted(Principal principal)
                        && !principal.hasSession()
                ? Reply.seeOther(Links.OVERVIEW)
                : messages.loginNeeded(Principal.NOBODY);
    }

    /** Sends a person to sign in, and tells a script that it has to. */
    Reply needed(Request request, String why) {
        if (isApi(request)) {
            return tokenNeeded(why);
        }
        String mode = request.getHeaders().get("Sec-Fetch-Mode");
        boolean isPage = HttpMethod.GET.is(request.getMethod()) && (mode == null || mode.equals("navigate"));
        String page = request.getHttpURI().getPathQuery();
        String signInPage = Links.SIGN_IN + "?" + WHERE_TO + "=" + URLEncoder.encode(page, StandardCharsets.UTF_8);
        return isPage ? Reply.seeOther(signInPage) : messages.sessionOver(Principal.NOBODY);
    }

    /** @param why what is wrong with the token that there is; empty if there is none */
    static Reply tokenNeeded(String why) {
        String scheme = why.isEmpty() ? "Bearer" : "Bearer error=\"invalid_token\"";
        return Api.problem(401, "Not signed in", why.isEmpty() ? "a session or a bearer token is needed" : why)
                .with("WWW-Authenticate", scheme);
    }

    /** Asks whether to sign out, or does it. The session ends in this browser. */
    Reply signOut(Call call) {
        if (!call.principal().hasSession()) {
            return messages.noSuchPage(call.principal());
        }
        boolean sent = call.method() == Call.Method.POST;
        if (sent && tokens.isValid(call.parameter("token"), call.principal(), Links.SIGN_OUT)) {
            return Reply.seeOther(Links.SIGNED_OUT).withCookie(cookie(SESSION, "", Duration.ZERO));
        }
        PageLayout layout = renderer.layout("Sign out", PageLayout.Section.NONE, call.principal(), false);
        Question question = new Question(
                "Sign out?", List.of("The session ends in this browser."), null, null, "Sign out", false, "Stay");
        return Reply.html(
                sent ? 403 : 200,
                renderer.render(
                        "confirm",
                        new ConfirmPage(
                                layout,
                                Links.OVERVIEW,
                                "Overview",
                                question,
                                Links.SIGN_OUT,
                                tokens.issue(call.principal(), Links.SIGN_OUT),
                                sent ? OperatorForms.FORGED : null)));
    }

    private static boolean isApi(Request request) {
        String path = Request.getPathInContext(request);
        return path.startsWith("/api/") || path.startsWith(CodecHandler.ENDPOINT + "/");
    }

    private static @Nullable String cookie(Request request, String name) {
        return Request.getCookies(request).stream()
                .filter(cookie -> cookie.getName().equals(name))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse(null);
    }

    private static String cookie(String name, String value, Duration age) {
        return name + "=" + value + "; Path=/; Max-Age=" + age.toSeconds() + "; Secure; HttpOnly; SameSite=Lax";
    }
}
