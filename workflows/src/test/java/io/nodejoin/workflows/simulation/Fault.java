package io.nodejoin.workflows.simulation;

/** A fault of a run, in addition to the usual delays. */
enum Fault {
    /** The API server fails calls before their effect, or loses the response after it. */
    API_FLAKY,
    API_SLOW,
    /** An activity's request takes effect after its call has timed out. */
    API_DELAYED,
    /** No API server responds for minutes. */
    API_OUTAGE,
    BROKER_FLAKY,
    BROKER_OUTAGE,
    /** A worker dies with a workflow task. */
    TASKS_LOST,
    /** Each workflow task contains the whole history. */
    CACHE_LOST,
    /** The result of an activity never reaches Temporal. */
    REPORTS_LOST,
    /** An activity continues although Temporal has timed it out. */
    HEARTBEATS_LOST,
    REPLICAS_KILLED,
    /** No replica runs for minutes. */
    SERVICE_DOWN,
    /** A process is paused and resumed. */
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
    /** A kubelet that crashes between approval and certificate creates another CSR with another key. */
    KUBELET_CRASHES,
    DENIED_EXTERNALLY,
    SIGNER_DOWN,
    SIGNER_SLOW,
    NODE_NEVER_REGISTERS,
    NODE_NEVER_READY,
    /** Another actor deletes the Node and creates another one of the same name. */
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
    /** The event that cancels a join is redelivered. */
    CANCEL_REDELIVERED,
    WORKFLOW_CANCELLED,
    SUPERSEDED,
    TOKEN_DELETED,
    /** The first ids that the join draws are those of other joins' tokens. */
    TOKEN_ID_IN_USE,
    REJOIN,
    SERVING,
    ALREADY_JOINED,
    SHORT_DEADLINE
}
