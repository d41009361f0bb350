package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.text.Format;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.visibility.agent.AgentList;
import io.nodejoin.workflows.gateway.WaitingAgent;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The agents at the gateway replicas.
 *
 * @param problem why nobody could be asked; null if somebody was
 */
public record AgentsPage(
        PageLayout layout,
        AgentList agents,
        Instant now,
        @Nullable String problem) {
    /** Returns for how long, in words. */
    public String since(Instant time) {
        return Format.duration(Duration.between(time, now));
    }

    public static String profile(WaitingAgent agent) {
        return agent.profile() == null ? "" : agent.profile().name().toLowerCase(Locale.ROOT);
    }

    /** Returns what it waits for, in words. */
    public static String reason(WaitingAgent agent) {
        String reason = agent.reason();
        return reason == null ? "a request" : reason;
    }

    public static String joinHref(NodeRef node) {
        return Links.join(node);
    }
}
