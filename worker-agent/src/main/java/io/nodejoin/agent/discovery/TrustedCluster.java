package io.nodejoin.agent.discovery;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;

/** A cluster whose CA is verified by pin and signature. */
public record TrustedCluster(URI apiServer, List<X509Certificate> authorities) {
    public TrustedCluster {
        authorities = List.copyOf(authorities);
    }
}
