package io.nodejoin.service.main;

import io.nodejoin.cli.doctor.CheckResult;
import io.nodejoin.cli.doctor.Finding;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.service.access.DashboardAccess;
import io.nodejoin.service.config.OidcConfig;
import io.nodejoin.service.config.ServiceConfig;
import java.time.InstantSource;
import java.util.Optional;

/** Checks whether people can sign in to the dashboard by OpenID Connect, with the settings of the service's file. */
final class SignInCheck {
    private static final String NOBODY = "nobody can sign in to the dashboard; joins go on";

    private final ServiceConfig config;
    private final InstantSource clock;

    SignInCheck(ServiceConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
    }

    /** Asks the issuer; empty if none is configured. */
    Optional<CheckResult> run() {
        return Optional.ofNullable(config.dashboard().oidc()).map(oidc -> new CheckResult("sign-in", finding(oidc)));
    }

    private Finding finding(OidcConfig oidc) {
        try {
            return DashboardAccess.signInProblem(config, clock)
                    .<Finding>map(problem -> Finding.failed(
                            problem,
                            NOBODY,
                            "start the issuer, or correct dashboard.oidc.issuer, or dashboard.oidc.caFile if its"
                                    + " certificate is of a private CA"))
                    .orElseGet(() -> new Finding.Passed(oidc.issuer() + " has a discovery document"));
        } catch (ConfigException e) {
            return Finding.failed(String.valueOf(e.getMessage()), NOBODY, "correct the section dashboard.oidc");
        }
    }
}
