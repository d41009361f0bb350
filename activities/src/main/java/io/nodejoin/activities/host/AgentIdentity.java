package io.nodejoin.activities.host;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who an agent is: one node of one cluster. In its certificate this is the only subject alternative name, the URI
 * {@code nodejoin://<cluster>/<node>}; a common name could not hold every node name.
 */
public record AgentIdentity(ClusterName cluster, NodeName node) {
    private static final Pattern FORM = Pattern.compile("nodejoin://([^/]+)/([^/]+)");
    private static final Integer URI_NAME = 6;

    /** The identity as a URI. */
    String uri() {
        return "nodejoin://" + cluster + "/" + node;
    }

    /** The identity that the certificate names, or empty if it names none, or anything beside it. */
    static Optional<AgentIdentity> of(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null || names.size() != 1) {
                return Optional.empty();
            }
            List<?> name = names.iterator().next();
            return URI_NAME.equals(name.getFirst()) ? parse(String.valueOf(name.get(1))) : Optional.empty();
        } catch (CertificateParsingException _) {
            return Optional.empty();
        }
    }

    private static Optional<AgentIdentity> parse(String uri) {
        Matcher matcher = FORM.matcher(uri);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AgentIdentity(new ClusterName(matcher.group(1)), new NodeName(matcher.group(2))));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return cluster + "/" + node;
    }
}
