package io.nodejoin.workflows.csr;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NodeIdentity;
import java.util.List;

/**
 * The SANs that a node's serving certificate may have: its own name and the addresses that its join declared. Valid as
 * long as the Node with this UID exists.
 *
 * @param addresses IP addresses as written in the request
 */
public record AllowedServingSans(NodeIdentity node, JoinId joinId, List<String> addresses) {
    public AllowedServingSans {
        addresses = List.copyOf(addresses);
    }

    /** Returns the node's name. */
    public NodeName nodeName() {
        return node.ref().name();
    }

    /** Returns the user name of the node's kubelet. */
    public String kubeletUser() {
        return "system:node:" + nodeName();
    }
}
