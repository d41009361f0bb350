package io.nodejoin.service.wiring;

import io.nodejoin.dashboard.Level;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.service.health.AdmissionLimits;
import io.nodejoin.service.health.Readiness;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What this process knows of itself, for the dashboard.
 *
 * @param orphanAges what its garbage collectors know; nothing if it has none
 */
record ServiceParts(
        Readiness readiness, AdmissionLimits admissionLimits, Supplier<Map<ClusterName, Duration>> orphanAges)
        implements ServiceStatus {
    /** A join that was terminated is collected within some cycles. */
    private static final Duration TOLERATED = Duration.ofMinutes(2);

    @Override
    public List<Part> parts() {
        return readiness.dependencies().stream().map(ServiceParts::part).toList();
    }

    @Override
    public BindingLimits limits(ClusterName cluster) {
        return admissionLimits.of(cluster);
    }

    @Override
    public List<Notice> notices() {
        return orphanAges.get().entrySet().stream()
                .filter(age -> age.getValue().compareTo(TOLERATED) > 0)
                .sorted(Comparator.comparing(age -> age.getKey().value()))
                .map(ServiceParts::notice)
                .toList();
    }

    private static Notice notice(Map.Entry<ClusterName, Duration> age) {
        return new Notice(
                Level.ATTENTION,
                "A join of " + age.getKey() + " ended " + age.getValue().toMinutes()
                        + " min ago without its workflow, and what it had created is not removed yet.",
                "garbage-collection.md");
    }

    private static Part part(Readiness.Dependency dependency) {
        if (dependency.notReadyReason() != null) {
            return new Part(dependency.name(), Level.BAD, dependency.notReadyReason());
        }
        return dependency.warning() == null
                ? new Part(dependency.name(), Level.OK, "")
                : new Part(dependency.name(), Level.ATTENTION, dependency.warning());
    }
}
