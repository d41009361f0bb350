package io.nodejoin.agent.gateway;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import java.net.URI;
import java.nio.file.Path;

/** Where the gateway is, who it must be, and as whom this agent comes. */
public record GatewayEndpoint(URI base, Path caFile, EnrollmentSecret secret, ClusterName cluster, NodeName node) {
    URI resolve(String path) {
        String prefix = base.toString().replaceAll("/+$", "");
        return URI.create(prefix + path);
    }
}
