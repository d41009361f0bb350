package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.access.DashboardAuthenticator;
import io.nodejoin.dashboard.access.Principal;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.PoolRef;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.FormFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Admits requests and routes them to pages, API, event stream and files. Answers every path. */
public final class DashboardHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(DashboardHandler.class);
    private static final String STATIC = "/static/";
    private static final int MAX_FORM_FIELDS = 10;
    private static final int MAX_FORM_BYTES = 8192;
    private final DashboardAuthenticator authenticator;
    private final SignInPages signIn;
    private final Pages pages;
    private final OperatorForms forms;
    private final PoolForms poolForms;
    private final Api api;
    private final EventStream stream;
    private final StaticFiles files;
    private final Messages messages;

    DashboardHandler(
            DashboardAuthenticator authenticator,
            SignInPages signIn,
            Pages pages,
            OperatorForms forms,
            PoolForms poolForms,
            Api api,
            EventStream stream,
            StaticFiles files,
            Messages messages) {
        this.authenticator = authenticator;
        this.signIn = signIn;
        this.pages = pages;
        this.forms = forms;
        this.poolForms = poolForms;
        this.api = api;
        this.stream = stream;
        this.files = files;
        this.messages = messages;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Reply.secure(response);
        try {
            Optional<Reply> open = staticFile(request).or(() -> signIn.reply(request));
            if (open.isPresent()) {
                open.get().send(response, callback);
            } else {
                decide(request, response, callback);
            }
        } catch (RuntimeException e) { // a defect of a page must not close the connection without a word
            LOG.atError().setCause(e).log("a page of the dashboard cannot be shown");
            messages.failed(Principal.NOBODY).send(response, callback);
        }
        return true;
    }

    private void decide(Request request, Response response, Callback callback) {
        switch (authenticator.decide(SignInPages.presented(request))) {
            case DashboardAuthenticator.Decision.Admitted(Principal principal) ->
                admitted(request, response, callback, principal);
            case DashboardAuthenticator.Decision.Challenged _ ->
                messages.loginNeeded(Principal.NOBODY).send(response, callback);
            case DashboardAuthenticator.Decision.SignInNeeded(String why) ->
                signIn.needed(request, why).send(response, callback);
            case DashboardAuthenticator.Decision.Throttled(String why) ->
                messages.tooMany(Principal.NOBODY, why).send(response, callback);
            case DashboardAuthenticator.Decision.Refused(String why) ->
                messages.refused(Principal.NOBODY, why).send(response, callback);
            case DashboardAuthenticator.Decision.Unavailable(String why) ->
                Api.problem(503, "Unreachable", why).send(response, callback);
        }
    }

    /** Style sheet and icon are for everybody: the page that refuses needs them too. */
    private Optional<Reply> staticFile(Request request) {
        String path = Request.getPathInContext(request);
        return isRead(request) && path.startsWith(STATIC)
                ? files.find(path.substring(STATIC.length()))
                : Optional.empty();
    }

    private void admitted(Request request, Response response, Callback callback, Principal principal) {
        try {
            List<String> path = path(request);
            if (path.equals(List.of("api", "v1", "events")) && isRead(request)) {
                openStream(SignInPages.presented(request), response, callback);
                return;
            }
            reply(request, path, principal).send(response, callback);
        } catch (RuntimeException e) { // a defect of a page must not close the connection without a word
            LOG.atError().setCause(e).log("a page of the dashboard cannot be shown");
            messages.failed(principal).send(response, callback);
        }
    }

    private Reply reply(Request request, List<String> path, Principal principal) {
        if (isRead(request)) {
            return get(new Call(Call.Method.GET, path, parameters(Request.extractQueryParameters(request)), principal));
        }
        if (!HttpMethod.POST.is(request.getMethod())) {
            return messages.notAllowed(principal);
        }
        return post(new Call(
                Call.Method.POST,
                path,
                parameters(FormFields.getFields(request, MAX_FORM_FIELDS, MAX_FORM_BYTES)),
                principal));
    }

    private Reply get(Call call) {
        List<String> path = call.path();
        String first = path.isEmpty() ? "" : path.getFirst();
        return switch (first) {
            case "" -> pages.overview(call);
            case "joins" -> joins(call);
            case "pools" ->
                path.size() == 1
                        ? pages.pools(call)
                        : form(call).orElseGet(() -> messages.noSuchPage(call.principal()));
            case "agents" -> path.size() == 1 ? pages.agents(call) : messages.noSuchPage(call.principal());
            case "dead-letters" ->
                path.size() == 1
                        ? pages.deadLetters(call)
                        : form(call).orElseGet(() -> messages.noSuchPage(call.principal()));
            case "audit" -> path.size() == 1 ? pages.audit(call) : messages.noSuchPage(call.principal());
            case "sign-out" -> path.size() == 1 ? signIn.signOut(call) : messages.noSuchPage(call.principal());
            case "api" -> api(call);
            default -> messages.noSuchPage(call.principal());
        };
    }

    private Reply joins(Call call) {
        List<String> path = call.path();
        if (path.size() == 1) {
            return pages.joins(call);
        }
        Optional<NodeRef> node = node(path, 1);
        if (node.isPresent() && path.size() == 3) {
            return pages.join(call, node.get());
        }
        return form(call).orElseGet(() -> messages.noSuchPage(call.principal()));
    }

    private Reply post(Call call) {
        return call.path().equals(List.of("sign-out"))
                ? signIn.signOut(call)
                : form(call).orElseGet(() -> messages.notAllowed(call.principal()));
    }

    /** Shows the form of an action, or takes it; empty if the path is that of none. */
    private Optional<Reply> form(Call call) {
        List<String> path = call.path();
        if (path.size() != 4) {
            return Optional.empty();
        }
        return switch (path.getFirst() + " " + path.getLast()) {
            case "joins abort" -> node(path, 1).map(node -> forms.abort(call, node));
            case "joins extend" -> node(path, 1).map(node -> forms.extend(call, node));
            case "pools drain" -> pool(path, 1).map(pool -> poolForms.setDraining(call, pool, true));
            case "pools undrain" -> pool(path, 1).map(pool -> poolForms.setDraining(call, pool, false));
            case "dead-letters replay" -> replay(call);
            default -> Optional.empty();
        };
    }

    private Optional<Reply> replay(Call call) {
        try {
            return Optional.of(forms.replay(
                    call,
                    Integer.parseInt(call.path().get(1)),
                    Long.parseLong(call.path().get(2))));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private Reply api(Call call) {
        List<String> path = call.path();
        if (path.size() < 3 || !path.get(1).equals("v1")) {
            return api.noSuchResource();
        }
        Optional<NodeRef> node = node(path, 3);
        return switch (path.get(2) + "/" + path.size()) {
            case "overview/3" -> api.overview();
            case "joins/3" -> api.joins(call);
            case "joins/5" -> node.map(api::join).orElseGet(api::noSuchResource);
            case "joins/6" ->
                node.filter(_ -> path.getLast().equals("log")).map(api::log).orElseGet(api::noSuchResource);
            case "pools/3" -> api.pools();
            case "agents/3" -> api.agents();
            case "dead-letters/3" -> api.deadLetters();
            case "audit/3" -> api.audit(call);
            case "openapi.json/3" -> api.openApi();
            default -> api.noSuchResource();
        };
    }

    private static Optional<NodeRef> node(List<String> path, int at) {
        if (path.size() < at + 2) {
            return Optional.empty();
        }
        try {
            return Optional.of(new NodeRef(new ClusterName(path.get(at)), new NodeName(path.get(at + 1))));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<PoolRef> pool(List<String> path, int at) {
        try {
            return Optional.of(new PoolRef(new ClusterName(path.get(at)), new PoolName(path.get(at + 1))));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private void openStream(DashboardAuthenticator.Presented presented, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        if (!stream.open(
                response,
                callback,
                () -> authenticator.decide(presented) instanceof DashboardAuthenticator.Decision.Admitted)) {
            Api.problem(503, "Too many readers", "try again later").send(response, callback);
        }
    }

    private static boolean isRead(Request request) {
        return HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod());
    }

    private static List<String> path(Request request) {
        return Arrays.stream(Request.getPathInContext(request).split("/", -1))
                .filter(part -> !part.isEmpty())
                .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
                .toList();
    }

    private static Map<String, String> parameters(Fields fields) {
        Map<String, String> parameters = new HashMap<>();
        fields.forEach(field -> parameters.put(
                field.getName(), Optional.ofNullable(field.getValue()).orElse("")));
        return parameters;
    }
}
