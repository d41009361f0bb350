package io.nodejoin.gateway.agentca;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NodeRef;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who an agent is: the one whose key a join of a node has bound. In its certificate this is the only subject alternative
 * name, the URI {@code nodejoin://<cluster>/<node>/<joinId>}; a common name could not hold every node name. Another join of
 * the same node has another agent, so the key of an earlier one is of no use in it.
 */
public record AgentIdentity(NodeRef node, JoinId join) {
    private static final Pattern URI_PATTERN = Pattern.compile("nodejoin://([^/]+)/([^/]+)/([^/]+)");
    private static final Integer SAN_TYPE_URI = 6;

    /** The identity as a URI. */
    public String uri() {
        return "nodejoin://" + node.cluster() + "/" + node.name() + "/" + join;
    }

    /** The identity that the certificate names, or empty if it names none, or anything beside it. */
    public static Optional<AgentIdentity> fromCertificate(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null || names.size() != 1) {
                return Optional.empty();
            }
            List<?> name = names.iterator().next();
            return SAN_TYPE_URI.equals(name.getFirst()) ? parse(String.valueOf(name.get(1))) : Optional.empty();
        } catch (CertificateParsingException _) {
            return Optional.empty();
        }
    }

    private static Optional<AgentIdentity> parse(String uri) {
        Matcher matcher = URI_PATTERN.matcher(uri);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            NodeRef node = new NodeRef(new ClusterName(matcher.group(1)), new NodeName(matcher.group(2)));
            return Optional.of(new AgentIdentity(node, new JoinId(matcher.group(3))));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return node.cluster() + "/" + node.name() + " in join " + join;
    }
}
