package io.nodejoin.workflows.lifecycle;

/** The keys of a run's memo; each value is a text. */
public final class MemoKeys {
    /** The {@link io.nodejoin.protocol.JoinId}. */
    public static final String JOIN_ID = "joinId";
    /** The generation that a next request must exceed: the run's own, or that of a cancelled pending one. ISO 8601. */
    public static final String GENERATION = "generation";

    /** {@code true} if the run is a join by which a machine comes back; absent otherwise. */
    public static final String REJOIN = "rejoin";

    /** The digest of the secret that the node's agent shows; of a leave absent until the owner of the Node is known. */
    public static final String ENROLLMENT = "enrollment";

    /** The machine of a pool that the run's node is, {@code <pool>/<machine>}; absent if it is of none. */
    public static final String MACHINE = "machine";

    /** The {@link DedupeWindow} of the node. */
    public static final String DEDUPE_WINDOW = "dedupeWindow";

    private MemoKeys() {}
}
