package io.nodejoin.activities.kubernetes;

import io.nodejoin.protocol.JoinId;
import java.util.Map;

/** Names, labels and annotations of what Nodejoin creates in a cluster. */
public final class ManagedObjects {
    /** The namespace of Nodejoin's own objects, such as the token ledger. */
    public static final String NAMESPACE = "nodejoin-system";
    /** Field manager of patches, and the value of {@link #MANAGED_BY}. */
    public static final String MANAGER = "nodejoin";
    /** The label that the cluster's admission policy requires. */
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    /** The label with the join id. */
    public static final String JOIN_ID = "nodejoin.io/join-id";

    /** The annotation of a Node that a leave has cordoned; its value is the leave's id. */
    public static final String CORDONED_BY = "nodejoin.io/cordoned-by";

    /** The annotation of a Node that a kubelet has created for a join; the cluster lets Nodejoin delete it. */
    public static final String ADOPTED = "nodejoin.io/adopted";

    private ManagedObjects() {}

    /** Returns the labels of an object that belongs to this join. */
    public static Map<String, String> labels(JoinId joinId) {
        return Map.of(MANAGED_BY, MANAGER, JOIN_ID, joinId.value());
    }
}
