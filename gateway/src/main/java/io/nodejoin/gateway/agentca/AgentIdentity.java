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
 * The identity of an agent: the node, and the join that has bound the agent's key. Its certificate contains it as the
 * only SAN, the URI {@code nodejoin://<cluster>/<node>/<joinId>}, since a common name is too short for some node names.
 * Another join of the same node has another identity, so the key of an earlier one cannot be used in it.
 */
public record AgentIdentity(NodeRef node, JoinId join) {
    private static final Pattern URI_PATTERN = Pattern.compile("nodejoin://([^/]+)/([^/]+)/([^/]+)");
    private static final Integer SAN_TYPE_URI = 6;

    /** Returns the identity as a URI. */
    public String uri() {
        return "nodejoin://" + node.cluster() + "/" + node.name() + "/" + join;
    }

    /** Returns the identity in the certificate; empty if it has none, or any other SAN. */
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
