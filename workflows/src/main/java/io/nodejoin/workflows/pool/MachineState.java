package io.nodejoin.workflows.pool;

/** Whether a join can take a machine of a pool. */
public enum MachineState {
    /** The inventory vouches for it, and its agent does not wait at a gateway. */
    OFFERED,
    /** Its agent waits: a join can take it. */
    FREE,
    /** A join has taken it, and its node has not left. */
    BOUND,
    /** Something of a join is left on it, so that no join takes it before it is offered with another secret. */
    QUARANTINED
}
