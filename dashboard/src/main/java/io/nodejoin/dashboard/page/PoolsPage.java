package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.pool.PoolView;
import io.nodejoin.dashboard.text.Format;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.workflows.pool.PoolRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The pools of waiting machines.
 *
 * @param problem why nobody could be asked; null if somebody was
 */
public record PoolsPage(
        PageLayout layout,
        List<PoolView> pools,
        Instant now,
        @Nullable String problem) {
    private static final double GIB = 1L << 30;

    public PoolsPage {
        pools = List.copyOf(pools);
    }

    /** Returns for how long, in words. */
    public String since(Instant time) {
        return Format.duration(Duration.between(time, now));
    }

    /** Returns how long it is until then, in words. */
    public String until(Instant time) {
        return Format.duration(Duration.between(now, time));
    }

    /** Returns when the agent of a machine was last known to wait, in words. */
    public String seen(PoolView.Machine machine) {
        return machine.lastSeen() == null ? "never" : since(machine.lastSeen()) + " ago";
    }

    /** Returns the name of a pool in links within the page. */
    public static String anchor(PoolView pool) {
        return "pool-" + pool.cluster() + "-" + pool.pool();
    }

    public static String joinHref(PoolView pool, NodeName node) {
        return Links.join(pool.cluster(), node);
    }

    /** Returns the page that asks whether to change whether the pool is draining. */
    public static String drainHref(PoolView pool) {
        PoolRef ref = new PoolRef(pool.cluster(), pool.pool());
        return pool.draining() ? Links.undrain(ref) : Links.drain(ref);
    }

    /** Returns the state of a machine as colour, shape and word. */
    public static StateBadge badge(PoolView.Machine machine) {
        return switch (machine.state()) {
            case OFFERED -> new StateBadge("muted", "○", "Offered");
            case FREE -> new StateBadge("ok", "●", "Free");
            case BOUND -> new StateBadge("running", "◐", machine.withdrawn() ? "Bound, withdrawn" : "Bound");
            case QUARANTINED -> new StateBadge("bad", "■", "Quarantined");
        };
    }

    /** Returns what a machine has said of itself, in words. */
    public static String facts(PoolView.Machine machine) {
        MachineFacts facts = machine.facts();
        return facts == null
                ? ""
                : "%d CPUs, %s, %s".formatted(facts.cpus(), size(facts.memoryBytes()), facts.architecture());
    }

    public static String labels(Map<String, String> labels) {
        return labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Returns which machine a join wants, in words. */
    public static String wants(RequestedMachine wanted) {
        List<String> wants = new ArrayList<>();
        if (wanted.id() != null) {
            wants.add(wanted.id().value());
        }
        if (wanted.minCpus() != null) {
            wants.add("at least " + wanted.minCpus() + " CPUs");
        }
        if (wanted.minMemoryBytes() != null) {
            wants.add("at least " + size(wanted.minMemoryBytes()));
        }
        if (!wanted.labels().isEmpty()) {
            wants.add(labels(wanted.labels()));
        }
        if (wanted.endorsementKey() != null || wanted.systemUuid() != null) {
            wants.add("one identity");
        }
        return wants.isEmpty() ? "any" : String.join(", ", wants);
    }

    private static String size(long bytes) {
        return Math.round(bytes / GIB) + " GiB";
    }
}
