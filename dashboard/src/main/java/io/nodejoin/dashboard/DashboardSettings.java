package io.nodejoin.dashboard;

import io.nodejoin.dashboard.access.Access;
import io.nodejoin.protocol.ClusterName;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the dashboard needs to know.
 *
 * @param clusters the configured clusters, in the order in which they are shown
 * @param temporalUi the address of Temporal's UI as browsers reach it; null if there is none
 * @param temporalNamespace the namespace of the workflows
 * @param docs the address of the directory {@code docs} as browsers reach it; ends with a slash; null if there is none
 */
public record DashboardSettings(
        Access access,
        List<ClusterName> clusters,
        @Nullable URI temporalUi,
        String temporalNamespace,
        @Nullable URI docs) {
    public DashboardSettings {
        clusters = List.copyOf(clusters);
    }
}
