package io.nodejoin.agent;

import java.util.Objects;

/** The version of this build. */
final class Version {
    private Version() {}

    /** As the jar's manifest says; {@code development} when run from classes. */
    static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "development");
    }
}
