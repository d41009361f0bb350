package io.nodejoin.agent.gateway;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import java.net.URI;
import java.nio.file.Path;

/** The gateway's address and CAs, and the identity that this agent enrolls as. */
public record GatewayEndpoint(URI base, Path caFile, EnrollmentSecret secret, ClusterName cluster, NodeName node) {
    URI resolve(String path) {
        String prefix = base.toString().replaceAll("/+$", "");
        return URI.create(prefix + path);
    }
}
