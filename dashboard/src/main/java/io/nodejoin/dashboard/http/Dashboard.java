package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.DashboardSettings;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.dashboard.access.DashboardAuthenticator;
import io.nodejoin.dashboard.access.FormTokens;
import io.nodejoin.dashboard.access.PasswordGuesses;
import io.nodejoin.dashboard.overview.AgentWatch;
import io.nodejoin.dashboard.overview.OverviewReader;
import io.nodejoin.dashboard.pool.PoolReader;
import io.nodejoin.visibility.event.RecentEvents;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;

/** The dashboard as a whole: a handler for a server that somebody else runs. */
public final class Dashboard implements AutoCloseable {
    private final Sources sources;
    private final EventStream stream;
    private final Handler handler;
    private RecentEvents.@Nullable Subscription subscription;

    /** @param scheduler sends the heartbeats of the event stream */
    public Dashboard(
            DashboardSettings settings,
            Sources sources,
            ServiceStatus service,
            PasswordGuesses guesses,
            ScheduledExecutorService scheduler) {
        this.sources = sources;
        this.stream = new EventStream(scheduler, Thread::startVirtualThread);
        OverviewReader overview = new OverviewReader(
                sources.joins(),
                sources.events(),
                sources.feedProblem(),
                sources.deadLetters(),
                service,
                new AgentWatch(sources.agents(), sources.clock(), Thread::startVirtualThread),
                settings.clusters(),
                sources.clock());
        StaticFiles files = new StaticFiles();
        FormTokens tokens = FormTokens.of(settings.access(), sources.clock());
        Renderer renderer = new Renderer(files, tokens);
        Messages messages = new Messages(renderer);
        PoolReader pools = new PoolReader(sources.pools(), sources.joins());
        HostLogs logs = new HostLogs(sources.agents(), scheduler);
        DashboardAuthenticator authenticator = new DashboardAuthenticator(settings.access(), guesses, sources.clock());
        DashboardHandler all = new DashboardHandler(
                authenticator,
                new SignInPages(settings.access(), authenticator, tokens, renderer, messages),
                new Pages(settings, sources, overview, pools, logs, renderer, messages),
                new OperatorForms(sources, tokens, renderer, messages),
                new PoolForms(sources, tokens, renderer, messages),
                new Api(sources, overview, pools, logs),
                stream,
                files,
                messages);
        this.handler = sources.payloads() == null
                ? all
                : new Handler.Sequence(CodecHandler.of(sources.payloads(), authenticator, settings.temporalUi()), all);
    }

    /** Returns the handler, which answers every path. */
    public Handler handler() {
        return handler;
    }

    /** Starts to pass on events to those who watch. */
    public void start() {
        stream.start();
        subscription = sources.events().subscribe(stream);
    }

    @Override
    public void close() {
        if (subscription != null) {
            subscription.close();
        }
        stream.close();
    }
}
