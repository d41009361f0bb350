package io.nodejoin.workflows.simulation;

/** A fault of a run, in addition to the usual delays. */
enum Fault {
    /** The API server fails calls before their effect, or loses the answer after it. */
    API_FLAKY,
    API_SLOW,
    /** What an activity asks for happens when its call has been given up. */
    API_DELAYED,
    /** Nobody answers for minutes. */
    API_OUTAGE,
    BROKER_FLAKY,
    BROKER_OUTAGE,
    /** A worker is lost with a workflow task. */
    TASKS_LOST,
    /** Each workflow task brings the whole history. */
    CACHE_LOST,
    /** What an activity has done never reaches Temporal. */
    REPORTS_LOST,
    /** An activity goes on, and its process does not know that Temporal takes it for dead. */
    HEARTBEATS_LOST,
    REPLICAS_KILLED,
    /** No replica lives for minutes. */
    SERVICE_DOWN,
    /** A process that is stopped and goes on later. */
    REPLICAS_PAUSED,
    AGENT_LATE,
    AGENT_LOST,
    AGENT_RESTARTS,
    AGENT_RECONNECTS,
    PREFLIGHT_FAILS,
    PREPARE_FAILS,
    RESET_LEAVES_RESIDUE,
    KUBELET_FAILS,
    /** The kubelet of the first attempt does not start. */
    KUBELET_FAILS_ONCE,
    /** A kubelet that crashes between approval and certificate asks again with another key. */
    KUBELET_CRASHES,
    DENIED_EXTERNALLY,
    SIGNER_DOWN,
    SIGNER_SLOW,
    NODE_NEVER_REGISTERS,
    NODE_NEVER_READY,
    /** Somebody deletes the Node and makes another one of the same name. */
    NODE_RECREATED,
    NAME_TAKEN,
    /** Another machine registers under the name while the join runs. */
    NAME_TAKEN_MEANWHILE,
    NAME_QUARANTINED,
    STOLEN_TOKEN_SAME_NAME,
    STOLEN_TOKEN_OTHER_NAME,
    WRONG_SECRET,
    SECOND_KEY,
    ABORTED,
    /** The event that cancels a join is read again later. */
    CANCEL_REDELIVERED,
    WORKFLOW_CANCELLED,
    SUPERSEDED,
    TOKEN_DELETED,
    REJOIN,
    SERVING,
    ALREADY_JOINED,
    SHORT_DEADLINE
}
