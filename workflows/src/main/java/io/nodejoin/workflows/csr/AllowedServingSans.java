package io.nodejoin.workflows.csr;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NodeIdentity;
import java.util.List;

/**
 * What a node may serve as: its own name and the addresses that its join declared, and no more, as long as this very Node
 * lives.
 *
 * @param addresses IP addresses as the request wrote them
 */
public record AllowedServingSans(NodeIdentity node, JoinId joinId, List<String> addresses) {
    public AllowedServingSans {
        addresses = List.copyOf(addresses);
    }

    /** The node's name. */
    public NodeName nodeName() {
        return node.ref().name();
    }

    /** The user that the node's kubelet acts as. */
    public String kubeletUser() {
        return "system:node:" + nodeName();
    }
}
