package io.nodejoin.workflows.lifecycle;

/** The keys of what a join's memo says from its start on, each a text. */
public final class MemoKeys {
    /** The {@link io.nodejoin.protocol.JoinId}. */
    public static final String JOIN_ID = "joinId";
    /** What a request must be newer than to follow: the run's own, or a cancel of one that waited. An instant in ISO 8601. */
    public static final String GENERATION = "generation";

    /** The {@link DedupeWindow} of the node. */
    public static final String DEDUPE_WINDOW = "dedupeWindow";

    private MemoKeys() {}
}
