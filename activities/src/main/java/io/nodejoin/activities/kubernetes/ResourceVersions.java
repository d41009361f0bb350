package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Comparator;
import java.util.Objects;

/**
 * The order in which the versions of one kind's objects were written: their resourceVersions are decimal numbers that grow (KEP-5504,
 * comparable resource versions).
 */
public final class ResourceVersions {
    /** Earlier versions first. An object without a version is the earliest. */
    public static final Comparator<HasMetadata> ORDER = Comparator.comparing(
            ResourceVersions::of, Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));

    private ResourceVersions() {}

    private static String of(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getResourceVersion(), "");
    }
}
