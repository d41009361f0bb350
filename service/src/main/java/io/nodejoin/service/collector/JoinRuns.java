package io.nodejoin.service.collector;

/** The workflows of joins. Both are asked after the remnant was listed: a run that made the remnant had begun by then. */
@FunctionalInterface
interface JoinRuns {

    /** What became of the join. */
    JoinFate fate(Remnant remnant);

    /**
     * Whether the join is over, by no more than that takes: its tokens must not wait for a history that cannot be read. Of one that is over
     * this says nothing else.
     */
    default JoinFate glance(Remnant remnant) {
        return fate(remnant);
    }
}
