package io.nodejoin.service.janitor;

/** The workflows of joins. */
@FunctionalInterface
interface JoinRuns {

    /** What became of the join. Asked after its remnant was listed: a run that made the remnant had begun by then. */
    JoinFate fate(Remnant remnant);
}
