package io.nodejoin.activities;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Keeps a cluster that does not answer from holding all workflow tasks of a worker. A local activity holds one until it ends, so only a
 * part of them may run for one cluster at a time, and fewer while it is silent. Any other fails at once, and
 * {@link io.nodejoin.workflows.temporal.LocalActivities} executes it as a regular activity, which holds none.
 */
public final class ClusterBulkhead extends WorkerInterceptorBase {
    /** A cluster whose latest prompt answer is older is silent. */
    private static final Duration PROMPT = Duration.ofSeconds(1);

    private final int limit;
    private final int silentLimit;
    private final LongSupplier nanoTime;
    private final Map<ClusterName, Calls> calls = new ConcurrentHashMap<>();

    /**
     * @param workflowTasks how many the worker executes concurrently; at least four
     * @param nanoTime a monotonic clock, as {@link System#nanoTime()}
     */
    public ClusterBulkhead(int workflowTasks, LongSupplier nanoTime) {
        this.limit = workflowTasks * 3 / 4;
        this.silentLimit = workflowTasks / 4;
        this.nanoTime = nanoTime;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            private boolean local;

            @Override
            public void init(ActivityExecutionContext context) {
                local = context.getInfo().isLocal();
                super.init(context);
            }

            @Override
            public ActivityOutput execute(ActivityInput input) {
                Optional<ClusterName> cluster = local ? clusterOf(input.getArguments()) : Optional.empty();
                return cluster.isEmpty() ? super.execute(input) : executeFor(cluster.get(), input);
            }

            private ActivityOutput executeFor(ClusterName cluster, ActivityInput input) {
                Calls own = calls.computeIfAbsent(cluster, _ -> new Calls());
                long begin = nanoTime.getAsLong();
                if (!own.begin(begin)) {
                    throw Failures.of(
                            FailureType.UNAVAILABLE,
                            new Problem(
                                    ErrorCode.CLUSTER_UNAVAILABLE, "too many calls to " + cluster + " are under way"));
                }
                try {
                    return super.execute(input);
                } finally {
                    own.end(begin, nanoTime.getAsLong());
                }
            }
        };
    }

    /** Events are for the broker, whatever cluster they are of. */
    private static Optional<ClusterName> clusterOf(Object[] arguments) {
        return ActivityArguments.find(OutcomeEvent.class, arguments).isPresent()
                ? Optional.empty()
                : ActivityArguments.find(ClusterName.class, arguments);
    }

    /** The local activities of a cluster. */
    private final class Calls {
        private int running;
        private Optional<Long> promptAt = Optional.empty();

        synchronized boolean begin(long now) {
            boolean silent = promptAt.isEmpty() || now - promptAt.get() > PROMPT.toNanos();
            if (running >= (silent ? silentLimit : limit)) {
                return false;
            }
            running++;
            return true;
        }

        synchronized void end(long begin, long now) {
            running--;
            if (now - begin <= PROMPT.toNanos()) {
                promptAt = Optional.of(now);
            }
        }
    }
}
