package io.nodejoin.activities.kubernetes.clusterinfo;

import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.SingleFlight;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Gatherers;

/** Checks a cluster's RBAC against the configured approval mode. Whoever asks while a check runs shares its result. */
public final class ClusterPreconditions {
    /** The readiness of each replica repeats the checks more often, so that a join hardly ever waits for them. */
    private static final Duration VALIDITY = Duration.ofSeconds(15);

    private final ClusterClients clients;
    private final Map<ClusterName, ClusterPolicy> policies;
    private final LongSupplier nanoTime;
    private final Map<ClusterName, Long> metAt = new ConcurrentHashMap<>();
    private final SingleFlight<ClusterName, List<Problem>> checks = new SingleFlight<>();

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public ClusterPreconditions(
            ClusterClients clients, Map<ClusterName, ClusterPolicy> policies, LongSupplier nanoTime) {
        this.clients = clients;
        this.policies = Map.copyOf(policies);
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the problems of a join. No problem that was found is remembered; that there was none is, for up to 15 s.
     */
    List<Problem> findProblemsOfJoin(ClusterName cluster) {
        Long met = metAt.get(cluster);
        boolean valid = met != null && nanoTime.getAsLong() - met < VALIDITY.toNanos();
        return valid ? List.of() : findProblems(cluster);
    }

    /** Runs the checks now, unless they are running, and returns the problems, most severe first. */
    public List<Problem> findProblems(ClusterName cluster) {
        return checks.get(cluster, () -> checkNow(cluster));
    }

    private List<Problem> checkNow(ClusterName cluster) {
        long begun = nanoTime.getAsLong();
        List<Problem> problems = check(cluster);
        if (problems.isEmpty()) {
            metAt.put(cluster, begun);
        } else {
            metAt.remove(cluster);
        }
        return problems;
    }

    private List<Problem> check(ClusterName cluster) {
        ApprovalMode approval = policy(cluster).approval();
        Authorizer authorizer = new AccessReviews(clients.client(cluster));
        ApprovalRights approvals = new ApprovalRights(authorizer);
        AnonymousRights anonymous = new AnonymousRights(authorizer);
        List<Supplier<Optional<Problem>>> parts =
                List.of(() -> approvals.findProblem(approval), anonymous::findExcess, anonymous::findMissing);
        return parts.stream()
                .gather(Gatherers.mapConcurrent(parts.size(), Supplier::get))
                .flatMap(Optional::stream)
                .map(problem -> new Problem(problem.code(), "cluster " + cluster + ": " + problem.detail()))
                .toList();
    }

    /** Returns whether such a problem fails joins; otherwise it is a warning. */
    public boolean isStrict(ClusterName cluster) {
        return policy(cluster).strict();
    }

    private ClusterPolicy policy(ClusterName cluster) {
        ClusterPolicy policy = policies.get(cluster);
        if (policy == null) {
            throw Failures.of(
                    FailureType.INVALID_REQUEST,
                    new Problem(ErrorCode.UNKNOWN_CLUSTER, "no cluster " + cluster + " is configured"));
        }
        return policy;
    }
}
