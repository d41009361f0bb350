package io.nodejoin.client.config;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The section {@code temporal.deployment}: joins and leaves end on the version of the service that started them, by Worker Versioning
 * of Temporal.
 *
 * @param name the Worker Deployment, one for all versions of the service
 * @param buildId this version; the default is that of the service
 */
public record TemporalDeployment(String name, String buildId) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final Pattern BUILD_ID = Pattern.compile("[A-Za-z0-9._+-]{1,100}");

    public TemporalDeployment {
        name = matching("temporal.deployment.name", Check.required(name, "temporal.deployment.name"), NAME);
        buildId = matching("temporal.deployment.buildId", Check.orDefault(buildId, ownVersion()), BUILD_ID);
    }

    private static String matching(String key, String value, Pattern allowed) {
        if (!allowed.matcher(value).matches()) {
            throw new IllegalArgumentException("%s is '%s'; allowed: %s".formatted(key, value, allowed));
        }
        return value;
    }

    /** Returns the version in the jar's manifest; {@code development} when run from classes. */
    private static String ownVersion() {
        return Objects.requireNonNullElse(
                TemporalDeployment.class.getPackage().getImplementationVersion(), "development");
    }
}
