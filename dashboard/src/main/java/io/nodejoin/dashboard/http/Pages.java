package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.AuditTrail;
import io.nodejoin.dashboard.DashboardSettings;
import io.nodejoin.dashboard.overview.OverviewReader;
import io.nodejoin.dashboard.page.AgentsPage;
import io.nodejoin.dashboard.page.AuditPage;
import io.nodejoin.dashboard.page.AuditQuery;
import io.nodejoin.dashboard.page.DeadLettersPage;
import io.nodejoin.dashboard.page.HostLogView;
import io.nodejoin.dashboard.page.JoinQuery;
import io.nodejoin.dashboard.page.JoinRow;
import io.nodejoin.dashboard.page.JoinView;
import io.nodejoin.dashboard.page.JoinsPage;
import io.nodejoin.dashboard.page.OverviewPage;
import io.nodejoin.dashboard.page.PageLayout;
import io.nodejoin.dashboard.page.PoolsPage;
import io.nodejoin.dashboard.pool.PoolReader;
import io.nodejoin.dashboard.pool.PoolView;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.visibility.agent.AgentList;
import io.nodejoin.visibility.agent.HostLogChunk;
import io.nodejoin.visibility.event.PublishedEvent;
import io.nodejoin.visibility.join.JoinDetails;
import io.nodejoin.visibility.join.JoinFilter;
import io.nodejoin.visibility.join.JoinPage;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.join.PageToken;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the pages. */
final class Pages {
    private static final int PAGE_SIZE = 50;
    private static final Duration DEAD_LETTERS_OF = Duration.ofHours(24);

    private final DashboardSettings settings;
    private final Sources sources;
    private final OverviewReader overview;
    private final PoolReader pools;
    private final HostLogs logs;
    private final Renderer renderer;
    private final Messages messages;

    Pages(
            DashboardSettings settings,
            Sources sources,
            OverviewReader overview,
            PoolReader pools,
            HostLogs logs,
            Renderer renderer,
            Messages messages) {
        this.settings = settings;
        this.sources = sources;
        this.overview = overview;
        this.pools = pools;
        this.logs = logs;
        this.renderer = renderer;
        this.messages = messages;
    }

    Reply overview(Call call) {
        PageLayout layout = renderer.layout("Overview", PageLayout.Section.OVERVIEW, call.principal(), true);
        return Reply.html(200, renderer.render("overview", new OverviewPage(layout, overview.read(), docs())));
    }

    Reply joins(Call call) {
        JoinQuery query = JoinQuery.of(call::parameter);
        Instant now = sources.clock().instant();
        JoinFilter filter = query.filter(now);
        String page = call.parameter("page");
        PageToken token = PageToken.parse(page).orElse(PageToken.FIRST);
        Lookup<JoinPage> found = sources.joins().list(filter, PAGE_SIZE, token);
        Lookup<Long> total = sources.joins().count(filter);
        PageLayout layout = renderer.layout("Joins", PageLayout.Section.JOINS, call.principal(), page.isEmpty());
        JoinPage joins = found instanceof Lookup.Found<JoinPage>(JoinPage list) ? list : new JoinPage(List.of(), null);
        return Reply.html(
                found instanceof Lookup.Unreachable<JoinPage> ? 503 : 200,
                renderer.render(
                        "joins",
                        new JoinsPage(
                                layout,
                                settings.clusters(),
                                query,
                                joins.joins().stream()
                                        .map(join -> new JoinRow(join, now))
                                        .toList(),
                                total instanceof Lookup.Found<Long>(Long number) ? number : -1,
                                joins.next() == null
                                        ? null
                                        : query.href(joins.next().value()),
                                page.isEmpty() ? null : query.href(""),
                                found instanceof Lookup.Unreachable<JoinPage>(Lookup.Source _, String detail)
                                        ? detail
                                        : null)));
    }

    Reply join(Call call, NodeRef node) {
        return messages.aboutJoin(call.principal(), node, sources.joins().details(node), details -> {
            PageLayout layout = renderer.layout(node.name().value(), PageLayout.Section.JOINS, call.principal(), true);
            JoinView view = new JoinView(
                    layout,
                    details,
                    events(details),
                    log(details),
                    sources.clock().instant(),
                    temporalPage(details),
                    docs());
            return Reply.html(200, renderer.render("join", view));
        });
    }

    private HostLogView log(JoinDetails details) {
        if (!details.summary().open()) {
            return HostLogView.kept(details.history().hostLog());
        }
        return switch (logs.read(details.summary())) {
            case Lookup.Found<HostLogChunk>(HostLogChunk chunk) -> HostLogView.live(chunk);
            case Lookup.NotFound<HostLogChunk>(String detail) -> HostLogView.unknown(detail);
            case Lookup.Unreachable<HostLogChunk>(Lookup.Source _, String detail) -> HostLogView.unknown(detail);
        };
    }

    Reply agents(Call call) {
        Lookup<AgentList> found = sources.agents().agents().map(AgentList::of);
        PageLayout layout = renderer.layout("Agents", PageLayout.Section.AGENTS, call.principal(), true);
        AgentList agents = found instanceof Lookup.Found<AgentList>(AgentList list)
                ? list
                : new AgentList(0, List.of(), 0, List.of(), List.of());
        String problem = found instanceof Lookup.Unreachable<AgentList>(Lookup.Source _, String detail) ? detail : null;
        return Reply.html(
                problem == null ? 200 : 503,
                renderer.render(
                        "agents", new AgentsPage(layout, agents, sources.clock().instant(), problem)));
    }

    Reply pools(Call call) {
        Lookup<List<PoolView>> found = pools.read();
        PageLayout layout = renderer.layout("Pools", PageLayout.Section.POOLS, call.principal(), true);
        List<PoolView> all = found instanceof Lookup.Found<List<PoolView>>(List<PoolView> list) ? list : List.of();
        String problem =
                found instanceof Lookup.Unreachable<List<PoolView>>(Lookup.Source _, String detail) ? detail : null;
        return Reply.html(
                problem == null ? 200 : 503,
                renderer.render(
                        "pools", new PoolsPage(layout, all, sources.clock().instant(), problem)));
    }

    private List<PublishedEvent> events(JoinDetails details) {
        JoinId id = details.summary().joinId();
        return id == null ? List.of() : sources.events().of(id);
    }

    Reply deadLetters(Call call) {
        Instant now = sources.clock().instant();
        PageLayout layout = renderer.layout("Dead letters", PageLayout.Section.DEAD_LETTERS, call.principal(), true);
        return Reply.html(
                200,
                renderer.render(
                        "deadLetters",
                        new DeadLettersPage(
                                layout,
                                sources.deadLetters().since(now.minus(DEAD_LETTERS_OF)),
                                now,
                                sources.feedProblem().get(),
                                docs())));
    }

    Reply audit(Call call) {
        AuditQuery query = AuditQuery.of(call::parameter).orElse(new AuditQuery("", "", AuditTrail.END));
        AuditTrail.Page page = new AuditTrail.Page(List.of(), null);
        String problem = null;
        try {
            page = sources.audit().read(query.joins(), query.before(), PAGE_SIZE);
        } catch (IOException _) {
            problem =
                    "The audit log cannot be read. Check the setting audit.file and the part audit log on the overview.";
        }
        PageLayout layout = renderer.layout("Audit log", PageLayout.Section.NONE, call.principal(), false);
        return Reply.html(
                problem == null ? 200 : 503,
                renderer.render(
                        "audit",
                        new AuditPage(layout, query, page, sources.clock().instant(), problem)));
    }

    private @Nullable String docs() {
        URI docs = settings.docs();
        return docs == null ? null : docs.toString();
    }

    private @Nullable String temporalPage(JoinDetails details) {
        URI ui = settings.temporalUi();
        if (ui == null) {
            return null;
        }
        NodeRef node = details.summary().node();
        return ui.toString().replaceAll("/$", "") + "/namespaces/" + settings.temporalNamespace() + "/workflows/"
                + URLEncoder.encode(NodeJoinWorkflow.workflowId(node.cluster(), node.name()), StandardCharsets.UTF_8)
                + "/" + details.summary().runId() + "/history";
    }
}
