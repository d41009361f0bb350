package io.nodejoin.dashboard.access;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the dashboard is opened. */
public sealed interface Access {
    /**
     * It is not served.
     *
     * @param why a sentence with the setting that changes it
     */
    record Closed(String why) implements Access {}

    /** Everybody on this machine may look. */
    record LocalReadOnly() implements Access {}

    /** Users with a password, by basic authentication. */
    record Basic(Supplier<Users> users) implements Access {}

    /**
     * Users of an issuer, by OpenID Connect.
     *
     * @param users users with a password beside them, for when the issuer does not answer; null if there are none
     */
    record OpenId(SignIn signIn, @Nullable Supplier<Users> users) implements Access {}
}
